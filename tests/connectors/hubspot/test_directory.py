"""Short lists of HubSpot that are read whole: owners, campaigns."""

from __future__ import annotations

from typing import Any

from tests.connectors.contract import records
from tests.connectors.hubspot.portals import Open, crm, ids, news, pull


def owner(id: int, **more: Any) -> dict[str, Any]:
    return {"id": str(id), "email": f"rep{id}@example.com", "firstName": "Ann", "lastName": str(id), **more}


def test_owners_come_with_the_archived_ones(open_portal: Open) -> None:
    portal = open_portal({"owners": [owner(1), owner(2, archived=True)]})
    assert [(record.id, record.deleted) for record in records(pull(portal, "owners"))] == [("1", False), ("2", True)]


def test_an_owner_who_left_is_news(open_portal: Open) -> None:
    portal = open_portal({"owners": [owner(1), owner(2)]})
    pages = pull(portal, "owners")
    before = portal.calls()
    assert ids(news(portal, "owners", pages)) == []
    assert portal.calls() - before == 1
    portal.rows("owners")[1]["archived"] = True
    assert ("2", True) in [(record.id, record.deleted) for record in records(news(portal, "owners", pages))]


def test_an_empty_list_of_owners_is_one_empty_page(open_portal: Open) -> None:
    portal = open_portal({})
    pages = pull(portal, "owners")
    assert ids(pages) == []
    assert len(news(portal, "owners", pages)) == 1


def test_campaigns_come_with_the_properties_asked_for(open_portal: Open) -> None:
    campaigns = [crm(id, {"hs_name": f"Treasury {id}", "hs_start_date": "2026-10-01"}) for id in range(1, 121)]
    portal = open_portal({"campaigns": campaigns})
    pages = pull(portal, "campaigns", fields=("hs_name", "hs_start_date"))
    listed = records(pages)
    assert len(listed) == 120
    assert listed[0].raw["properties"] == {"hs_name": "Treasury 1", "hs_start_date": "2026-10-01"}
    assert ids(pull(portal, "campaigns", pages[-1].cursor, ("hs_name", "hs_start_date"))) == []
    portal.edit("campaigns", 7, hs_name="Payments")
    changed = pull(portal, "campaigns", pages[-1].cursor, ("hs_name", "hs_start_date"))
    assert "Payments" in [record.raw["properties"]["hs_name"] for record in records(changed)]
