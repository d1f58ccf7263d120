"""Drift between snapshots: what the facts moved, and what the terms moved."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from syncd.model.snapshots import Snapshot
from syncd.planning.drift import CountMove, drift

MONDAY = date(2026, 3, 9)


def snapshot(day: int, number: int, terms: str = "a", before: int | None = None) -> Snapshot:
    earlier = None if before is None else {"missing": before}
    return Snapshot(MONDAY + timedelta(day), f"2026.{terms}", terms, {"missing": number}, earlier)


def test_under_the_same_terms_all_of_it_is_the_facts() -> None:
    assert drift([snapshot(0, 10), snapshot(1, 7)]).moves == (CountMove("missing", 10, 7, -3, 0, 0),)  # type: ignore[union-attr]


def test_new_terms_part_from_what_the_facts_moved_on_the_same_day() -> None:
    moved = drift([snapshot(0, 10), snapshot(1, 20, "b", before=8), snapshot(2, 19, "b")])
    assert moved is not None
    assert moved.moves == (CountMove("missing", 10, 19, -3, 12, 0),)
    assert moved.agreements == ("2026.a", "2026.b")


def test_terms_that_can_be_read_no_more_leave_it_unsplit() -> None:
    moved = drift([snapshot(0, 10), snapshot(1, 20, "b")])
    assert moved is not None and moved.moves == (CountMove("missing", 10, 20, 0, 0, 10),)


def test_facts_and_terms_that_moved_against_each_other_are_shown() -> None:
    moved = drift([snapshot(0, 10), snapshot(1, 10, "b", before=4)])
    assert moved is not None and moved.moves == (CountMove("missing", 10, 10, -6, 6, 0),)


def test_of_one_day_there_is_no_drift() -> None:
    assert drift([]) is None
    assert drift([snapshot(0, 10)]) is None


def test_a_count_that_comes_or_goes_is_one_from_or_to_nought() -> None:
    moved = drift([Snapshot(MONDAY, "1", "a", {"gone": 2}), Snapshot(MONDAY + timedelta(1), "1", "a", {"new": 3})])
    assert moved is not None
    assert {(move.what, move.first, move.last) for move in moved.moves} == {("gone", 2, 0), ("new", 0, 3)}


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from("ab"), st.integers(0, 50)), min_size=2, max_size=8))
def test_the_parts_add_up_to_the_whole(days: list[tuple[int, str, int]]) -> None:
    moved = drift(snapshot(day, number, terms, before) for day, (number, terms, before) in enumerate(days))
    assert moved is not None
    for move in moved.moves:
        assert move.first + move.facts + move.terms + move.unsplit == move.last
