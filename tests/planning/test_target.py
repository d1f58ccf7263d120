"""Backwards from bookings: the golden case, the day by which, and what history teaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.milestones import Milestone, Stage
from syncd.planning.journeys import journeys
from syncd.planning.passages import compile_book
from syncd.planning.target import (
    Goal,
    InHand,
    WayToWin,
    backwards,
    by_hand,
    in_hand,
    learned,
    sourced_share,
    won_amounts,
)

YEAR = Goal(Decimal(10_000_000), date(2027, 1, 1), date(2027, 12, 31), Decimal(50_000), Decimal("0.5"))


def test_ten_millions_at_fifty_thousand_half_of_it_marketing_s_with_ninety_days_are_short_by_a_quarter() -> None:
    """A hundred must be won; at an even pace, and with 90 days each, 75 of them close within the year."""
    said = backwards(YEAR, {Stage.MQL: by_hand(90)}, {})
    assert (said.needed, said.in_time, said.short) == (100, 75, 25)
    assert said.short_worth == Decimal(1_250_000)
    assert said.early == 133, "so many would have to begin, were they to close within the year"


def test_what_each_stage_must_bring_and_by_which_day() -> None:
    said = backwards(YEAR, {Stage.MQL: by_hand(90, 0.05, crowd=2)}, {Stage.MQL: 7})
    mql = next(need for need in said.needs if need.stage is Stage.MQL)
    assert (mql.wanted, mql.actual) == (4_000, 7), "two MQLs behind each of a hundred, one in twenty"
    assert mql.by == {0.5: date(2027, 10, 2), 0.8: date(2027, 10, 2)}
    others = [need for need in said.needs if need.stage is not Stage.MQL]
    assert all(need.refusal and need.wanted is None for need in others)


@pytest.mark.parametrize(("bookings", "needed"), [(1, 1), (100_000, 1), (100_001, 2), (10_000_000, 100)])
def test_part_of_an_opportunity_is_a_whole_one(bookings: int, needed: int) -> None:
    assert replace(YEAR, bookings=Decimal(bookings)).needed == needed


@given(days=st.integers(0, 800), length=st.integers(0, 700), goal=st.integers(1, 10**9))
def test_never_more_close_in_time_than_must_and_a_longer_lag_never_helps(days: int, length: int, goal: int) -> None:
    target = Goal(Decimal(goal), YEAR.first, YEAR.first + timedelta(days=length), Decimal(50_000))
    said, later = (backwards(target, {Stage.MQL: by_hand(lag)}, {}) for lag in (days, days + 1))
    assert said.in_time is not None and later.in_time is not None
    assert 0 <= later.in_time <= said.in_time <= said.needed
    assert said.early is None or said.early >= said.needed


def at(day: int) -> datetime:
    return datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)


def story(winners: int, losers: int) -> list[Milestone]:
    """Two MQLs behind each opportunity; half of the winners need 40 days, half 60."""
    milestones = []
    for number in range(winners + losers):
        people = (f"a{number}", f"b{number}")
        milestones += [Milestone(Stage.MQL, at(number), "bank", who) for who in people]
        name = f"o{number}"
        milestones.append(Milestone(Stage.SQO, at(number + 5), "bank", opportunity_id=name, evidence=people))
        end = Stage.WON if number < winners else Stage.LOST
        days = 40 if number % 2 else 60
        amount = Decimal(100)
        milestones.append(Milestone(end, at(number + days), "bank", opportunity_id=name, amount=amount, currency="USD"))
    return milestones


def test_history_teaches_share_crowd_and_days() -> None:
    whole = journeys(story(30, 10))
    way = learned(whole, compile_book(story(30, 10), at(0)), at(400).date())[Stage.MQL]
    assert isinstance(way, WayToWin)
    assert way.share == pytest.approx(0.75) and way.crowd == 2
    assert way.days == {0.5: 40, 0.8: 60}
    assert [way.within(days) for days in (39, 40, 59, 60, 999)] == pytest.approx([0, 0.5, 0.5, 1, 1])
    assert sorted({*won_amounts(whole)}) == [("USD", Decimal(100))]
    assert sourced_share(whole) == 1


def test_too_little_history_says_so_instead_of_a_number() -> None:
    said = backwards(YEAR, learned(journeys(story(3, 1)), compile_book(story(3, 1), at(0)), at(400).date()), {})
    assert all(need.refusal and "fewer than 20" in need.refusal for need in said.needs if need.stage is Stage.MQL)
    assert (said.in_time, said.short, said.short_worth, said.early) == (None, None, None, None)


def test_those_under_way_count_as_opportunities_and_not_as_people() -> None:
    waiting = [one for one in story(60, 0) if one.at < at(50)]
    whole, book = journeys(waiting), compile_book(waiting, at(0))
    expected = in_hand(whole, book, at(50).date(), at(500).date(), minimum=5)
    assert expected.band and 0 < expected.said <= 60
    assert expected.band.low <= expected.said <= expected.band.high
    assert in_hand(whole, book, at(50).date(), at(50).date()).refusal == "the target's last day has come"


@pytest.mark.parametrize(("won", "under_way", "missing"), [(0, 0.0, 100), (10, 20.5, 70), (90, 20.0, 0)])
def test_what_is_won_and_under_way_need_not_be_won_again(won: int, under_way: float, missing: int) -> None:
    said = backwards(YEAR, {Stage.MQL: by_hand(90)}, {}, won, InHand(under_way))
    assert said.missing == missing
    assert backwards(YEAR, {}, {}).missing is None, "nothing is told of those under way"
