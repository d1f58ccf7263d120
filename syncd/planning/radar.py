"""The radar: who is new, heating, cooling, or stuck, and why.

Strength is what the agreement weighs (`syncd/rules/engagement.py`), of all contacts of an account together. It is
heating where it is at least HEATED times that of BACK days ago and comes of at least KINDS kinds of activity; cooling
where it is at most COOLED times that. Where nobody had engaged by then, the account is new, and neither.
Whoever stands in a step longer than four fifths of those who took it is stuck: by this store's own history, or by the
agreed days where that refuses to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from syncd.agreement import Agreement
from syncd.model.milestones import BEFORE, Milestone, Stage
from syncd.planning.lag import lag
from syncd.planning.passages import STEPS, Book, Traverse, stretches
from syncd.rules.days import plus_business

BACK: Final = timedelta(days=14)
HEATED, COOLED, KINDS = 1.5, 0.5, 2
SHARE: Final = 0.8  # of those who took a step, by whose day somebody is late
WEEK: Final = 7  # days
# The steps in which somebody may be stuck, each by the stage that they stand at.
WAITED: Final[Mapping[Stage, Traverse]] = {
    entry: next(step for step in STEPS if (step.entry, step.exit) == (entry, way))
    for entry, way in ((Stage.MQL, Stage.RELEASED), (Stage.RELEASED, Stage.ACCEPTED), (Stage.SQO, Stage.WON))
}


class Trend(StrEnum):
    """Where an account's strength goes."""

    NEW = "new"
    HEATING = "heating"
    COOLING = "cooling"


@dataclass(frozen=True, slots=True)
class Warmth:
    """An account's strength today and BACK days ago, and how often each kind that counts was done since then."""

    now: float
    before: float
    kinds: Mapping[str, int]

    @property
    def ratio(self) -> float | None:
        """How many times as strong as then; None where there was nothing."""
        return self.now / self.before if self.before else None

    @property
    def trend(self) -> Trend | None:
        """Where it goes; None where it is neither new, heating nor cooling."""
        if self.ratio is None:
            return Trend.NEW if self.now > 0 else None
        if self.ratio >= HEATED and len(self.kinds) >= KINDS:
            return Trend.HEATING
        return Trend.COOLING if self.ratio <= COOLED else None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take. days: calendar days; by: whose word that is, this store's history or the agreement."""

    days: int
    by: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """Somebody, or an opportunity, that stands in a step for longer than its limit. days: calendar days so far."""

    milestone: Milestone
    step: Traverse
    since: date
    days: int
    limit: Limit


def limits(book: Book, agreement: Agreement, today: date) -> dict[Stage, Limit]:
    """How long each step may take, by the stage at which it begins."""
    return {stage: _limit(book, agreement, step, today) for stage, step in WAITED.items()}


def _limit(book: Book, agreement: Agreement, step: Traverse, today: date) -> Limit:
    said = lag(stretches(book, step, today).passages, step.exit.value, today)
    if said.days is not None:
        return Limit(said.days[SHARE], f"the day by which {SHARE:.0%} of those who took it had")
    return Limit(_agreed(agreement, step, today), "the agreed days")


def _agreed(agreement: Agreement, step: Traverse, today: date) -> int:
    """The days that both teams agreed on, as calendar days from today on."""
    match step.entry:
        case Stage.MQL:
            return agreement.capacity.longest_wait_weeks * WEEK
        case Stage.RELEASED:
            return (plus_business(today, agreement.handover.recycle_days) - today).days
        case _:
            return agreement.forecast.sales_cycle_days


def stuck(book: Book, allowed: Mapping[Stage, Limit], today: date) -> list[Stuck]:
    """Who stands in a step for longer than it may take, the longest first."""
    late = [
        Stuck(milestone, WAITED[milestone.stage], book.day(milestone), days, limit)
        for milestone in _standing(book)
        if (limit := allowed.get(milestone.stage)) and (days := (today - book.day(milestone)).days) > limit.days
    ]
    return sorted(late, key=lambda one: (-one.days, one.milestone.key))


def _standing(book: Book) -> Iterator[Milestone]:
    """The last milestone of every contact's last round, and every qualified opportunity that is not closed."""
    last: dict[str, tuple[int, Milestone]] = {}
    for (contact, number), milestones in book.contacts.items():
        if number > BEFORE and milestones and (contact not in last or last[contact][0] < number):
            last[contact] = (number, milestones[-1])
    yield from (milestone for _, milestone in last.values())
    yield from (milestone for milestone in _latest(book.opened) if book.outcome(milestone) is None)


def _latest(opened: Iterable[Milestone]) -> Iterable[Milestone]:
    """Each opportunity once."""
    return {one.opportunity_key or one.opportunity_id or one.key: one for one in opened}.values()
