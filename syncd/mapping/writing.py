"""A wish → the vendor's payload fields, by the mapping's `writes`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from syncd.mapping.spec import WriteRule


def encode(rule: WriteRule, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Our field names → the vendor's; fields that the mapping does not write are left out.

    Values must be resolved already (no Ref). Dates become ISO days, stamps ISO UTC, Decimal a JSON number.
    """
    return {rule.fields[name]: _plain(value) for name, value in fields.items() if name in rule.fields}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case _:
            return value
