"""A person who was erased: everything held about them goes, and stays gone."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from sqlalchemy import text

from syncd.store import Store
from syncd.sync import Summary, Wiring, cycle
from syncd.tables import metadata
from tests.sync.conftest import Place, wired


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


def test_erased_by_hand_nothing_is_left_and_nothing_comes_back(
    place: Place, wiring: Wiring, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    run()
    contact = engaged(place, wiring)
    email, name = contact["properties"]["email"].lower(), contact["properties"]["lastname"].lower()
    assert email in everything(sqlite_store)
    (golden_id,) = sqlite_store.find("contact", email)
    assert sqlite_store.erase(golden_id) > 1
    assert email not in everything(sqlite_store)
    run()
    run(mode="full")
    for stream in ("email_events", "form_submissions"):  # what they did comes again
        sqlite_store.reset_cursor("hubspot", stream)
    run()
    left = everything(sqlite_store)
    assert email not in left
    assert f"{contact['properties']['firstname'].lower()} {name}" not in left


@pytest.mark.parametrize("way", ["gdpr delete"])
def test_erased_in_hubspot_the_next_full_read_forgets_them(place: Place, store: Store, way: str) -> None:
    wiring = wired(place, store)
    cycle(wiring)
    contact = engaged(place, wiring)
    email = contact["properties"]["email"].lower()
    answer = requests.post(
        f"{place.sandbox.hubspot_url}/crm/v3/objects/contacts/gdpr-delete",
        json={"objectId": contact["id"]},
        headers={"Authorization": "Bearer sandbox-token"},
        timeout=10,
    )
    assert answer.status_code == 204, way
    cycle(wiring, mode="full")
    assert email not in everything(store)
    assert store.find("contact", email) == []


def test_an_archived_contact_goes_and_comes_back_with_what_they_did(
    place: Place, wiring: Wiring, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    run()
    contact = engaged(place, wiring)
    (golden_id,) = sqlite_store.find("contact", contact["properties"]["email"])
    before = len(activities(sqlite_store, golden_id))
    assert before
    requests.delete(f"{place.sandbox.hubspot_url}/_sandbox/records/contacts/{contact['id']}", timeout=10)
    run(mode="full")
    assert sqlite_store.find("contact", contact["properties"]["email"]) == []
    requests.post(f"{place.sandbox.hubspot_url}/_sandbox/restore/contacts/{contact['id']}", timeout=10)
    run(mode="full")
    (restored,) = sqlite_store.find("contact", contact["properties"]["email"])
    assert len(activities(sqlite_store, restored)) == before


def activities(store: Store, contact_id: str) -> list[Any]:
    with store.database.reading() as connection:
        statement = text("SELECT id FROM activity WHERE contact_id = :id")
        return list(connection.execute(statement, {"id": contact_id}))
