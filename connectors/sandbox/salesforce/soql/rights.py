"""UserPermissionAccess and ObjectPermissions: what a user was granted. Tables worked out as they are asked for.

Source: Salesforce, Object Reference, "UserPermissionAccess" (one row, of the asking user, who needs no right to see it)
and "ObjectPermissions" (for those who may View Setup and Configuration; the rows of the profile are not served).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..access import ADMINISTRATOR, Right
from ..org import Org
from ..table import Row
from . import running
from .running import Result
from .tree import Combination, Comparison, Item, Membership, Path, Query, SemiJoin, malformed

USER, OBJECT = "UserPermissionAccess", "ObjectPermissions"
NAMES = frozenset({USER.lower(), OBJECT.lower()})
_PERMISSION = "Permissions"
_EVERYTHING = frozenset({"ViewAllData", "ModifyAllData"})  # what only the administrator's profile brings
_RIGHTS: Mapping[str, Right] = {
    "PermissionsCreate": "create",
    "PermissionsRead": "read",
    "PermissionsEdit": "edit",
    "PermissionsDelete": "delete",
    "PermissionsViewAllRecords": "view all",
    "PermissionsModifyAllRecords": "modify all",
}


def run(org: Org, user: str, query: Query, base: str) -> Result:
    """Answer a query for granted permissions. Raises Refusal where it asks for anything else."""
    of_user = query.source.lower() == USER.lower()
    if not of_user and not org.access.permits(user, "ViewSetup"):
        problem = f"sObject type '{query.source}' is not supported."
        raise malformed(query.text, query.at, problem, "INVALID_TYPE")
    names = _names(query)
    rows = [_own(org, user, names)] if of_user else _granted(org)
    wanted = [_condition(org, user, part, base) for part in _parts(query.where)]
    source = USER if of_user else OBJECT
    shown = [
        {"attributes": {"type": source}} | {name: row[name] for name in names}
        for row in rows
        if all(one(row) for one in wanted)
    ]
    return Result(len(shown), shown, None, names)


def _own(org: Org, user: str, names: list[str]) -> Row:
    return {name: has(org, user, name.removeprefix(_PERMISSION)) for name in names}


def has(org: Org, user: str, permission: str) -> bool:
    """True where the user has a user permission."""
    if permission in _EVERYTHING:
        return org.access.profile(user) == ADMINISTRATOR or org.access.granted(user, permission)
    return org.access.permits(user, permission)


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
        known = name.startswith(_PERMISSION) if query.source.lower() == USER.lower() else name in _COLUMNS
        if not (isinstance(operand, Path) and known):
            problem = f"No such column '{operand}' on entity '{query.source}'."
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
            found = running.run(org, user, part.query, base)
            values = {record[column] for record in found.page(0, found.total) for column in found.names}
        case _:
            raise malformed("", 0, "only fields that are equal to something can be asked for")
    return lambda row: row.get(name) in values


_COLUMNS = frozenset({"ParentId", "SobjectType", *_RIGHTS})
