"""A field's value as pages show it: the value itself, and how it reads in the user's own time zone.

Only what reads differently has a display value: labels of picklists, dates, numbers. The sandbox writes them as the
locale en_US does. Source: User Interface API Developer Guide, "Field Value".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ..org import Org
from ..schema import Field
from ..values import read_stamp

Say = Callable[[Org, str, Field, Any], str]


def shown(org: Org, user: str, field: Field, value: Any) -> dict[str, Any]:
    """Return a value as a page gets it, with what it is to show where that is something else."""
    say = None if value is None else _SAYINGS.get(field.type)
    plain = value.replace("+0000", "Z") if field.type == "datetime" and value else value
    return {"displayValue": say(org, user, field, value) if say else None, "value": plain}


def _label(org: Org, user: str, field: Field, value: Any) -> str:
    return ";".join(field.labels.get(part, part) for part in str(value).split(";"))


def _number(org: Org, user: str, field: Field, value: Any) -> str:
    return f"{value:,.{int(field['scale'] or 0)}f}"


def _percent(org: Org, user: str, field: Field, value: Any) -> str:
    return f"{_number(org, user, field, value)}%"


def _money(org: Org, user: str, field: Field, value: Any) -> str:
    sign = "$" if org.settings.currency == "USD" else f"{org.settings.currency} "
    return f"{'-' if value < 0 else ''}{sign}{abs(value):,.2f}"


def _day(org: Org, user: str, field: Field, value: Any) -> str:
    day = date.fromisoformat(value)
    return f"{day.month}/{day.day}/{day.year}"


def _time(org: Org, user: str, field: Field, value: Any) -> str:
    at = read_stamp(value).astimezone(org.zone(user))
    return f"{at.month}/{at.day}/{at.year}, {at.hour % 12 or 12}:{at:%M %p}"


_SAYINGS: dict[str, Say] = {
    "currency": _money,
    "date": _day,
    "datetime": _time,
    "double": _number,
    "int": _number,
    "multipicklist": _label,
    "percent": _percent,
    "picklist": _label,
}
