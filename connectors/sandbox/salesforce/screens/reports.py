"""What running a report for somebody brings: its facts, its groups, and what its columns are called.

A report runs from its `reportMetadata`, so that a caller may send another one: other filters, another time frame, other
groupings or summaries. Source: Salesforce, Reports and Dashboards REST API Developer Guide, "Run Reports Synchronously
or Asynchronously" and "Decode the Fact Map". Served are tabular, summary and matrix reports of deployed custom report
types whose filters all hold; a matrix has no facts for the pairs of groups that no row is in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..org import Org
from ..refusal import Refusal
from ..soql.aggregation import operand_column, sort_key
from ..soql.columns import Column, Scope
from ..soql.conditions import compile_condition
from ..soql.tree import parse
from .filters import condition
from .groups import ROW_COUNT, Grouping, Node, aggregate, cell, group, summary_label
from .report_types import Joined, ReportColumn, ReportType

MOST_ROWS = 2000  # details of a run
_FORBIDDEN = "You don’t have sufficient privileges to perform this operation."


def run(org: Org, user: str, report_type: ReportType, report: Mapping[str, Any], *, details: bool) -> dict[str, Any]:
    """Run a report as a user and return its facts: `factMap`, groupings, and what its columns are called."""
    rows = [*_matching(org, user, report_type, report)]
    down = _levels(report_type, report["groupingsDown"])
    across = _levels(report_type, report["groupingsAcross"])
    rows = _sorted(report_type, report["sortBy"], rows)
    columns = [report_type.column(name) for name in report["detailColumns"]] if details else []
    nodes, others = group(org, user, rows, down), group(org, user, rows, across)
    summaries = [_summary(report_type, name) for name in report["aggregates"]]

    def fact(some: Sequence[Joined], *, leaf: bool) -> dict[str, Any]:
        aggregates = [aggregate(org, user, column, prefix, some) for prefix, column in summaries]
        if not details:
            return {"aggregates": aggregates}
        shown_rows = [
            {"dataCells": [cell(org, user, column, row) for column in columns]}
            for row in (some[:MOST_ROWS] if leaf else ())
        ]
        return {"aggregates": aggregates, "rows": shown_rows}

    return {
        "allData": len(rows) <= MOST_ROWS,
        "factMap": _facts(rows, nodes, others, (len(down), len(across)), fact),
        "groupingsAcross": {"groupings": [node.described() for node in others]},
        "groupingsDown": {"groupings": [node.described() for node in nodes]},
        "hasDetailRows": details,
        "reportExtendedMetadata": extended(report_type, report, details=details),
        "reportMetadata": dict(report),
    }


def extended(report_type: ReportType, report: Mapping[str, Any], *, details: bool = True) -> dict[str, Any]:
    """Return what a report's columns, groupings and summaries are called, and of which type they are."""
    summaries = {name: _summary(report_type, name) for name in report["aggregates"]}
    levels = [
        (place, report_type.column(grouping["name"]))
        for side in ("groupingsDown", "groupingsAcross")
        for place, grouping in enumerate(report[side])
    ]
    columns = [report_type.column(name) for name in report["detailColumns"]] if details else []
    return {
        "aggregateColumnInfo": {
            name: {
                "acrossGroupingContext": None,
                "dataType": column.field.type if column else "int",
                "downGroupingContext": None,
                "label": summary_label(column, prefix),
            }
            for name, (prefix, column) in summaries.items()
        },
        "detailColumnInfo": {
            column.name: {"dataType": data_type(column), "label": column.field.label} for column in columns
        },
        "groupingColumnInfo": {
            column.name: {"dataType": data_type(column), "groupingLevel": place, "label": column.field.label}
            for place, column in levels
        },
    }


def data_type(column: ReportColumn) -> str:
    """Return a column's type as reports call it: a lookup shows a name."""
    return "string" if column.field.type == "reference" else column.field.type


def refuse_runner(org: Org, user: str) -> None:
    """Raise Refusal where a user may not run reports."""
    if not org.access.permits(user, "RunReports"):
        raise Refusal("FORBIDDEN", _FORBIDDEN, status=403)


