"""Rows of a report in groups: the value and label of each, in order, and what is summed up over its rows.

Dates are grouped by day, week (from Sunday), month, quarter or year in the asking user's time zone. What is summed up
counts each record once in each group, however many rows show it ("smart totalling"). Source: Salesforce, Reports and
Dashboards REST API Developer Guide, "Run Reports Synchronously or Asynchronously" (examples of groupings and facts) and
"Decode the Fact Map"; Salesforce Help 000381757. Picklists are in the order of their values, nulls come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ..org import Org
from ..refusal import Refusal
from ..table import fold
from ..values import read_stamp
from .report_types import Joined, ReportColumn
from .shown import shown

NOTHING = "-"  # the label of no value
ROW_COUNT = "RowCount"
_AGGREGATES: Mapping[str, tuple[str, Callable[[Sequence[float]], float]]] = {
    "s": ("Sum of", sum),
    "a": ("Average", lambda values: sum(values) / len(values)),
    "mx": ("Largest", max),
    "m": ("Smallest", min),
}
PREFIXES = {"Sum": "s", "Average": "a", "Maximum": "mx", "Minimum": "m"}  # as metadata calls them
_SUMMED = frozenset({"int", "double", "currency", "percent"})


@dataclass(frozen=True)
class Grouping:
    """One level of grouping: by which column, how its dates are cut, in which order."""

    column: ReportColumn
    granularity: str = "None"
    descending: bool = False


@dataclass
class Node:
    """One group: what its rows share, and the groups within."""

    key: str
    label: str
    value: Any
    rows: list[Joined]
    below: list[Node] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        """Return the group as a report's answer has it."""
        return {
            "groupings": [node.described() for node in self.below],
            "key": self.key,
            "label": self.label,
            "value": self.value,
        }


def group(org: Org, user: str, rows: Sequence[Joined], groupings: Sequence[Grouping], above: str = "") -> list[Node]:
    """Return the groups of rows, level by level; keys number them from 0: `1_0` is the first within the second."""
    if not groupings:
        return []
    grouping, *rest = groupings
    by_value: dict[Any, list[Joined]] = {}
    for row in rows:
        by_value.setdefault(_cut(org, user, grouping, grouping.column.read(row)), []).append(row)
    values = sorted(by_value, key=lambda value: _order(org, user, grouping, value), reverse=grouping.descending)
    nodes = []
    for place, value in enumerate(values):
        key = f"{above}{place}"
        node = Node(key, _label(org, user, grouping, value), value, by_value[value])
        node.below = group(org, user, node.rows, rest, f"{key}_")
        nodes.append(node)
    return nodes


def aggregate(org: Org, user: str, column: ReportColumn | None, prefix: str, rows: Iterable[Joined]) -> dict[str, Any]:
    """Return one summary of rows; without a column, their number."""
    rows = list(rows)
    if column is None:
        return {"label": f"{len(rows):,}", "value": len(rows)}
    if column.field.type not in _SUMMED or prefix not in _AGGREGATES:
        raise Refusal("INVALID_FIELD", f"The column {column.name} cannot be summarized.")
    records = {record["Id"]: row for row in rows if (record := row.get(column.table)) is not None}
    values = [value for row in records.values() if (value := column.read(row)) is not None]
    total = _AGGREGATES[prefix][1](values) if values else 0
    return {"label": str(shown(org, user, column.field, float(total))["displayValue"]), "value": total}


def summary_label(column: ReportColumn | None, prefix: str) -> str:
    """Return what a summary is called: Sum of Amount, Record Count."""
    return "Record Count" if column is None else f"{_AGGREGATES[prefix][0]} {column.field.label}"


def cell(org: Org, user: str, column: ReportColumn, row: Joined) -> dict[str, Any]:
    """Return one value of a detail row: a lookup by its id and name, a record's name by its id."""
    value = column.read(row)
    if value is None:
        return {"label": NOTHING, "value": None}
    if column.field.type == "reference":
        return {"label": name_of(org, value), "value": value}
    label = shown(org, user, column.field, value)["displayValue"]
    record = row.get(column.table)
    if column.field["nameField"] and record is not None and not column.through:
        return {"label": str(value), "value": record["Id"]}
    if column.field.type == "currency":
        return {"label": label, "value": {"amount": value, "currency": None}}
    return {"label": str(value) if label is None else label, "value": value}


def name_of(org: Org, record_id: str) -> str:
    """Return the name of a record behind a lookup."""
    row, sobject = org.row(record_id), org.schema.of_id(record_id)
    name = row.get(sobject.name_field or "Name") if row and sobject else None
    return str(name or NOTHING)


def _cut(org: Org, user: str, grouping: Grouping, value: Any) -> Any:
    kind = grouping.column.field.type
    if value is None or kind not in ("date", "datetime"):
        return value
    day = date.fromisoformat(value) if kind == "date" else read_stamp(value).astimezone(org.zone(user)).date()
    match grouping.granularity:
        case "Week":
            day -= timedelta((day.weekday() + 1) % 7)
        case "Month":
            day = day.replace(day=1)
        case "Quarter":
            day = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "Year":
            day = day.replace(month=1, day=1)
        case "Day" | "None":
            pass
        case other:
            raise Refusal("INVALID_FIELD", f"the sandbox does not group dates by {other}")
    return day.isoformat()


def _label(org: Org, user: str, grouping: Grouping, value: Any) -> str:
    field_of = grouping.column.field
    if value is None:
        return NOTHING
    if field_of.type == "reference":
        return name_of(org, value)
    if field_of.type in ("date", "datetime"):
        return _span(date.fromisoformat(value), grouping.granularity)
    label = shown(org, user, field_of, value)["displayValue"]
    return str(value) if label is None else str(label)


def _span(day: date, granularity: str) -> str:
    match granularity:
        case "Week":
            return f"{_said(day)} - {_said(day + timedelta(6))}"
        case "Month":
            return f"{day:%B %Y}"
        case "Quarter":
            return f"Q{(day.month + 2) // 3} {day.year}"
        case "Year":
            return str(day.year)
    return _said(day)


def _said(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _order(org: Org, user: str, grouping: Grouping, value: Any) -> tuple[bool, Any, Any]:
    field_of = grouping.column.field
    if value is None:
        return False, 0, ""
    if field_of.type == "picklist" and field_of.values:
        known = field_of.values.index(value) if value in field_of.values else len(field_of.values)
        return True, known, fold(value)
    if field_of.type == "reference":
        return True, 0, fold(name_of(org, value)) + value
    return True, 0, fold(value)
