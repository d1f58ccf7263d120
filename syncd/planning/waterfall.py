"""The waterfall: how many reached each stage, which share goes on, how long it takes, and what it is worth.

inquiry → MQL → released → accepted → qualified opportunity → won or lost. Volume counts the milestones of the period.
Conversion follows those who reached the stage before within the period: which share of them has reached this one by
now; the youngest of them may still come. Velocity is the time lag of the step (`planning.lag`): of those who got there
within the horizon, the days by which half and four fifths of them had. Value is the amounts, by currency.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from syncd.model.milestones import OF_OPPORTUNITIES, Milestone, Source, Stage
from syncd.planning.journeys import Journey, Journeys, journeys
from syncd.planning.lag import HORIZON, MINIMUM, Lag, Passage, lag
from syncd.planning.passages import Stretch, Traverse, compile_book, stretches
from syncd.rules.days import local_day

STAGES = (Stage.INQUIRY, Stage.MQL, Stage.RELEASED, Stage.ACCEPTED, Stage.SQO, Stage.WON, Stage.LOST)
BESIDE = (Stage.NOT_YET, Stage.REJECTED, Stage.RECYCLED)
ALL = "all"
NONE = "(none)"


DOWN = (
    Traverse(Stage.INQUIRY, Stage.MQL),
    Traverse(Stage.MQL, Stage.RELEASED, (Stage.RECYCLED,)),
    Traverse(Stage.RELEASED, Stage.ACCEPTED, (Stage.REJECTED, Stage.RECYCLED)),
    Traverse(Stage.ACCEPTED, Stage.SQO, (Stage.REJECTED, Stage.RECYCLED)),
    Traverse(Stage.SQO, Stage.WON, (Stage.LOST,)),
    Traverse(Stage.SQO, Stage.LOST, (Stage.WON,)),
)


@dataclass(frozen=True, slots=True)
class Period:
    """The days that are counted, both inclusive, in a time zone."""

    first: date
    last: date
    where: tzinfo

    def day(self, milestone: Milestone) -> date:
        """The calendar day of a milestone."""
        return local_day(milestone.at, self.where)

    def holds(self, milestone: Milestone) -> bool:
        """Whether it falls into the period."""
        return self.first <= self.day(milestone) <= self.last


@dataclass(frozen=True, slots=True)
class Level:
    """One stage of one part of the waterfall.

    volume: milestones in the period; of which from history. entered, came: those who reached the stage before within
    the period, and how many of them have reached this one. mqls, of_mqls: MQLs of the period, and how many of them
    have reached this stage, whatever lies between. lag: of the step. worth: currency → sum of the amounts. wanted: how
    many were to reach it, where both parties signed that (see `aims`).
    """

    stage: Stage
    volume: int
    history: int = 0
    before: Stage | None = None
    entered: int = 0
    came: int = 0
    mqls: int = 0
    of_mqls: int = 0
    lag: Lag | None = None
    worth: Mapping[str, Decimal] = field(default_factory=dict)
    wanted: float | None = None

    @property
    def conversion(self) -> float | None:
        """The share of those who entered the stage before that has reached this one."""
        return self.came / self.entered if self.entered else None

    @property
    def of_wanted(self) -> float | None:
        """The share of the target that was reached."""
        return self.volume / self.wanted if self.wanted else None


@dataclass(frozen=True, slots=True)
class WaterfallPart:
    """The waterfall of one week, segment, campaign, rep or offer, or of all."""

    name: str
    levels: tuple[Level, ...]
    beside: Mapping[Stage, int]

    def level(self, stage: Stage) -> Level:
        """One stage of it."""
        return next(level for level in self.levels if level.stage is stage)


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The whole, then its parts by their names. sourced: won opportunities of the period on which an MQL stands."""

    period: Period
    by: str
    whole: WaterfallPart
    parts: tuple[WaterfallPart, ...]
    sourced: int
    unqualified: int  # outcomes of the period whose opportunity never met the agreement's bar


Naming = Callable[[Journey, Milestone], str]  # which part a milestone of a journey falls to
DIMENSIONS = ("week", "segment", "campaign", "rep", "offer")


def waterfall(
    milestones: Iterable[Milestone],
    period: Period,
    by: str = "",
    since: datetime | None = None,
    minimum: int = MINIMUM,
) -> Waterfall:
    """Count the period, altogether and by one of DIMENSIONS; lags of fewer than `minimum` are refused.

    since: when this store began to keep milestones.
    """
    known = [milestone for milestone in milestones if period.day(milestone) <= period.last]
    whole, book = journeys(known), compile_book(known, since, period.where)
    stays = {step: stretches(book, step, period.last).kept for step in DOWN}
    supporters = whole.supporters()
    won = [one for one in whole.opportunities.values() if (at := one.reached.get(Stage.WON)) and period.holds(at)]
    part_of = _naming(by, period, supporters) if by else None
    return Waterfall(
        period,
        by,
        _Count(whole, stays, period, minimum, lambda *_: ALL).part(ALL),
        _Count(whole, stays, period, minimum, part_of).parts() if part_of else (),
        sourced=sum(any(Stage.MQL in behind.reached for behind in supporters.get(one.subject, ())) for one in won),
        unqualified=_unqualified(whole, period),
    )


def priced(milestones: Iterable[Milestone], currency: str) -> Iterator[Milestone]:
    """The milestones, amounts without a currency in this one: an org that has a single currency keeps none."""
    for milestone in milestones:
        lacking = milestone.amount is not None and milestone.currency is None
        yield replace(milestone, currency=currency) if lacking else milestone


