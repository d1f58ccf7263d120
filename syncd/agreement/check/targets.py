"""Whether what is to be reached can be told apart, and falls on days and names that exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from syncd.agreement.check.likely import undefined
from syncd.agreement.partial import Finding, PartialAgreement
from syncd.agreement.targets import WeeklyTarget
from syncd.document import Path


def check_targets(partial: PartialAgreement) -> Iterator[Finding]:
    """Targets of segments and offers that there are not, of no day at all, or of days that have one already."""
    agreement = partial.agreement
    segments = [segment.name for segment in agreement.served_market.segments]
    offers = [offer.name for offer in agreement.offers]
    for index, target in enumerate(agreement.targets.weekly):
        path: Path = ("targets", "weekly", index)
        if target.segment is not None and target.segment not in segments and partial.sound("served_market"):
            yield Finding((*path, "segment"), *undefined("segment", target.segment, segments))
        if target.offer is not None and target.offer not in offers and partial.sound("offers"):
            yield Finding((*path, "offer"), *undefined("offer", target.offer, offers))
        yield from _order(path, target.first, target.last)
        earlier = agreement.targets.weekly[:index]
        if any(_part(other) == _part(target) and _meet(other.first, other.last, target) for other in earlier):
            yield Finding(path, "a second target of the same stage on the same days", "keep one, or part their days")
    for index, bookings in enumerate(agreement.targets.bookings):
        path = ("targets", "bookings", index)
        yield from _order(path, bookings.first, bookings.last)
        if bookings.each is not None and bookings.each > bookings.amount:
            what = f"one opportunity brings {bookings.each:,.0f}, more than the {bookings.amount:,.0f} to be booked"
            yield Finding((*path, "each"), what, "say what one won opportunity brings, in the agreement's currency")
        for other in agreement.targets.bookings[:index]:
            if bookings.first <= other.last and other.first <= bookings.last:
                yield Finding(path, "a second target of bookings on the same days", "keep one, or part their days")


def _order(path: Path, first: date | None, last: date | None) -> Iterator[Finding]:
    if first is not None and last is not None and last < first:
        yield Finding((*path, "last"), "a target that ends before it begins", "put its days in order")


def _part(target: WeeklyTarget) -> tuple[str, str | None, str | None]:
    return target.stage, target.segment, target.offer


def _meet(first: date | None, last: date | None, target: WeeklyTarget) -> bool:
    return (first or date.min) <= (target.last or date.max) and (target.first or date.min) <= (last or date.max)
