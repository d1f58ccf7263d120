"""A rep's weeks: where they begin, and how many places each has after ramp, holidays and absence.

places = cap × ramp × working days present ÷ working days of a week, rounded down: never more than was agreed.
Holidays are those of the `holidays` library, by ISO 3166 country and subdivision; what is observed on another day
counts on that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from syncd.rules.days import local_day, plus, zone

WORKING_DAYS = 5  # Monday to Friday
WHOLE = 100  # percent


class WeeklyPace(NamedTuple):
    """How many people of one segment are a rep's full week, and what share of them in the first, second, … week."""

    segment: str
    cap: int
    ramp: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a rep's weeks depend on. started: the first day at work, from which the ramp runs.

    cap: places of a full week. ramp: percent of the cap in the first, second, … week. absent: inclusive days. paces: of
    the segments that have a capacity of their own.
    """

    cap: int
    time_zone: str = "UTC"
    country: str | None = None
    subdivision: str | None = None
    started: date | None = None
    ramp: tuple[int, ...] = ()
    absent: tuple[tuple[date, date], ...] = ()
    paces: tuple[WeeklyPace, ...] = ()

    def pace(self, segment: str) -> WeeklyPace:
        """The segment's own, else the general one."""
        return next((pace for pace in self.paces if pace.segment == segment), WeeklyPace("", self.cap, self.ramp))


def week_of(now: datetime, calendar: Calendar) -> date:
    """The Monday of the week in which that moment falls where the rep is."""
    day = local_day(now, zone(calendar.time_zone))
    return plus(day, -day.weekday())


def begins(monday: date, calendar: Calendar) -> datetime:
    """The moment, in UTC, at which a week begins where the rep is."""
    return datetime.combine(monday, time(), zone(calendar.time_zone)).astimezone(UTC)


@lru_cache(maxsize=4_096)
def places(monday: date, calendar: Calendar, segment: str = "") -> int:
    """How many people of that segment, and of no other, the rep takes in the week that begins on that Monday."""
    return full_week(monday, calendar, segment) * days_at_work(monday, calendar) // (WHOLE * WORKING_DAYS)


def full_week(monday: date, calendar: Calendar, segment: str) -> int:
    """Hundredths of people in that week if every day of it is worked: the cap times the percent of the ramp."""
    pace = calendar.pace(segment)
    return pace.cap * _ramp(monday, calendar.started, pace.ramp)


@lru_cache(maxsize=4_096)
def days_at_work(monday: date, calendar: Calendar) -> int:
    """How many days of the week that begins on that Monday the rep works."""
    return sum(1 for day in _days(monday) if is_present(day, calendar) and not is_holiday(day, calendar))


def is_present(day: date, calendar: Calendar) -> bool:
    """Whether the rep is at work from that day's point of view: has begun, and is not absent."""
    if calendar.started and day < calendar.started:
        return False
    return not any(first <= day <= last for first, last in calendar.absent)


def is_holiday(day: date, calendar: Calendar) -> bool:
    """Whether nobody works on that day where the rep is."""
    return calendar.country is not None and day in _holidays(calendar.country, calendar.subdivision, day.year)


def _days(monday: date) -> Iterator[date]:
    return (monday + timedelta(days=number) for number in range(WORKING_DAYS))


def _ramp(monday: date, started: date | None, ramp: tuple[int, ...]) -> int:
    """Percent of the cap: of a rep who began before or without a known day, all of it."""
    if started is None:
        return WHOLE
    weeks = (monday - started + timedelta(days=started.weekday())).days // 7
    return ramp[weeks] if 0 <= weeks < len(ramp) else WHOLE


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Empty where the library knows no such place: `agreement check` refuses it."""
    from holidays import country_holidays  # its import takes longer than an idle cycle's release

    try:
        return frozenset(country_holidays(country, subdiv=subdivision, years=[year]))
    except NotImplementedError:
        return frozenset()
