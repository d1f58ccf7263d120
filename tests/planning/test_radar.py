"""Who is new, heating, cooling or stuck, by how much, and by whose word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from syncd.in_force import load_rulebook
from syncd.model.milestones import Milestone, Source, Stage
from syncd.planning.lag import MINIMUM
from syncd.planning.passages import compile_book
from syncd.planning.radar import WAITED, Limit, Trend, Warmth, limits, stuck
from syncd.settings import Settings

SINCE = datetime(2026, 1, 5, 12, tzinfo=UTC)
TODAY = date(2026, 11, 2)
AGREED = load_rulebook(Settings(registers=())).agreement
TWO = {"webinar": 1, "page_viewed": 3}
ONE = {"page_viewed": 9}


@pytest.mark.parametrize(
    ("now", "before", "kinds", "trend"),
    [
        (3.0, 2.0, TWO, Trend.HEATING),
        (2.99, 2.0, TWO, None),
        (9.0, 2.0, ONE, None),
        (9.0, 2.0, {}, None),
        (1.0, 2.0, TWO, Trend.COOLING),
        (1.01, 2.0, TWO, None),
        (0.0, 2.0, {}, Trend.COOLING),
        (0.1, 0.0, ONE, Trend.NEW),
        (9.0, 0.0, TWO, Trend.NEW),
        (0.0, 0.0, {}, None),
    ],
    ids=[
        "half as much again by two kinds",
        "hardly less",
        "more of one kind alone",
        "no kind came since",
        "half",
        "hardly more than half",
        "nothing is left",
        "nobody engaged before",
        "nobody engaged before, however strong",
        "silence",
    ],
)
def test_an_account_heats_and_cools_by_its_strength_of_two_weeks_ago(
    now: float, before: float, kinds: dict[str, int], trend: Trend | None
) -> None:
    assert Warmth(now, before, kinds).trend is trend


def reached(stage: Stage, ago: int, who: str = "c/ann", number: int = 1, **fields) -> Milestone:
    """A milestone so many days ago."""
    named = {"opportunity_id": who} if who.startswith("o/") else {"contact_id": who}
    at = datetime.combine(TODAY, SINCE.timetz()) - timedelta(days=ago)
    return Milestone(stage, at, "a/1", round=number, **named, **fields)


WEEK = Limit(7, "the agreed days")


@pytest.mark.parametrize(
    ("milestones", "late"),
    [
        ([reached(Stage.MQL, 8)], [("c/ann", 8)]),
        ([reached(Stage.MQL, 7)], []),
        ([reached(Stage.MQL, 30), reached(Stage.RELEASED, 3)], []),
        ([reached(Stage.MQL, 30), reached(Stage.RELEASED, 20)], [("c/ann", 20)]),
        ([reached(Stage.RELEASED, 20), reached(Stage.ACCEPTED, 9)], []),
        ([reached(Stage.RELEASED, 20), reached(Stage.REJECTED, 19)], []),
        ([reached(Stage.MQL, 60), reached(Stage.RECYCLED, 50), reached(Stage.MQL, 2, number=2)], []),
        ([reached(Stage.MQL, 60, number=0, source=Source.HISTORY)], []),
        ([reached(Stage.SQO, 40, "o/1")], [("o/1", 40)]),
        ([reached(Stage.SQO, 40, "o/1"), reached(Stage.WON, 4, "o/1")], []),
        ([reached(Stage.INQUIRY, 90)], []),
        ([reached(Stage.MQL, 8), reached(Stage.MQL, 20, "c/bo")], [("c/bo", 20), ("c/ann", 8)]),
    ],
    ids=[
        "a day longer than it may take",
        "on its last day",
        "released since",
        "released, and nobody said a word",
        "accepted",
        "rejected",
        "a new round began",
        "told by a system's own history",
        "a qualified opportunity that stays open",
        "won",
        "no step waits for an inquiry",
        "the longest first",
    ],
)
def test_whoever_stands_in_a_step_for_longer_than_its_days_is_stuck(
    milestones: list[Milestone], late: list[tuple[str, int]]
) -> None:
    allowed = dict.fromkeys(WAITED, WEEK)
    stays = stuck(compile_book(milestones, SINCE), allowed, TODAY)
    assert [(one.milestone.contact_id or one.milestone.opportunity_id, one.days) for one in stays] == late


def test_without_a_history_a_step_may_take_the_agreed_days() -> None:
    allowed = limits(compile_book([], SINCE), AGREED, TODAY)
    assert {stage: limit.days for stage, limit in allowed.items()} == {
        Stage.MQL: AGREED.capacity.longest_wait_weeks * 7,
        Stage.RELEASED: 14,  # 10 business days from a Monday on
        Stage.SQO: AGREED.forecast.sales_cycle_days,
    }
    assert {limit.by for limit in allowed.values()} == {"the agreed days"}


def test_with_a_history_a_step_may_take_as_long_as_it_took_four_fifths() -> None:
    took = [2] * MINIMUM + [9] * MINIMUM
    kept = [
        milestone
        for n, days in enumerate(took)
        for milestone in (
            reached(Stage.RELEASED, 100, f"c/{n}"),
            reached(Stage.ACCEPTED, 100 - days, f"c/{n}"),
        )
    ]
    limit = limits(compile_book(kept, SINCE), AGREED, TODAY)[Stage.RELEASED]
    assert limit == Limit(9, "the day by which 80% of those who took it had")
