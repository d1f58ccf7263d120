"""What deploying a package would do: every component against the org as it will be, and the step that applies it.

Source: Salesforce, Metadata API Developer Guide, "CustomField", "CustomObject", "Deleting Components from an
Organization"; the words of its refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from ..org import Org
from ..schema import ACTIVITIES, Field
from . import analytics, grants, notification_types, screens
from .custom_fields import read_field
from .elements import Fault, check, children, text
from .limits import check_limits
from .packages import Component, Message
from .references import FIELD, references
from .removal import Key, blocked, forget, key_of
from .rows import put_row
from .steps import last_field, owner_of

_CHECKS = {**screens.CHECKS, **analytics.CHECKS}
# What others name comes before what names it: a package is taken in any order, as Salesforce sorts it.
_ORDER = {
    "CustomObject": 0,
    "CustomField": 1,
    "ReportFolder": 2,
    "DashboardFolder": 2,
    "ReportType": 2,
    "LightningComponentBundle": 2,
    "Report": 3,
    "QuickAction": 3,
    "ListView": 3,
    "Dashboard": 4,
    "FlexiPage": 5,
    "PermissionSet": 6,
    "Profile": 6,
}


class Plan:
    """Checks components against the org as it will be, and says what applying each would do.

    together: components that come in one package; they may name each other. gone: those that the package deletes.
    """

    def __init__(self, org: Org, together: Iterable[Component] = (), gone: Collection[Key] = ()) -> None:
        self.org = org
        self.coming: dict[tuple[str, str], Field] = {}  # fields that come with this package
        self.objects: set[str] = set()  # custom objects that come with it
        # components name each other both ways, so all of a package's are there from the start
        bundles = (bundle for bundle in together if bundle.kind == "LightningComponentBundle")
        self._passed = {(bundle.kind, bundle.full_name): bundle for bundle in bundles}
        self._gone = frozenset(gone)

    def prepare(self, component: Component) -> tuple[Message, Callable[[], None]]:
        """Return the component's message, and the step that applies it (which does nothing where it failed)."""
        known = (component.kind, component.full_name) in self.org.components
        message = Message(component.kind, component.full_name, component.file, created=not known, changed=True)
        try:
            if component.element is not None:
                check(component.element, component.kind)
                check_limits(component.element, component.kind)
            self._ask(component.kind, component.full_name, component.element)
            apply = self._applier(component)
            if check_kind := _CHECKS.get(component.kind):
                check_kind(self, component)
            self._check_references(component)
        except Fault as fault:
            message.problem, message.line = fault.problem, fault.line
            message.created = message.changed = False
            self._passed.pop((component.kind, component.full_name), None)
            self._withdraw(component)
            return message, nothing
        self._passed[component.kind, component.full_name] = component
        return message, lambda: self._store(component, apply)

    def remove(self, kind: str, name: str) -> tuple[Message, Callable[[], None]]:
        """Return the message and step of one destructive change; a component that is not there is only a warning."""
        message = Message(kind, name, "destructiveChanges.xml", deleted=True)
        key = key_of(self.org, kind, name)
        if key is None:
            message.deleted, message.problem_type = False, "Warning"
            message.problem = f"No {kind} named: {name} found"
        elif problem := self._kept(key):
            message.deleted, message.problem = False, problem
        else:
            return message, lambda: forget(self.org, key)
        return message, nothing

    def sobject(self, name: str) -> str | None:
        """Return the name of an object that will be there, None where there will be none."""
        if name in self.objects or name == "Activity":
            return name
        known = self.org.schema.find(name)
        return known.name if known else None

    def field(self, sobject: str, name: str) -> Field | None:
        """Return an object's field as it will be after this package, None where there will be none."""
        owner = self.org.schema.find(ACTIVITIES[0] if sobject == "Activity" else sobject)
        return self.coming.get((sobject, name)) or (owner.find(name) if owner else None)

    def resolve(self, path: str) -> tuple[str, Field] | None:
        """Return the object and field at the end of `Object.step.Field`, as it will be; None where there is none."""
        return last_field(self.org.schema, path, self.field)

    def owner(self, steps: list[str]) -> str | None:
        """Return the object to which steps lead from the first one on, up or down."""
        return owner_of(self.org.schema, steps, self.field)

    def component(self, kind: str, name: str) -> Component | None:
        """Return a component as it will be, None where there will be none."""
        standing = None if (kind, name) in self._gone else self.org.components.get((kind, name))
        return self._passed.get((kind, name)) or standing

    def standing(self, kind: str) -> Iterator[Component]:
        """Yield the components of a type as they will be."""
        names = [
            key for key in self.org.components if key[0] == kind and key not in self._gone and key not in self._passed
        ]
        yield from (self.org.components[key] for key in names)
        yield from (component for key, component in self._passed.items() if key[0] == kind)

    def _kept(self, key: Key) -> str | None:
        """Return why a component stays where it is, None where it may go."""
        try:
            self._ask(*key, None)
        except Fault as fault:
            return fault.problem
        return blocked(self.org, key, self._gone)

    def _ask(self, kind: str, name: str, element: Any) -> None:
        """Raise Fault where this org's own rules refuse a component, or its removal."""
        for rule in self.org.settings.metadata_rules:
            if problem := rule(kind, name, element):
                raise Fault(problem, element.sourceline or 1 if element is not None else 1)

    def _store(self, component: Component, apply: Callable[[], None]) -> None:
        apply()
        self.org.components[component.kind, component.full_name] = component
        put_row(self.org, component)

    def _withdraw(self, component: Component) -> None:
        """Take back what a refused field promised to others."""
        if component.kind == "CustomField":
            sobject, _, name = component.full_name.partition(".")
            for owner in ("Activity", *ACTIVITIES) if sobject == "Activity" else (sobject,):
                self.coming.pop((owner, name), None)

    def _check_references(self, component: Component) -> None:
        for reference in references(component):
            if not reference.problem:
                continue
            there = (
                self.resolve(reference.name)
                if reference.kind == FIELD
                else self.component(reference.kind, reference.name)
            )
            if there is None:
                raise Fault(reference.problem, reference.line)

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
        sobject, line = component.inside or component.full_name.partition(".")[0], component.element.sourceline or 1
        field = read_field(self.org.schema, sobject, component.element, self.objects)
        if sobject == "Activity" and field["unique"] and not self.org.settings.unique_activities:
            raise Fault("Can not specify 'unique' for a CustomField of Activity", line)
        if field.type == "reference" and field["custom"]:
            self._check_child(sobject, field, line)
        for owner in ("Activity", *ACTIVITIES) if sobject == "Activity" else (sobject,):
            self.coming[owner, field.name] = field
        if not field["custom"]:
            return nothing
        return lambda: add_field(self.org, sobject, field)

    def _check_child(self, sobject: str, field: Field, line: int) -> None:
        """Raise Fault where a lookup's name on its parent's side is another's already."""
        here = ACTIVITIES if sobject == "Activity" else (sobject,)
        for target in field.targets:
            standing = ((child.name, other) for child, other in self.org.schema.children(target))
            coming = ((owner, other) for (owner, _), other in self.coming.items() if target in other.targets)
            for owner, other in (*standing, *coming):
                if other.children == field.children and (owner not in here or other.name != field.name):
                    name = (field.children or "").removesuffix("__r")
                    raise Fault(f"There is already a Child Relationship named {name} on {target}.", line)

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


def nothing() -> None:
    """Apply nothing: the step of a component that was refused, or that only stands there."""


def place(component: Component) -> tuple[int, bool]:
    """Return where a component stands in the order of checks: formulas after the fields that they name."""
    element = component.element if component.kind == "CustomField" else None
    return _ORDER.get(component.kind, 9), element is not None and text(element, "formula") is not None
