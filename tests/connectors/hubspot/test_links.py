"""Associations of HubSpot's records: whole, the primary one first, whichever way they came."""

from __future__ import annotations

from connectors.sandbox.hubspot import Options
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import CONTACT, Open, Portal, company, contact, crm, crm_news, ids, pull_crm


def test_the_primary_company_comes_first_on_every_way(open_portal: Open) -> None:
    portal = open_portal(
        {"contacts": [contact(7, companies=[2, 9, 5])], "companies": [company(id) for id in (2, 5, 9)]}
    )
    pages = pull_crm(portal)
    listed = records(pages)[0].raw["associations"]
    portal.edit("contacts", 7, jobtitle="Treasurer")
    portal.clock.advance(60)
    searched = records(crm_news(portal, pages))[0].raw["associations"]
    fetched = portal.connect().fetch("contacts", CONTACT, ["7"])[0].raw["associations"]
    assert listed["companies"][0] == "5"
    assert sorted(listed["companies"]) == ["2", "5", "9"]
    assert listed == searched == fetched


def test_associations_are_asked_for_a_thousand_records_at_a_time(open_portal: Open) -> None:
    contacts = [contact(id, companies=[1]) for id in range(1, 1002)]
    portal = open_portal({"contacts": contacts, "companies": [company(1)]})
    contacts_read = portal.connect().fetch("contacts", CONTACT, [str(id) for id in range(1, 1002)])
    assert [record.raw["associations"]["companies"] for record in contacts_read] == [["1"]] * 1001
    assert portal.calls("associations") == 2


def test_associations_beyond_the_first_page_are_read_to_their_end(open_portal: Open) -> None:
    options = Options(tier="unlimited", association_page=10, association_batch_page=25)
    everybody = range(100, 190)
    call = crm(1, {"hs_call_title": "All hands"}, associations={"contacts": [{"id": str(id)} for id in everybody]})
    quiet = crm(2, {"hs_call_title": "Nobody"})
    portal = open_portal({"calls": [call, quiet], "contacts": [contact(id) for id in everybody]}, options)
    fields = ("hs_call_title", "associations.contacts")
    calls = records(portal.connect().pull("calls", fields, None))
    assert sorted(calls[0].raw["associations"]["contacts"]) == sorted(map(str, everybody))
    assert calls[1].raw["associations"]["contacts"] == []
    fetched = portal.connect().fetch("calls", fields, ["1"])
    assert fetched[0].raw["associations"] == calls[0].raw["associations"]


def test_a_changed_association_shows_in_the_next_full_read_though_no_stamp_moved(portal: Portal) -> None:
    pages = pull_crm(portal)
    item, old, new = portal.item("contacts", 100), portal.item("companies", 2), portal.item("companies", 5)
    portal.simulator.portal.unlink(item, old, ("contacts", "companies"))
    label = next(iter(portal.item("contacts", 101).links["companies"].values()))
    portal.simulator.portal.link(item, new, ("contacts", "companies"), label)
    portal.clock.advance(60)
    assert ids(crm_news(portal, pages)) == []
    assert {record.id: record for record in records(pull_crm(portal))}["100"].raw["associations"]["companies"] == ["5"]
