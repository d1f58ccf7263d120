"""UserPermissionAccess: which user permissions the asking user has. A table of one row, worked out as it is asked for.

Source: Salesforce, Object Reference, "UserPermissionAccess"; who asks needs no permission for it.
"""

from __future__ import annotations

from ..access import ADMINISTRATOR
from ..org import Org
from ..table import Row
from .running import Result
from .tree import Item, Path, Query, malformed

NAME = "UserPermissionAccess"
PREFIX = "Permissions"
EVERYTHING = frozenset({"ViewAllData", "ModifyAllData"})  # of the profiles, only the administrator's brings them


def run(org: Org, asking: str, query: Query) -> Result:
    """Answer a query for the asking user's permissions. Raises Refusal where it asks for anything else."""
    names = []
    for item in query.items:
        operand = item.operand if isinstance(item, Item) else None
        if not isinstance(operand, Path) or not str(operand).startswith(PREFIX):
            problem = f"No such column '{operand}' on entity '{NAME}'."
            raise malformed(query.text, query.at, problem, "INVALID_FIELD")
        names.append(str(operand))
    row: Row = {"attributes": {"type": NAME}}
    row |= {name: _has(org, asking, name.removeprefix(PREFIX)) for name in names}
    return Result(1, [row], None, names)


def _has(org: Org, user: str, permission: str) -> bool:
    if permission in EVERYTHING:
        return org.access.profile(user) == ADMINISTRATOR or org.access.granted(user, permission)
    return org.access.permits(user, permission)
