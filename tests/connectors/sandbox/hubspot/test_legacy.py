"""The first API: what read-only taps still ask for, in the shapes that hubspot-ruby's cassettes show."""

from __future__ import annotations

from typing import Any

CONTACTS = "/contacts/v1/lists/all/contacts/all"


def test_contacts_page_by_vid(call: Any) -> None:
    ids: list[int] = []
    offset, more = 0, True
    while more:
        page = call.ok("GET", CONTACTS, count=4, vidOffset=offset, property="email")
        ids += [one["vid"] for one in page["contacts"]]
        offset, more = page["vid-offset"], page["has-more"]
    assert ids == list(range(1, 12))


def test_a_contact_is_drawn_with_its_versions(call: Any, clock: Any) -> None:
    clock.advance(60)
    call.ok("PATCH", "/crm/v3/objects/contacts/3", {"properties": {"jobtitle": "CEO"}})
    profile = call.ok("GET", "/contacts/v1/contact/vid/3/profile")
    assert (profile["vid"], profile["canonical-vid"], profile["portal-id"], profile["is-contact"]) == (
        3,
        3,
        62515,
        True,
    )
    assert profile["properties"]["jobtitle"]["value"] == "CEO"
    assert [old["value"] for old in profile["properties"]["jobtitle"]["versions"]] == ["CEO", "Chief Risk Officer"]
    assert profile["properties"]["lastmodifieddate"]["value"] == "1793620860000"
    assert profile["identity-profiles"][0]["identities"][0]["value"] == "c3@bank.example"
    assert call.ok("GET", "/contacts/v1/contact/email/C3@bank.example/profile")["vid"] == 3
    assert set(call.ok("GET", "/contacts/v1/contact/vids/batch/", vid="4")) == {"4"}
    status, body = call("GET", "/contacts/v1/contact/vid/999/profile")
    assert (status, body["message"]) == (404, "contact does not exist")


def test_the_latest_first(call: Any) -> None:
    page = call.ok("GET", "/contacts/v1/lists/recently_updated/contacts/recent", count=2)
    assert [one["vid"] for one in page["contacts"]] == [11, 10] and page["has-more"]
    rest = call.ok("GET", "/contacts/v1/lists/recently_updated/contacts/recent", timeOffset=page["time-offset"])
    assert rest["contacts"][0]["vid"] == 9


def test_companies_of_version_2_carry_their_properties_with_source_and_stamp(call: Any) -> None:
    page = call.ok("GET", "/companies/v2/companies/paged", limit=1, properties="name")
    first = page["companies"][0]
    assert (first["companyId"], first["isDeleted"], page["has-more"]) == (101, False, True)
    assert first["properties"]["name"] | {"versions": []} == {
        "value": "First Bank", "timestamp": 1767225600000, "source": "IMPORT", "sourceId": None, "versions": [],
    }  # fmt: skip
    rest = call.ok("GET", "/companies/v2/companies/paged", limit=1, offset=page["offset"])
    assert rest["companies"][0]["companyId"] == 102 and not rest["has-more"]
    assert call.ok("GET", "/companies/v2/companies/102/vids", count=1) == {"vids": [1], "vidOffset": 1, "hasMore": True}
    assert [one["vid"] for one in call.ok("GET", "/companies/v2/companies/102/contacts")["contacts"]] == [1, 2]
    assert call.ok("GET", "/companies/v2/companies/recent/created")["total"] == 2
    assert call.ok("GET", "/companies/v2/companies/101")["properties"]["domain"]["value"] == "first.example"
    assert call.ok("GET", "/companies/v2/companies/recent/modified", count=1)["total"] == 2
    assert call("GET", "/companies/v2/companies/recent/modified", offset=10_000)[0] == 400
    assert call("GET", "/companies/v2/companies/999")[0] == 404


def test_deals_and_their_pipelines(call: Any) -> None:
    links = [{"to": {"id": "1"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]}]
    body = {"properties": {"dealname": "Fraud", "amount": "30"}, "associations": links}
    id = int(call.ok("POST", "/crm/v3/objects/deals", body)["id"])
    deal = call.ok("GET", "/deals/v1/deal/paged", properties="amount")["deals"][0]
    assert (deal["dealId"], deal["properties"]["amount"]["value"]) == (id, "30")
    assert deal["associations"] == {"associatedVids": [1], "associatedCompanyIds": [], "associatedDealIds": []}
    assert call.ok("GET", f"/deals/v1/deal/{id}")["properties"]["dealname"]["value"] == "Fraud"
    newer = call.ok("GET", "/crm-pipelines/v1/pipelines/deals")["results"][0]
    assert (newer["objectTypeId"], newer["stages"][0]["metadata"]) == (
        "0-3",
        {"isClosed": "false", "probability": "0.2"},
    )
    stages = call.ok("GET", "/deals/v1/pipelines")[0]["stages"]
    assert [stage["stageId"] for stage in stages if stage["closedWon"]] == ["closedwon"]


