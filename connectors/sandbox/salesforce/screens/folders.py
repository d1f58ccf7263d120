"""Who may open a folder of reports or dashboards: administrators, and those whom it is shared with.

A folder that comes by a deployment is shared with nobody but as its own metadata says. Source: Salesforce Help, "Share
a Report or Dashboard Folder in Lightning Experience"; Reports and Dashboards REST API Developer Guide, "Folder Shares".
Served are shares with a user, with a role, and with the whole organization.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..access import ADMINISTRATOR
from ..metadata.elements import children, text
from ..metadata.rows import component_of
from ..org import Org
from ..table import Row

ORGANIZATION, ROLE, USER = "organization", "role", "user"
_KINDS = {"Organization": ORGANIZATION, "AllInternalUsers": ORGANIZATION, "Role": ROLE, "User": USER}


def may_open(org: Org, user: str, folder_id: str | None) -> bool:
    """True where a user may open what is in a folder."""
    if org.access.profile(user) == ADMINISTRATOR:
        return True
    row, person = org.row(folder_id), org.tables["User"].rows.get(user) or {}
    mine = {(ORGANIZATION, None), (USER, user), (ROLE, person.get("UserRoleId"))}
    return row is not None and any(share in mine for share in _shares(org, row))


def _shares(org: Org, folder: Row) -> Iterator[tuple[str, str | None]]:
    for share in folder.get("Shares") or ():
        whole = share["shareType"] == ORGANIZATION
        yield share["shareType"], None if whole else share["sharedWithId"]
    component = component_of(org, folder["Kind"], folder["Id"])
    for share in children(component.element, "folderShares") if component is not None else ():
        kind = _KINDS.get(text(share, "sharedToType") or "")
        if kind is not None:
            yield kind, None if kind == ORGANIZATION else _named(org, kind, text(share, "sharedTo") or "")


def _named(org: Org, kind: str, name: str) -> Any:
    """Return the id of a user or role that metadata names."""
    table, field = ("User", "Username") if kind == USER else ("UserRole", "DeveloperName")
    return next(iter(org.tables[table].matching(field, name)), None)
