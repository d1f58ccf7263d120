"""The time lag of a step: which share gets there within the horizon, and of those, by which day how many have.

Most who enter a stage never leave it by the way that is asked about, so there is no median of all. F(H) is the share
that took it within H days; the day by which a share q of those have is the first one with F(day) ≥ q·F(H).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from syncd.planning.curves import CurveBand, Exits, Stay, aalen_johansen

MINIMUM = 20  # of those who got there; with fewer the 80 % band of their median is wider than the median itself
HORIZON = 365  # days
SHARES = (0.5, 0.8)
LEVEL = 0.8  # of every band

BACKWARDS = "ended before it began"
TO_COME = "began after the day that is asked about"


class Passage(NamedTuple):
    """One stay in a stage by the calendar: from when, until when, and the way out.

    ended None: still there. exit None with an end: it was watched no longer.
    """

    began: date
    ended: date | None = None
    exit: str | None = None

    def known_on(self, day: date) -> Passage:
        """What was known of it at the end of that day."""
        return self if self.ended is not None and self.ended <= day else Passage(self.began)


class Sorted(NamedTuple):
    """The passages that count, and of the others how many were set aside for which reason."""

    passages: tuple[Passage, ...]
    aside: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Lag:
    """How long one way out takes. reached: the share that took it within `horizon` days, with its 80 % band.

    days: of those, the day by which this share of them have. refusal: why nothing is said; then both are empty.
    """

    exit: str
    entered: int
    exits: int  # within the horizon
    horizon: int
    reached: float | None = None
    band: CurveBand | None = None
    days: Mapping[float, int] | None = None
    refusal: str | None = None


def sort(passages: Iterable[Passage], today: date) -> Sorted:
    """Set aside what cannot be: who left before they came, and who has not come yet. Nought days are a duration."""
    kept, aside = [], Counter[str]()
    for passage in passages:
        if why := why_aside(passage, today):
            aside[why] += 1
        else:
            kept.append(passage.known_on(today))
    return Sorted(tuple(kept), dict(aside))


def why_aside(passage: Passage, today: date) -> str | None:
    """Why a passage cannot be: it left before it came, or has not come yet; None where it counts."""
    if passage.ended is not None and passage.ended < passage.began:
        return BACKWARDS
    return TO_COME if passage.began > today else None


def stay(passage: Passage, today: date, watched_from: date = date.min) -> Stay | None:
    """A passage in days since its entry, as known at the end of `today`; None where none of it was watched.

    watched_from: who came before is at risk only from this day on, so that what left unseen before it misleads nobody.
    """
    ended, way = (today, None) if passage.ended is None else (passage.ended, passage.exit)
    if ended < watched_from:
        return None
    return Stay((ended - passage.began).days, way, max((watched_from - passage.began).days, 0))


def exits(passages: Iterable[Passage], today: date, watched_from: date = date.min) -> Exits:
    """The curves of those passages."""
    stays = (stay(passage, today, watched_from) for passage in passages)
    return aalen_johansen(known for known in stays if known is not None)


def lag(passages: Iterable[Passage], way: str, today: date, horizon: int = HORIZON, minimum: int = MINIMUM) -> Lag:
    """How long the way out `way` takes, from passages that `sort` has kept; a refusal where too few have taken it."""
    passages = tuple(passages)
    taken = sum(
        exit == way and ended is not None and (ended - began).days <= horizon for began, ended, exit in passages
    )
    if taken < minimum:
        why = f"{taken} of {len(passages)} got there within {horizon} days; fewer than {minimum} say nothing"
        return Lag(way, len(passages), taken, horizon, refusal=why)
    curve = exits(passages, today).by_exit[way]
    reached = curve.step(horizon)
    assert reached is not None  # somebody took it within the horizon
    days = {share: curve.first(share * reached.value) or 0 for share in SHARES}
    return Lag(way, len(passages), taken, horizon, reached.value, reached.band(LEVEL), days)
