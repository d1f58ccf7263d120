"""A segment's own capacity: N of its people are a rep's whole week, and one of them an N-th of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.agreement import Agreement
from syncd.model import User
from syncd.model.queue import How, QueueEntry, Taken
from syncd.planning.crew import crew_of, queue_terms
from syncd.planning.desks import room_for
from syncd.planning.queue import Handout, QueueTerms, hand_out
from syncd.planning.weeks import Calendar, WeeklyPace, places
from tests.planning.test_queue import ANN, BOB, FULL, MONDAY, NOW, TERMS, WEEK, an_entry, numbers
from tests.rules.agreements import CONTENT

BIG = "big banks"
MIXED = replace(FULL, paces=(WeeklyPace(BIG, 4),))  # eight a week, or four of the big ones


def handed(
    entries: Iterable[QueueEntry],
    calendar: Calendar = MIXED,
    taken: Iterable[Taken] = (),
    terms: QueueTerms = TERMS,
    later: timedelta = timedelta(),
) -> Handout:
    return hand_out(entries, [*taken], {}, {ANN: calendar}, terms, NOW + later)


def some(first: int, count: int, segment: str = "", **fields) -> list[QueueEntry]:
    return [an_entry(number, segment=segment, **fields) for number in range(first, first + count)]


# ---- one segment, and two ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("big", "small", "expected"),
    [(9, 0, 4), (0, 9, 8), (2, 9, 2 + 4), (3, 9, 3 + 2), (4, 9, 4)],
    ids=["the segment's alone", "others alone", "half a week each", "three quarters", "a whole week"],
)
def test_who_serves_two_segments_has_one_week(big: int, small: int, expected: int) -> None:
    handout = handed([*some(0, big, BIG), *some(20, small)])
    assert len(handout.released) == expected


def test_a_segment_with_more_places_than_there_are_in_general_has_them() -> None:
    assert len(handed(some(0, 20, BIG), replace(FULL, paces=(WeeklyPace(BIG, 12),))).released) == 12


def test_what_was_taken_of_one_leaves_less_for_the_other() -> None:
    taken = [Taken(ANN, MONDAY, How.RANK, 3, segment=BIG)]
    assert len(handed(some(0, 9), taken=taken).released) == 2
    assert len(handed(some(0, 9, BIG), taken=taken).released) == 1


def test_who_came_over_the_cap_is_owed_as_much_of_the_next_week_as_they_take() -> None:
    raised = handed(some(0, 6, BIG, at_once=True))
    assert Counter(release.how for release in raised.released) == {How.AT_ONCE: 4, How.OVER: 2}
    assert {release.segment for release in raised.released} == {BIG}
    owing = [Taken(ANN, MONDAY, How.AT_ONCE, 4, segment=BIG), Taken(ANN, MONDAY, How.OVER, 2, segment=BIG)]
    assert len(handed(some(0, 9), taken=owing, later=WEEK).released) == 4


def test_a_hand_raise_goes_over_the_cap_where_less_is_free_than_it_takes() -> None:
    taken = [Taken(ANN, MONDAY, How.RANK, 7)]
    [release] = handed(some(0, 1, BIG, at_once=True), taken=taken).released
    assert release.how is How.OVER
    [release] = handed(some(0, 1, at_once=True), taken=taken).released
    assert release.how is How.AT_ONCE


def test_a_teammate_with_room_for_one_of_the_segment_gets_them() -> None:
    taken = [Taken(ANN, MONDAY, How.RANK, 7)]
    entry = an_entry(1, rep=None, team=(ANN, BOB), segment=BIG)
    [release] = hand_out([entry], taken, {}, {ANN: MIXED, BOB: MIXED}, TERMS, NOW).released
    assert release.rep == BOB


def test_the_weeks_to_come_are_counted_in_the_same_parts() -> None:
    waits = {wait.key: wait.week for wait in handed([*some(0, 6, BIG), *some(20, 6)]).waiting}
    assert [waits[f"mql/c{number:04}"] for number in (4, 5)] == [MONDAY + WEEK] * 2
    assert waits["mql/c0025"] == MONDAY + 2 * WEEK
    assert len([week for week in waits.values() if week == MONDAY + WEEK]) == 2 + 4


# ---- what else a segment may say ---------------------------------------------------------------------------------


def test_a_segments_people_return_after_its_own_weeks() -> None:
    terms = replace(TERMS, longest_of={BIG: 2})
    full = [Taken(ANN, MONDAY, How.RANK, 8)]
    handout = handed([*some(1, 1, BIG, waits=15), *some(2, 1, waits=15)], taken=full, terms=terms)
    assert handout.returned == {"mql/c0001": "waited longer than 2 weeks for a rep's place"}
    assert [wait.key for wait in handout.waiting] == ["mql/c0002"]


def test_the_larger_share_by_waiting_time_counts_for_who_serves_both() -> None:
    terms = replace(TERMS, waiting_of={BIG: 50})
    entries = [an_entry(number, waits=number / 10, segment=BIG if number == 5 else "") for number in range(20)]
    assert Counter(one.how for one in handed(entries, FULL, terms=terms).released) == {How.RANK: 4, How.WAITING: 4}
    assert Counter(one.how for one in handed(entries[6:], FULL, terms=terms).released)[How.WAITING] == 2


def test_a_new_rep_comes_to_a_segment_by_its_own_ramp() -> None:
    calendar = replace(FULL, started=MONDAY, ramp=(50,), paces=(WeeklyPace(BIG, 4, (25,)),))
    assert (places(MONDAY, calendar), places(MONDAY, calendar, BIG)) == (4, 1)
    assert len(handed([*some(0, 1, BIG), *some(20, 9)], calendar).released) == 1
    assert places(MONDAY + WEEK, calendar, BIG) == 4


@pytest.mark.parametrize(
    ("mix", "expected"),
    [({}, 8), ({"": 3}, 8), ({BIG: 1}, 4), ({"": 1, BIG: 1}, 5), ({"": 3, BIG: 1}, 6)],
    ids=["nobody", "others", "the segment's", "half and half", "a quarter of them"],
)
def test_as_many_fit_into_a_week_as_they_are_mixed(mix: Mapping[str, int], expected: int) -> None:
    assert room_for(MONDAY, MIXED, mix) == expected


# ---- by the agreement --------------------------------------------------------------------------------------------


def by_agreement(own: Mapping[str, object], **rep: object) -> tuple[Calendar, QueueTerms]:
    segment = CONTENT["served_market"]["segments"][0]
    market = {"segments": [{**segment, "name": BIG, "terms": {"capacity": own}}]}
    reps = [{"rep": "ann@bank.example", **rep}]
    agreement = Agreement.model_validate({**CONTENT, "served_market": market, "reps": reps})
    ann = User(ANN, email="ann@bank.example", active=True, remote_ids={"salesforce.User": ("1",)})
    [calendar] = crew_of(agreement, {ANN: ann}, "salesforce.User", [ANN]).values()
    return calendar, queue_terms(agreement)


def test_what_a_segment_does_not_say_is_as_in_general() -> None:
    calendar, terms = by_agreement({"longest_wait_weeks": 2})
    assert calendar.pace(BIG)[1:] == (calendar.cap, calendar.ramp)
    assert (terms.longest_of, terms.waiting_of) == ({BIG: 2}, {BIG: terms.waiting_percent})


def test_nobody_takes_more_of_a_segment_than_they_take_at_all() -> None:
    own = {"per_rep_per_week": 4}
    assert by_agreement(own)[0].pace(BIG).cap == 4
    assert by_agreement(own, per_week=2)[0].pace(BIG).cap == 2
    assert by_agreement(own, per_week=9)[0].pace(BIG).cap == 4


# ---- what always holds -------------------------------------------------------------------------------------------

SEGMENTS = ("", BIG, "small banks")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(SEGMENTS), st.booleans() | st.just(False)), max_size=40),
    st.tuples(*[st.integers(1, 12)] * 3),
    st.sampled_from([(), ((MONDAY, MONDAY + timedelta(days=1)),)]),
)
def test_a_week_is_never_fuller_than_whole_but_for_hand_raises(
    drawn: list[tuple[str, bool]], caps: tuple[int, ...], absent: tuple[tuple[date, date], ...]
) -> None:
    calendar = replace(FULL, cap=caps[0], absent=absent, paces=tuple(map(WeeklyPace, SEGMENTS[1:], caps[1:])))
    entries = [an_entry(n, segment=segment, at_once=raised) for n, (segment, raised) in enumerate(drawn)]
    handout = hand_out(entries, (), {}, {ANN: calendar}, TERMS, NOW + timedelta(days=2))
    cost = {segment: Fraction(1, calendar.pace(segment).cap) for segment in SEGMENTS}
    whole = Fraction(3, 5) if absent else Fraction(1)
    assert sum(cost[one.segment] for one in handout.released if one.how is not How.OVER) <= whole
    assert len(numbers(handout)) == len(handout.released) >= sum(raised for _, raised in drawn)
