"""Quarantine is chosen from by system, stream, step and reason, counted by reason, and read on by key."""

import pytest

from syncd.model import RemoteRef
from syncd.store import Store
from syncd.store.quarantine import Chosen
from syncd.views.listing import ROWS
from syncd.views.quarantine import quarantine_of

NUMBERS = [f"{number:03} a" for number in range(ROWS + 5)]  # an id may hold a space


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with a page and a bit in quarantine, for two reasons by two steps."""
    with store.writing() as unit:
        unit.quarantine.keep("match", {RemoteRef("hubspot", "contacts", number): "no date" for number in NUMBERS})
        unit.quarantine.keep("push", {RemoteRef("salesforce", "wish:account", "fdic.institutions/1"): "no rights"})
    return store


def test_it_is_read_on_to_its_end_by_key(filled: Store) -> None:
    after, read = None, []
    with filled.reading() as unit:
        while not read or after:
            part = quarantine_of(unit, {}, after)["records"]
            read += [row["record"] for row in part.rows]
            after = part.next
    assert read == [
        *(f"hubspot.contacts/{number}" for number in NUMBERS),
        "salesforce.wish:account/fdic.institutions/1",
    ]


def test_what_is_chosen_is_counted_by_reason(filled: Store) -> None:
    with filled.reading() as unit:
        assert [(each.reason, each.number) for each in unit.quarantine.why(Chosen())] == [
            ("no date", len(NUMBERS)),
            ("no rights", 1),
        ]
        assert unit.quarantine.some(Chosen(reasons=())) == []
        (refused,) = unit.quarantine.some(Chosen(step="push"))
    assert refused["remote_id"] == "fdic.institutions/1"


def test_what_is_to_be_written_leads_to_its_page_and_a_record_to_the_search(filled: Store) -> None:
    with filled.reading() as unit:
        wish = quarantine_of(unit, {"step": "push"}, None)
        record = quarantine_of(unit, {"step": "match"}, None)
    assert wish["causes"][0]["kind"] == "refused"
    assert wish["records"].rows[0]["address"] == "/accounts/fdic.institutions/1"
    assert record["records"].rows[0]["address"] == "/search?q=hubspot.contacts%2F000+a"
