"""A person who was erased: everything held about them goes, and stays gone."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from sqlalchemy import text

from syncd.store import Store
from syncd.sync.apply import request
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.tables import metadata
from tests.ledger import erase, find, reset_cursor
from tests.sync.conftest import AFTER_A_CYCLE, Place, wired
from tests.sync.test_drafts import planned, wish


def everything(store: Store) -> str:
    """All that stands in any text column of any table."""
    with store.database.reading() as connection:
        rows = [str(row) for table in metadata.tables for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
    return "\n".join(rows).lower()


def engaged(place: Place, wiring: Wiring) -> dict[str, Any]:
    """A HubSpot contact without a Salesforce record who did something by e-mail."""
    events = place.portal("email_events")
    known = {row["Email"] for object_ in ("Contact", "Lead") for row in place.rows(object_) if row.get("Email")}
    for contact in place.portal("contacts"):
        email = (contact["properties"].get("email") or "").lower()
        if email and email not in known and any(event["recipient"].lower() == email for event in events):
            return contact
    pytest.fail("the world has no such contact")


@AFTER_A_CYCLE
def test_erased_by_hand_nothing_is_left_and_nothing_comes_back(
    place: Place, wiring: Wiring, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    contact = engaged(place, wiring)
    email, name = contact["properties"]["email"].lower(), contact["properties"]["lastname"].lower()
    assert email in everything(sqlite_store)
    (golden_id,) = find(sqlite_store, "contact", email)
    assert erase(sqlite_store, golden_id) > 1
    assert email not in everything(sqlite_store)
    run()
    run(mode="full")
    for stream in ("email_events", "form_submissions"):  # what they did comes again
        reset_cursor(sqlite_store, "hubspot", stream)
    run()
    left = everything(sqlite_store)
    assert email not in left
    assert named(sqlite_store, quoted(golden_id)) == {}
    assert f"{contact['properties']['firstname'].lower()} {name}" not in left


def test_a_plan_that_waits_for_the_daemon_and_shows_somebody_goes_with_them(
    place: Place, wiring: Wiring, sqlite_store: Store
) -> None:
    wish(wiring)
    plan = planned(wiring)
    golden_id, email = next(
        (step.key, str(after).lower())
        for step in plan.steps
        for _, after in step.changes.values()
        if "@" in str(after) and find(sqlite_store, "contact", str(after).lower()) == [step.key]
    )
    request(sqlite_store, plan, force=False)
    assert email in everything(sqlite_store)
    erase(sqlite_store, golden_id)
    assert email not in everything(sqlite_store)


@AFTER_A_CYCLE
def test_of_somebody_whom_sales_works_with_nothing_is_left_either(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """Our own task names them, and so do memberships and roles: open ones are no activities, and hang on nobody."""
    task = next(row for row in place.rows("Task") if row.get("Syncd_Key__c") and row["WhoId"].startswith("003"))
    (person,) = place.rows("Contact", Id=task["WhoId"])
    place.add("Task", Subject="Send flowers", WhoId=person["Id"], OwnerId=task["OwnerId"])
    campaign = place.rows("Campaign")[0]["Id"]
    if not place.rows("CampaignMember", CampaignId=campaign, ContactId=person["Id"]):
        place.add("CampaignMember", CampaignId=campaign, ContactId=person["Id"], Status="Sent")
    fields = {"Name": "Fruit", "StageName": "Prospecting", "CloseDate": "2027-05-01"}
    opportunity = place.add("Opportunity", AccountId=person["AccountId"], **fields)
    place.add("OpportunityContactRole", OpportunityId=opportunity, ContactId=person["Id"], Role="Influencer")
    run()
    (golden_id,) = find(sqlite_store, "contact", person["Id"])
    words = [
        person["Id"],
        person["Email"],
        f"{person['FirstName']} {person['LastName']}",
        f'{golden_id}"',
        f"{golden_id}'",
    ]
    assert [word for word in words if word.lower() in everything(sqlite_store)] == words
    erase(sqlite_store, golden_id)
    assert len(run().counts.judged) >= 1, "what was judged with them is judged without them"
    for stream in ("Task", "CampaignMember", "OpportunityContactRole"):
        reset_cursor(sqlite_store, "salesforce", stream)
    run()
    assert named(sqlite_store, words) == {}
    place.delete("Contact", person["Id"])
    run()
    run(mode="full")
    assert named(sqlite_store, words) == {}


def quoted(golden_id: str) -> list[str]:
    """The id as it stands in JSON and in a column, so that no longer id is meant."""
    return [f'{golden_id}"', f"{golden_id}'"]


def named(store: Store, words: list[str]) -> dict[str, list[str]]:
    """The rows that still name somebody, by word."""
    lines = everything(store).splitlines()
    return {word: mentions for word in words if (mentions := [line for line in lines if word.lower() in line])}


@pytest.mark.parametrize("way", ["gdpr delete"])
def test_erased_in_hubspot_the_next_full_read_forgets_them(place: Place, store: Store, way: str) -> None:
    wiring = wired(place, store)
    cycle(wiring, Run())
    contact = engaged(place, wiring)
    email = contact["properties"]["email"].lower()
    answer = requests.post(
        f"{place.sandbox.hubspot_url}/crm/v3/objects/contacts/gdpr-delete",
        json={"objectId": contact["id"]},
        headers={"Authorization": "Bearer sandbox-token"},
        timeout=10,
    )
    assert answer.status_code == 204, way
    cycle(wiring, Run(), mode="full")
    assert email not in everything(store)
    assert find(store, "contact", email) == []


@AFTER_A_CYCLE
def test_an_archived_contact_goes_and_comes_back_with_what_they_did(
    place: Place, wiring: Wiring, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    contact = engaged(place, wiring)
    (golden_id,) = find(sqlite_store, "contact", contact["properties"]["email"])
    before = len(activities(sqlite_store, golden_id))
    assert before
    requests.delete(f"{place.sandbox.hubspot_url}/_sandbox/records/contacts/{contact['id']}", timeout=10)
    run(mode="full")
    assert find(sqlite_store, "contact", contact["properties"]["email"]) == []
    requests.post(f"{place.sandbox.hubspot_url}/_sandbox/restore/contacts/{contact['id']}", timeout=10)
    run(mode="full")
    (restored,) = find(sqlite_store, "contact", contact["properties"]["email"])
    assert len(activities(sqlite_store, restored)) == before


def activities(store: Store, contact_id: str) -> list[Any]:
    with store.database.reading() as connection:
        statement = text("SELECT id FROM activity WHERE contact_id = :id")
        return list(connection.execute(statement, {"id": contact_id}))
