"""A deployed list view as whoever asks sees it: its columns, and the SOQL that finds its rows.

A column that field-level security hides is left out; a filter on one refuses the list. Rows come in the order of their
names, then ids, whatever a user has sorted by in the browser. Source: Salesforce, REST API Developer Guide, "List View
Describe" and "List View Results"; Metadata API Developer Guide, "ListView". Served are filters that all hold, and the
scopes Everything and Mine; others are not `soqlCompatible`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .. import sharing
from ..metadata.elements import children, text
from ..metadata.list_columns import path_of
from ..metadata.packages import Component
from ..org import Org
from ..refusal import Refusal
from ..schema import SObject
from ..soql.columns import Column, Scope
from ..soql.running import run
from ..soql.tree import Path, parse
from ..table import Row
from .filters import OPERATORS, condition, literals

SCOPES: Mapping[str, str | None] = {"Everything": None, "Mine": "mine"}
_HIDDEN = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")  # every list has them besides its own
_NUMERIC = ("9-0", "0-9")
_SORTED: Mapping[str, tuple[str, str]] = {
    "picklist": ("Low to High", "High to Low"),
    **dict.fromkeys(("phone", "int", "double", "currency", "percent"), _NUMERIC),
}


@dataclass(frozen=True)
class Shown:
    """One column of a list."""

    path: str
    column: Column
    label: str
    hidden: bool = False

    @property
    def item(self) -> str:
        """How the query selects it: picklists by their labels."""
        return f"toLabel({self.path})" if self.column.kind == "picklist" else self.path


@dataclass(frozen=True)
class Condition:
    """One filter: as SOQL, and as describe tells it."""

    soql: str
    described: dict[str, Any]


@dataclass(frozen=True)
class ListView:
    """A list view as one user sees it."""

    sobject: SObject
    columns: tuple[Shown, ...]
    conditions: tuple[Condition, ...]
    scope: str | None
    order: tuple[str, ...]

    @property
    def query(self) -> str:
        """The SOQL of the list."""
        scope = f" USING SCOPE {self.scope}" if self.scope else ""
        where = f" WHERE {' AND '.join(condition.soql for condition in self.conditions)}" if self.conditions else ""
        order = ", ".join(f"{path} ASC NULLS FIRST" for path in self.order)
        items = ", ".join(shown.item for shown in self.columns)
        return f"SELECT {items} FROM {self.sobject.name}{scope}{where} ORDER BY {order}"

    def described(self) -> list[dict[str, Any]]:
        """Return the columns as describe tells them."""
        return [_described(shown, self.order) for shown in self.columns]

    def where(self) -> dict[str, Any] | None:
        """Return the conditions as describe tells them: one, or several that all hold."""
        conditions = [condition.described for condition in self.conditions]
        return {"conditions": conditions, "conjunction": "and"} if len(conditions) > 1 else next(iter(conditions), None)


def is_served(component: Component) -> bool:
    """True where SOQL can say what the list shows, as far as the sandbox does."""
    logic = text(component.element, "booleanFilter")
    return logic is None and text(component.element, "filterScope") in SCOPES


def read_view(org: Org, user: str, sobject: SObject, component: Component) -> ListView:
    """Return a deployed list view as a user sees it; raises Refusal where they do not see what it filters by."""
    if not is_served(component):
        raise Refusal("ILLEGAL_QUERY_PARAMETER_VALUE", "The list view is not SOQL compatible")
    scope = Scope(org, user, org.access.view(user, sobject), None, "")
    columns = [
        shown
        for element in children(component.element, "columns")
        if (shown := _shown(scope, path_of(sobject.name, (element.text or "").strip()) or "")) is not None
    ]
    columns += [
        Shown(name, scope.find(Path((name,), 0)), sobject.fields[name].label, hidden=True)
        for name in _HIDDEN
        if name in sobject.fields and all(shown.path != name for shown in columns)
    ]
    conditions = [_condition(scope, element) for element in children(component.element, "filters")]
    named = sobject.name_field if sobject.name_field in {shown.path for shown in columns} else None
    order = (*((named,) if named else ()), "Id")
    where = SCOPES[text(component.element, "filterScope") or "Everything"]
    return ListView(sobject, tuple(columns), tuple(conditions), where, order)


def rows_of(org: Org, user: str, view: ListView, base: str) -> list[Row]:
    """Return the rows that the list shows to the user, in its order: those that its query finds and they may read."""
    return [row for row in run(org, user, parse(view.query), base).rows if sharing.may_read(org, user, row)]


def cells(view: ListView, row: Row) -> list[dict[str, Any]]:
    """Return a row's values, all of them texts, as the list shows them."""
    return [{"fieldNameOrPath": shown.path, "value": _text(shown.column, row)} for shown in view.columns]


def _shown(scope: Scope, path: str) -> Shown | None:
    try:
        column = scope.find(Path(tuple(path.split(".")), 0))
    except Refusal:  # hidden from this user
        return None
    return Shown(path, column, _label(scope, path, column))


def _label(scope: Scope, path: str, column: Column) -> str:
    if column.field is not None:
        return column.field.label
    reference = scope.reference(scope.view, path.partition(".")[0], Path((path,), 0))
    return reference.label.removesuffix(" ID")


def _condition(scope: Scope, element: Any) -> Condition:
    path = path_of(scope.view.sobject.name, text(element, "field") or "") or ""
    column = scope.find(Path(tuple(path.split(".")), 0))
    operation, value = text(element, "operation") or "", text(element, "value")
    soql = condition(path, column, operation, value)
    described = {"field": path, "operator": OPERATORS[operation][1], "values": literals(column, operation, value)}
    return Condition(soql, described)


def _described(shown: Shown, order: tuple[str, ...]) -> dict[str, Any]:
    up, down = (None, None) if shown.hidden else _SORTED.get(shown.column.kind, ("Z-A", "A-Z"))
    place = order.index(shown.path) if shown.path in order and not shown.hidden else None
    sortable = not shown.hidden and (shown.column.field is None or bool(shown.column.field["sortable"]))
    return {
        "ascendingLabel": up,
        "descendingLabel": down,
        "fieldNameOrPath": shown.path,
        "hidden": shown.hidden,
        "label": shown.label,
        "selectListItem": shown.item,
        "sortDirection": None if place is None else "ascending",
        "sortIndex": place,
        "sortable": sortable,
        "type": shown.column.kind,
    }


def _text(column: Column, row: Row) -> str | None:
    """Return a value as the list's results write it: stamps as Java prints them, as the guide's example shows."""
    value = column.read(row)
    if value is None:
        return None
    match column.kind:
        case "boolean":
            return "true" if value else "false"
        case "date" | "datetime":
            at = datetime.fromisoformat(value)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
            return f"{at:%a %b %d %H:%M:%S GMT %Y}"
        case "picklist" if column.field is not None:
            return column.field.labels.get(value, str(value))
    return str(value)
