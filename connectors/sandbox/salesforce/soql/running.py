"""Runs a parsed query: finds its rows by the best index, filters, orders, cuts, and prints pages of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from .. import values
from ..org import Org
from ..refusal import Refusal
from ..table import Row, Table
from .aggregation import compile_groups, is_aggregate, is_bare_count, operand_column, sort_key
from .columns import Column, Scope, child_of, open_scope, refuse_use
from .conditions import compile_condition, read_literal
from .projection import Print, compile_rows
from .shape import check_shape
from .tree import Combination, Comparison, Item, Membership, Ordering, Path, Query, SemiJoin, malformed

_LARGEST_OFFSET = 2000
_LAST = "9999"
_OWN = ("mine", "mine_and_my_groups", "team")  # scopes that the sandbox, without groups and roles, reads as one


class Result(NamedTuple):
    """The answer to a query: the matching rows as they were when it ran, printed page by page."""

    total: int
    rows: list[Row]
    show: Print | None  # None: the rows are records already
    names: list[str]  # printed keys, for CSV

    def page(self, start: int, size: int) -> list[dict[str, Any]]:
        """Return the printed records of a page."""
        part = self.rows[start : start + size]
        return part if self.show is None else [self.show(row) for row in part]


def run(org: Org, user: str, query: Query, base: str, *, deleted: bool = False) -> Result:
    """Run a query as a user. `deleted` shows the recycle bin too, as queryAll does."""
    scope = open_scope(org, user, query.source, query.at, query.alias, query.text)
    if query.offset > _LARGEST_OFFSET:
        problem = f"Maximum SOQL offset allowed is {_LARGEST_OFFSET}"
        raise malformed(query.text, query.at, problem, "NUMBER_OUTSIDE_VALID_RANGE")
    check_shape(query, float(base.rpartition("v")[2]), deleted=deleted)
    if is_aggregate(query) and not is_bare_count(query):
        records = compile_groups(scope, query, _subquery(scope))(_matching(scope, query, deleted))
        return Result(
            len(records), records, None, [name for name in records[0] if name != "attributes"] if records else []
        )
    if is_bare_count(query):
        return Result(len(_cut(query, list(_matching(scope, query, deleted)))), [], None, [])
    show = compile_rows(scope, query, base, _nested(base, deleted))
    rows = _cut(query, _sorted(scope, query, _matching(scope, query, deleted)))
    return Result(len(rows), rows, show, column_names(scope, query))


def column_names(scope: Scope, query: Query) -> list[str]:
    """Return the CSV header of a query: its paths as they are written."""
    operands = (item.operand for item in query.items if isinstance(item, Item))
    return [".".join(scope.own_names(operand)) for operand in operands if isinstance(operand, Path)]


def _cut(query: Query, rows: list[Row]) -> list[Row]:
    if query.limit is None and not query.offset:
        return rows
    return rows[query.offset : None if query.limit is None else query.offset + query.limit]


def _matching(scope: Scope, query: Query, deleted: bool) -> Iterator[Row]:
    table = scope.org.table(scope.view.sobject)
    rows = _candidates(scope, table, query)
    if "IsDeleted" in scope.view.sobject.fields:
        rows = _kept(scope.org, table, rows) if deleted else (row for row in rows if not _is_away(row))
    if query.scope in _OWN and "OwnerId" in scope.view.sobject.fields:
        rows = (row for row in rows if row.get("OwnerId") == scope.user)
    if query.where is None:
        return iter(rows)
    wanted = compile_condition(scope, query.where, lambda operand: operand_column(scope, operand), _subquery(scope))
    return filter(wanted, rows)


def _is_away(row: Row) -> bool:
    """Deleted, or an activity in the archive: only queryAll shows it.

    Source: developer.salesforce.com/docs/atlas.en-us.api.meta/object_ref/sforce_api_calls_queryall.htm
    """
    return bool(row.get("IsDeleted") or row.get("IsArchived"))


def _kept(org: Org, table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield living rows, and deleted ones that are still in the recycle bin."""
    since = org.recycled_since()
    return (row for row in rows if not row.get("IsDeleted") or table.graves.get(row["Id"], since) >= since)


def _candidates(scope: Scope, table: Table, query: Query) -> Iterable[Row]:
    """Return the fewest rows that can match, by the first condition that an index serves."""
    parts = (
        query.where.parts if isinstance(query.where, Combination) and query.where.operator == "AND" else (query.where,)
    )
    for part in parts:
        if (record_ids := _by_key(scope, table, part)) is not None:
            return [table.rows[record_id] for record_id in record_ids]
    if (window := _window(scope, parts)) is not None:
        return (table.rows[record_id] for record_id in table.since(*window))
    if _is_by_stamp(scope, query.order):
        return (table.rows[record_id] for record_id in table.since(""))
    return list(table.rows.values())


