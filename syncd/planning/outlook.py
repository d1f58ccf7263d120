"""How many will leave a stage by one way within the next days, with a band: of those there and of those to come.

Each who is still there counts with what the curves give somebody of that age; who will come counts by the last 13 weeks
of arrivals. Only the last 13 weeks teach the curves (longer where fewer than 100 left in them): whoever came before is
at risk from the window's first day on, the period life table of demography, which follows a change of pace within a
quarter and holds every week of a quarter once.

The band has three sources, drawn together: whole weeks of arrivals, resampled with what came of them (who came in one
week shares its campaigns, and the spread of their outcomes is no coin's); the chance of each; and how far the same
procedure was off on earlier days (a gamma factor of mean 1), which stands in for what no curve knows: holidays, quarter
ends, a new rep. The last one starts from a deviation of 20 % and the weight of four earlier days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log, sqrt
from random import Random
from statistics import fmean, pvariance
from typing import NamedTuple

from syncd.planning.curves import Curve, CurveBand, Stay, aalen_johansen
from syncd.planning.lag import LEVEL, MINIMUM, Passage, stay

WEEKS = 13  # of history that count: one quarter
ENOUGH = 100  # exits; where the window holds fewer it grows
DRAWS = 200
CHECKS = 26  # earlier days, a week apart
OWN_DEVIATION, OWN_WEIGHT = 0.2, 4  # of the procedure, before any earlier day was checked
LATE = 0.75  # from here to the last day that enough were watched on: what goes on beyond it
SEED = 1
WEEK = timedelta(days=7)
MONDAY = date(2001, 1, 1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is said on a day: the expected number and its 80 % band. deviation: of the procedure, learned from `checks`.

    refusal: why nothing is said.
    """

    as_of: date
    days: int
    said: float = 0.0
    band: CurveBand | None = None
    deviation: float = OWN_DEVIATION
    checks: int = 0
    refusal: str | None = None


class Chance(NamedTuple):
    """So many people with this chance each."""

    people: int
    chance: float


class ArrivalPace(NamedTuple):
    """Two curves by day from the eve of the entry to the last day that enough were watched on, and how they go on."""

    staying: Sequence[float]
    reached: Sequence[float]
    slope: float  # of the way
    slopes: float  # of all ways

    def ahead(self, age: int, days: int) -> float:
        """The share of those still there at the end of day `age` that takes the way within `days` more.

        Beyond the last day a hazard goes on as slope ÷ day: lags of sales fall off like that, and nothing was seen.
        """
        last = len(self.staying) - 2
        start, end = min(age, last), min(age + days, last)
        there = self.staying[start + 1]
        if there <= 0:
            return 0.0
        within = (self.reached[end + 1] - self.reached[start + 1]) / there
        if age + days <= last or not self.slope:
            return within
        since, until = max(age, last) + 1, age + days + 1
        share: float = 1 - (since / until) ** self.slopes
        return within + self.staying[end + 1] / there * self.slope / self.slopes * share


@dataclass(frozen=True, slots=True)
class History:
    """What counts on a day: stays by week of arrival, how many are there by age, arrivals by week back from the day."""

    stays: tuple[Counter[Stay], ...]
    there: Counter[int]
    arrivals: tuple[Counter[int], ...]  # days after the week's eve (1 to 7) → how many
    exits: int  # of the way, since the window began


def outlook(
    passages: Sequence[Passage],
    way: str,
    as_of: date,
    days: int,
    *,
    to_come: bool = True,
    minimum: int = MINIMUM,
    seed: int = SEED,
) -> Outlook:
    """Say how many take the way in the `days` after `as_of`, from passages that `lag.sort` has kept.

    Only what was known at the end of `as_of` is looked at. to_come: also of those who arrive meanwhile.
    The same seed gives the same band.
    """
    history = _history(passages, way, as_of, minimum)
    if isinstance(history, str):
        return Outlook(as_of, days, refusal=history)
    said = _expected(history, way, days, to_come).number
    deviation, checks = _deviation(passages, way, as_of, days, to_come, minimum)
    random = Random(seed)
    draws = sorted(_draw(random, history, way, days, to_come, deviation) for _ in range(DRAWS))
    low, high = (draws[round((1 + sign * LEVEL) / 2 * (DRAWS - 1))] for sign in (-1, 1))
    return Outlook(as_of, days, said, CurveBand(min(low, said), max(high, said)), deviation, checks)


def came(passages: Iterable[Passage], way: str, as_of: date, days: int, *, to_come: bool = True) -> int:
    """How many took the way in the days after `as_of`."""
    until = as_of + timedelta(days=days)
    return sum(
        way == exit and ended is not None and as_of < ended <= until and (to_come or began <= as_of)
        for began, ended, exit in passages
    )


