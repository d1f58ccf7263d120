"""How long a new opportunity takes: as those before it did, where enough were won, else the agreement's cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Cycle:
    """What the history of one offer in one segment says, as known at the end of `as_of`.

    days: by then half of those have been won that are within `within` days; None: fewer than `least` were.
    """

    days: int | None
    won: int
    entered: int
    within: int
    least: int
    as_of: date


Cycles = Mapping[tuple[str, str | None], Cycle]  # by offer and segment


@dataclass(frozen=True, slots=True)
class Span:
    """So many days from opening to the close date, and by which of the two."""

    days: int
    basis: str


def span_of(cycles: Cycles, offer: str, segment: str | None, agreed: int) -> Span:
    """The days from today to a new opportunity's close date; agreed: the agreement's sales cycle in days."""
    cycle = cycles.get((offer, segment))
    if cycle is None:
        return Span(agreed, f"{agreed} days, the agreement's sales cycle: none was won so far in this segment")
    if cycle.days is None:
        few = f"{cycle.won} won so far in this segment, fewer than {cycle.least} say nothing"
        return Span(agreed, f"{agreed} days, the agreement's sales cycle: {few}")
    known = f"{cycle.won} won of {cycle.entered} in this segment, as known on {cycle.as_of}"
    half = f"by then half of those have been won that are won within {cycle.within} days"
    return Span(cycle.days, f"{cycle.days} days: {half} ({known})")
