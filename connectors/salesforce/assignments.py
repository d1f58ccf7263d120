"""Giving people the permission sets of the package, and taking them away: an administrator's act."""

from __future__ import annotations

import orjson

from connectors.base import Misconfigured
from connectors.salesforce import paths, soql
from connectors.salesforce.client import Client
from connectors.salesforce.refusals import Declined

INTEGRATION = "Salesforce Integration"
LICENSE = "SalesforceAPIIntegrationPsl"  # its label, "Salesforce API Integration", is told in the user's language
PERMISSION_SET, SALES = "Syncd_Integration", "Syncd_Sales"
SETS = (PERMISSION_SET, SALES)
# what deploying left out: see `remembered`
SAID = soql.select(("Description",), "PermissionSet", f"Name = {soql.text(PERMISSION_SET)}")


def is_assigned(client: Client, user: str, name: str = PERMISSION_SET) -> bool:
    """True where the user has the permission set."""
    mine = (f"AssigneeId = {soql.text(user)}", f"PermissionSet.Name = {soql.text(name)}")
    return any(client.rows(soql.select(("Id",), "PermissionSetAssignment", *mine, limit=1)))


def license_user(client: Client, user: str) -> bool:
    """Give a user of the licence "Salesforce Integration" the permission set licence that any grant needs there.

    False where there is nothing to give. Source: Salesforce Help, "Give Integration Users API Only Access".
    """
    mine = (f"Id = {soql.text(user)}", f"Profile.UserLicense.Name = {soql.text(INTEGRATION)}")
    if not any(client.rows(soql.select(("Id",), "User", *mine))):
        return False
    called = f"DeveloperName = {soql.text(LICENSE)}"
    offered = next(client.rows(soql.select(("Id",), "PermissionSetLicense", called, limit=1)), None)
    if offered is None:
        return False
    held = (f"AssigneeId = {soql.text(user)}", f"PermissionSetLicenseId = {soql.text(offered['Id'])}")
    if any(client.rows(soql.select(("Id",), "PermissionSetLicenseAssign", *held, limit=1))):
        return False
    body = orjson.dumps({"AssigneeId": user, "PermissionSetLicenseId": offered["Id"]})
    client.call(paths.LICENSE, body=body)
    return True


def assign(client: Client, user: str, name: str = PERMISSION_SET) -> bool:
    """Assign the permission set to the user; False where it stood already."""
    if is_assigned(client, user, name):
        return False
    granted = next(client.rows(soql.select(("Id",), "PermissionSet", f"Name = {soql.text(name)}", limit=1)), None)
    if granted is None:
        raise Declined("NOT_FOUND", f"the org has no permission set {name}")
    body = orjson.dumps({"AssigneeId": user, "PermissionSetId": granted["Id"]})
    try:
        client.call(paths.ASSIGN, body=body)
    except Declined:
        if not is_assigned(client, user, name):  # it is, where somebody else was a moment faster
            raise
    return True


def unassign(client: Client) -> int:
    """Take the permission sets of the package from everybody who has one; return from how many."""
    names = ", ".join(map(soql.text, SETS))
    rows = list(client.rows(soql.select(("Id",), "PermissionSetAssignment", f"PermissionSet.Name IN ({names})")))
    for row in rows:
        try:
            client.call(paths.DELETE, object="PermissionSetAssignment", id=row["Id"])
        except Declined as refusal:
            if refusal.code not in ("NOT_FOUND", "ENTITY_IS_DELETED"):  # somebody else was a moment faster
                raise
    return len(rows)


def user_of(client: Client, username: str) -> str:
    """Return the Id of an active user by username. Raises Misconfigured where there is none."""
    query = soql.select(("Id", "IsActive"), "User", f"Username = {soql.text(username)}", limit=1)
    row = next(client.rows(query), None)
    if row is None or not row["IsActive"]:
        raise Misconfigured(
            f"The org has no {'active ' if row else ''}user {username}: give the username as Setup, Users shows it."
        )
    return str(row["Id"])
