"""What a deployed package does to the org: checks every component, and applies all of them or none.

Source: Salesforce, Metadata API Developer Guide, "File-Based Metadata API Calls", deploy().
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import ids
from ..access import GRANTED, Grant, Right, compound
from ..org import Org
from ..refusal import Refusal
from ..schema import ACTIVITIES, Field
from . import notification_types
from .custom_fields import read_field
from .elements import Fault, check, children, text
from .packages import Component, Message, read_package


def deploy(org: Org, content: bytes, *, check_only: bool, rollback: bool) -> list[Message]:
    """Deploy a zip and return a message per component. With `rollback`, one failure leaves the org as it was."""
    package = read_package(content)
    messages = [*package.faults]
    steps: list[Callable[[], None]] = []
    plan = Plan(org)
    for component in sorted(package.components, key=lambda found: _ORDER.get(found.kind, 9)):
        message, step = plan.prepare(component)
        messages.append(message)
        steps.append(step)
    for kind, name in package.removed:
        message, step = plan.remove(kind, name)
        messages.append(message)
        steps.append(step)
    if not check_only and not (rollback and any(message.failed for message in messages)):
        for step in steps:
            step()
    return messages


@dataclass
class Deployment:
    """One deployment: what it did, and how often its status is still to say InProgress."""

    id: str
    messages: list[Message]
    user: str
    at: str
    check_only: bool
    rollback: bool
    waits: int  # looks that are still to find it in progress

    @property
    def failures(self) -> list[Message]:
        """What was refused."""
        return [message for message in self.messages if message.failed]

    @property
    def status(self) -> str:
        """The DeployStatus that a look finds."""
        if self.waits >= 0:
            return "InProgress"
        if not self.failures:
            return "Succeeded"
        return "Failed" if self.rollback or self.check_only else "SucceededPartial"


class Deployments:
    """Every deployment of one org, by id."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._made: dict[str, Deployment] = {}

    def start(self, content: bytes, user: str, *, check_only: bool, rollback: bool) -> Deployment:
        """Deploy a zip; the result stands at once, its status says so after `bulk_polls` looks."""
        messages = deploy(self._org, content, check_only=check_only, rollback=rollback)
        made = Deployment(
            self._org.mint.next("0Af"),
            messages,
            user,
            self._org.stamp(),
            check_only,
            rollback,
            self._org.settings.bulk_polls,
        )
        self._made[made.id] = made
        return made

    def look(self, deployment_id: str) -> Deployment:
        """Return a deployment; each look brings it nearer to done."""
        made = self._made.get(deployment_id) or next(
            (made for known, made in self._made.items() if known[:15] == deployment_id[:15]), None
        )
        if made is None:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {deployment_id}", status=404)
        made.waits -= 1
        return made


