"""The curves hold what books and a pencil say, ties included."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.planning.curves import Stay, aalen_johansen, kaplan_meier

# Weeks in remission under 6-MP (Freireich et al., Blood 21, 1963); + where it went on
REMISSIONS = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
FREIREICH = [Stay(int(weeks.rstrip("+")), None if weeks.endswith("+") else "relapse") for weeks in REMISSIONS.split()]

#: on day 1 one is won and one lost of ten; on 2 two are won and one is seen no more; one is lost on 4; …
DEALS = [
    *(Stay(1, "won"), Stay(1, "lost"), Stay(2, "won"), Stay(2, "won"), Stay(2, None), Stay(4, "lost")),
    *(Stay(6, "won"), Stay(6, "lost"), Stay(6, None), Stay(6, None)),
]

stays = st.builds(
    lambda since, length, way: Stay(since + length, way, since),
    st.integers(0, 4),
    st.integers(0, 12),
    st.sampled_from([None, "won", "lost"]),
)


@pytest.mark.parametrize(
    ("week", "share"),
    [(0, 1.0), (6, 0.8571), (7, 0.8067), (10, 0.7529), (13, 0.6902), (16, 0.6275), (22, 0.5378), (23, 0.4482)],
)
def test_kaplan_meier_is_the_published_table(week: int, share: float) -> None:
    assert kaplan_meier(FREIREICH).at(week) == pytest.approx(share, abs=5e-5)


def test_greenwoods_error_is_the_published_one_and_the_band_its_log_minus_log() -> None:
    step = kaplan_meier(FREIREICH).step(10)
    assert step is not None
    assert sqrt(step.variance) == pytest.approx(0.0963, abs=5e-5)
    band = step.band(0.95)
    assert (band.low, band.high) == (pytest.approx(0.5032, abs=5e-4), pytest.approx(0.8894, abs=5e-4))


@pytest.mark.parametrize(
    ("day", "staying", "won", "lost"),
    [
        (0, 1, 0, 0),
        (1, 8 / 10, 1 / 10, 1 / 10),
        (2, 6 / 10, 1 / 10 + 8 / 10 * 2 / 8, 1 / 10),
        (4, 6 / 10 * 4 / 5, 3 / 10, 1 / 10 + 6 / 10 * 1 / 5),
        (6, 0.48 * 2 / 4, 0.3 + 0.48 / 4, 0.22 + 0.48 / 4),
        (99, 0.24, 0.42, 0.34),
    ],
)
def test_competing_ways_out_with_ties_are_what_a_pencil_says(day: int, staying: float, won: float, lost: float) -> None:
    exits = aalen_johansen(DEALS)
    assert exits.staying.at(day) == pytest.approx(staying)
    assert exits.by_exit["won"].at(day) == pytest.approx(won)
    assert exits.by_exit["lost"].at(day) == pytest.approx(lost)


def test_who_leaves_on_the_first_day_counts() -> None:
    assert kaplan_meier([Stay(0, "won"), Stay(0, None), Stay(3, None), Stay(3, None)]).at(0) == 3 / 4


def test_who_came_before_the_watch_is_at_risk_only_from_then_on() -> None:
    late = [Stay(5, "won", since=3), Stay(5, None, since=3)]
    early = [Stay(1, "won"), Stay(9, None)]
    assert kaplan_meier([*early, *late]).at(1) == 1 / 2
    assert kaplan_meier([*early, *late]).at(5) == pytest.approx(1 / 2 * 2 / 3)


@given(st.lists(stays, min_size=1, max_size=60))
def test_the_shares_add_up_to_one_and_only_rise_whatever_the_order(people: list[Stay]) -> None:
    exits = aalen_johansen(people)
    assert exits == aalen_johansen(sorted(people, key=repr)) == aalen_johansen(Counter(people))
    for day in range(18):
        shares = [curve.at(day) for curve in exits.by_exit.values()]
        assert sum(shares) + exits.staying.at(day) == pytest.approx(1)
    for curve in exits.by_exit.values():
        values = [step.value for step in curve.steps]
        assert values == sorted(values)
        assert all(0 <= step.band().low <= step.value <= step.band().high <= 1 for step in curve.steps)


@given(st.lists(stays.map(lambda stay: stay._replace(since=0)), min_size=1, max_size=60))
def test_with_one_way_out_the_share_and_its_variance_are_kaplan_meiers(people: list[Stay]) -> None:
    alone = [stay._replace(exit=stay.exit and "won") for stay in people]
    left = aalen_johansen(alone).by_exit.get("won")
    for step, other in zip(left.steps if left else (), kaplan_meier(alone).steps, strict=True):
        assert step.value == pytest.approx(1 - other.value)
        assert step.variance == pytest.approx(other.variance, abs=1e-12)


@given(st.lists(stays.map(lambda stay: Stay(stay.until, stay.exit or "gone")), min_size=1, max_size=60))
def test_where_everybody_was_watched_to_the_end_the_share_is_a_count(people: list[Stay]) -> None:
    exits = aalen_johansen(people)
    for way, curve in exits.by_exit.items():
        for day in range(13):
            gone = sum(stay.exit == way and stay.until <= day for stay in people)
            assert curve.at(day) == pytest.approx(gone / len(people))
