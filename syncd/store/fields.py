"""A wish's fields as JSON keeps them, read and written in one place: a reference is `{"ref": [kind, id]}`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

from syncd.model.references import Ref, RemoteRef

Fields = dict[str, Any]  # our field name → Ref, text, number, truth or None


def json_value(value: Any) -> Any:
    """One value as JSON keeps it."""
    match value:
        case Ref():
            return {"ref": [value.kind, value.id]}
        case RemoteRef():
            return str(value)
        case list():
            return [json_value(one) for one in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return value


def json_values(fields: Mapping[str, Any]) -> Fields:
    """The fields as JSON keeps them."""
    return {name: json_value(value) for name, value in fields.items()}


def read_fields(text: str) -> Fields:
    """The fields from their JSON."""
    return {
        name: Ref(*value["ref"]) if type(value) is dict and "ref" in value else value
        for name, value in orjson.loads(text).items()
    }


def digest(values: Fields) -> str:
    """What tells two wishes for one record apart, by their fields as JSON keeps them."""
    return blake2b(orjson.dumps(values, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