def _history(passages: Iterable[Passage], way: str, as_of: date, minimum: int) -> History | str:
    known = [passage.known_on(as_of) for passage in passages if passage.began <= as_of]
    ends = sorted(passage.ended for passage in known if passage.exit == way and passage.ended is not None)
    if len(ends) < minimum:
        return f"{len(ends)} of {len(known)} got there by {as_of}; fewer than {minimum} say nothing"
    watched_from = min(as_of - WEEKS * WEEK + timedelta(days=1), ends[-ENOUGH]) if len(ends) >= ENOUGH else date.min
    weeks: dict[int, Counter[Stay]] = {}
    for passage in known:
        watched = stay(passage, as_of, watched_from)
        if watched is not None:
            weeks.setdefault((passage.began - MONDAY).days // 7, Counter())[watched] += 1
    there = Counter((as_of - passage.began).days for passage in known if passage.ended is None)
    taken = sum(end >= watched_from for end in ends)
    return History(tuple(weeks[week] for week in sorted(weeks)), there, _arrivals(known, as_of), taken)


def _arrivals(known: Sequence[Passage], as_of: date) -> tuple[Counter[int], ...]:
    """The whole weeks that end on that day, the last first, as far back as history goes."""
    whole = min(WEEKS, ((as_of - min(passage.began for passage in known)).days + 1) // 7)
    weeks = [Counter[int]() for _ in range(whole)]
    for passage in known:
        week, days = divmod((as_of - passage.began).days, 7)
        if week < whole:
            weeks[week][7 - days] += 1
    return tuple(weeks)


def _pace(stays: Counter[Stay], way: str) -> ArrivalPace:
    exits = aalen_johansen(stays)
    own = exits.by_exit.get(way, Curve((), 0.0))
    last = _last(stays)
    slope, slopes = (
        sum(step.exits / step.at_risk for step in curve.steps if LATE * last < step.day + 1 <= last + 1) / -log(LATE)
        for curve in (own, exits.staying)
    )
    return ArrivalPace(exits.staying.daily(-1, last), own.daily(-1, last), slope, slopes)


def _last(stays: Counter[Stay]) -> int:
    """The last day on which enough were watched."""
    watched = 0
    for until, count in sorted(((known.until, count) for known, count in stays.items()), reverse=True):
        watched += count
        if watched >= MINIMUM:
            return until
    return 0


def _chances(history: History, pace: ArrivalPace, days: int, to_come: Sequence[Counter[int]]) -> Iterator[Chance]:
    """Everybody who counts: those there by age, and those of the weeks to come by what is left of the days."""
    for age, count in sorted(history.there.items()):
        yield Chance(count, pace.ahead(age, days))
    left = {day: pace.ahead(-1, day + 1) for day in range(days)}
    for week, arrivals in enumerate(to_come):
        for day, count in sorted(arrivals.items()):
            if (rest := days - 7 * week - day) >= 0:
                yield Chance(count, left[rest])


class Expectation(NamedTuple):
    """The expected number, and its variance by chance, by the weeks that may come and by the curves' own error."""

    number: float
    variance: float


def _expected(history: History, way: str, days: int, to_come: bool) -> Expectation:
    pace = _pace(_merged(history.stays), way)
    there = sum(people * chance for people, chance in _chances(history, pace, days, ()))
    new, spread = _of_those_to_come(history, pace, days) if to_come and history.arrivals else (0.0, 0.0)
    number = there + new
    return Expectation(number, number + spread + number * number / max(history.exits, 1))


def _merged(weeks: Iterable[Counter[Stay]]) -> Counter[Stay]:
    stays: Counter[Stay] = Counter()
    for week in weeks:
        stays.update(week)
    return stays


def _of_those_to_come(history: History, pace: ArrivalPace, days: int) -> tuple[float, float]:
    """The expected number of them over the weeks to come, each like one of the last, and its variance."""
    nobody = History((), Counter(), (), 0)
    number = variance = 0.0
    for week in range(-(-days // 7)):
        empty: list[Counter[int]] = [Counter()] * week
        worth = [
            sum(people * chance for people, chance in _chances(nobody, pace, days, [*empty, arrivals]))
            for arrivals in history.arrivals
        ]
        number, variance = number + fmean(worth), variance + pvariance(worth)
    return number, variance


def _deviation(
    passages: Sequence[Passage], way: str, as_of: date, days: int, to_come: bool, minimum: int
) -> tuple[float, int]:
    """How far what came was from what would have been said on earlier days, beyond the known variance; and how many."""
    known = [passage.known_on(as_of) for passage in passages if passage.began <= as_of]
    excess, checks = OWN_WEIGHT * OWN_DEVIATION**2, 0
    for week in range(CHECKS):
        day = as_of - timedelta(days=days) - week * WEEK
        history = _history(known, way, day, minimum)
        if isinstance(history, str):
            break
        said = _expected(history, way, days, to_come)
        if said.number > 0:
            off = came(known, way, day, days, to_come=to_come) - said.number
            excess, checks = excess + (off * off - said.variance) / said.number**2, checks + 1
    return sqrt(max(excess, 0.0) / (OWN_WEIGHT + checks)), checks


def _draw(random: Random, history: History, way: str, days: int, to_come: bool, deviation: float) -> int:
    stays = _merged(random.choices(history.stays, k=len(history.stays)))
    weeks = random.choices(history.arrivals, k=-(-days // 7)) if to_come and history.arrivals else ()
    factor = random.gammavariate(deviation**-2, deviation**2) if deviation > 1e-3 else 1.0
    chances = _chances(history, _pace(stays, way), days, weeks)
    return sum(_successes(random, count, min(1.0, chance * factor)) for count, chance in chances)


def _successes(random: Random, count: int, chance: float) -> int:
    """A binomial number, by the gaps between successes (Devroye, Non-Uniform Random Variate Generation, 1986, X.4)."""
    if chance <= 0 or chance >= 1:
        return count if chance >= 1 else 0
    place, successes, scale = -1, -1, log(1 - chance)
    while place < count:
        place += int(log(1 - random.random()) / scale) + 1
        successes += 1
    return successes
