"""Rights that no describe tells of: user permissions, and whether all records of an object are ours to read.

`UserPermissionAccess` tells everybody what they may do themselves; `ObjectPermissions` shows itself to who may View
Setup and Configuration, which is why the package's permission set grants that, and View Roles, on which it depends.
Source: Salesforce, Object Reference, "UserPermissionAccess", "ObjectPermissions".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from connectors.base import Problem, Rest
from connectors.salesforce import soql
from connectors.salesforce.client import Client
from connectors.salesforce.describes import GRANT
from connectors.salesforce.permissions import CARRIED_OUT_BY, UNSHARED, granted_by_name, user_permissions
from connectors.salesforce.refusals import Declined

CALLED: Mapping[str, str] = {  # as Setup has them
    "ApiEnabled": "API Enabled",
    "EditTask": "Edit Tasks",
    "EditEvent": "Edit Events",
    "ViewRoles": "View Roles and Role Hierarchy",
    "ViewSetup": "View Setup and Configuration",
}
EVERYTHING = ("ViewAllData", "ModifyAllData")
# What could be made twice while records of an object are hidden; a campaign that is, is no opportunity's source.
DOUBLES: Mapping[str, tuple[Rest, ...]] = {
    "Account": tuple(Rest(name, "create") for name in ("Account", "Contact", "Opportunity")),
    "Contact": (Rest("Contact", "create"),),
    "Lead": (Rest("Contact", "create"),),
    "Opportunity": (Rest("Opportunity", "create"),),
    "Campaign": (Rest("Opportunity", field="CampaignId", whole=False),),
}


def check(client: Client, reads: Collection[str], writes: Collection[str]) -> Iterator[Problem]:
    """Yield the rights that reading and writing these objects takes and our user lacks, in one call."""
    needed = sorted(user_permissions(writes) - {*CARRIED_OUT_BY.values()})  # of an action is told beside its type
    whole = [name for name in granted_by_name({*reads, *writes}) if name not in UNSHARED]
    try:
        answers = client.together(
            {
                "user": client.asking(soql.select(tuple(map(_column, (*needed, *EVERYTHING))), "UserPermissionAccess")),
                "objects": client.asking(_seen_whole(client, whole)),
            }
        )
    except Declined:
        answers = {}
    held = _first(answers.get("user"))
    if not held:
        what = "the org does not tell which user permissions the integration user has"
        yield Problem("warning", "salesforce permissions", what, GRANT)
    for name in needed:
        if held.get(_column(name)) is False:
            what = f"the user permission {CALLED.get(name, name)} ({name}) is not granted to the integration user"
            yield Problem("error", f"salesforce {name}", what, GRANT, "user permissions")
    rows = answers.get("objects")
    if rows is None or any(held.get(_column(name)) for name in EVERYTHING):
        return
    known = {row["SobjectType"] for row in rows["records"]}
    for name in whole:
        if name not in known:
            what = "View All is not granted to the integration user: records that nobody shares with it are hidden"
            yield Problem("error", f"salesforce {name}", what, GRANT, "view all", DOUBLES.get(name, ()))


def _seen_whole(client: Client, objects: Collection[str]) -> str:
    mine = f"SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = {soql.text(client.user())}"
    named = f"SobjectType IN ({', '.join(map(soql.text, objects))})"
    return soql.select(
        ("SobjectType",), "ObjectPermissions", "PermissionsViewAllRecords = true", named, f"ParentId IN ({mine})"
    )


def _first(page: Mapping[str, list[Mapping[str, object]]] | None) -> Mapping[str, object]:
    return page["records"][0] if page and page["records"] else {}


def _column(permission: str) -> str:
    return f"Permissions{permission}"
