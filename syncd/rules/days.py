"""Calendar days in the agreement's time zone; sums that never leave the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FRIDAY = 4
DAY_BEGINS, DAY_ENDS = time(8), time(19)  # of Monday to Friday, where somebody works: nobody is woken
NEVER = datetime.max.replace(tzinfo=UTC)


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The time zone of that IANA name; UTC where no such zone exists (`agreement check` refuses the name)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def stamp(at: datetime) -> datetime:
    """An aware UTC stamp; a naive one is taken for UTC, never for this machine's local time."""
    if at.tzinfo is UTC:
        return at
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:  # year 1 or 9999 at the edge of a zone
        return at.replace(tzinfo=UTC)


def stamp_or_never(at: datetime | None) -> datetime:
    """The same; what has no stamp comes behind all that have one."""
    return stamp(at) if at else NEVER


def local_day(at: datetime, where: tzinfo) -> date:
    """The calendar day of a UTC stamp in that zone."""
    try:
        return at.astimezone(where).date()
    except OverflowError:
        return at.date()


def plus(day: date, days: int) -> date:
    """That many calendar days later, at most the calendar's last day."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def plus_business(day: date, days: int) -> date:
    """That many business days (Monday to Friday) later; a weekend counts as the Friday before, zero days as Monday."""
    if day.weekday() > FRIDAY:
        day = plus(day, FRIDAY - day.weekday()) if days > 0 else plus(day, 7 - day.weekday())
    weeks, rest = divmod(max(days, 0), 5)
    return plus(day, 7 * weeks + rest + (2 if day.weekday() + rest > FRIDAY else 0))


def in_the_day(at: datetime, where: tzinfo) -> datetime:
    """That moment, or the morning of the next business day where it falls outside of the day of who works there."""
    local = at.astimezone(where)
    day = local.date()
    if day.weekday() <= FRIDAY and local.time() < DAY_ENDS:
        return max(at, datetime.combine(day, DAY_BEGINS, where).astimezone(UTC))
    return datetime.combine(plus_business(day, 1), DAY_BEGINS, where).astimezone(UTC)
