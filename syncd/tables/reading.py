"""Golden rows as the facts that rules look at: which column fills which field follows from the declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

import orjson

from syncd.model import Band, Closure, IndustryCode, kinds


def fact(kind: str, row: Any, **gathered: Any) -> Any:
    """The fact of a kind that a row holds; `gathered` are the fields that have no column."""
    return _builder(kind)(row, gathered)


@cache
def _builder(kind: str) -> Callable[[Any, dict[str, Any]], Any]:
    """Compiled once a kind: it runs for each row of every group."""
    made = kinds.DECLARED[kind][0]
    stored = [field for field in kinds.fields(kind) if field.column]
    names, values_of = [field.name for field in stored], attrgetter(*(field.column for field in stored))
    conversions = [(at, convert) for at, field in enumerate(stored) if (convert := _conversion(field))]
    first = stored == list(kinds.fields(kind))[: len(stored)]  # by place is quicker than by name
    if not conversions and first:
        return lambda row, gathered: made(*values_of(row), **gathered)

    def build(row: Any, gathered: dict[str, Any]) -> Any:
        values = list(values_of(row))
        for at, convert in conversions:
            values[at] = convert(values[at])
        return made(*values, **gathered) if first else made(**dict(zip(names, values, strict=True)), **gathered)

    return build


def _conversion(field: kinds.Field) -> Callable[[Any], Any] | None:
    if field.type is Band:
        return _band
    if field.each is IndustryCode:
        return _codes
    if field.each is Closure:
        return _closures
    if field.type is Mapping:
        return orjson.loads
    if field.listed:
        gather = field.type
        return lambda text: gather(orjson.loads(text))
    return None


def _codes(text: str) -> tuple[IndustryCode, ...]:
    parts = (code.split(" ") for code in orjson.loads(text))
    return tuple(IndustryCode(system, int(year), code) for system, year, code in parts)


def _closures(text: str) -> tuple[Closure, ...]:
    return () if text == "[]" else tuple(Closure(*parts) for parts in orjson.loads(text))


def _band(text: str | None) -> Band | None:
    if not text:
        return None
    bounds, _, currency = text.partition(" ")
    low, _, high = bounds.partition("..")
    return Band(Decimal(low) if low else None, Decimal(high) if high else None, currency or None)
