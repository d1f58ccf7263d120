"""What permission sets and profiles grant, and what Salesforce refuses to grant.

Source: Salesforce, Metadata API Developer Guide, "PermissionSet", "Profile"; the words of its refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import ids
from ..access import GRANTED, Grant, Right, compound
from ..org import Org
from .coming import Coming
from .elements import Fault, children, text
from .packages import Component

_RIGHTS: Mapping[str, Right] = {
    "allowRead": "read",
    "allowCreate": "create",
    "allowEdit": "edit",
    "allowDelete": "delete",
    "viewAllRecords": "view all",
    "modifyAllRecords": "modify all",
}
_NEEDED: Mapping[Right, tuple[Right, ...]] = {
    "create": ("read",),
    "edit": ("read",),
    "delete": ("read", "edit"),
    "view all": ("read",),
    "modify all": ("read", "edit", "delete", "view all"),
}


def read(plan: Coming, component: Component) -> Callable[[], None]:
    """Return the step that puts a set's or profile's grants into force; raises Fault for what it may not grant."""
    grant = Grant()
    for permission in children(component.element, "fieldPermissions"):
        sobject, _, name = (text(permission, "field") or "").partition(".")
        _check_permission(plan, sobject, name, permission)
        if text(permission, "readable") == "true":
            grant.add(sobject, name, editable=text(permission, "editable") == "true")
    for permission in children(component.element, "objectPermissions"):
        allowed = {right for element, right in _RIGHTS.items() if text(permission, element) == "true"}
        _check_object(plan, text(permission, "object") or "", allowed, permission)
        grant.objects[text(permission, "object") or ""] = frozenset(allowed)
    for permission in children(component.element, "userPermissions"):
        if text(permission, "enabled") == "true":
            grant.permissions.add(text(permission, "name") or "")
    return lambda: _give(plan.org, component, grant)


def _check_permission(plan: Coming, sobject: str, name: str, permission: Any) -> None:
    field = plan.field(sobject, name)
    line = permission.sourceline or 1
    if field is None:
        raise Fault(f"In field: field - no CustomField named {sobject}.{name} found", line)
    if compound(field):
        raise Fault(f"In field: field - no CustomField named {sobject}.{name} found", line)
    if (
        not field["permissionable"]
        or field.required
        or (field["custom"] and not field["nillable"] and field.type != "boolean")
    ):
        raise Fault(f"You cannot deploy to a required field: {sobject}.{name}", line)
    editable = text(permission, "editable") == "true"
    if editable and field["calculated"]:
        raise Fault(f"Field {sobject}.{name} is not editable", line)


def _check_object(plan: Coming, name: str, allowed: set[Right], permission: Any) -> None:
    """An object must be there, and a right needs those that it rests on."""
    sobject, line = plan.org.schema.find(name), permission.sourceline or 1
    if name not in plan.objects and (sobject is None or (name not in GRANTED and not sobject.attributes.get("custom"))):
        raise Fault(f"In field: object - no CustomObject named {name} found", line)
    for right in sorted(allowed):
        for needed in _NEEDED.get(right, ()):
            if needed not in allowed:
                raise Fault(f"Permission {right} on {name} depends on permission {needed}", line)


def _give(org: Org, component: Component, grant: Grant) -> None:
    """Put a permission set's or profile's grants into force; the permission set can be assigned from now on."""
    org.access.revision += 1
    if component.kind == "Profile":
        org.access.everyone.fields |= grant.fields
        return
    table, name = org.tables["PermissionSet"], component.full_name
    record_ids = table.matching("Name", name)
    record_id = record_ids[0] if record_ids else org.mint.next("0PS")
    stamp, user = org.stamp(), org.settings.integration_user
    row = {
        "CreatedDate": stamp,
        "CreatedById": user,
        **table.rows.get(record_id, {}),
        "Id": record_id,
        "Name": name,
        "Label": text(component.element, "label"),
        "Description": text(component.element, "description"),
        "IsCustom": True,
        "Type": "Regular",
        "LastModifiedDate": stamp,
        "LastModifiedById": user,
        "SystemModstamp": stamp,
    }
    table.put(row)
    org.access.sets[ids.read(record_id) or record_id] = grant
