"""WHERE and HAVING as Python predicates, and which index could answer them.

SOQL's rules: text is compared without case, null is unequal to every value and neither above nor below one.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from .. import ids, values
from ..refusal import Refusal
from ..table import fold
from . import dates
from .columns import Column, Scope, refuse_use
from .tree import Combination, Comparison, Function, Literal, Membership, Path, SemiJoin, malformed

Predicate = Callable[[Any], bool]
Resolve = Callable[[Path | Function], Column]
RunSubquery = Callable[[SemiJoin], Iterable[Any]]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBERS = ("int", "double", "currency", "percent", "number")
_SAID = {"datetime": "dateTime", "currency": "double", "percent": "double", "number": "double"}


def compile_condition(scope: Scope, node: Any, resolve: Resolve, subquery: RunSubquery) -> Predicate:
    """Return the predicate of a condition. Raises Refusal where a value does not fit its field."""
    if isinstance(node, Combination):
        parts = [compile_condition(scope, part, resolve, subquery) for part in node.parts]
        if node.operator == "NOT":
            return lambda row: not parts[0](row)
        if node.operator == "AND":
            return lambda row: all(part(row) for part in parts)
        return lambda row: any(part(row) for part in parts)
    column = resolve(node.operand)
    refuse_use(scope, column, node.operand.at, "filterable", "filtered")
    if isinstance(node, SemiJoin):
        wanted = {fold(value) for value in subquery(node) if value is not None}
        return _among(column, wanted, node.operator)
    if isinstance(node, Membership):
        if node.operator in ("INCLUDES", "EXCLUDES"):
            if column.kind != "multipicklist":
                raise _wrong_operator(scope, column, node.operand.at)
            return _includes(column, node)
        wanted = {fold(read_literal(scope, column, value)) for value in node.values}
        return _among(column, wanted, node.operator)
    return _comparison(scope, column, node)


def _among(column: Column, wanted: set[Any], word: str) -> Predicate:
    read = column.read
    if word == "IN":
        return lambda row: fold(read(row)) in wanted
    return lambda row: fold(read(row)) not in wanted


def _includes(column: Column, node: Membership) -> Predicate:
    groups = [{part.lower() for part in str(value.value).split(";")} for value in node.values]
    wanted = node.operator == "INCLUDES"

    def held(row: Any) -> bool:
        have = {part.lower() for part in (column.read(row) or "").split(";")}
        return any(group <= have for group in groups) == wanted

    return held


def _comparison(scope: Scope, column: Column, node: Comparison) -> Predicate:
    read, word = column.read, node.operator
    if word == "LIKE":
        return _like(scope, column, node)
    if node.value.kind == "range" and column.kind in ("date", "datetime"):
        return _within(read, word, *_bounds(scope, column, node.value))
    wanted = fold(read_literal(scope, column, node.value))
    if word == "=":
        return lambda row: fold(read(row)) == wanted
    if word == "!=":
        return lambda row: fold(read(row)) != wanted
    compare = _COMPARE[word]

    def ordered(row: Any) -> bool:
        value = fold(read(row))
        return value is not None and wanted is not None and compare(value, wanted)

    return ordered


def _within(read: Callable[[Any], Any], word: str, start: str, end: str) -> Predicate:
    tests: dict[str, Predicate] = {
        "=": lambda value: start <= value < end,
        "!=": lambda value: not start <= value < end,
        "<": lambda value: value < start,
        "<=": lambda value: value < end,
        ">": lambda value: value >= end,
        ">=": lambda value: value >= start,
    }
    test = tests[word]

    def inside(row: Any) -> bool:
        value = read(row)
        return test(value) if value is not None else word == "!="

    return inside


def _bounds(scope: Scope, column: Column, literal: Literal) -> tuple[str, str]:
    org = scope.org
    zone = org.zone(scope.user)
    fiscal = int(next(iter(org.tables["Organization"].rows.values()), {}).get("FiscalYearStartMonth") or 1)
    try:
        start, end = dates.span(literal.value, literal.count, org.now().astimezone(zone).date(), fiscal)
    except (OverflowError, ValueError):
        raise malformed(scope.text, literal.at, f"number out of range: {literal.count}") from None
    if column.kind == "date":
        return start.isoformat(), end.isoformat()
    return dates.midnight(start, zone), dates.midnight(end, zone)


def _wrong_operator(scope: Scope, column: Column, at: int) -> Refusal:
    return malformed(scope.text, at, f"invalid operator on {column.kind} field", "INVALID_QUERY_FILTER_OPERATOR")


def _like(scope: Scope, column: Column, node: Comparison) -> Predicate:
    if node.value.kind != "string" or column.kind in (*_NUMBERS, "boolean", "date", "datetime", "id", "reference"):
        raise _wrong_operator(scope, column, node.operand.at)
    pieces = re.split(r"(\\.|%|_)", str(node.value.value))
    known = {"%": ".*", "_": "."}
    shape = "".join(known.get(piece) or re.escape(piece.removeprefix("\\")) for piece in pieces)
    matches = re.compile(shape, re.IGNORECASE | re.DOTALL).fullmatch
    return lambda row: matches(column.read(row) or "") is not None


def read_literal(scope: Scope, column: Column, literal: Literal) -> Any:
    """Return a literal in the stored form of its field's type."""
    kind = column.kind
    if literal.kind == "null":
        return False if kind == "boolean" else None
    if kind in ("id", "reference"):
        return _read_id(scope, column, literal)
    if kind in _NUMBERS and literal.kind == "number":
        return literal.value
    if kind == "boolean" and literal.kind == "boolean":
        return literal.value
    if kind == "date" and literal.kind == "date":
        return _checked(scope, literal, lambda text: date.fromisoformat(text).isoformat())
    if kind == "datetime" and literal.kind == "datetime":
        return _checked(scope, literal, lambda text: values.stamp(datetime.fromisoformat(text)))
    if kind not in (*_NUMBERS, "boolean", "date", "datetime") and literal.kind == "string":
        return literal.value or None  # empty text is null
    raise _mistyped(scope, column, literal)


def _mistyped(scope: Scope, column: Column, literal: Literal) -> Exception:
    said = _SAID.get(column.kind, column.kind)
    if said in ("picklist", "textarea", "email", "phone", "url", "combobox"):
        said = "string"
    quotes = "should be enclosed in quotes" if said == "string" else "should not be enclosed in quotes"
    problem = f"value of filter criterion for field '{column.name}' must be of type {said} and {quotes}"
    return malformed(scope.text, literal.at, problem, "INVALID_FIELD")


def _read_id(scope: Scope, column: Column, literal: Literal) -> str | None:
    if literal.kind != "string":
        raise _mistyped(scope, column, literal)
    whole = ids.read(literal.value)
    if whole is None and literal.value:
        problem = f"invalid ID field: {literal.value}"
        raise malformed(scope.text, literal.at, problem, "INVALID_QUERY_FILTER_OPERATOR")
    return whole


def _checked(scope: Scope, literal: Literal, convert: Callable[[str], str]) -> str:
    try:
        return convert(literal.value)
    except (OverflowError, ValueError):
        raise malformed(scope.text, literal.at, f"invalid date: {literal.value}", "INVALID_FIELD") from None