class Plan:
    """Checks components against the org as it will be, and says what applying each would do."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._coming: dict[tuple[str, str], Field] = {}  # fields that come with this package
        self._objects: set[str] = set()  # custom objects that come with it

    def prepare(self, component: Component) -> tuple[Message, Callable[[], None]]:
        """Return the component's message, and the step that applies it (which does nothing where it failed)."""
        known = (component.kind, component.full_name) in self._org.components
        message = Message(component.kind, component.full_name, component.file, created=not known, changed=True)
        try:
            if component.element is not None:
                check(component.element, component.kind)
            apply = self._applier(component)
        except Fault as fault:
            message.problem, message.line = fault.problem, fault.line
            message.created = message.changed = False
            return message, _nothing
        return message, lambda: self._store(component, apply)

    def remove(self, kind: str, name: str) -> tuple[Message, Callable[[], None]]:
        """Return the message and step of one destructive change; a component that is not there is only a warning."""
        message = Message(kind, name, "destructiveChanges.xml", deleted=True)
        if (kind, name) not in self._org.components:
            message.deleted, message.problem_type = False, "Warning"
            message.problem = f"No {kind} named: {name} found"
            return message, _nothing

        def step() -> None:
            remove_component(self._org, kind, name)

        return message, step

    def _store(self, component: Component, apply: Callable[[], None]) -> None:
        apply()
        self._org.components[component.kind, component.full_name] = component

    def _applier(self, component: Component) -> Callable[[], None]:
        match component.kind:
            case "CustomField":
                return self._field(component)
            case "CustomObject":
                return self._object(component)
            case "PermissionSet" | "Profile":
                return self._grants(component)
            case "CustomNotificationType":
                return lambda: notification_types.put(self._org, component)
        return _nothing

    def _field(self, component: Component) -> Callable[[], None]:
        sobject = component.inside or component.full_name.partition(".")[0]
        field = read_field(self._org.schema, sobject, component.element, self._objects)
        if sobject == "Activity" and field["unique"] and not self._org.settings.unique_activities:
            raise Fault("Can not specify 'unique' for a CustomField of Activity", component.element.sourceline or 1)
        for owner in ("Activity", *ACTIVITIES) if sobject == "Activity" else (sobject,):
            self._coming[owner, field.name] = field
        if not field["custom"]:
            return _nothing
        return lambda: add_field(self._org, sobject, field)

    def _object(self, component: Component) -> Callable[[], None]:
        name, element = component.full_name, component.element
        if not name.endswith("__c"):
            if name != "Activity" and self._org.schema.find(name) is None:
                raise Fault(f"Could not find object: {name}", element.sourceline or 1)
            return _nothing
        for needed in ("label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel"):
            if not children(element, needed):
                raise Fault(f"Must specify a non-empty {needed} for the CustomObject", element.sourceline or 1)
        self._objects.add(name)
        attributes = {"label": text(element, "label"), "labelPlural": text(element, "pluralLabel"), "custom": True}
        return lambda: self._add_object(name, attributes)

    def _add_object(self, name: str, attributes: dict[str, Any]) -> None:
        if self._org.schema.find(name) is None:
            self._org.schema.add_object(name, attributes)

    def _grants(self, component: Component) -> Callable[[], None]:
        grant = Grant()
        for permission in children(component.element, "fieldPermissions"):
            sobject, _, name = (text(permission, "field") or "").partition(".")
            self._check_permission(sobject, name, permission)
            if text(permission, "readable") == "true":
                grant.add(sobject, name, editable=text(permission, "editable") == "true")
        for permission in children(component.element, "objectPermissions"):
            allowed = {right for element, right in _RIGHTS.items() if text(permission, element) == "true"}
            self._check_object(text(permission, "object") or "", allowed, permission)
            grant.objects[text(permission, "object") or ""] = frozenset(allowed)
        for permission in children(component.element, "userPermissions"):
            if text(permission, "enabled") == "true":
                grant.permissions.add(text(permission, "name") or "")
        return lambda: _give(self._org, component, grant)

    def _check_permission(self, sobject: str, name: str, permission: Any) -> None:
        owner = "Task" if sobject == "Activity" else sobject
        standard = self._org.schema.find(owner)
        field = self._coming.get((sobject, name)) or (standard.find(name) if standard else None)
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

    def _check_object(self, name: str, allowed: set[Right], permission: Any) -> None:
        """An object must be there, and a right needs those that it rests on."""
        sobject, line = self._org.schema.find(name), permission.sourceline or 1
        if name not in self._objects and (
            sobject is None or (name not in GRANTED and not sobject.attributes.get("custom"))
        ):
            raise Fault(f"In field: object - no CustomObject named {name} found", line)
        for right in sorted(allowed):
            for needed in _NEEDED.get(right, ()):
                if needed not in allowed:
                    raise Fault(f"Permission {right} on {name} depends on permission {needed}", line)


def add_field(org: Org, sobject: str, field: Field) -> None:
    """Put a custom field into the org. Nobody sees it before a grant, unless the org's settings say otherwise."""
    org.schema.add_field(sobject, field)
    if org.settings.grant_deployed:
        org.access.everyone.add(sobject, field.name, editable=True)
        org.access.revision += 1


def remove_component(org: Org, kind: str, name: str) -> None:
    """Take a component out of the org; a custom field's values go with it."""
    del org.components[kind, name]
    if kind == "CustomField":
        sobject, _, field_name = name.partition(".")
        org.schema.remove_field(sobject, field_name)
    elif kind == "CustomNotificationType":
        notification_types.remove(org, name)


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
        "IsCustom": True,
        "Type": "Regular",
        "LastModifiedDate": stamp,
        "LastModifiedById": user,
        "SystemModstamp": stamp,
    }
    table.put(row)
    org.access.sets[ids.read(record_id) or record_id] = grant


def _nothing() -> None:
    return None


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
_ORDER = {"CustomObject": 0, "CustomField": 1, "PermissionSet": 3, "Profile": 3}
