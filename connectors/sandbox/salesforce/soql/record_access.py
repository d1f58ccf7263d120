"""UserRecordAccess: what a user may do with single records. A table that is worked out as it is asked for.

Source: Salesforce, Object Reference, "UserRecordAccess": at most 200 records of one user; records that the asking user
may not read are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import ids, sharing
from ..org import Org
from ..table import Row
from .running import Result
from .tree import Combination, Comparison, Item, Membership, Path, Query, malformed

NAME = "UserRecordAccess"
MOST = 200
_FIELDS: Mapping[str, Callable[[Org, str, Row], bool]] = {
    "HasReadAccess": sharing.may_read,
    "HasEditAccess": sharing.may_edit,
    "HasTransferAccess": sharing.may_transfer,
}


def run(org: Org, asking: str, query: Query) -> Result:
    """Answer a query for a user's access to records. Raises Refusal where it asks for anything else."""
    users, records = _wanted(query, "UserId"), _wanted(query, "RecordId")
    if len(users) != 1 or not records or len(records) > MOST:
        problem = f"Can select only RecordId and access levels of one UserId, and of 1 to {MOST} RecordIds"
        raise malformed(query.text, query.at, problem)
    names = _names(query)
    shown = [
        _show(org, users[0], row, names)
        for record_id in dict.fromkeys(ids.read(one) or one for one in records)
        if (row := org.row(record_id)) and not row.get("IsDeleted") and sharing.may_read(org, asking, row)
    ]
    return Result(len(shown), shown, None, names)


def _show(org: Org, user: str, row: Row, names: list[str]) -> Row:
    answers: Row = {"RecordId": row["Id"]}
    answers |= {name: has(org, user, row) for name, has in _FIELDS.items() if name in names}
    return {"attributes": {"type": NAME}} | {name: answers[name] for name in names}


def _names(query: Query) -> list[str]:
    known = {name.lower(): name for name in ("RecordId", *_FIELDS)}
    names = []
    for item in query.items:
        operand = item.operand if isinstance(item, Item) else None
        name = known.get(str(operand).lower()) if isinstance(operand, Path) else None
        if name is None:
            problem = f"No such column '{operand}' on entity '{NAME}'."
            raise malformed(query.text, query.at, problem, "INVALID_FIELD")
        names.append(name)
    return names


def _wanted(query: Query, field: str) -> list[str]:
    where = query.where
    parts: Any = where.parts if isinstance(where, Combination) and where.operator == "AND" else (where,)
    for part in parts:
        if isinstance(part, Comparison | Membership) and str(part.operand).lower() == field.lower():
            values = part.values if isinstance(part, Membership) else (part.value,)
            if part.operator in ("=", "IN"):
                return [str(value.value) for value in values]
    return []
