"""Deletes and merges: what users of other integrations report, on whole cycles. The numbers are their issues."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connectors.sandbox.hubspot.merging import erase
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import find, quarantined
from tests.sync.conftest import AFTER_A_CYCLE, UNLIMITED, Place, placed, wired


def number(store: Store, table: str, where: str = "1 = 1") -> int:
    with store.database.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())


def two_with_addresses(place: Place) -> list[dict[str, Any]]:
    """Two live HubSpot contacts whom only HubSpot knows."""
    known = {row["Email"] for object_ in ("Contact", "Lead") for row in place.rows(object_)}
    live = [one for one in place.portal("contacts") if not one["archived"]]
    return [one for one in live if one["properties"].get("email") and one["properties"]["email"] not in known][:2]


@pytest.mark.parametrize("named_in", ["hs_merged_object_ids", "hs_calculated_merged_vids"])
def test_merged_ids_in_only_one_of_the_two_fields_lead_to_the_survivor(
    mappings: Path, tmp_path: Path, sqlite_store: Store, named_in: str
) -> None:
    """dbt_hubspot#168; and no loser keeps its stale id (tap-hubspot#49), before any full read."""
    with placed(tmp_path / "merged.db", mappings, options=replace(UNLIMITED, merge_fields=(named_in,))) as place:
        wiring = wired(place, sqlite_store)
        first, other = two_with_addresses(place)
        place.submit(other["properties"]["email"], "fraud")
        cycle(wiring, Run())
        before = number(sqlite_store, "contact")
        content = {"primaryObjectId": first["id"], "objectIdToMerge": other["id"]}
        survivor = str(place.hubspot("POST", "/crm/v3/objects/contacts/merge", content)["id"])
        assert survivor not in (first["id"], other["id"])
        for mode in ("news", "full"):
            summary = cycle(wiring, Run(), mode=mode)
            assert summary.outcome == "done", (summary.failures, summary.notes)
            asked = (survivor, first["id"], other["id"], first["properties"]["email"], other["properties"]["email"])
            assert len({tuple(find(sqlite_store, "contact", name)) for name in asked}) == 1, mode
            assert number(sqlite_store, "contact") == before - 1, mode
            live = f"stream = 'contacts' AND remote_id IN ('{first['id']}', '{other['id']}') AND NOT deleted"
            assert number(sqlite_store, "source_record", live) == 0, mode
        (golden_id,) = find(sqlite_store, "contact", survivor)
        assert number(sqlite_store, "activity", f"contact_id = '{golden_id}' AND stream = 'form_submissions'") >= 1


@pytest.mark.parametrize("address", ["known", "none"])
def test_a_merge_that_a_full_read_shows_first_loses_nothing_that_they_did(
    place: Place, run: Callable[..., Summary], sqlite_store: Store, address: str
) -> None:
    """The losers are not there any more, which looks like a GDPR deletion until the survivor is read."""
    first, other = (place.portal_add("contacts", lastname=name, phone="+1 555 010 4000") for name in ("Abel", "Abele"))
    call = place.portal_add("calls", hs_timestamp="2026-10-01T12:00:00Z", hs_call_title="Fraud")
    place.hubspot("PUT", f"/crm/v4/objects/calls/{call}/associations/default/contacts/{other}")
    if address == "known":
        place.portal_edit("contacts", other, email="abele@abele-merge.example")
        place.submit("abele@abele-merge.example", "fraud")
    run()
    held = number(sqlite_store, "activity")
    content = {"primaryObjectId": first, "objectIdToMerge": other}
    survivor = str(place.hubspot("POST", "/crm/v3/objects/contacts/merge", content)["id"])
    run(mode="full")
    golden_ids = {tuple(find(sqlite_store, "contact", name)) for name in (survivor, first, other)}
    assert len(golden_ids) == 1 and all(golden_ids)
    assert number(sqlite_store, "activity") == held
    ((golden_id,),) = golden_ids
    assert number(sqlite_store, "activity", f"contact_id = '{golden_id}'") == (2 if address == "known" else 1)


@AFTER_A_CYCLE
@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_full_read_that_fails_or_is_answered_with_nothing_deletes_nobody(
    place: Place, run: Callable[..., Summary], sqlite_store: Store, status: int
) -> None:
    """nango#1132"""
    before = number(sqlite_store, "contact")
    place.fault({"kind": "status", "status": status, "system": "hubspot", "path": "/crm/objects/2026-09/contacts"})
    summary = run(mode="full")
    assert summary.outcome == "incomplete"
    assert "hubspot.contacts" in summary.failures
    place.fault()
    assert run().outcome == "done"
    assert number(sqlite_store, "contact") == before


