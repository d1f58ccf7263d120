"""Which stays the milestones tell of, and which of them say nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from syncd.model.milestones import Milestone, Stage
from syncd.planning.lag import BACKWARDS, Passage
from syncd.planning.passages import STEPS, UNTOLD, UNWATCHED, compile_book, stretches

SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 30)
STEP = {step.name: step for step in STEPS}


def reached(stage: Stage, day: int, who: str = "c/ann", number: int = 1, **fields) -> Milestone:
    """A milestone so many days after syncd began to keep them; `who` is a contact, or an opportunity by its id."""
    named = {"opportunity_id": who} if who.startswith("o/") else {"contact_id": who}
    return Milestone(stage, SINCE + timedelta(days=day), "a/1", round=number, **named, **fields)


def day(number: int) -> date:
    return (SINCE + timedelta(days=number)).date()


INQUIRY, MQL, RELEASED, ACCEPTED, RECYCLED = (
    Stage.INQUIRY,
    Stage.MQL,
    Stage.RELEASED,
    Stage.ACCEPTED,
    Stage.RECYCLED,
)
CASES: dict[str, tuple[str, list[Milestone], list[Passage]]] = {
    "who got there": ("inquiry-mql", [reached(INQUIRY, 1), reached(MQL, 4)], [Passage(day(1), day(4), "mql")]),
    "who is still there": ("inquiry-mql", [reached(INQUIRY, 1)], [Passage(day(1))]),
    "the same day": ("mql-released", [reached(MQL, 2), reached(RELEASED, 2)], [Passage(day(2), day(2), "released")]),
    "another way out": (
        "released-accepted",
        [reached(RELEASED, 2), reached(RECYCLED, 9), reached(ACCEPTED, 20, number=2)],
        [Passage(day(2), day(9), "recycled")],
    ),
    "every round is a stay of its own": (
        "mql-released",
        [reached(MQL, 1), reached(RELEASED, 2), reached(MQL, 30, number=2)],
        [Passage(day(1), day(2), "released"), Passage(day(30))],
    ),
    "a system's own dates are watched until syncd began": (
        "inquiry-mql",
        [reached(INQUIRY, -90, number=0), reached(INQUIRY, -40, "c/bob", 0), reached(MQL, -9, "c/bob", 0)],
        [Passage(day(-90), day(-1)), Passage(day(-40), day(-9), "mql")],
    ),
    "an opportunity is won": (
        "sqo-won",
        [reached(Stage.SQO, -50, "o/1"), reached(Stage.WON, 30, "o/1"), reached(Stage.SQO, 3, "o/2")],
        [Passage(day(-50), day(30), "won"), Passage(day(3))],
    ),
    "its loss ends its way to the win": (
        "sqo-won",
        [reached(Stage.SQO, 1, "o/1"), reached(Stage.LOST, 5, "o/1"), reached(Stage.WON, 9, "o/1", 2)],
        [Passage(day(1), day(5), "lost")],
    ),
    "an MQL is won with the opportunity that it stands on": (
        "mql-won",
        [reached(MQL, 1), reached(Stage.SQO, 5, "o/1", evidence=("c/ann",)), reached(Stage.WON, 40, "o/1")],
        [Passage(day(1), day(40), "won")],
    ),
    "an older opportunity is none of theirs": (
        "mql-sqo",
        [reached(MQL, 1), reached(Stage.SQO, -5, "o/1", evidence=("c/ann",))],
        [Passage(day(1))],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("step", "milestones", "passages"), CASES.values(), ids=CASES.keys())
def test_milestones_tell_of_these_stays(step: str, milestones: list[Milestone], passages: list[Passage]) -> None:
    book = compile_book(milestones[::-1], SINCE)
    assert sorted(stretches(book, STEP[step], TODAY).passages) == sorted(passages)


def test_a_round_that_began_before_syncd_says_nothing_of_its_lag() -> None:
    kept = stretches(compile_book([reached(INQUIRY, -90), reached(MQL, 0)], SINCE), STEP["inquiry-mql"], TODAY)
    assert (kept.passages, kept.aside) == ((), {UNWATCHED: 1})


def test_of_the_time_before_no_system_tells_of_releases() -> None:
    kept = stretches(compile_book([reached(MQL, -9, number=0)], SINCE), STEP["mql-released"], TODAY)
    assert (kept.passages, kept.aside) == ((), {UNTOLD: 1})


def test_an_end_before_its_beginning_is_set_aside() -> None:
    backwards = [reached(MQL, -9, number=0), reached(ACCEPTED, -12, number=0)]
    kept = stretches(compile_book(backwards, SINCE), STEP["mql-accepted"], TODAY)
    assert (kept.passages, kept.aside) == ((), {BACKWARDS: 1})


def test_days_are_those_of_the_agreements_time_zone() -> None:
    late = [Milestone(Stage.SQO, datetime(2026, 5, 2, 2, tzinfo=UTC), "a/1", opportunity_id="o/1")]
    book = compile_book(late, SINCE, ZoneInfo("America/New_York"))
    assert stretches(book, STEP["sqo-won"], TODAY).passages == (Passage(date(2026, 5, 1)),)
