"""What deploying a package would do: every component against the org as it will be, and the step that applies it.

Source: Salesforce, Metadata API Developer Guide, "CustomField", "CustomObject", "Maintaining Existing Package
Components"; the words of its refusals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..org import Org
from ..schema import ACTIVITIES, Field
from ..soql import formulas
from . import grants, notification_types
from .custom_fields import read_field
from .elements import Fault, check, children, text
from .packages import Component, Message


class Plan:
    """Checks components against the org as it will be, and says what applying each would do."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.coming: dict[tuple[str, str], Field] = {}  # fields that come with this package
        self.objects: set[str] = set()  # custom objects that come with it

    def prepare(self, component: Component) -> tuple[Message, Callable[[], None]]:
        """Return the component's message, and the step that applies it (which does nothing where it failed)."""
        known = (component.kind, component.full_name) in self.org.components
        message = Message(component.kind, component.full_name, component.file, created=not known, changed=True)
        try:
            if component.element is not None:
                check(component.element, component.kind)
            self._ask(component.kind, component.full_name, component.element)
            apply = self._applier(component)
        except Fault as fault:
            message.problem, message.line = fault.problem, fault.line
            message.created = message.changed = False
            return message, nothing
        return message, lambda: self._store(component, apply)

    def remove(self, kind: str, name: str) -> tuple[Message, Callable[[], None]]:
        """Return the message and step of one destructive change; a component that is not there is only a warning."""
        message = Message(kind, name, "destructiveChanges.xml", deleted=True)
        if (kind, name) not in self.org.components:
            message.deleted, message.problem_type = False, "Warning"
            message.problem = f"No {kind} named: {name} found"
            return message, nothing
        try:
            self._ask(kind, name, None)
        except Fault as fault:
            message.deleted, message.problem = False, fault.problem
            return message, nothing

        def step() -> None:
            remove_component(self.org, kind, name)

        return message, step

    def _ask(self, kind: str, name: str, element: Any) -> None:
        """Raise Fault where this org's own rules refuse a component, or its removal."""
        for rule in self.org.settings.metadata_rules:
            if problem := rule(kind, name, element):
                raise Fault(problem, element.sourceline or 1 if element is not None else 1)

    def _store(self, component: Component, apply: Callable[[], None]) -> None:
        apply()
        self.org.components[component.kind, component.full_name] = component

    def _applier(self, component: Component) -> Callable[[], None]:
        match component.kind:
            case "CustomField":
                return self._field(component)
            case "CustomObject":
                return self._object(component)
            case "PermissionSet" | "Profile":
                return grants.read(self, component)
            case "CustomNotificationType":
                return lambda: notification_types.put(self.org, component)
        return nothing

    def _field(self, component: Component) -> Callable[[], None]:
        sobject = component.inside or component.full_name.partition(".")[0]
        field = read_field(self.org.schema, sobject, component.element, self.objects)
        if sobject == "Activity" and field["unique"] and not self.org.settings.unique_activities:
            raise Fault("Can not specify 'unique' for a CustomField of Activity", component.element.sourceline or 1)
        self._check_names(sobject, field, component.element.sourceline or 1)
        for owner in ("Activity", *ACTIVITIES) if sobject == "Activity" else (sobject,):
            self.coming[owner, field.name] = field
        if not field["custom"]:
            return nothing
        return lambda: add_field(self.org, sobject, field)

    def _check_names(self, sobject: str, field: Field, line: int) -> None:
        """A formula names fields that are there; a lookup's name on its parent's side is nobody else's."""
        for name in formulas.custom_names(field.attributes.get("calculatedFormula") or ""):
            if self.field(sobject, name) is None:
                raise Fault(f"Field {name} does not exist. Check spelling.", line)
        for target in field.targets if field["custom"] and field.children else ():
            standing = ((found.name, other) for found, other in self.org.schema.children(target))
            coming = ((owner, other) for (owner, _), other in self.coming.items() if target in other.targets)
            here = ACTIVITIES if sobject == "Activity" else (sobject,)
            for owner, other in (*standing, *coming):
                if other.children == field.children and (owner not in here or other.name != field.name):
                    name = (field.children or "").removesuffix("__r")
                    raise Fault(f"There is already a Child Relationship named {name} on {target}.", line)

    def field(self, sobject: str, name: str) -> Field | None:
        """Return an object's field as it will be after this package, None where there will be none."""
        owner = self.org.schema.find(ACTIVITIES[0] if sobject == "Activity" else sobject)
        return self.coming.get((sobject, name)) or (owner.find(name) if owner else None)

    def _object(self, component: Component) -> Callable[[], None]:
        name, element = component.full_name, component.element
        if not name.endswith("__c"):
            if name != "Activity" and self.org.schema.find(name) is None:
                raise Fault(f"Could not find object: {name}", element.sourceline or 1)
            return nothing
        for needed in ("label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel"):
            if not children(element, needed):
                raise Fault(f"Must specify a non-empty {needed} for the CustomObject", element.sourceline or 1)
        self.objects.add(name)
        attributes = {"label": text(element, "label"), "labelPlural": text(element, "pluralLabel"), "custom": True}
        return lambda: self._add_object(name, attributes)

    def _add_object(self, name: str, attributes: dict[str, Any]) -> None:
        if self.org.schema.find(name) is None:
            self.org.schema.add_object(name, attributes)


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


def nothing() -> None:
    """Apply nothing: the step of a component that was refused, or that only stands there."""


def place(component: Component) -> tuple[int, bool]:
    """Return where a component stands in the order of checks: formulas after the fields that they name."""
    element = component.element if component.kind == "CustomField" else None
    return _ORDER.get(component.kind, 9), element is not None and text(element, "formula") is not None


_ORDER = {"CustomObject": 0, "CustomField": 1, "PermissionSet": 3, "Profile": 3}
