"""How JSON and CSV values become a field's value, and what Salesforce says where they cannot.

Stored forms are the ones that the REST API prints: datetimes `2026-11-01T12:00:00.000+0000` in UTC (so that text order
is time order), dates `2026-11-01`, numbers as float (int for `int`), ids with 18 characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

from . import ids
from .parsing import unreadable
from .refusal import Refusal
from .schema import Field, Schema

Reader = Callable[[Field, Any], Any]
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[A-Za-z0-9-]{2,}")


class Unreadable(Refusal):
    """The value's type does not fit its field."""

    def __init__(self, field: Field, value: Any) -> None:
        said = unreadable(field.type, value)
        super().__init__(said.code, said.message)
        self.field = field
        self.value = value


def stamp(at: datetime) -> str:
    """Print an aware time as the REST API does, cut to seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def read_stamp(text: str) -> datetime:
    """Read a stored datetime."""
    return datetime.fromisoformat(text).astimezone(UTC)


def coerce(field: Field, value: Any) -> Any:
    """Return the stored form of a JSON value; empty text is null.

    Raises Refusal with Salesforce's code where the value's type does not fit.
    """
    if value is None or value == "":
        return False if field.type == "boolean" and value == "" else None
    if isinstance(value, dict | list):
        raise Unreadable(field, value)
    read: Reader = _READERS.get(field.type, _text)
    return read(field, value)


def is_longer(text: str, most: int) -> bool:
    """Whether a text has more units of UTF-16 than that, as Java counts: most emoji are two.

    Source: Salesforce Help 005166849, "Surrogate Pair Characters Are Treated as Two Characters".
    """
    if text.isascii() or 2 * len(text) <= most:
        return len(text) > most
    return len(text.encode("utf-16-le", "surrogatepass")) > 2 * most


def check(schema: Schema, sobject: str, field: Field, value: Any) -> None:
    """Raise Refusal where a stored form is too long, out of range, or not one of a restricted picklist's values."""
    if isinstance(value, str):
        limit = int(field["length"] or 0)
        if limit and is_longer(value, limit):
            # Salesforce names the field by its label and repeats the value; personal values are cut short here
            shown = f"{field.label}: data value too large: {value[:255]} (max length={limit})"
            raise Refusal("STRING_TOO_LONG", shown, [field.name])
        if field.type in ("picklist", "multipicklist") and field["restrictedPicklist"]:
            _check_picklist(field, value)
        if field.type == "email" and not _EMAIL.fullmatch(value):
            message = f"{field.label}: invalid email address: {value}"
            raise Refusal("INVALID_EMAIL_ADDRESS", message, [field.name])
        if field.type == "reference":
            _check_target(schema, field, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        digits = int(field["digits"] if field.type == "int" else field["precision"] or 18) - int(field["scale"] or 0)
        if abs(value) >= 10**digits:
            message = f"{field.label}: value outside of valid range on numeric field: {value}"
            raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])


def _check_picklist(field: Field, value: str) -> None:
    for part in value.split(";") if field.type == "multipicklist" else (value,):
        if part not in field.values:
            message = f"{field.label}: bad value for restricted picklist field: {part}"
            raise Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])


def _check_target(schema: Schema, field: Field, value: str) -> None:
    target = schema.of_id(value)
    if field.targets and (target is None or target.name not in field.targets):
        raise Refusal("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", [field.name])


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise Unreadable(field, value)
    # Salesforce trims text and stores e-mail addresses in lower case (seen in CumulusCI's upsert recordings)
    text = value.strip() if field.type != "textarea" else value.rstrip()
    return text.lower() if field.type == "email" else text


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise Unreadable(field, value)


def _int(field: Field, value: Any) -> int:
    number = _number(field, value)
    if number != int(number) or not -(2**31) <= number < 2**31:
        raise Unreadable(field, value)
    return int(number)


def _number(field: Field, value: Any) -> float:
    if isinstance(value, bool):
        raise Unreadable(field, value)
    try:
        number = float(value)
    except ValueError:
        raise Unreadable(field, value) from None
    if not isfinite(number):
        raise Unreadable(field, value)
    return round(number, int(field["scale"] or 0) if field.type in ("currency", "percent") else 18)


def _date(field: Field, value: Any) -> str:
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "").isoformat()
    except ValueError:
        raise Unreadable(field, value) from None


def _datetime(field: Field, value: Any) -> str:
    try:
        at = datetime.fromisoformat(value if isinstance(value, str) else "")
        if at.tzinfo is not None:
            return stamp(at)
    except (ValueError, OverflowError):  # no time at all, or one whose UTC lies beyond the year 9999
        pass
    raise Unreadable(field, value)


def _id(field: Field, value: Any) -> str:
    whole = ids.read(value)
    if whole is None:
        raise Refusal("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", [field.name])
    return whole


_READERS: dict[str, Reader] = {
    "boolean": _boolean,
    "int": _int,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
    "id": _id,
    "reference": _id,
}