@AFTER_A_CYCLE
def test_a_portal_that_seems_emptied_waits_for_a_person_and_everything_else_flows(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """nango#1132: the vendor says that all is well, and two thirds are not there."""
    before = number(sqlite_store, "contact")
    shelf = place.sandbox.hubspot.portal.shelf("contacts")
    for item in [shelf.items[one] for one in list(shelf.live)[:60]]:
        erase(place.sandbox.hubspot.portal, shelf, item, "17")
    opportunity = place.ours()[0]
    for contact in place.rows("Contact", AccountId=opportunity["AccountId"]):
        place.edit("Contact", contact["Id"], Title="Retired")
    summary = run(mode="full")
    assert summary.outcome == "incomplete"
    assert "nothing was marked deleted" in summary.failures["hubspot.contacts"]
    assert "--force" in summary.failures["hubspot.contacts"]
    assert number(sqlite_store, "contact") == before
    (now,) = place.rows("Opportunity", Id=opportunity["Id"])
    assert now["Syncd_Qualified__c"] is False, "the other streams' changes must not wait for it"
    assert run(mode="full", force=True).counts.swept["hubspot", "contacts"] == 60
    assert number(sqlite_store, "contact") < before


@AFTER_A_CYCLE
def test_a_hard_delete_is_found_by_the_next_full_read(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    member = place.rows("CampaignMember")[0]
    gone = f"remote_id = '{member['Id']}' AND stream = 'CampaignMember'"
    golden = f"id = 'salesforce.CampaignMember/{member['Id']}'"
    assert number(sqlite_store, "campaign_member", golden) == 1
    place.sandbox.salesforce.org.tables["CampaignMember"].purge(member["Id"])
    run()
    assert number(sqlite_store, "campaign_member", golden) == 1, "no stream of changes shows it"
    run(mode="full")
    assert number(sqlite_store, "campaign_member", golden) == 0
    assert number(sqlite_store, "activity", gone) == 0


@AFTER_A_CYCLE
def test_a_full_read_that_was_broken_off_hides_no_deletion_from_the_next_one(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """It is gone on with, behind what it met; of that, the next one finds what is gone."""
    path = "/crm/objects/2026-09/contacts"
    place.fault({"kind": "html", "system": "hubspot", "path": path, "method": "GET", "skip": 1})
    assert run(mode="full").outcome == "incomplete"
    place.fault()
    shelf = place.sandbox.hubspot.portal.shelf("contacts")
    met = shelf.items[min(shelf.live)]
    erase(place.sandbox.hubspot.portal, shelf, met, "17")
    assert run().outcome == "done"
    assert run(mode="full").counts.swept["hubspot", "contacts"] == 1


@AFTER_A_CYCLE
def test_what_ages_out_of_a_log_is_kept(place: Place, run: Callable[..., Summary], sqlite_store: Store) -> None:
    """HubSpot forgets e-mail events; that they are not there any more deletes nothing."""
    held = number(sqlite_store, "activity", "stream = 'email_events'")
    rows = place.sandbox.hubspot.portal.rows["email_events"]
    del rows[: min(15, len(rows))]
    run(mode="full")
    assert number(sqlite_store, "activity", "stream = 'email_events'") == held > 0


@AFTER_A_CYCLE
def test_a_deleted_activity_counts_no_more(place: Place, run: Callable[..., Summary], sqlite_store: Store) -> None:
    with sqlite_store.database.reading() as connection:
        statement = text("SELECT remote_id FROM activity WHERE stream = :stream ORDER BY remote_id")
        task = connection.execute(statement, {"stream": "Task"}).scalars().first()
        call = connection.execute(statement, {"stream": "calls"}).scalars().first()
    place.delete("Task", str(task))
    place.hubspot("DELETE", f"/crm/v3/objects/calls/{call}")
    run(mode="full")
    for stream, gone in (("Task", task), ("calls", call)):
        assert number(sqlite_store, "activity", f"stream = '{stream}' AND remote_id = '{gone}'") == 0


@AFTER_A_CYCLE
def test_a_merge_in_salesforce_takes_what_hangs_on_the_loser_along(
    place: Place, run: Callable[..., Summary], wiring: Wiring, sqlite_store: Store
) -> None:
    """Children are reparented without a trigger: no stamp of theirs moves."""
    tasks = {row["WhoId"] for row in place.rows("Task") if row["WhoId"] and row["IsClosed"]}
    contacts = {row["Id"]: row for row in place.rows("Contact")}
    loser = next(one for one in sorted(tasks) if one in contacts)
    master = next(
        contact_id
        for contact_id in sorted(contacts)
        if contact_id != loser and contacts[contact_id]["AccountId"] == contacts[loser]["AccountId"]
    )
    (before,) = find(sqlite_store, "contact", loser)
    had = number(sqlite_store, "activity", f"contact_id = '{before}' AND stream = 'Task'")
    place.org("merge", object="Contact", master=master, victims=[loser])
    run()
    (survivor,) = find(sqlite_store, "contact", master)
    assert find(sqlite_store, "contact", loser) == [survivor]
    assert number(sqlite_store, "activity", f"contact_id = '{survivor}' AND stream = 'Task'") >= had > 0
    assert quarantined(wiring.store) == []
