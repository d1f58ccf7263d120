"""How long a step takes: curves over whole days, exact where many leave on one day.

Kaplan and Meier (1958) where there is one way out, Aalen and Johansen (1978) where several compete. Days are all that
the systems' histories have, so ties are the rule: whoever leaves on day t was at risk on it, and so was whoever was
last seen on it. No tie is broken, nothing is drawn at random.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist
from typing import NamedTuple


class Stay(NamedTuple):
    """One stay in a stage. until: the day of the exit, or the last one that was watched; since: the first one watched.

    exit: the way out, None while there is none. Days count from the entry, which is day 0.
    """

    until: int
    exit: str | None
    since: int = 0


@dataclass(frozen=True, slots=True)
class CurveBand:
    """From where to where."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CurveStep:
    """A curve from this day on: its value, the variance of it, how many were at risk, how many took this way out."""

    day: int
    value: float
    variance: float
    at_risk: int
    exits: int

    def band(self, level: float = 0.8) -> CurveBand:
        """The log(−log) band: value^exp(±z·σ ÷ (value·ln value)), so never below 0 or above 1.

        Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 1980, 1.4; of an incidence likewise.
        """
        if not 0 < self.value < 1:
            return CurveBand(self.value, self.value)
        z = NormalDist().inv_cdf((1 + level) / 2)
        width = z * sqrt(max(self.variance, 0)) / (self.value * log(self.value))
        low, high = sorted(self.value ** exp(sign * min(abs(width), 700)) for sign in (1, -1))
        return CurveBand(low, high)


@dataclass(frozen=True, slots=True)
class Curve:
    """A function of the day that changes at its steps only; `start` is its value before the first."""

    steps: tuple[CurveStep, ...]
    start: float

    def at(self, day: float) -> float:
        """The value on that day."""
        step = self.step(day)
        return self.start if step is None else step.value

    def step(self, day: float) -> CurveStep | None:
        """The last step on or before that day, None before the first."""
        place = bisect_right(self.steps, day, key=lambda step: step.day)
        return self.steps[place - 1] if place else None

    def first(self, value: float) -> int | None:
        """The first day on which a rising curve has this value, None where it never does."""
        return next((step.day for step in self.steps if step.value >= value - 1e-12), None)

    def daily(self, first: int, last: int) -> list[float]:
        """The values of all days from the first to the last."""
        values, value, steps = [], self.start, iter(self.steps)
        step = next(steps, None)
        for day in range(first, last + 1):
            while step is not None and step.day <= day:
                value, step = step.value, next(steps, None)
            values.append(value)
        return values


@dataclass(frozen=True, slots=True)
class Exits:
    """Who is still there (`staying`), and by way out the share that took it by then (`by_exit`). They add up to 1."""

    staying: Curve
    by_exit: Mapping[str, Curve]


Leaving = tuple[int, int, Counter[str]]  # a day, how many are at risk on it, how many take which way out


def kaplan_meier(stays: Iterable[Stay]) -> Curve:
    """The share still there, S(t) = Π (1 − d/n), whatever the way out; Greenwood's variance S²·Σ d/(n·(n − d)).

    A Counter of equal stays will do, here and below.
    """
    return _staying(_leaving(stays))


def aalen_johansen(stays: Iterable[Stay]) -> Exits:
    """For each way out the share F(t) = Σ S(t−)·dₖ/n that took it by day t, where whoever took another one cannot.

    Its variance is the delta method's (Marubini and Valsecchi, Analysing Survival Data, 1995, 10.3); with one way out
    it is Greenwood's.
    """
    leaving = _leaving(stays)
    ways = sorted({way for _, _, exits in leaving for way in exits})
    return Exits(_staying(leaving), {way: _incidence(leaving, way) for way in ways})


def _leaving(stays: Iterable[Stay]) -> list[Leaving]:
    """The days on which somebody leaves, in order."""
    counted = stays if isinstance(stays, Counter) else Counter(stays)
    enter: Counter[int] = Counter()
    leave: Counter[int] = Counter()
    exits: dict[int, Counter[str]] = {}
    for stay, count in counted.items():
        enter[stay.since] += count
        leave[stay.until] += count
        if stay.exit is not None:
            exits.setdefault(stay.until, Counter())[stay.exit] += count
    at_risk, gone, days = 0, 0, []
    for day in sorted({*enter, *leave}):
        at_risk += enter[day] - gone
        gone = leave[day]
        if day in exits:
            days.append((day, at_risk, exits[day]))
    return days


def _staying(leaving: list[Leaving]) -> Curve:
    value, hazard, steps = 1.0, 0.0, []
    for day, at_risk, exits in leaving:
        left = sum(exits.values())
        value *= 1 - left / at_risk
        hazard += left / (at_risk * (at_risk - left)) if at_risk > left else 0.0
        steps.append(CurveStep(day, value, value * value * hazard, at_risk, left))
    return Curve(tuple(steps), 1.0)


def _incidence(leaving: list[Leaving], way: str) -> Curve:
    """The variance at t sums over the days up to t; prefix sums of 1, F and F² spare the second loop."""
    staying, value, steps = 1.0, 0.0, []
    ones = firsts = squares = own = crossed = crossed_firsts = 0.0
    for day, at_risk, exits in leaving:
        left, taken = sum(exits.values()), exits.get(way, 0)
        value = min(1.0, value + staying * taken / at_risk)
        hazard = left / (at_risk * (at_risk - left)) if at_risk > left else 0.0
        ones, firsts, squares = ones + hazard, firsts + value * hazard, squares + value * value * hazard
        own += staying**2 * (at_risk - taken) * taken / at_risk**3
        crossed += staying * taken / at_risk**2
        crossed_firsts += value * staying * taken / at_risk**2
        staying *= 1 - left / at_risk
        if taken:
            spread = value * value * ones - 2 * value * firsts + squares
            variance = spread + own - 2 * (value * crossed - crossed_firsts)
            steps.append(CurveStep(day, value, max(variance, 0.0), at_risk, taken))
    return Curve(tuple(steps), 0.0)
