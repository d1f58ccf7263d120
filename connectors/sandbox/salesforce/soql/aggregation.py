"""GROUP BY and the aggregate functions: one record per group, under the names that Salesforce gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

from ..table import Row, fold
from . import dates
from .columns import Column, Scope, refuse_use
from .conditions import RunSubquery, compile_condition
from .tree import Function, Item, Literal, Path, Query, malformed

_MOST_SUBTOTALS = 3
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
# how to cut a stored date or datetime, in UTC as Salesforce does without convertTimezone (SOQL, "Date Functions")
_CALENDAR: dict[str, Callable[[str], Any]] = {
    "CALENDAR_YEAR": lambda text: int(text[:4]),
    "CALENDAR_QUARTER": lambda text: (int(text[5:7]) + 2) // 3,
    "CALENDAR_MONTH": lambda text: int(text[5:7]),
    "DAY_IN_MONTH": lambda text: int(text[8:10]),
    "DAY_ONLY": lambda text: text[:10],
    "DAY_IN_WEEK": lambda text: (date.fromisoformat(text[:10]).weekday() + 1) % 7 + 1,
    "DAY_IN_YEAR": lambda text: date.fromisoformat(text[:10]).timetuple().tm_yday,
    "WEEK_IN_YEAR": lambda text: (date.fromisoformat(text[:10]).timetuple().tm_yday - 1) // 7 + 1,
    "HOUR_IN_DAY": lambda text: int(text[11:13]),
}
_NEED_TIME = ("CONVERTTIMEZONE", "DAY_ONLY", "HOUR_IN_DAY")
_KINDS = {"CONVERTTIMEZONE": "datetime", "DAY_ONLY": "date"}
_CALENDAR |= {"FISCAL_YEAR": _CALENDAR["CALENDAR_YEAR"], "FISCAL_QUARTER": _CALENDAR["CALENDAR_QUARTER"]}


class Group(NamedTuple):
    """The rows that share the grouped values."""

    keys: tuple[Any, ...]
    rows: list[Row]
    totals: frozenset[int] = frozenset()  # places of the keys that ROLLUP or CUBE sums over; those keys are None


def is_aggregate(query: Query) -> bool:
    """Say whether the query yields groups instead of rows; a lone COUNT() does not count as one."""
    functions = [item.operand for item in query.items if isinstance(item, Item) and isinstance(item.operand, Function)]
    return bool(query.group) or any(found.name in AGGREGATES for found in functions)


def is_bare_count(query: Query) -> bool:
    """Say whether the query is SELECT COUNT() FROM …, which answers with its totalSize alone."""
    return (
        len(query.items) == 1
        and isinstance(query.items[0], Item)
        and isinstance(query.items[0].operand, Function)
        and query.items[0].operand.name == "COUNT"
        and not query.items[0].operand.arguments
    )


def operand_column(scope: Scope, operand: Path | Function) -> Column:
    """Return the column of a field or of a date function over one."""
    if isinstance(operand, Path):
        return scope.find(operand)
    cut = _CALENDAR.get(operand.name)
    if operand.name == "CONVERTTIMEZONE":
        cut = partial(dates.local, zone=scope.org.zone(scope.user))
    if cut is None or len(operand.arguments) != 1 or isinstance(operand.arguments[0], Literal):
        raise malformed(scope.text, operand.at, f"unexpected token: '{operand.name}'")
    inner = operand_column(scope, operand.arguments[0])
    if inner.kind not in (("datetime",) if operand.name in _NEED_TIME else ("date", "datetime")):
        problem = f"field '{inner.name}' of type {inner.kind} can not be used in function {operand.name}"
        raise malformed(scope.text, operand.at, problem, "INVALID_FIELD")
    read = inner.read
    kind = _KINDS.get(operand.name, "int")
    return Column(lambda row: None if read(row) is None else cut(read(row)), kind, operand.name)


def compile_groups(
    scope: Scope, query: Query, subquery: RunSubquery
) -> Callable[[Iterable[Row]], list[dict[str, Any]]]:
    """Return the function from the matching rows to the AggregateResult records, ordered and cut."""
    if query.subtotals is not None and len(query.group) > _MOST_SUBTOTALS:
        raise malformed(scope.text, query.at, f"{query.subtotals} supports at most {_MOST_SUBTOTALS} fields")
    keys = [operand_column(scope, operand) for operand in query.group]
    for operand, key in zip(query.group, keys, strict=True):
        refuse_use(scope, key, operand.at, "groupable", "grouped")

    def column(operand: Path | Function) -> Column:
        return _group_column(scope, query, operand)

    shown = _shown(scope, query, column)
    having = None if query.having is None else compile_condition(scope, query.having, column, subquery)
    order = [(column(found.operand), found) for found in query.order]
    levels = _levels(query.subtotals, len(keys))

    def run(rows: Iterable[Row]) -> list[dict[str, Any]]:
        groups = _grouped(keys, rows)
        if query.subtotals is not None:
            groups += [total for places in levels for total in _totals(groups, places)]
        if having is not None:
            groups = [group for group in groups if having(group)]
        for sort_column, ordering in reversed(order):
            groups.sort(
                key=lambda group: sort_key(sort_column.read(group), ordering.nulls_first), reverse=ordering.descending
            )
        end = None if query.limit is None else query.offset + query.limit
        return [
            {"attributes": {"type": "AggregateResult"}, **{name: read.read(group) for name, read in shown}}
            for group in groups[query.offset : end]
        ]

    return run


def _levels(word: str | None, count: int) -> list[frozenset[int]]:
    """Return the sets of keys that a total is taken over: the last ones for ROLLUP, any for CUBE."""
    if word == "ROLLUP":
        return [frozenset(range(first, count)) for first in reversed(range(count))]
    return [frozenset(chosen) for size in range(1, count + 1) for chosen in combinations(range(count), size)]


def _totals(groups: Iterable[Group], places: frozenset[int]) -> list[Group]:
    """Return one group for all those that differ in these keys only."""
    merged: dict[tuple[Any, ...], Group] = {}
    for group in groups:
        if not group.totals:
            keys = tuple(None if place in places else key for place, key in enumerate(group.keys))
            merged.setdefault(tuple(map(fold, keys)), Group(keys, [], places)).rows.extend(group.rows)
    return list(merged.values())


def sort_key(value: Any, first: bool) -> tuple[bool, Any]:
    """Return a key that puts nulls at the wanted end and compares text without case."""
    return (value is not None) == first, 0 if value is None else fold(value)


def _grouped(keys: list[Column], rows: Iterable[Row]) -> list[Group]:
    groups: dict[tuple[Any, ...], Group] = {}
    for row in rows:
        values = tuple(key.read(row) for key in keys)
        folded = tuple(map(fold, values))
        if folded not in groups:
            groups[folded] = Group(values, [])
        groups[folded].rows.append(row)
    if not keys and not groups:
        return [Group((), [])]
    return list(groups.values())


def _shown(scope: Scope, query: Query, column: Callable[[Path | Function], Column]) -> list[tuple[str, Column]]:
    shown: list[tuple[str, Column]] = []
    unnamed = 0
    for item in query.items:
        if not isinstance(item, Item):
            raise malformed(scope.text, query.at, "Grouped query cannot use child relationships in the SELECT list")
        name = item.alias
        if name is None and isinstance(item.operand, Function):
            name = f"expr{unnamed}"
            unnamed += 1
        shown_column = column(item.operand)
        shown.append((name or shown_column.name, shown_column))
    return shown


def _group_column(scope: Scope, query: Query, operand: Path | Function) -> Column:
    for place, grouped in enumerate(query.group):
        if _same(grouped, operand):
            kept = operand_column(scope, grouped)
            return Column(lambda group, place=place: group.keys[place], kept.kind, kept.name)  # type: ignore[misc]
    if isinstance(operand, Function) and operand.name in AGGREGATES:
        return _aggregate(scope, operand)
    if isinstance(operand, Function) and operand.name == "GROUPING" and query.subtotals is not None:
        asked = next(
            (n for n, key in enumerate(query.group) if operand.arguments and _same(key, operand.arguments[0])), -1
        )
        return Column(lambda group: int(asked in group.totals), "int", "GROUPING")
    alias = next((item for item in query.items if isinstance(item, Item) and item.alias == str(operand)), None)
    if alias is not None:
        return _group_column(scope, query, alias.operand)
    raise malformed(scope.text, operand.at, f"Field must be grouped or aggregated: {_said(operand)}")


def _said(operand: Path | Function) -> str:
    return str(operand) if isinstance(operand, Path) else operand.name


def _same(left: Path | Function, right: Path | Function) -> bool:
    if isinstance(left, Path) or isinstance(right, Path):
        return isinstance(left, Path) and isinstance(right, Path) and str(left).lower() == str(right).lower()
    arguments = [str(argument).lower() for argument in left.arguments if isinstance(argument, Path)]
    others = [str(argument).lower() for argument in right.arguments if isinstance(argument, Path)]
    return left.name == right.name and arguments == others


def _aggregate(scope: Scope, function: Function) -> Column:
    if not function.arguments:
        return Column(lambda group: len(group.rows), "int", "COUNT")
    argument = function.arguments[0]
    if isinstance(argument, Literal):
        raise malformed(scope.text, argument.at, f"unexpected token: '{argument.value}'")
    column = operand_column(scope, argument)
    read = column.read

    def held(group: Group) -> list[Any]:
        return [value for row in group.rows if (value := read(row)) is not None]

    reducers: dict[str, Callable[[list[Any]], Any]] = {
        "COUNT": len,
        "COUNT_DISTINCT": lambda found: len(set(map(fold, found))),
        "SUM": lambda found: sum(found) if found else None,
        "AVG": lambda found: sum(found) / len(found) if found else None,
        "MIN": lambda found: min(found, key=fold) if found else None,
        "MAX": lambda found: max(found, key=fold) if found else None,
    }
    sums = function.name in ("SUM", "AVG") and column.kind not in ("int", "double", "currency", "percent")
    if sums or (column.field is not None and not column.field["aggregatable"]):
        problem = f"field {column.name} does not support aggregate operator {function.name}"
        raise malformed(scope.text, function.at, problem, "MALFORMED_QUERY")
    reduce = reducers[function.name]
    kind = "int" if function.name.startswith("COUNT") else column.kind
    return Column(lambda group: reduce(held(group)), kind, function.name)
