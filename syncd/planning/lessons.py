"""Lessons: what sales' verdicts, stages, wins and losses say of the agreement's terms. Pure.

A **case** is one contact's round in which they were handed over, or a rep gave a word. It is *right* where the latest
word is accepted or the opportunity that they stand on is won, *wrong* where it is rejected, *silent* where silence sent
them back; of the others nobody has said anything yet. Precision is right ÷ (right + wrong).

Each trait of a case (what each gate saw, its role, campaign, source, …) is counted apart. Bands are Wilson's score
interval (Wilson 1927, JASA 22, 209–212) at 80 %.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from syncd.model.milestones import BEFORE, Milestone, Stage
from syncd.planning.curves import CurveBand
from syncd.planning.journeys import Journey, Journeys
from syncd.planning.lag import LEVEL, Lag, Passage, lag
from syncd.rules.days import local_day

LEAST = 10  # with fewer cases a share says nothing that anybody should act on
MOST_OTHER = 0.2  # of the reasons: above it nobody learns from them
OTHER, NO_REASON = "other", "(none given)"
NOBODY_KNOWS = "(unknown)"
ROLE, CAMPAIGN, SOURCE, SEGMENT, OFFER = "role", "campaign", "source", "segment", "offer"


class LessonVerdict(StrEnum):
    """What became of a case."""

    RIGHT = "right"
    WRONG = "wrong"
    SILENT = "silent"
    OPEN = "open"


class Trait(NamedTuple):
    """One thing that is known of a case: of which kind, and what it says. closed: a gate that is closed by now."""

    dimension: str
    value: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class LessonCase:
    """One contact's round that sales had before them. ended: how the opportunity on which they stand came out."""

    contact_id: str
    verdict: LessonVerdict
    ended: Stage | None
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many, with the band of that share."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The share; None of nobody."""
        return self.part / self.whole if self.whole else None

    @property
    def band(self) -> CurveBand | None:
        """The 80 % interval; None of nobody."""
        return self.interval(LEVEL)

    def interval(self, level: float) -> CurveBand | None:
        """Wilson's interval at that level; None of nobody."""
        if not self.whole:
            return None
        width = NormalDist().inv_cdf((1 + level) / 2)
        share, square = self.part / self.whole, width**2 / self.whole
        middle, half = share + square / 2, width * sqrt(share * (1 - share) / self.whole + square / self.whole / 4)
        return CurveBand(max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square)))

    def without(self, other: Share) -> Share:
        """The share of the rest."""
        return Share(self.part - other.part, self.whole - other.whole)


@dataclass(frozen=True, slots=True)
class Precision:
    """The cases of one trait: how many were right of those judged, and won of those that ended.

    closed_wrong: wrong cases whose gate is closed by today's facts.
    """

    dimension: str
    value: str
    right: Share
    won: Share
    silent: int = 0
    open: int = 0
    closed_wrong: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """Opportunities by one thing that was, or was not, known when they were opened."""

    what: str
    known: bool
    won: Share
    open: int
    lag: Lag


def cases_of(
    journeys: Journeys,
    traits: Mapping[str, Sequence[Trait]],
    campaigns: Mapping[str, str],
    since: date,
    where: tzinfo,
) -> list[LessonCase]:
    """The cases whose release, or first word, falls on that day or a later one.

    traits: by the key of a case's first milestone (`begin_of`), what is known of it besides. campaigns: how they are
    called, by golden id.
    """
    cases = []
    for journey in journeys.contacts:
        begin = begin_of(journey)
        if begin is None or local_day(begin.at, where) < since:
            continue
        of_mql = journey.reached.get(Stage.MQL, begin)
        kept = [
            Trait(dimension, value or NOBODY_KNOWS)
            for dimension, value in (
                (CAMPAIGN, campaigns.get(of_mql.campaign_id or "", of_mql.campaign_id)),
                (SEGMENT, of_mql.segment),
                (OFFER, begin.offer or of_mql.offer),
            )
        ]
        ended = next((stage for stage in (Stage.WON, Stage.LOST) if stage in journey.reached), None)
        known = traits.get(begin.key, ())
        cases.append(LessonCase(journey.subject, _verdict(journey), ended, (*kept, *known)))
    return cases


