"""What both parties signed to reach, as terms: so many a week on each stage, and what is to be booked by when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from syncd.agreement.term import MOST, Money, Term


class WeeklyTarget(Term):
    """So many are to reach a stage in a week: of all, or of one segment, one offer, or one offer in one segment.

    first, last: the days from and to which it holds, both included; none: from the beginning, for good.
    """

    stage: Literal["inquiry", "mql", "released", "accepted", "sqo", "won"]
    per_week: Annotated[Decimal, Field(gt=0, le=MOST)]
    segment: str | None = None
    offer: str | None = None
    first: date | None = None
    last: date | None = None


class BookingsTarget(Term):
    """What is to be booked from the first to the last day, in the agreement's currency.

    each: what one won opportunity brings, else the mean of those won; sourced_percent: of it by marketing, else as it
    was so far.
    """

    amount: Money
    first: date
    last: date
    each: Money | None = None
    sourced_percent: Annotated[Decimal, Field(gt=0, le=100)] | None = None


class Targets(Term):
    """The targets that `syncd waterfall` shows beside what came."""

    weekly: tuple[WeeklyTarget, ...] = ()
    bookings: tuple[BookingsTarget, ...] = ()

    def of_bookings(self, today: date) -> BookingsTarget | None:
        """The one that is under way; else the next one to come."""
        ahead = [target for target in self.bookings if target.last >= today]
        return min(ahead, key=lambda target: target.first, default=None)
