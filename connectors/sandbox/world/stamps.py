"""Moments of the world, as milliseconds since 1970 (UTC), and how each vendor writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

from connectors.sandbox.world.dice import Dice

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = date(1970, 1, 1)
_SUNDAY = 3  # 1970-01-04 was a Sunday


@cache
def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()


def day(at: int) -> str:
    """Write the UTC day of a moment, e.g. 2026-10-01."""
    return _day(at // DAY)


def _clock(at: int) -> str:
    seconds, milli = divmod(at % DAY, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_day(at // DAY)}T{hour:02d}:{minute:02d}:{second:02d}.{milli:03d}"


def iso(at: int) -> str:
    """Write a moment as HubSpot does: 2026-10-01T12:00:00.000Z."""
    return _clock(at) + "Z"


def offset(at: int) -> str:
    """Write a moment as Salesforce does: 2026-10-01T12:00:00.000+0000 (whole seconds)."""
    return _clock(at - at % SECOND) + "+0000"


def moment(written: str) -> int:
    """Read a moment as either vendor writes it."""
    return round(datetime.fromisoformat(written).timestamp() * SECOND)


class Calendar:
    """The world's time: everything lies before 00:00 UTC of `today`."""

    __slots__ = ("midnight", "today")

    def __init__(self, today: date) -> None:
        self.today = today
        self.midnight = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()) * SECOND

    def ago(self, days: float) -> int:
        """Return 00:00 UTC of so many days before today; negative days lie ahead."""
        return self.midnight - int(days * DAY)

    def before(self, at: int) -> int:
        """Return `at`, or the last second of yesterday where it lies later."""
        return min(at, self.midnight - SECOND)

    def working(self, dice: Dice, earliest: int, latest: int) -> int:
        """Return a moment in US office hours of a weekday, about `latest` to `earliest` days ago (at least one day)."""
        number = (self.midnight // DAY) - dice.within(max(1, latest), max(1, earliest))
        weekday = (number - _SUNDAY) % 7
        number -= {0: 2, 6: 1}.get(weekday, 0)  # from a week-end back to Friday
        return number * DAY + 13 * HOUR + int(dice.random() * 9 * HOUR)

    def weekday(self, at: int) -> int:
        """Return `at`, or the same hour of the Monday behind it where it falls on a week-end."""
        return at + {0: 1, 6: 2}.get((at // DAY - _SUNDAY) % 7, 0) * DAY