def precisions(cases: Iterable[LessonCase]) -> tuple[Precision, ...]:
    """The precision of all cases first, then of each trait, by dimension and then by number of cases."""
    groups: dict[tuple[str, str], list[tuple[LessonCase, bool]]] = defaultdict(list)
    for case in cases:
        groups["all", "all"].append((case, False))
        for trait in dict.fromkeys(case.traits):
            groups[trait.dimension, trait.value].append((case, trait.closed))
    counted = [_precision(dimension, value, of) for (dimension, value), of in groups.items()]
    return tuple(sorted(counted, key=lambda one: (one.dimension != "all", one.dimension, -one.right.whole, one.value)))


def ranked(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """Reasons of rejections, the most frequent first; ties by name."""
    counted = Counter(" ".join(reason.split()).casefold() or NO_REASON for reason in reasons)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def unclear(reasons: Sequence[tuple[str, int]]) -> float:
    """The share of the reasons that say nothing: other, or none given."""
    total = sum(number for _, number in reasons)
    return sum(number for reason, number in reasons if reason in (OTHER, NO_REASON)) / total if total else 0.0


def openings(
    journeys: Journeys, known: Mapping[str, frozenset[str]], since: date, today: date, where: tzinfo
) -> tuple[Opening, ...]:
    """Win rate and lag by what was known when an opportunity was opened, with and without each.

    known: by an opportunity's subject, the roles and answers that were known then.
    """
    opened = {
        subject: journey
        for subject, journey in journeys.opportunities.items()
        if (sqo := journey.reached.get(Stage.SQO)) and local_day(sqo.at, where) >= since
    }
    everything = sorted({what for subject in opened for what in known.get(subject, ())})
    rows = []
    for what in everything:
        for is_known in (True, False):
            of_it = [one for subject, one in opened.items() if (what in known.get(subject, ())) is is_known]
            rows.append(_opening(what, is_known, of_it, today, where))
    return tuple(rows)


# ---- one case, one group -----------------------------------------------------------------------------------------


def begin_of(journey: Journey) -> Milestone | None:
    """The milestone by which sales had them first; what the systems' histories tell of the time before is no case."""
    shown = (Stage.RELEASED, Stage.ACCEPTED, Stage.NOT_YET, Stage.REJECTED, Stage.RECYCLED)
    theirs = [one for stage in shown if (one := journey.reached.get(stage)) and one.round > BEFORE]
    return min(theirs, key=lambda one: (one.at, one.key), default=None)


def _verdict(journey: Journey) -> LessonVerdict:
    accepted, rejected = (journey.reached.get(stage) for stage in (Stage.ACCEPTED, Stage.REJECTED))
    if Stage.WON in journey.reached:
        return LessonVerdict.RIGHT
    if rejected and (accepted is None or rejected.at >= accepted.at):
        return LessonVerdict.WRONG
    if accepted:
        return LessonVerdict.RIGHT
    return LessonVerdict.SILENT if Stage.RECYCLED in journey.reached else LessonVerdict.OPEN


def _precision(dimension: str, value: str, cases: Sequence[tuple[LessonCase, bool]]) -> Precision:
    verdicts = Counter(case.verdict for case, _ in cases)
    ends = Counter(case.ended for case, _ in cases)
    return Precision(
        dimension,
        value,
        Share(verdicts[LessonVerdict.RIGHT], verdicts[LessonVerdict.RIGHT] + verdicts[LessonVerdict.WRONG]),
        Share(ends[Stage.WON], ends[Stage.WON] + ends[Stage.LOST]),
        verdicts[LessonVerdict.SILENT],
        verdicts[LessonVerdict.OPEN],
        sum(closed and case.verdict is LessonVerdict.WRONG for case, closed in cases),
    )


def _opening(what: str, known: bool, opened: Sequence[Journey], today: date, where: tzinfo) -> Opening:
    passages = [passage for journey in opened if (passage := _passage(journey, today, where))]
    ends = Counter(stage for journey in opened for stage in (Stage.WON, Stage.LOST) if stage in journey.reached)
    share = Share(ends[Stage.WON], ends.total())
    return Opening(what, known, share, len(opened) - ends.total(), lag(passages, Stage.WON.value, today))


def _passage(journey: Journey, today: date, where: tzinfo) -> Passage | None:
    """From its opening to its end; None where it ended before it began."""
    began = local_day(journey.reached[Stage.SQO].at, where)
    end = next((journey.reached[stage] for stage in (Stage.WON, Stage.LOST) if stage in journey.reached), None)
    passage = Passage(began, local_day(end.at, where), end.stage.value) if end else Passage(began)
    return passage.known_on(today) if passage.ended is None or passage.ended >= began else None
