"""Owners, forms and submissions, e-mail events, campaigns, marketing events: paging and filters."""

from __future__ import annotations

from typing import Any

FORM = "5b7cc8ba-41fa-42fb-a5f5-8c47806a2206"
GUID = "a9b3259c-9ee2-4324-a168-02aaed8b683f"


def pages(call: Any, path: str, **query: Any) -> list[Any]:
    """Return every result of a listing, by following `after`."""
    results, after = [], ""
    while True:
        page = call.ok("GET", path, **query, **({"after": after} if after else {}))
        results += page["results"]
        after = page.get("paging", {}).get("next", {}).get("after", "")
        if not after:
            return results


def test_owners_are_listed_apart_when_archived(call: Any) -> None:
    assert [one["id"] for one in pages(call, "/crm/v3/owners", limit=1)] == ["71", "72"]
    gone = call.ok("GET", "/crm/v3/owners", archived="true")["results"]
    assert [(one["id"], one["userId"], one["userIdIncludingInactive"]) for one in gone] == [("73", None, 960)]
    assert [one["id"] for one in pages(call, "/crm/v3/owners", email="West@sandbox.example")] == ["72"]


def test_one_owner_by_either_id(call: Any) -> None:
    assert call.ok("GET", "/crm/v3/owners/71")["userId"] == 958
    assert call.ok("GET", "/crm/v3/owners/958", idProperty="userId")["id"] == "71"
    assert call("GET", "/crm/v3/owners/73")[0] == 404
    assert call("GET", "/crm/v3/owners/73", archived="true")[0] == 200
    assert call("GET", "/crm/v3/owners", limit=501)[0] == 400


def test_submissions_come_newest_first_without_contact_ids(call: Any) -> None:
    path = f"/form-integrations/v1/submissions/forms/{FORM}"
    rows = pages(call, path, limit=2)
    assert [one["conversionId"] for one in rows] == [f"conversion-{n}" for n in (5, 4, 3, 2, 1)]
    assert set(rows[0]) == {"conversionId", "submittedAt", "values", "pageUrl", "pageTitle"}
    assert call("GET", path, limit=51)[0] == 400
    assert call("GET", "/form-integrations/v1/submissions/forms/nothing")[0] == 404


def test_forms_by_id(call: Any) -> None:
    assert call.ok("GET", f"/marketing/v3/forms/{FORM}")["name"] == "Contact sales"
    assert call("GET", "/marketing/v3/forms/nothing")[0] == 404


def test_email_events_page_by_an_opaque_offset(call: Any) -> None:
    ids, offset = [], ""
    while True:
        page = call.ok("GET", "/email/public/v1/events", limit=10, **({"offset": offset} if offset else {}))
        ids += [one["id"] for one in page["events"]]
        offset = page["offset"]
        if not page["hasMore"]:
            break
    assert ids == [f"event-{n}" for n in range(24, -1, -1)]


def test_email_events_by_type_time_recipient_and_campaign(call: Any) -> None:
    def count(**query: Any) -> int:
        return len(call.ok("GET", "/email/public/v1/events", limit=1000, **query)["events"])

    assert count(eventType="CLICK") == 9
    assert count(startTimestamp=1_790_000_010_000, endTimestamp=1_790_000_012_000) == 3
    assert count(recipient="c1@bank.example") == 6
    assert count(campaignId=2041) == 25 and count(campaignId=1) == 0


def test_email_campaigns(call: Any) -> None:
    assert call.ok("GET", "/email/public/v1/campaigns/by-id")["campaigns"][0]["id"] == 2041
    campaign = call.ok("GET", "/email/public/v1/campaigns/2041", appId=113)
    assert (campaign["name"], campaign["subject"]) == ("Fraud brief", "Check fraud is back")
    assert call("GET", "/email/public/v1/campaigns/1")[0] == 404


def test_campaigns_have_guids_outside_the_crm_and_numbers_inside(call: Any) -> None:
    page = call.ok("GET", "/marketing/v3/campaigns", properties="hs_name,hs_start_date")
    assert page["total"] == 1 and page["results"][0]["id"] == GUID
    assert page["results"][0]["properties"] == {"hs_name": "Fraud", "hs_start_date": "2026-09-01"}
    assert call.ok("GET", f"/marketing/v3/campaigns/{GUID}")["properties"] == {}
    assert call("GET", "/marketing/v3/campaigns/nothing")[0] == 404
    assert call("GET", "/marketing/v3/campaigns", limit=101)[0] == 400
    record = call.ok("GET", "/crm/v3/objects/campaigns")["results"][0]
    assert record["id"].isdigit() and record["properties"]["hs_name"] == "Fraud"


def test_campaign_pages(make: Any) -> None:
    records = {"campaigns": [{"id": f"guid-{n}", "properties": {"hs_name": f"C{n}"}} for n in range(5)]}
    assert [one["id"] for one in pages(make(records), "/marketing/v3/campaigns", limit=2)] == [
        f"guid-{n}" for n in range(5)
    ]


def test_marketing_events_and_who_came(call: Any) -> None:
    event = call.ok("GET", "/marketing/v3/marketing-events/5001")
    assert (event["registrants"], event["attendees"], event["noShows"]) == (4, 2, 2)
    path = "/marketing/v3/marketing-events/participations/5001/breakdown"
    people = [one["associations"]["contact"]["email"] for one in pages(call, path, limit=3)]
    assert people == [f"c{n}@bank.example" for n in range(1, 5)]
    came = pages(call, path, state="ATTENDED")
    assert [one["associations"]["contact"]["contactId"] for one in came] == ["1", "2"]
    assert len(pages(call, path, contactIdentifier="c3@bank.example")) == 1
    mine = pages(call, "/marketing/v3/marketing-events/participations/contacts/c1@bank.example/breakdown")
    assert [one["associations"]["marketingEvent"]["marketingEventId"] for one in mine] == ["5001"]
    assert call("GET", "/marketing/v3/marketing-events/9")[0] == 404


def test_bookmarks_must_be_our_own(call: Any) -> None:
    assert call("GET", "/crm/v3/owners", after="made-up")[0] == 400
    assert call("GET", "/crm/v3/owners", after="bm90Om91cnM=")[0] == 400


def test_an_email_campaign_was_updated_by_its_last_event(call: Any) -> None:
    (brief,) = call.ok("GET", "/email/public/v1/campaigns")["campaigns"]
    assert brief["lastUpdatedTime"] == 1_790_000_000_000 + 24 * 1000