# ---- its rows --------------------------------------------------------------------------------------------------------


def _matching(org: Org, user: str, report_type: ReportType, report: Mapping[str, Any]) -> Iterator[Joined]:
    if report["reportBooleanFilter"]:
        raise Refusal("INVALID_FILTER_VALUE", "the sandbox serves no filter logic: every filter must hold")
    wanted = [
        _predicate(org, user, report_type.column(asked["column"]), asked["operator"], asked["value"])
        for asked in (*report["reportFilters"], *_dated(report["standardDateFilter"]))
    ]
    rows = report_type.rows(report["scope"])
    return (row for row in rows if all(holds(row) for holds in wanted))


def _dated(frame: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Yield a time frame as filters."""
    if not frame or not frame.get("column"):
        return
    if frame["durationValue"] != "CUSTOM":
        yield {"column": frame["column"], "operator": "equals", "value": frame["durationValue"]}
        return
    for bound, operator in (("startDate", "greaterOrEqual"), ("endDate", "lessOrEqual")):
        if frame.get(bound):
            yield {"column": frame["column"], "operator": operator, "value": frame[bound]}


def _predicate(org: Org, user: str, column: ReportColumn, operator: str, value: str | None) -> Callable[[Joined], bool]:
    """Return a filter on a column: as a condition of SOQL, asked of the record in the column's table."""
    kind = Column(lambda row: row, column.field.type, column.field.name, column.field)
    asked = condition(column.path, kind, operator, value)
    scope = Scope(org, user, org.access.view(user, org.schema.objects[column.sobject]), None, asked)
    where = parse(f"SELECT Id FROM {column.sobject} WHERE {asked}").where
    holds = compile_condition(scope, where, lambda operand: operand_column(scope, operand), lambda join: ())
    return lambda joined: holds(joined.get(column.table) or {})


def _sorted(report_type: ReportType, sorting: Sequence[Mapping[str, str]], rows: list[Joined]) -> list[Joined]:
    for asked in reversed(sorting):
        column, descending = report_type.column(asked["sortColumn"]), asked.get("sortOrder") == "Desc"
        rows.sort(key=lambda row: sort_key(column.read(row), not descending), reverse=descending)
    return rows


# ---- its facts -------------------------------------------------------------------------------------------------------


def _levels(report_type: ReportType, groupings: Sequence[Mapping[str, Any]]) -> list[Grouping]:
    return [
        Grouping(
            report_type.column(grouping["name"]),
            grouping.get("dateGranularity") or "None",
            grouping.get("sortOrder") == "Desc",
        )
        for grouping in groupings
    ]


def _summary(report_type: ReportType, name: str) -> tuple[str, ReportColumn | None]:
    if name == ROW_COUNT:
        return "", None
    prefix, _, column = name.partition("!")
    return prefix, report_type.column(column)


def _facts(
    rows: Sequence[Joined], down: Sequence[Node], across: Sequence[Node], depths: tuple[int, int], fact: Any
) -> dict[str, Any]:
    """Return the facts by `down!across`, T for the total of a side: of every group, and of every pair with rows."""
    sides = [[("T", 0, rows), *_flat(nodes, 1)] for nodes in (down, across)]
    facts = {}
    for key, level, some in sides[0]:
        for other_key, other_level, others in sides[1]:
            shared = some if others is rows else others if some is rows else _both(some, others)
            if shared or (some is rows and others is rows):
                facts[f"{key}!{other_key}"] = fact(shared, leaf=(level, other_level) == depths)
    return facts


def _flat(nodes: Sequence[Node], level: int) -> Iterator[tuple[str, int, Sequence[Joined]]]:
    for node in nodes:
        yield node.key, level, node.rows
        yield from _flat(node.below, level + 1)


def _both(some: Sequence[Joined], others: Sequence[Joined]) -> list[Joined]:
    here = {id(row) for row in others}
    return [row for row in some if id(row) in here]
