"""ObjectPermissions: what permission sets grant of objects. A table that is worked out as it is asked for.

Source: Salesforce, Object Reference, "ObjectPermissions": only who may View Setup and Configuration sees it. The rows
of profiles are not served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..access import Right
from ..org import Org
from ..table import Row
from . import running
from .running import Result
from .tree import Combination, Comparison, Item, Membership, Path, Query, SemiJoin, malformed

NAME = "ObjectPermissions"
_RIGHTS: Mapping[str, Right] = {
    "PermissionsCreate": "create",
    "PermissionsRead": "read",
    "PermissionsEdit": "edit",
    "PermissionsDelete": "delete",
    "PermissionsViewAllRecords": "view all",
    "PermissionsModifyAllRecords": "modify all",
}


def run(org: Org, user: str, query: Query, base: str) -> Result:
    """Answer a query for granted rights to objects. Raises Refusal where it asks for anything else."""
    if not org.access.permits(user, "ViewSetup"):
        problem = f"sObject type '{query.source}' is not supported."
        raise malformed(query.text, query.at, problem, "INVALID_TYPE")
    names = _names(query)
    wanted = [_condition(org, user, part, base) for part in _parts(query.where)]
    rows = [row for row in _granted(org) if all(holds(row) for holds in wanted)]
    shown = [{"attributes": {"type": NAME}} | {name: row[name] for name in names} for row in rows]
    return Result(len(shown), shown, None, names)


def _granted(org: Org) -> list[Row]:
    return [
        {"ParentId": parent, "SobjectType": name} | {column: right in rights for column, right in _RIGHTS.items()}
        for parent, grant in org.access.sets.items()
        for name, rights in grant.objects.items()
    ]


def _names(query: Query) -> list[str]:
    names = []
    for item in query.items:
        operand = item.operand if isinstance(item, Item) else None
        name = str(operand)
        if not (isinstance(operand, Path) and name in _COLUMNS):
            problem = f"No such column '{operand}' on entity '{NAME}'."
            raise malformed(query.text, query.at, problem, "INVALID_FIELD")
        names.append(name)
    return names


def _parts(where: Any) -> tuple[Any, ...]:
    if where is None:
        return ()
    return where.parts if isinstance(where, Combination) and where.operator == "AND" else (where,)


def _condition(org: Org, user: str, part: Any, base: str) -> Callable[[Row], bool]:
    name = str(getattr(part, "operand", ""))
    match part:
        case Comparison(operator="="):
            values = {part.value.value}
        case Membership(operator="IN"):
            values = {one.value for one in part.values}
        case SemiJoin(operator="IN"):
            answer = running.run(org, user, part.query, base)
            values = {record[column] for record in answer.page(0, answer.total) for column in answer.names}
        case _:
            raise malformed("", 0, "only fields that are equal to something can be asked for")
    return lambda row: row.get(name) in values


_COLUMNS = frozenset({"ParentId", "SobjectType", *_RIGHTS})
