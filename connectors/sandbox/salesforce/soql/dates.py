"""SOQL's date literals: TODAY, LAST_WEEK, LAST_N_DAYS:30 … as half-open spans of days.

Source: Salesforce, SOQL and SOSL Reference, "Date Formats and Date Literals". Weeks begin on Sunday (en_US).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[date, date]
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_WORD = re.compile(r"(?:(LAST|THIS|NEXT)_(?:N_)?)?(?:N_)?(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR|90_DAY)S?(_AGO)?")


def span(word: str, count: int, today: date, fiscal_start: int = 1) -> Span:
    """Return the first day of the literal's span and the first day after it.

    >>> span("LAST_N_DAYS", 2, date(2026, 11, 10))
    (datetime.date(2026, 11, 8), datetime.date(2026, 11, 11))
    """
    if word in _DAYS:
        start = today + timedelta(_DAYS[word])
        return start, start + timedelta(1)
    match = _WORD.fullmatch(word)
    if match is None:
        raise ValueError(f"{word} is no SOQL date literal")
    direction, unit, ago = match.groups()
    if unit == "90_DAY":
        unit, count = "DAY", 90
    first = fiscal_start if "FISCAL" in word else 1
    if ago:
        return _begin(unit, today, -count, first), _begin(unit, today, 1 - count, first)
    steps = count or 1
    if direction == "THIS":
        return _begin(unit, today, 0, first), _begin(unit, today, 1, first)
    if direction == "NEXT":
        return _begin(unit, today, 1, first), _begin(unit, today, 1 + steps, first)
    # the last n days include today, the last n weeks, months … exclude the present one
    return _begin(unit, today, -steps, first), _begin(unit, today, 1 if unit == "DAY" else 0, first)


def _begin(unit: str, today: date, steps: int, first_month: int) -> date:
    """Return the first day of the unit that lies `steps` units from the present one."""
    if unit == "DAY":
        return today + timedelta(steps)
    if unit == "WEEK":
        return today - timedelta((today.weekday() + 1) % 7) + timedelta(weeks=steps)
    size = _MONTHS[unit]
    months = today.year * 12 + today.month - first_month
    months = (months // size + steps) * size + first_month - 1
    return date(months // 12, months % 12 + 1, 1)


def midnight(day: date, zone: ZoneInfo) -> str:
    """Return the beginning of a day in a time zone, as a stored datetime."""
    return datetime.combine(day, time(), zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def local(stamp: str, zone: ZoneInfo) -> str:
    """Return a stored datetime as the time of day in a zone: what convertTimezone() makes of it."""
    return datetime.fromisoformat(stamp).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
