"""How many will come: said with what was known on the day, with a band, the same for the same seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from syncd.planning.backtest import backtest, earlier_days, plain, score
from syncd.planning.lag import Passage
from syncd.planning.outlook import came, outlook

START = date(2025, 1, 6)


def _steady(days: int, seed: int = 7, share: float = 0.3, least: int = 3, most: int = 40) -> list[Passage]:
    """Arrivals in waves of seven weeks; that share is won after `least` to `most` days, a tenth is lost."""
    random = Random(seed)
    passages = []
    for day in range(days):
        began = START + timedelta(days=day)
        for _ in range(random.randint(0, 4) + 6 * (day // 7 % 7 < 2)):
            fate = random.random()
            ended = began + timedelta(days=random.randint(least, most))
            way = "won" if fate < share else "lost" if fate < share + 0.1 else None
            passages.append(Passage(began, ended if way else None, way))
    return passages


PASSAGES = _steady(220)
AS_OF = START + timedelta(days=140)


@pytest.mark.parametrize("to_come", [True, False])
def test_the_band_holds_what_came_and_the_expected_number_is_near(to_come: bool) -> None:
    said = outlook(PASSAGES, "won", AS_OF, 28, to_come=to_come)
    truth = came(PASSAGES, "won", AS_OF, 28, to_come=to_come)
    assert said.band is not None
    assert said.band.low <= truth <= said.band.high
    assert said.said == pytest.approx(truth, rel=0.35)


def test_those_to_come_add_to_those_who_are_there() -> None:
    alone, both = (outlook(PASSAGES, "won", AS_OF, 28, to_come=to_come).said for to_come in (False, True))
    assert alone < both


def test_only_what_was_known_on_the_day_is_looked_at() -> None:
    known = [one.known_on(AS_OF) for one in PASSAGES if one.began <= AS_OF]
    assert outlook(PASSAGES, "won", AS_OF, 28) == outlook(known, "won", AS_OF, 28)


def test_the_same_seed_gives_the_same_band_and_the_order_gives_no_other() -> None:
    said = outlook(PASSAGES, "won", AS_OF, 28)
    assert said == outlook(PASSAGES[::-1], "won", AS_OF, 28)
    assert any(said.band != outlook(PASSAGES, "won", AS_OF, 28, seed=seed).band for seed in (2, 3, 4))


def test_too_few_say_nothing() -> None:
    said = outlook(_steady(10), "won", START + timedelta(days=9), 28)
    assert said.band is None
    assert said.refusal
    assert "fewer than 20 say nothing" in said.refusal
    assert outlook([], "won", AS_OF, 28).refusal


def test_beyond_the_longest_watch_a_lag_falls_off_and_does_not_stop() -> None:
    as_of = START + timedelta(days=45)
    near, far, farther = (outlook(PASSAGES, "won", as_of, days, to_come=False).said for days in (20, 60, 100))
    assert near < far < farther
    assert farther - far < far - near


def test_plain_is_count_times_conversion() -> None:
    people = [Passage(START, START, "won"), Passage(START), Passage(START + timedelta(days=5)), Passage(START)]
    as_of = START + timedelta(days=6)
    assert plain(people, "won", as_of, 3, to_come=True) == 1 * 1 / 4
    assert plain(people, "won", as_of, 3, to_come=False) == 3 * 1 / 4


def test_a_backtest_stands_on_each_day_and_says_how_often_it_held() -> None:
    until = START + timedelta(days=219)
    days = earlier_days(PASSAGES, until, 28, 4)
    assert days == [until - timedelta(days=28 + 28 * step) for step in (3, 2, 1, 0)]
    total = score(backtest(PASSAGES, "won", days, 28))
    assert total is not None
    assert (total.days, total.held >= 2, total.nearer >= 2) == (4, True, True)
    assert total.error < total.plain_error
    assert score(backtest(PASSAGES, "won", [START], 28)) is None