def _by_key(scope: Scope, table: Table, part: Any) -> list[str] | None:
    if not isinstance(part, Comparison | Membership | SemiJoin) or part.operator not in ("=", "IN"):
        return None
    if not isinstance(part.operand, Path) or len(scope.own_names(part.operand)) > 1:
        return None
    column = scope.find(part.operand)
    field = column.field
    if field is None or not column.own:
        return None
    if isinstance(part, SemiJoin):
        wanted = list(_subquery(scope)(part)) if field.type in ("id", "reference") else None
    else:
        literals = part.values if isinstance(part, Membership) else (part.value,)
        wanted = [read_literal(scope, column, literal) for literal in literals] if _indexed(field) else None
    if wanted is None or None in wanted:
        return None
    if field.name == "Id":
        return [record_id for record_id in dict.fromkeys(wanted) if record_id in table.rows]
    return table.among(field.name, wanted)


def _indexed(field: Any) -> bool:
    return bool(field.type in ("id", "reference") or field["externalId"] or field["unique"] or field["idLookup"])


def _window(scope: Scope, parts: Iterable[Any]) -> tuple[str, str | None] | None:
    """Return the span of SystemModstamp that the conditions leave, so that only those rows are looked at."""
    start, end = "", _LAST
    for part in parts:
        if not isinstance(part, Comparison) or not isinstance(part.operand, Path) or part.value.kind != "datetime":
            continue
        names = scope.own_names(part.operand)
        if len(names) > 1 or names[0].lower() != "systemmodstamp":
            continue
        stamp = values.stamp(values.read_stamp(part.value.value))
        if part.operator in (">", ">=", "="):
            start = max(start, stamp)
        if part.operator in ("<", "<=", "="):
            end = min(end, stamp + "~")  # "~" sorts behind every stamp with this beginning
    return None if (start, end) == ("", _LAST) else (start, None if end == _LAST else end)


def _is_by_stamp(scope: Scope, order: tuple[Ordering, ...]) -> bool:
    names = [str(found.operand).lower() for found in order if isinstance(found.operand, Path) and not found.descending]
    return len(names) == len(order) and names in (["systemmodstamp"], ["systemmodstamp", "id"])


def _sorted(scope: Scope, query: Query, rows: Iterator[Row]) -> list[Row]:
    sorted_rows = list(rows)
    for ordering in reversed(query.order):
        column = operand_column(scope, ordering.operand)
        refuse_use(scope, column, ordering.operand.at, "sortable", "sorted")
        read, first = column.read, ordering.nulls_first != ordering.descending
        if column.kind in ("id", "datetime") and column.field is not None and not column.field["nillable"]:
            sorted_rows.sort(key=read, reverse=ordering.descending)  # never null, compared as it stands
        else:
            sorted_rows.sort(key=lambda row: sort_key(read(row), first), reverse=ordering.descending)
    return sorted_rows


def _subquery(scope: Scope) -> Callable[[SemiJoin], Iterable[Any]]:
    def values_of(join: SemiJoin) -> Iterable[Any]:
        query = join.query
        if len(query.items) != 1 or not isinstance(query.items[0], Item):
            raise malformed(scope.text, query.at, "semi join sub-selects must select exactly one field")
        inner = open_scope(scope.org, scope.user, query.source, query.at, query.alias, scope.text)
        column = operand_column(inner, query.items[0].operand)
        _check_join(scope, join, column)
        return {value for row in _matching(inner, query, False) if (value := column.read(row)) is not None}

    return values_of


def _check_join(scope: Scope, join: SemiJoin, inner: Column) -> None:
    """Raise Refusal where a semi-join compares anything but ids that may mean the same object."""
    outer = operand_column(scope, join.operand)
    if outer.kind not in ("id", "reference"):
        problem = (
            "The left operand field in the where expression for outer query should be an id field, "
            f"cannot use: '{outer.name}'"
        )
        raise malformed(scope.text, join.operand.at, problem, "INVALID_FIELD")
    here = _meant(scope.view.sobject.name, outer)
    there = _meant(join.query.source, inner)
    if inner.kind not in ("id", "reference") or (here and there and not here & there):
        problem = (
            f"The selected field '{inner.name}' in the subquery and the left operand field in the where expression in "
            f"the outer query '{outer.name}' should point to the same object type"
        )
        raise malformed(scope.text, join.operand.at, problem)


def _meant(sobject: str, column: Column) -> set[str]:
    """Return the objects, in lower case, that an id column may point at; empty where that is unknown."""
    if column.kind == "id" and column.own:
        return {sobject.lower()}
    return {name.lower() for name in column.field.targets} if column.field else set()


def _nested(base: str, deleted: bool) -> Callable[[Scope, Query], tuple[str, Callable[[Row], list[Row]], Print]]:
    def compile_child(scope: Scope, query: Query) -> tuple[str, Callable[[Row], list[Row]], Print]:
        sobject, reference = child_of(scope, query.source, query.at)
        inner = Scope(scope.org, scope.user, scope.org.access.view(scope.user, sobject), query.alias, scope.text)
        show = compile_rows(inner, query, base, compile_child)
        condition = query.where and compile_condition(
            inner, query.where, lambda operand: operand_column(inner, operand), _subquery(inner)
        )
        table = scope.org.table(sobject)

        def children(parent: Row) -> list[Row]:
            rows = (table.rows[record_id] for record_id in table.matching(reference.name, parent["Id"]))
            kept = (row for row in rows if (deleted or not row.get("IsDeleted")) and (not condition or condition(row)))
            return _cut(query, _sorted(inner, query, kept))

        return str(reference.children), children, show

    return compile_child


__all__ = ["Refusal", "Result", "run"]
