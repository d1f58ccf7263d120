"""GET …/query?q=…&columns=true: what a query would bring, without its rows. The Salesforce CLI draws tables by it.

Source: Salesforce, Tooling API Developer Guide, "Query Column Metadata" (columnMetadata, joinColumns).
"""

from __future__ import annotations

from typing import Any

from ..org import Org
from ..soql.aggregation import AGGREGATES
from ..soql.columns import Scope, child_of, open_scope
from ..soql.tree import AllFields, Function, Item, Path, Query

_APEX = {
    **dict.fromkeys(("id", "reference"), "Id"),
    **dict.fromkeys(("double", "currency", "percent"), "Double"),
    "int": "Integer",
    "boolean": "Boolean",
    "date": "Date",
    "datetime": "Datetime",
    "address": "Address",
}
_NUMBERS = ("Double", "Integer")


def tell_columns(org: Org, user: str, query: Query) -> dict[str, Any]:
    """Return the answer for a query; raises Refusal where it names what is not there."""
    scope = open_scope(org, user, query.source, query.at, query.alias, query.text)
    columns = _columns(scope, query)
    return {
        "columnMetadata": columns,
        "entityName": scope.view.sobject.name,
        "groupBy": bool(query.group),
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": scope.view.sobject.prefix,
    }


def _columns(scope: Scope, query: Query) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = []
    unnamed = 0
    for item in query.items:
        match item:
            case Query():
                child, reference = child_of(scope, item.source, item.at)
                view = scope.org.access.view(scope.user, child)
                inner = Scope(scope.org, scope.user, view, item.alias, scope.text)
                columns.append(_column(str(reference.children), None, aggregate=True, below=_columns(inner, item)))
            case AllFields():
                columns += [
                    _column(name, field.type, custom=field["custom"]) for name, field in scope.view.fields.items()
                ]
            case Item(operand=Path() as path):
                _add_path(scope, columns, path, item.alias)
            case Item(operand=Function() as call):
                name = item.alias or (f"expr{unnamed}" if query.group or call.name in AGGREGATES else None)
                unnamed += item.alias is None
                shown = name or str(next(iter(call.arguments), call.name))
                columns.append(_column(shown, "int" if call.name.startswith("COUNT") else None, aggregate=True))
    return columns


def _add_path(scope: Scope, columns: list[dict[str, Any]], path: Path, alias: str | None) -> None:
    """Add a field; those of one parent stand together under it."""
    read_column = scope.find(path)
    *above, _ = scope.own_names(path)
    here = columns
    for name in above:
        known = next((column for column in here if column["columnName"].lower() == name.lower()), None)
        if known is None:
            known = _column(name, None)
            here.append(known)
        here = known["joinColumns"]
    here.append(
        _column(
            alias or read_column.name, read_column.kind, custom=bool(read_column.field and read_column.field["custom"])
        )
    )


def _column(
    name: str, kind: str | None, *, custom: bool = False, aggregate: bool = False, below: list[Any] | None = None
) -> dict[str, Any]:
    apex = _APEX.get(kind or "", "String" if kind else None)
    return {
        "aggregate": aggregate,
        "apexType": apex,
        "booleanType": apex == "Boolean",
        "columnName": name,
        "custom": custom,
        "displayName": name,
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": below or [],
        "numberType": apex in _NUMBERS,
        "textType": apex == "String",
        "updatable": False,
    }
