"""A judgement as JSON and back to plain values for those who show it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from syncd.model import Judgement

_LEFT_OUT = {"wishes"}  # they stand in their own table


def body(judgement: Judgement) -> str:
    """The whole judgement as JSON, without its wishes."""
    return orjson.dumps(plain(judgement)).decode()


def plain(value: Any) -> Any:
    """Dataclasses, decimals and dates as JSON values; order is kept."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in _LEFT_OUT}
    match value:
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case set() | frozenset():
            return sorted(plain(one) for one in value)
        case Decimal():
            return float(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return value
