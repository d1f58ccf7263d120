"""A filter of a list view or a report as a condition of SOQL.

Values are texts: checkboxes are 1 or 0 (or True, False), dates are written as in the locale en_US, relative ones as
SOQL writes them, none at all is null, and a comma separates values of which one is enough. A lookup is compared by the
name of the record that it points at. Source: Salesforce, Metadata API Developer Guide, "ListViewFilter" and
"ReportFilterItem"; Salesforce Help, "Filter Operators" and "Relative Date Filter Reference".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from ..refusal import Refusal
from ..soql.columns import Column

# A filter's operator → SOQL's, and as the describe of a list view calls it (SOAP API, "SoqlCondition").
OPERATORS: Mapping[str, tuple[str, str]] = {
    "equals": ("=", "equals"),
    "notEqual": ("!=", "notEquals"),
    "lessThan": ("<", "lessThan"),
    "lessOrEqual": ("<=", "lessThanOrEqualTo"),
    "greaterThan": (">", "greaterThan"),
    "greaterOrEqual": (">=", "greaterThanOrEqualTo"),
    "contains": ("LIKE", "like"),
    "startsWith": ("LIKE", "like"),
}
_LIKE = {"contains": "%{}%", "startsWith": "{}%"}
_NUMBERS = frozenset({"int", "double", "currency", "percent"})
_RELATIVE = re.compile(r"[A-Z][A-Z_0-9]*(?::\d+)?")
_YES, _NO = frozenset({"1", "true"}), frozenset({"0", "false"})


def condition(path: str, column: Column, operation: str, value: str | None) -> str:
    """Return a filter as a condition of SOQL; raises Refusal for an operator that is not served.

    >>> condition("Gaps__c", Column(lambda row: row, "double", "Gaps__c"), "greaterThan", "0")
    'Gaps__c > 0'
    """
    if operation not in OPERATORS:
        raise Refusal("INVALID_QUERY_FILTER_OPERATOR", f"the sandbox serves no filter with the operator {operation}")
    word = OPERATORS[operation][0]
    values = literals(column, operation, value)
    if column.kind == "reference" and values != ["null"]:
        path = _name_of(path)
    if len(values) == 1:
        return f"{path} {word} {values[0]}"
    if word in ("=", "!="):
        return f"{path} {'IN' if word == '=' else 'NOT IN'} ({', '.join(values)})"
    return f"({' OR '.join(f'{path} {word} {one}' for one in values)})"


def literals(column: Column, operation: str, value: str | None) -> list[str]:
    """Return a filter's values as SOQL writes them."""
    if not (value or "").strip():
        return ["null"]
    return [_literal(column, _LIKE.get(operation, "{}").format(part.strip())) for part in str(value).split(",")]


def _literal(column: Column, value: str) -> str:
    kind = column.kind
    if kind == "boolean" and value.lower() in _YES | _NO:
        return "true" if value.lower() in _YES else "false"
    if kind in _NUMBERS:
        return value
    if kind in ("date", "datetime"):
        return value if _RELATIVE.fullmatch(value) else _day(value, kind)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _day(value: str, kind: str) -> str:
    for form in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(value, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return day if kind == "date" else f"{day}T00:00:00Z"
    raise Refusal("INVALID_FILTER_VALUE", f"{value} is no date")


def _name_of(path: str) -> str:
    """Return the path of the name behind a lookup: of `Rep__c` it is `Rep__r.Name`, of `OwnerId` `Owner.Name`."""
    *above, last = path.split(".")
    relation = f"{last.removesuffix('__c')}__r" if last.endswith("__c") else last.removesuffix("Id")
    return ".".join((*above, relation, "Name"))
