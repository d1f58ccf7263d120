"""What the outlook said on earlier days, and what came; beside it what a plain count × conversion says.

Plain: as many arrivals as in the last so many days, times the share of all so far that took the way (of those to come
as well), or those who are there times that share (of those who are there alone).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from syncd.planning.lag import MINIMUM, Passage
from syncd.planning.outlook import SEED, Outlook, came, outlook


@dataclass(frozen=True, slots=True)
class BacktestDay:
    """One day: what the outlook said, what the plain product said, and what came."""

    outlook: Outlook
    plain: float
    came: int

    @property
    def held(self) -> bool:
        """Whether the band holds what came."""
        band = self.outlook.band
        return band is not None and band.low <= self.came <= band.high

    @property
    def width(self) -> float:
        """From the band's lower end to its upper one."""
        return self.outlook.band.high - self.outlook.band.low if self.outlook.band else 0.0

    @property
    def error(self) -> float:
        """How far the outlook was off."""
        return abs(self.outlook.said - self.came)

    @property
    def plain_error(self) -> float:
        """How far the plain product was off."""
        return abs(self.plain - self.came)


@dataclass(frozen=True, slots=True)
class Score:
    """What the days say together; those on which nothing was said are left out."""

    days: int
    held: int
    nearer: int  # days on which the outlook was nearer than the plain product
    error: float
    plain_error: float
    width: float


def backtest(
    passages: Sequence[Passage],
    way: str,
    days: Iterable[date],
    horizon: int,
    *,
    to_come: bool = True,
    minimum: int = MINIMUM,
    seed: int = SEED,
) -> list[BacktestDay]:
    """Stand on each day with what was known then, say what the next `horizon` days bring, and look what came."""
    trials = []
    for day in days:
        said = outlook(passages, way, day, horizon, to_come=to_come, minimum=minimum, seed=seed)
        known = plain(passages, way, day, horizon, to_come=to_come)
        trials.append(BacktestDay(said, known, came(passages, way, day, horizon, to_come=to_come)))
    return trials


def plain(passages: Iterable[Passage], way: str, as_of: date, horizon: int, *, to_come: bool = True) -> float:
    """Count × conversion, as known at the end of `as_of`."""
    known = [one.known_on(as_of) for one in passages if one.began <= as_of]
    conversion = sum(one.exit == way for one in known) / len(known) if known else 0.0
    since = as_of - timedelta(days=horizon)
    return conversion * sum(one.began > since if to_come else one.ended is None for one in known)


def earlier_days(passages: Iterable[Passage], today: date, horizon: int, count: int) -> list[date]:
    """The last `count` days of which all has come by `today`, in steps that divide the past evenly, the oldest first.

    A step is a whole number of weeks, at most the horizon; the oldest day is not before the first arrival.
    """
    last = today - timedelta(days=horizon)
    first = min((one.began for one in passages), default=last)
    weeks = max(1, min(-(-horizon // 7), (last - first).days // 7 // max(count, 1)))
    return [day for step in reversed(range(count)) if (day := last - timedelta(weeks=weeks * step)) >= first]


def score(trials: Iterable[BacktestDay]) -> Score | None:
    """The trials together, None where nothing was said on any day."""
    spoken = [trial for trial in trials if trial.outlook.refusal is None]
    if not spoken:
        return None
    return Score(
        days=len(spoken),
        held=sum(trial.held for trial in spoken),
        nearer=sum(trial.error < trial.plain_error for trial in spoken),
        error=fmean(trial.error for trial in spoken),
        plain_error=fmean(trial.plain_error for trial in spoken),
        width=fmean(trial.width for trial in spoken),
    )
