"""A judgement as JSON, and its parts as plain values for those who show them."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import orjson

from syncd.model import Judgement

_LEFT_OUT = {"wishes"}  # they stand in their own table


def body(judgement: Judgement) -> str:
    """The whole judgement as JSON, without its wishes."""
    told = {one.name: getattr(judgement, one.name) for one in fields(judgement) if one.name not in _LEFT_OUT}
    return _json(told).decode()


def plain(value: Any) -> Any:
    """Dataclasses, decimals and dates as JSON values; order is kept."""
    return orjson.loads(_json(value))


def _json(value: Any) -> bytes:
    # orjson reads dataclasses, enums and dates by itself: a walk through them in Python was half of judging.
    return orjson.dumps(value, default=_simple, option=orjson.OPT_NON_STR_KEYS)


def _simple(value: object) -> Any:
    match value:
        case Decimal():
            return float(value)
        case set() | frozenset():
            return sorted(value)
        case _:
            raise TypeError(f"JSON has no word for a {type(value).__name__}")
