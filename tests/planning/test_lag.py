"""How long a step takes: the share that gets there, of those the days, and when nothing is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from syncd.planning.lag import BACKWARDS, TO_COME, Passage, lag, sort

TODAY = date(2026, 3, 31)
BEGAN = date(2026, 1, 1)


def _won_after(*days: int) -> list[Passage]:
    return [Passage(BEGAN, BEGAN + timedelta(days=number), "won") for number in days]


def test_of_those_who_get_there_half_and_four_fifths_have_by_these_days() -> None:
    there = [Passage(BEGAN)] * 30  # most never get there: no median of all exists
    said = lag([*_won_after(*range(1, 21)), *there], "won", TODAY, horizon=60)
    assert said.reached == pytest.approx(20 / 50)
    assert said.days == {0.5: 10, 0.8: 16}
    assert said.band is not None
    assert said.band.low < 0.4 < said.band.high


def test_the_horizon_cuts_the_share_and_with_it_the_days() -> None:
    people = [*_won_after(*range(1, 41)), *[Passage(BEGAN)] * 40]
    said = lag(people, "won", TODAY, horizon=20)
    assert (said.exits, said.reached, said.days) == (20, pytest.approx(20 / 80), {0.5: 10, 0.8: 16})


def test_who_came_lately_is_no_failure() -> None:
    fresh = [Passage(TODAY - timedelta(days=1))] * 900
    assert lag([*_won_after(*range(2, 22)), *fresh], "won", TODAY).reached == pytest.approx(1)


def test_too_few_say_nothing_and_it_says_so() -> None:
    said = lag(_won_after(*range(19)), "won", TODAY)
    assert (said.reached, said.band, said.days) == (None, None, None)
    assert said.refusal == "19 of 19 got there within 365 days; fewer than 20 say nothing"
    assert lag(_won_after(*range(19)), "won", TODAY, minimum=19).refusal is None
    assert lag([], "won", TODAY).refusal


def test_nought_days_are_a_duration() -> None:
    said = lag(_won_after(*[0] * 20), "won", TODAY)
    assert (said.reached, said.days) == (1, {0.5: 0, 0.8: 0})


def test_what_cannot_be_is_set_aside_with_its_reason() -> None:
    backwards = Passage(BEGAN, BEGAN - timedelta(days=2), "won")
    kept = sort([backwards, Passage(TODAY + timedelta(days=1)), *_won_after(0, 1)], TODAY)
    assert kept.aside == {BACKWARDS: 1, TO_COME: 1}
    assert kept.passages == tuple(_won_after(0, 1))


def test_what_came_after_the_day_was_not_known_on_it() -> None:
    kept = sort(_won_after(5, 200), TODAY)
    assert kept.passages == (*_won_after(5), Passage(BEGAN))