def test_engagements_come_whole_by_id_and_by_stamp(call: Any) -> None:
    for body in ("a", "b"):
        call.ok(
            "POST", "/crm/v3/objects/notes", {"properties": {"hs_timestamp": "1790000000000", "hs_note_body": body}}
        )
    page = call.ok("GET", "/engagements/v1/engagements/paged", limit=1)
    notes = [one["metadata"].get("body") for one in page["results"]]
    while page["hasMore"]:
        page = call.ok("GET", "/engagements/v1/engagements/paged", limit=1, offset=page["offset"])
        notes += [one["metadata"].get("body") for one in page["results"]]
    assert notes == ["a", "b", None]
    made = call.ok("GET", "/engagements/v1/engagements/modified/after", limit=1, after=1793620799999)
    assert [one["engagement"]["type"] for one in made["results"]] == ["NOTE", "NOTE"], "one stamp is not cut in two"
    assert (made["hasMore"], made["after"]) == (False, 1793620800000)
    latest = call.ok("GET", "/engagements/v1/engagements/recent/modified", count=1)
    assert (latest["total"], latest["hasMore"], latest["results"][0]["engagement"]["type"]) == (2, True, "NOTE")
    of_one = call.ok("GET", "/engagements/v1/engagements/associated/CONTACT/2/paged")["results"]
    assert [one["engagement"]["id"] for one in of_one] == [501]
    hello = call.ok("GET", "/engagements/v1/engagements/501")
    assert hello["engagement"] | {"createdAt": 0, "lastUpdated": 0} == {
        "id": 501, "portalId": 62515, "active": True, "createdAt": 0, "lastUpdated": 0, "type": "CALL",
        "timestamp": 1790935200000,
    }  # fmt: skip
    assert hello["associations"]["contactIds"] == [1, 2] and hello["metadata"] == {"title": "Hello"}
    assert call("GET", "/engagements/v1/engagements/999")[0] == 404


def test_engagements_are_written_too(call: Any) -> None:
    body = {
        "engagement": {"type": "NOTE", "ownerId": 71, "timestamp": 1790000000000},
        "associations": {"contactIds": [1, 999]}, "metadata": {"body": "Hello"},
    }  # fmt: skip
    made = call.ok("POST", "/engagements/v1/engagements", body)
    assert (made["associations"]["contactIds"], made["metadata"]) == ([1], {"body": "Hello"})
    path = f"/engagements/v1/engagements/{made['engagement']['id']}"
    call.ok("PATCH", path, {"metadata": {"body": "Good-bye"}})
    note = f"/crm/v3/objects/notes/{made['engagement']['id']}"
    read = call.ok("GET", note, properties="hs_note_body,hubspot_owner_id,hs_timestamp")["properties"]
    assert (read["hs_note_body"], read["hubspot_owner_id"]) == ("Good-bye", "71")
    assert read["hs_timestamp"] == "2026-09-21T14:13:20Z"
    assert call("POST", "/engagements/v1/engagements", {"engagement": {"type": "SONG"}})[0] == 400
    assert call("POST", "/engagements/v1/engagements", {})[0] == 400


def test_lists_and_what_there_is_none_of(call: Any) -> None:
    roster = call.ok("GET", "/contacts/v1/lists")["lists"][0]
    assert (roster["listId"], roster["name"], roster["metaData"]["size"]) == (1, "Newsletter readers", 3)
    page = call.ok("GET", "/contacts/v1/lists/1/contacts/all", count=2)
    assert ([roster["vid"] for roster in page["contacts"]], page["vid-offset"]) == ([1, 3], 3)
    rest = call.ok("GET", "/contacts/v1/lists/1/contacts/all", vidOffset=3)
    assert ([roster["vid"] for roster in rest["contacts"]], rest["has-more"]) == ([5], False)
    assert call("GET", "/contacts/v1/lists/9/contacts/all")[0] == 404
    assert call.ok("GET", "/contacts/v1/lists/1") == roster
    status, body = call("GET", "/contacts/v1/lists/listid/contacts/all")
    assert (status, body["message"]) == (400, "Could not parse number from listId: listid")
    assert call.ok("GET", "/email/public/v1/subscriptions/timeline") == {"timeline": [], "hasMore": False}
    assert call.ok("GET", "/automation/v3/workflows") == {"workflows": []}
    assert call.ok("GET", "/integrations/v1/me")["portalId"] == 62515
    assert {roster["name"] for roster in call.ok("GET", "/companies/v2/properties")} >= {"name", "domain"}
    assert isinstance(call.ok("GET", "/properties/v1/contacts/properties"), list)
