"""Targets beside what came: by days, added up from parts where the whole has none, and shown where nothing came."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from syncd.agreement.targets import WeeklyTarget
from syncd.model.milestones import Milestone, Stage
from syncd.planning.aims import aimed, wanted
from syncd.planning.waterfall import Period, waterfall

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 15)  # two whole weeks


def target(per_week: float, **fields: Any) -> WeeklyTarget:
    return WeeklyTarget.model_validate({"stage": "mql", "per_week": per_week, **fields})


def by_segment(first: float, second: float) -> list[WeeklyTarget]:
    return [target(first, segment="banks"), target(second, segment="unions")]


SUMS = {
    "of all": ([target(20)], {}, 40),
    "half a week": ([target(7, first=date(2026, 11, 12))], {}, 4),
    "one quarter after the other": ([target(7, last=date(2026, 11, 8)), target(14, first=date(2026, 11, 9))], {}, 21),
    "of all wins over its parts": ([target(20), *by_segment(3, 4)], {}, 40),
    "of all by its segments": (by_segment(3, 4), {}, 14),
    "of all by segments, and not by offers as well": ([*by_segment(3, 4), target(9, offer="fraud")], {}, 14),
    "of all by offers": ([target(9, offer="fraud"), target(1, offer="lending")], {}, 20),
    "of a segment": (by_segment(3, 4), {"segment": "unions"}, 8),
    "of a segment by its offers": (
        [target(2, segment="banks", offer="fraud"), target(1, segment="banks", offer="lending")],
        {"segment": "banks"},
        6,
    ),
    "of an offer by its segments": (
        [target(2, segment="banks", offer="fraud"), target(5, segment="unions", offer="lending")],
        {"offer": "fraud"},
        4,
    ),
    "of a segment nothing follows from all": ([target(20)], {"segment": "banks"}, None),
    "before it holds": ([target(20, first=date(2027, 1, 1))], {}, None),
}


@pytest.mark.parametrize(("targets", "part", "number"), SUMS.values(), ids=SUMS.keys())
def test_what_was_to_be_reached(targets: list[WeeklyTarget], part: dict[str, str], number: float | None) -> None:
    assert wanted(targets, FIRST, LAST, **part) == number


def counted(by: str, *targets: WeeklyTarget, last: date = LAST) -> dict[str, tuple[int, float | None]]:
    """Part → MQLs, and how many there should be; one came on the first day, of the banks."""
    came = Milestone(Stage.MQL, datetime(2026, 11, 2, 15, tzinfo=UTC), "a", "c", segment="banks", rep="rae")
    result = aimed(waterfall([came], Period(FIRST, last, UTC), by), targets)
    levels = {part.name: part.level(Stage.MQL) for part in (result.whole, *result.parts)}
    return {name: (level.volume, level.wanted) for name, level in levels.items()}


def test_each_week_has_its_share_and_one_in_which_nothing_came_is_shown() -> None:
    weeks = {"all": (1, 11), "2026-11-02": (1, 7), "2026-11-09": (0, 4)}
    assert counted("week", target(7), last=date(2026, 11, 12)) == weeks


def test_a_segment_in_which_nothing_came_is_shown_with_its_target() -> None:
    assert counted("segment", *by_segment(3, 4)) == {"all": (1, 14), "banks": (1, 6), "unions": (0, 8)}


def test_reps_and_campaigns_have_none_and_no_target_changes_no_count() -> None:
    assert counted("rep", target(7)) == {"all": (1, 14), "rae": (1, None)}
    assert counted("segment") == {"all": (1, None), "banks": (1, None)}
