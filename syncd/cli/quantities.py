"""Amounts, shares and days as people type them; each refusal shows one that fits."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from syncd.errors import ConfigError

_AMOUNT = re.compile(r"(\d+|\d{1,3}(?:[,_']\d{3})+)(\.\d+)?\s*([kKmMbB]?)")
_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}")  # sixty to us, sixty thousand to who writes 60.000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
_MOST = Decimal(10) ** 15


def amount_of(option: str, text: str) -> Decimal:
    """An amount such as 10M, 50k, 1.25M or 1,250,000; raises ConfigError."""
    spelled = _AMOUNT.fullmatch(text.strip())
    if spelled is None or _GROUPED.fullmatch(text.strip()):
        mend = "such as 10M, 10.5M, 50k or 1,250,000: a comma stands between thousands, a point before decimals"
        raise ConfigError(f"{option} {text}: an amount above nought is expected, {mend}")
    amount = Decimal(re.sub(r"[_,']", "", spelled[1]) + (spelled[2] or "")) * _TIMES[spelled[3].lower()]
    if not 0 < amount <= _MOST:
        raise ConfigError(f"{option} {text}: an amount above nought, such as 10M, 50k or 1,250,000")
    return amount


def share_of(option: str, text: str) -> Decimal:
    """A share in 0..1 from percent such as 50 or 12.5%; raises ConfigError."""
    spelled = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%?", text.strip())
    percent = Decimal(spelled[1]) if spelled else Decimal(0)
    if not 0 < percent <= 100:
        raise ConfigError(f"{option} {text}: percent above nought and at most 100, such as 50 or 12.5")
    return percent / 100


def day_of(option: str, text: str) -> date:
    """A day such as 2027-12-31, to come or past; raises ConfigError."""
    try:
        return date.fromisoformat(text.strip() if _DAY.fullmatch(text.strip()) else "")
    except ValueError:
        raise ConfigError(f"{option} {text}: a day as year-month-day, such as 2027-12-31") from None


def past_day(option: str, text: str, today: date) -> date:
    """A day up to today; raises ConfigError."""
    day = day_of(option, text)
    if day > today:
        raise ConfigError(f"{option} {day} is still to come: name an earlier day; it is {today} there")
    return day


def past_day_or(option: str, text: str, today: date, default: date) -> date:
    """A day up to today, or the default where none is named; raises ConfigError."""
    return past_day(option, text, today) if text else default