def _naming(by: str, period: Period, supporters: Mapping[str, Sequence[Journey]]) -> Naming:
    """How a milestone's part is named."""

    def campaign(journey: Journey, milestone: Milestone) -> str:
        """Its own; of an opportunity the one that the last of those behind it came by."""
        behind = supporters.get(journey.subject, ()) if milestone.stage in OF_OPPORTUNITIES else [journey]
        mqls = [one.reached[Stage.MQL] for one in behind if Stage.MQL in one.reached]
        last = max((mql for mql in mqls if mql.campaign_id), key=lambda mql: (mql.at, mql.key), default=milestone)
        return milestone.campaign_id or last.campaign_id or NONE

    naming: Mapping[str, Naming] = {
        "week": lambda _, milestone: monday(period.day(milestone)).isoformat(),
        "segment": lambda _, milestone: milestone.segment or NONE,
        "campaign": campaign,
        "rep": lambda _, milestone: milestone.rep or NONE,
        "offer": lambda _, milestone: milestone.offer or NONE,
    }
    return naming[by]


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


class _Count:
    """Everything sorted into parts: the period's milestones, and of each step the journeys and stays that begin it."""

    def __init__(
        self,
        whole: Journeys,
        stays: Mapping[Traverse, Sequence[Stretch]],
        period: Period,
        minimum: int,
        part_of: Naming,
    ) -> None:
        self.period, self.minimum = period, minimum
        names: dict[str, str] = {}
        self.milestones: dict[str, list[Milestone]] = defaultdict(list)
        self.beginning: dict[tuple[Stage, str], list[Journey]] = defaultdict(list)
        for of_kind, journeys_of_kind in ((False, whole.contacts), (True, whole.opportunities.values())):
            for journey in journeys_of_kind:
                for stage, milestone in journey.reached.items():
                    if (stage in OF_OPPORTUNITIES) is of_kind:
                        name = names[milestone.key] = part_of(journey, milestone)
                        self.beginning[stage, name].append(journey)
                        if period.holds(milestone):
                            self.milestones[name].append(milestone)

        self.stays: dict[tuple[Traverse, str], list[Passage]] = defaultdict(list)
        for step, of_step in stays.items():
            for passage, began_with in of_step:
                self.stays[step, names.get(began_with.key, NONE)].append(passage)

    def parts(self) -> tuple[WaterfallPart, ...]:
        """The parts in which something was reached within the period, by name."""
        return tuple(self.part(name) for name in sorted(self.milestones))

    def part(self, name: str) -> WaterfallPart:
        """One part."""
        volumes = Counter(milestone.stage for milestone in self.milestones[name])
        beside = {stage: volumes[stage] for stage in BESIDE}
        return WaterfallPart(name, tuple(self._level(stage, name) for stage in STAGES), beside)

    def _level(self, stage: Stage, name: str) -> Level:
        here = [milestone for milestone in self.milestones[name] if milestone.stage is stage]
        worth: dict[str, Decimal] = defaultdict(Decimal)
        for milestone in here:
            if milestone.amount is not None:
                worth[milestone.currency or ""] += milestone.amount
        history = sum(milestone.source is Source.HISTORY for milestone in here)
        level = Level(stage, len(here), history, worth=dict(worth))
        step = next((step for step in DOWN if step.exit is stage), None)
        return replace(level, **self._step(step, name)) if step else level

    def _step(self, step: Traverse, name: str) -> dict[str, Any]:
        """Who began the step within the period and how many of them took it, and how long it takes altogether."""
        period, journeys = self.period, self.beginning[step.entry, name]
        cohort = [journey for journey in journeys if period.holds(journey.reached[step.entry])]
        mqls = [one for one in self.beginning[Stage.MQL, name] if period.holds(one.reached[Stage.MQL])]
        return {
            "mqls": len(mqls),
            "of_mqls": sum(step.exit in journey.reached for journey in mqls),
            "before": step.entry,
            "entered": len(cohort),
            "came": sum(step.exit in journey.reached for journey in cohort),
            "lag": lag(self.stays[step, name], str(step.exit), period.last, HORIZON, self.minimum),
        }


@dataclass(frozen=True, slots=True)
class CountDifference:
    """Who is in one count of the open qualified opportunities and not in the other.

    kept_alone: milestones whose opportunity does not stand open where sales works, by our key or id; it was refused, or
    waits. standing_alone: ids of open ones that sales opened and that never met the bar.
    """

    both: int
    kept_alone: tuple[str, ...]
    standing_alone: tuple[str, ...]


def compare(milestones: Iterable[Milestone], standing: Iterable[tuple[str, str | None, bool]]) -> CountDifference:
    """Marketing's count beside sales'. standing: id, our key and whether it is closed, of each opportunity there."""
    kept = journeys(milestone for milestone in milestones if milestone.stage in OF_OPPORTUNITIES).opportunities
    ended = (Stage.WON, Stage.LOST)
    qualified = {
        name for name, journey in kept.items() if Stage.SQO in journey.reached and not journey.reached.keys() & {*ended}
    }
    open_ones = {key or golden_id: golden_id for golden_id, key, is_closed in standing if not is_closed}
    reopened = {name for name, journey in kept.items() if Stage.SQO in journey.reached} - qualified
    alone = open_ones.keys() - qualified - reopened
    return CountDifference(
        len(qualified & open_ones.keys()),
        tuple(sorted(qualified - open_ones.keys())),
        tuple(sorted(open_ones[name] for name in alone)),
    )


def _unqualified(whole: Journeys, period: Period) -> int:
    """How many outcomes of the period belong to opportunities that were never qualified."""
    return sum(
        Stage.SQO not in journey.reached and any(map(period.holds, journey.reached.values()))
        for journey in whole.opportunities.values()
    )
