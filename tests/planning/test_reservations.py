"""What the queue has taken of the reps' weeks: the calendar counts with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.model.queue import How, QueueEntry, Taken
from syncd.planning.queue import Handout
from syncd.planning.reservations import reserve
from tests.planning.test_queue import ANN, BOB, FULL, MONDAY, NOW, TEAM, an_entry, handed

NEXT, AFTER = MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)


def reserved(entries: list[QueueEntry], handout: Handout, *taken: Taken, crew=None) -> dict:
    """By rep and week, after the releases of that handout."""
    released = {release.key for release in handout.released}
    left = [entry for entry in entries if entry.candidate.key not in released]
    had = [*taken, *(Taken(release.rep, release.week, release.how, 1) for release in handout.released if release.rep)]
    waits = {wait.key: wait for wait in handout.waiting}
    return {key: number for key, number in reserve(left, waits, had, crew or {ANN: FULL}, 6, NOW).items() if number}


def test_who_was_handed_over_and_who_waits_take_the_places_of_their_weeks() -> None:
    entries = [an_entry(number) for number in range(20)]
    assert reserved(entries, handed(entries)) == {(ANN, MONDAY): 8, (ANN, NEXT): 8, (ANN, AFTER): 4}


def test_who_came_over_the_cap_is_owed_from_the_next_week() -> None:
    over = Taken(ANN, MONDAY, How.OVER, 3)
    full = Taken(ANN, MONDAY, How.RANK, 8)
    entries = [an_entry(number) for number in range(6)]
    handout = handed(entries, taken=[over, full])
    assert reserved(entries, handout, over, full) == {(ANN, MONDAY): 8, (ANN, NEXT): 8, (ANN, AFTER): 1}


def test_whom_a_team_takes_by_turns_is_an_equal_part_of_each() -> None:
    crew = {ANN: FULL, BOB: FULL}
    entries = [an_entry(number, None, team=TEAM) for number in range(17)]
    handout = handed(entries, crew)
    week = reserved(entries, handout, crew=crew)
    assert (week[ANN, NEXT], week[BOB, NEXT]) == (0.5, 0.5), "who takes no records takes none of them"


@given(st.integers(0, 40), st.integers(0, 12), st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_no_week_holds_more_than_its_places_and_nobody_is_counted_twice(waiting: int, over: int, had: int) -> None:
    taken = [Taken(ANN, MONDAY, How.OVER, over), Taken(ANN, MONDAY, How.RANK, had)]
    entries = [an_entry(number) for number in range(waiting)]
    handout = handed(entries, taken=taken)
    weeks = reserved(entries, handout, *taken)
    later = [number for (_, week), number in weeks.items() if week > MONDAY]
    assert weeks.get((ANN, MONDAY), 0) <= 8 and all(number <= max(8, over) for number in later)
    coming = sum(wait.week is not None for wait in handout.waiting)
    missed = sum(max(0, over - 8 * number) for number in range(1, 3))  # who is owed and not made up for is owed again
    assert sum(weeks.values()) == pytest.approx(had + len(handout.released) + coming + over + missed)
