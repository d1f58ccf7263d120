"""Record access: whose records a user may edit, by ownership, the role hierarchy and the org-wide defaults.

Source: Salesforce Help, "Organization-Wide Default Access Settings" and "Role Hierarchy"; what a new org begins with:
accounts and leads public, opportunities read-only, contacts by their account, activities private: only who is assigned
and the roles above may edit them, who reads the record that they are about may read them. View All reads, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .org import Org
from .schema import ACTIVITIES
from .table import Row

# Objects without an owner of their own: whoever may edit the record behind them may edit them.
BEHIND: Mapping[str, str] = {
    "OpportunityContactRole": "OpportunityId",
    "CampaignMember": "CampaignId",
    "EventRelation": "EventId",
    "OpportunityLineItem": "OpportunityId",
}
TRANSFER = "TransferAnyEntity"  # the user permission Transfer Record, as the Metadata API calls it
_PARENTS: Mapping[str, tuple[str, ...]] = {"Contact": ("AccountId",), **dict.fromkeys(ACTIVITIES, ("WhoId", "WhatId"))}


def may_edit(org: Org, user: str, row: Row) -> bool:
    """True where the user may change this record."""
    return _may(org, user, row, "edit")


def may_read(org: Org, user: str, row: Row) -> bool:
    """True where the user may see this record."""
    return _may(org, user, row, "read")


def may_transfer(org: Org, user: str, row: Row) -> bool:
    """True where the user may give this record another owner.

    Its owner and the roles above may; who has Transfer Record may where they may edit the object and read the record;
    who may only edit the record, by the org-wide default or a rule, may not. Source: Salesforce Help, "Transfer
    Records".
    """
    sobject = org.schema.of_id(row["Id"])
    if sobject is None or "edit" not in (rights := org.access.rights(user, sobject)) or not may_read(org, user, row):
        return False
    if "modify all" in rights or row.get("OwnerId") == user or is_above(org, user, row.get("OwnerId")):
        return True
    return org.access.granted(user, TRANSFER)


def is_above(org: Org, user: str, owner: str | None) -> bool:
    """True where the user's role stands above that of the owner."""
    users, roles = org.tables["User"].rows, org.tables["UserRole"].rows
    mine = (users.get(user) or {}).get("UserRoleId")
    theirs = (roles.get((users.get(owner or "") or {}).get("UserRoleId") or "") or {}).get("ParentRoleId")
    while mine and theirs:
        if theirs == mine:
            return True
        theirs = (roles.get(theirs) or {}).get("ParentRoleId")
    return False


def _may(org: Org, user: str, row: Row, how: Literal["edit", "read"]) -> bool:
    sobject = org.schema.of_id(row["Id"])
    if sobject is None:
        return False
    rights = org.access.rights(user, sobject)
    if how not in rights:
        return False
    if "modify all" in rights or (how == "read" and "view all" in rights):
        return True
    if sobject.name in BEHIND:
        behind = org.row(row.get(BEHIND[sobject.name]))
        return behind is not None and _may(org, user, behind, how)
    if row.get("OwnerId") == user or is_above(org, user, row.get("OwnerId")):
        return True
    default = org.settings.sharing.get(sobject.name, "edit")
    if default == "parent" or (how == "read" and sobject.name in ACTIVITIES):
        parents = [parent for name in _PARENTS[sobject.name] if (parent := org.row(row.get(name))) is not None]
        return bool(parents) and all(_may(org, user, parent, how) for parent in parents)
    return default in ("edit", how)
