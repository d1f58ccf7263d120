"""Whether what is to be reached can be told apart, and falls on days and names that exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import get_args

from syncd.agreement.check.likely import undefined
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.targets import WeeklyTarget
from syncd.document import Path

STAGES: Sequence[str] = get_args(
    WeeklyTarget.model_fields["stage"].annotation
)  # in the order in which they are reached


def check_targets(partial: PartialAgreement) -> Iterator[Mistake]:
    """Targets of segments and offers that there are not, of no day at all, or of days that have one already."""
    agreement = partial.agreement
    segments = [segment.name for segment in agreement.served_market.segments]
    offers = [offer.name for offer in agreement.offers]
    for index, target in enumerate(agreement.targets.weekly):
        path: Path = ("targets", "weekly", index)
        if target.segment is not None and target.segment not in segments and partial.sound("served_market"):
            yield Mistake((*path, "segment"), *undefined("segment", target.segment, segments))
        if target.offer is not None and target.offer not in offers and partial.sound("offers"):
            yield Mistake((*path, "offer"), *undefined("offer", target.offer, offers))
        yield from _order(path, target.first, target.last)
        earlier = agreement.targets.weekly[:index]
        if any(_part(other) == _part(target) and _meet(other.first, other.last, target) for other in earlier):
            yield Mistake(path, "a second target of the same stage on the same days", "keep one, or part their days")
        yield from _contradictions(path, target, agreement.targets.weekly)
    for index, bookings in enumerate(agreement.targets.bookings):
        path = ("targets", "bookings", index)
        yield from _order(path, bookings.first, bookings.last)
        if bookings.each is not None and bookings.each > bookings.amount:
            what = f"one opportunity brings {bookings.each:,.0f}, more than the {bookings.amount:,.0f} to be booked"
            yield Mistake((*path, "each"), what, "say what one won opportunity brings, in the agreement's currency")
        for other in agreement.targets.bookings[:index]:
            if bookings.first <= other.last and other.first <= bookings.last:
                yield Mistake(path, "a second target of bookings on the same days", "keep one, or part their days")


def _order(path: Path, first: date | None, last: date | None) -> Iterator[Mistake]:
    if first is not None and last is not None and last < first:
        yield Mistake((*path, "last"), "a target that ends before it begins", "put its days in order")


def _part(target: WeeklyTarget) -> tuple[str, str | None, str | None]:
    return target.stage, target.segment, target.offer


def _meet(first: date | None, last: date | None, target: WeeklyTarget) -> bool:
    return (first or date.min) <= (target.last or date.max) and (target.first or date.min) <= (last or date.max)


# ---- targets that cannot both be reached -------------------------------------------------------------------------


def _contradictions(path: Path, target: WeeklyTarget, targets: Sequence[WeeklyTarget]) -> Iterator[Mistake]:
    """Whoever reaches a later stage, or a part, is one of those who reached the earlier one, or the whole."""
    for other in targets:
        within = other.segment in (None, target.segment) and other.offer in (None, target.offer)
        later = STAGES.index(target.stage) - STAGES.index(other.stage)
        if not within or later < 0 or (later == 0 and _part(other) == _part(target)):
            continue
        if target.per_week > other.per_week and _meet(other.first, other.last, target):
            what = f"{_words(target)}: more than the {_words(other)}, of whom they are"
            yield Mistake((*path, "per_week"), what, "agree on fewer here, or on more there")
    for name, parts in _parts_of(target, targets).items():
        most = max(_sum_on(max(target.first or date.min, part.first or date.min), parts, target) for part in parts)
        if len(parts) > 1 and most > target.per_week >= max(part.per_week for part in parts):
            what = f"{_words(target)}, and its {name}s together {most.normalize():f}"
            yield Mistake((*path, "per_week"), what, "agree on more here, or on fewer there")


def _parts_of(target: WeeklyTarget, targets: Sequence[WeeklyTarget]) -> dict[str, list[WeeklyTarget]]:
    """The targets of the same stage that part one by segment, and those that part it by offer."""
    parts: dict[str, list[WeeklyTarget]] = defaultdict(list)
    for other in targets:
        if other.stage != target.stage:
            continue
        if target.segment is None and other.segment is not None and other.offer == target.offer:
            parts["segment"].append(other)
        if target.offer is None and other.offer is not None and other.segment == target.segment:
            parts["offer"].append(other)
    return parts


def _sum_on(day: date, parts: Sequence[WeeklyTarget], whole: WeeklyTarget) -> Decimal:
    """What the parts that hold on a day ask for together, where the whole holds on it as well."""
    if not _meet(day, day, whole):
        return Decimal()
    return sum((part.per_week for part in parts if _meet(day, day, part)), Decimal())


def _words(target: WeeklyTarget) -> str:
    of = " and ".join(filter(None, (target.segment, target.offer)))
    return f"{target.per_week.normalize():f} {target.stage} a week{f' of {of}' if of else ''}"
