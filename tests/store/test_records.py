"""What we saw: pages with their cursors, full reads that find what is gone, quarantine."""

from datetime import UTC, datetime

import pytest

from connectors.base import Page, Record
from syncd.errors import UnsafePlan
from syncd.store import Store

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def record(remote_id: str, name: str = "a", *, deleted: bool = False) -> Record:
    return Record(remote_id, AT, deleted, {"Id": remote_id, "Name": name})


def unmatched(store: Store, stream: str = "Account") -> dict[str, dict]:
    with store.unmatched("salesforce", stream, 1_000) as batch:
        return {one.remote_id: one.raw for one in batch.records}


def test_a_page_and_its_cursor_stand_together(store: Store) -> None:
    assert store.save("salesforce", "Account", Page([record("1"), record("2")], "after 2")) == 2
    assert store.cursor("salesforce", "Account") == "after 2"
    assert set(unmatched(store)) == {"1", "2"}


def test_an_unchanged_record_touches_nothing(store: Store) -> None:
    store.save("salesforce", "Account", Page([record("1")], "x"))
    assert unmatched(store)
    assert store.save("salesforce", "Account", Page([record("1")], "y")) == 0
    assert not unmatched(store)


def test_a_changed_or_deleted_record_is_matched_again(store: Store) -> None:
    store.save("salesforce", "Account", Page([record("1"), record("2")], "x"))
    unmatched(store)
    changed = store.save("salesforce", "Account", Page([record("1", "b"), record("2", deleted=True)], "y"))
    assert changed == 2
    assert set(unmatched(store)) == {"1", "2"}


def test_a_page_that_cannot_be_saved_leaves_the_cursor(store: Store) -> None:
    store.save("salesforce", "Account", Page([record("1")], "x"))
    unsaveable = Record("2", AT, False, {"set": {1, 2}})
    with pytest.raises(TypeError):
        store.save("salesforce", "Account", Page([unsaveable], "y"))
    assert store.cursor("salesforce", "Account") == "x"


def test_a_full_read_marks_what_it_did_not_meet(store: Store) -> None:
    store.save("salesforce", "Account", Page([record(str(n)) for n in range(10)], "x"))
    unmatched(store)
    store.start_full("salesforce", "Account")
    store.save("salesforce", "Account", Page([record(str(n)) for n in range(9)], "y"), full=True)
    assert store.sweep("salesforce", "Account") == 1
    assert set(unmatched(store)) == {"9"}


def test_a_swept_record_that_comes_back_lives_again(store: Store) -> None:
    store.save("salesforce", "Account", Page([record("1")], "x"))
    store.start_full("salesforce", "Account")
    store.sweep("salesforce", "Account")
    assert store.save("salesforce", "Account", Page([record("1")], "y")) == 1


def test_a_failed_full_read_does_not_look_like_mass_deletion(store: Store) -> None:
    store.save("salesforce", "Account", Page([record(str(n)) for n in range(100)], "x"))
    unmatched(store)
    store.start_full("salesforce", "Account")
    store.save("salesforce", "Account", Page([record("1")], "y"), full=True)
    with pytest.raises(UnsafePlan, match="99 of 100 records"):
        store.sweep("salesforce", "Account")
    assert not unmatched(store)


def test_stamps_come_back_as_aware_utc(store: Store) -> None:
    store.save("salesforce", "Account", Page([record("1")], "x"))
    with store.unmatched("salesforce", "Account", 10) as batch:
        assert batch.records[0].modified_at == AT
        assert batch.records[0].modified_at.tzinfo is not None


def test_quarantine_counts_attempts_and_keeps_the_first_date(store: Store) -> None:
    for number in range(2):
        store.save("salesforce", "Account", Page([record("1", f"name {number}")], "x"))
        with store.unmatched("salesforce", "Account", 10) as batch:
            batch.refuse(batch.records[0], "the name is too long")
    (one,) = store.quarantined()
    assert (one["reason"], one["attempts"], one["step"]) == ("the name is too long", 2, "match")


def test_a_record_that_can_be_read_again_leaves_quarantine(store: Store) -> None:
    store.save("salesforce", "Account", Page([record("1")], "x"))
    with store.unmatched("salesforce", "Account", 10) as batch:
        batch.refuse(batch.records[0], "unreadable")
    store.save("salesforce", "Account", Page([record("1", "mended")], "y"))
    with store.unmatched("salesforce", "Account", 10):
        pass
    assert store.quarantined() == []


def test_a_batch_that_breaks_leaves_everything_as_it_was(store: Store) -> None:
    store.save("salesforce", "Account", Page([record("1")], "x"))
    with pytest.raises(ZeroDivisionError), store.unmatched("salesforce", "Account", 10) as batch:
        batch.place(
            [
                {
                    "system": "salesforce",
                    "stream": "Account",
                    "remote_id": "1",
                    "kind": "account",
                    "golden_id": "g",
                    "evidence": "e",
                    "manual": False,
                }
            ]
        )
        raise ZeroDivisionError
    assert set(unmatched(store)) == {"1"}
    assert store.links_of("account", "g") == []
