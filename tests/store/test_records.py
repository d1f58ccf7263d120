"""What we saw: pages with their cursors, full reads that find what is gone, quarantine."""

from datetime import UTC, datetime

import pytest

from connectors.base import Page, Record
from syncd.errors import UnsafePlan
from syncd.model import RemoteRef, kinds
from syncd.store import Store
from syncd.store.links import Link
from syncd.sync.pull import sweep
from tests.ledger import cursor, find, links_of, matching, quarantined, save, start_full

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def record(remote_id: str, name: str = "a", *, deleted: bool = False) -> Record:
    return Record(remote_id, AT, deleted, {"Id": remote_id, "Name": name})


def unmatched(store: Store, stream: str = "Account") -> dict[str, dict]:
    with matching(store, "salesforce", stream) as batch:
        return {record.ref.id: record.raw for record in batch.records}


def test_a_page_and_its_cursor_stand_together(store: Store) -> None:
    assert save(store, "salesforce", "Account", Page([record("1"), record("2")], "after 2")) == 2
    assert cursor(store, "salesforce", "Account") == "after 2"
    assert set(unmatched(store)) == {"1", "2"}


def test_an_unchanged_record_touches_nothing(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record("1")], "x"))
    assert unmatched(store)
    assert save(store, "salesforce", "Account", Page([record("1")], "y")) == 0
    assert not unmatched(store)


def test_a_changed_or_deleted_record_is_matched_again(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record("1"), record("2")], "x"))
    unmatched(store)
    changed = save(store, "salesforce", "Account", Page([record("1", "b"), record("2", deleted=True)], "y"))
    assert changed == 2
    assert set(unmatched(store)) == {"1", "2"}


def test_a_page_that_cannot_be_saved_leaves_the_cursor(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record("1")], "x"))
    unsaveable = Record("2", AT, False, {"set": {1, 2}})
    with pytest.raises(TypeError):
        save(store, "salesforce", "Account", Page([unsaveable], "y"))
    assert cursor(store, "salesforce", "Account") == "x"


def test_a_full_read_marks_what_it_did_not_meet(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record(str(n)) for n in range(10)], "x"))
    unmatched(store)
    start_full(store, "salesforce", "Account")
    save(store, "salesforce", "Account", Page([record(str(n)) for n in range(9)], "y"), full=True)
    assert sweep(store, "salesforce", "Account") == 1
    assert set(unmatched(store)) == {"9"}


def test_a_swept_record_that_comes_back_lives_again(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record("1")], "x"))
    start_full(store, "salesforce", "Account")
    sweep(store, "salesforce", "Account")
    assert save(store, "salesforce", "Account", Page([record("1")], "y")) == 1


def test_a_failed_full_read_does_not_look_like_mass_deletion(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record(str(n)) for n in range(100)], "x"))
    unmatched(store)
    start_full(store, "salesforce", "Account")
    save(store, "salesforce", "Account", Page([record("1")], "y"), full=True)
    with pytest.raises(UnsafePlan, match="99 of 100 records"):
        sweep(store, "salesforce", "Account")
    assert not unmatched(store)


def test_stamps_come_back_as_aware_utc(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record("1")], "x"))
    with matching(store, "salesforce", "Account") as batch:
        assert batch.records[0].modified_at == AT
        assert batch.records[0].modified_at.tzinfo is not None


def test_quarantine_counts_attempts_and_keeps_the_first_date(store: Store) -> None:
    for number in range(2):
        save(store, "salesforce", "Account", Page([record("1", f"name {number}")], "x"))
        with matching(store, "salesforce", "Account") as batch:
            batch.refuse(batch.records[0], "the name is too long")
    (entry,) = quarantined(store)
    assert (entry["reason"], entry["attempts"], entry["step"]) == ("the name is too long", 2, "match")


def test_a_record_that_can_be_read_again_leaves_quarantine(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record("1")], "x"))
    with matching(store, "salesforce", "Account") as batch:
        batch.refuse(batch.records[0], "unreadable")
    save(store, "salesforce", "Account", Page([record("1", "mended")], "y"))
    with matching(store, "salesforce", "Account"):
        pass
    assert quarantined(store) == []


def test_a_batch_that_breaks_leaves_everything_as_it_was(store: Store) -> None:
    save(store, "salesforce", "Account", Page([record("1")], "x"))
    with pytest.raises(ZeroDivisionError), matching(store, "salesforce", "Account") as batch:
        batch.place([Link(RemoteRef("salesforce", "Account", "1"), "account", "g", "e")])
        raise ZeroDivisionError
    assert set(unmatched(store)) == {"1"}
    assert links_of(store, "account", "g") == []


def test_a_qualified_name_is_that_record_and_no_other(store: Store) -> None:
    twins = [RemoteRef("hubspot", "companies", "101"), RemoteRef("fdic", "institutions", "101")]
    for ref in twins:
        save(store, ref.system, ref.stream, Page([record("101")], "x"))
        with matching(store, ref.system, ref.stream) as batch:
            batch.unit.golden.put("account", [kinds.row("account", {}) | {"id": f"of {ref}", "sources": {}}])
            batch.place([Link(ref, "account", f"of {ref}", "e")])
    assert find(store, "account", "hubspot.companies/101") == ["of hubspot.companies/101"]
    assert len(find(store, "account", "101")) == 2


@pytest.mark.parametrize("text", ["", "101", "contacts/101", "hubspot.contacts", "hubspot./101", ".contacts/1"])
def test_what_names_no_record_is_refused_as_a_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"write system\.stream/id"):
        RemoteRef.read(text)


def test_a_name_reads_what_it_writes() -> None:
    ref = RemoteRef("salesforce", "wish:opportunity", "fdic.institutions/16858/lending")
    assert RemoteRef.read(str(ref)) == ref


BEFORE = ("digest", "2026.1", "version: 2026.1")
NEWS = {
    "the same": (BEFORE, None),
    "another version": (("other", "2026.2", "version: 2026.2"), "agreement 2026.2 is new"),
    "other terms": (
        ("other", "2026.1", "version: 2026.1\nname: x"),
        "agreement 2026.1 says something else under the same version",
    ),
    "rules or words": (("other", "2026.1", "version: 2026.1"), "the rules or word lists changed"),
}


@pytest.mark.parametrize(("after", "news"), NEWS.values(), ids=NEWS.keys())
def test_what_is_new_about_the_agreement_is_said(store: Store, after: tuple[str, str, str], news: str | None) -> None:
    for agreement, said in ((BEFORE, "agreement 2026.1 is new"), (after, news), (after, None)):
        with store.writing() as unit:
            assert unit.judgements.use_agreement(*agreement) == said


def test_a_record_s_faults_at_two_steps_stand_side_by_side(store: Store) -> None:
    ref = RemoteRef("hubspot", "companies", "7")
    for first, second in (("judge", "field"), ("field", "judge")):
        with store.writing() as unit:
            unit.quarantine.keep(first, {ref: "one"})
            unit.quarantine.keep(second, {ref: "two"})
            unit.quarantine.keep(second, {ref: "two again"})
            assert (unit.quarantine.at("judge"), unit.quarantine.at("field")) == ([ref], [ref])
            kept = {row["step"]: (row["reason"], row["attempts"]) for row in unit.quarantine.all()}
            assert kept == {first: ("one", 1), second: ("two again", 2)}
            unit.quarantine.release([ref], first)
            assert unit.quarantine.count() == {second: 1}
            unit.quarantine.release([ref], second)
