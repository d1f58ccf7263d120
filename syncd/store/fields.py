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

_OURS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME  # what json_value writes


def json_value(value: Any) -> Any:
    """One value as JSON keeps it."""
    match value:
        case Ref():
            return {"ref": [value.kind, value.id]}
        case RemoteRef():
            return str(value)
        case list():
            return [json_value(part) for part in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return value


def as_json(fields: Mapping[str, Any]) -> str:
    """The fields' JSON."""
    return orjson.dumps(fields, default=json_value, option=_OURS).decode()


def read_fields(text: str) -> Fields:
    """The fields from their JSON."""
    if text == "{}":
        return {}
    return {
        name: Ref(*value["ref"]) if type(value) is dict and "ref" in value else value
        for name, value in orjson.loads(text).items()
    }


def digest(fields: Mapping[str, Any]) -> str:
    """What tells two wishes for one record apart, by their fields as JSON keeps them."""
    content = orjson.dumps(fields, default=json_value, option=_OURS | orjson.OPT_SORT_KEYS)
    return blake2b(content, digest_size=16).hexdigest()
