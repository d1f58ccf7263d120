"""What was signed to be reached, beside what came: the weekly targets of a waterfall's stages.

A target of so many a week counts by days: a week of which four days fall into the period asks for four sevenths of it.
Where no target is signed for a part as it stands, those of its own parts are added up: of all by segment, else by
offer, else by both; of a segment by its offers, and of an offer by its segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from syncd.agreement import Agreement
from syncd.agreement.targets import WeeklyTarget
from syncd.planning.target import Goal
from syncd.planning.waterfall import STAGES, Level, Period, Waterfall, WaterfallPart, monday

WEEK = 7  # days
BY_HISTORY = Decimal(-1)  # in the place of an amount or a share that this store's history tells


def aimed(waterfall: Waterfall, targets: Sequence[WeeklyTarget]) -> Waterfall:
    """The waterfall with what its stages were to reach, of all, weeks, segments and offers; also where nothing came."""
    first, last = waterfall.period.first, waterfall.period.last
    whole = _part(waterfall.whole, targets, first, last)
    return replace(waterfall, whole=whole, parts=tuple(_aimed_parts(waterfall, targets)))


def _aimed_parts(waterfall: Waterfall, targets: Sequence[WeeklyTarget]) -> Iterator[WaterfallPart]:
    period = waterfall.period
    for part in _also_empty(waterfall, targets):
        match waterfall.by:
            case "week":
                yield _part(part, targets, *_week(part.name, period))
            case "segment":
                yield _part(part, targets, period.first, period.last, segment=part.name)
            case "offer":
                yield _part(part, targets, period.first, period.last, offer=part.name)
            case _:
                yield part


def _also_empty(waterfall: Waterfall, targets: Sequence[WeeklyTarget]) -> list[WaterfallPart]:
    """The parts by name, those that have a target and reached nothing among them."""
    parts = {part.name: part for part in waterfall.parts}
    for name in _named(waterfall, targets):
        parts.setdefault(name, WaterfallPart(name, tuple(Level(stage, 0) for stage in STAGES), {}))
    return [parts[name] for name in sorted(parts)]


def _named(waterfall: Waterfall, targets: Sequence[WeeklyTarget]) -> Iterator[str]:
    period = waterfall.period
    for target in targets:
        since, until = max(period.first, target.first or period.first), min(period.last, target.last or period.last)
        if since > until:
            continue
        if waterfall.by == "week":
            weeks = (monday(until) - monday(since)).days // WEEK + 1
            yield from (str(monday(since) + timedelta(days=WEEK * number)) for number in range(weeks))
        elif waterfall.by in ("segment", "offer") and (name := getattr(target, waterfall.by)):
            yield name


def _week(name: str, period: Period) -> tuple[date, date]:
    first = date.fromisoformat(name)
    return max(first, period.first), min(first + timedelta(days=WEEK - 1), period.last)


def _part(
    part: WaterfallPart,
    targets: Sequence[WeeklyTarget],
    first: date,
    last: date,
    *,
    segment: str | None = None,
    offer: str | None = None,
) -> WaterfallPart:
    levels = (
        replace(level, wanted=wanted([one for one in targets if one.stage == level.stage], first, last, segment, offer))
        for level in part.levels
    )
    return replace(part, levels=tuple(levels))


def wanted(
    targets: Sequence[WeeklyTarget], first: date, last: date, segment: str | None = None, offer: str | None = None
) -> float | None:
    """How many were to reach a stage from the first to the last day, by the targets of that stage; None: none holds."""
    for theirs in _signed(targets, segment, offer):
        if days := [(target, overlap) for target in theirs if (overlap := _days(target, first, last))]:
            return float(sum(target.per_week * overlap for target, overlap in days) / WEEK)
    return None


def _signed(targets: Sequence[WeeklyTarget], segment: str | None, offer: str | None) -> Iterator[list[WeeklyTarget]]:
    """The targets that make up a part, the ones that name it first, then those of its own parts."""
    yield [one for one in targets if (one.segment, one.offer) == (segment, offer)]
    if segment is None and offer is None:
        yield [one for one in targets if one.segment is not None and one.offer is None]
        yield [one for one in targets if one.segment is None and one.offer is not None]
    within = [one for one in targets if segment in (None, one.segment) and offer in (None, one.offer)]
    yield [one for one in within if one.segment is not None and one.offer is not None]


def _days(target: WeeklyTarget, first: date, last: date) -> int:
    since, until = max(first, target.first or first), min(last, target.last or last)
    return max(0, (until - since).days + 1)


# ---- bookings ----------------------------------------------------------------------------------------------------


def to_be_booked(agreement: Agreement, today: date) -> Goal | None:
    """The target of bookings that is under way, else the next one, as it was signed; None where there is none."""
    signed = agreement.targets.of_bookings(today)
    if signed is None:
        return None
    share = BY_HISTORY if signed.sourced_percent is None else signed.sourced_percent / 100
    source = f"signed in agreement {agreement.label}"
    return Goal(signed.amount, signed.first, signed.last, signed.each or BY_HISTORY, share, source)
