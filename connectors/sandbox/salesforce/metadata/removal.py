"""Deleting components: what keeps one where it is, and what goes with it.

A field that a list view, a report, a layout of an action or a permission set names is taken out of them; one that a
formula, a page or a component names stays. Source: Salesforce Help, "Delete Custom Fields" ("You can't delete a custom
field that's referenced by another field"); simplysfdc.com, "Salesforce: Delete Custom Field" (tried: report and list
view allowed, formula and dynamic form not); the words for bundles as RoseSilverSoftware/IlluminatedCloud#561 quotes
them, for active pages as SFDO-Tooling/CumulusCI#136; other words are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..org import Org
from ..schema import ACTIVITIES
from . import notification_types
from .elements import local, text
from .packages import Component
from .references import BUNDLE, FIELD, references
from .rows import drop_row
from .steps import last_field

Key = tuple[str, str]  # type, full name
_ACTIVE = (
    "You can't delete an active Lightning Page. Open the page in Lightning App Builder and click Activation to "
    "deactivate it."
)
_FIELD_USED = "This custom field is referenced elsewhere in salesforce.com. : {kind} - {user}."
_BUNDLE_USED = (
    "This lightning component bundle is referenced elsewhere in salesforce.com.  Remove the usage and try again. : "
    '{kind} "{user}".'
)
# (type of what names it, its own type) → why it stays
_KEPT: Mapping[tuple[str, str], str] = {
    (FIELD, FIELD): _FIELD_USED,
    (BUNDLE, FIELD): _FIELD_USED,
    ("FlexiPage", FIELD): _FIELD_USED,
    (BUNDLE, BUNDLE): _BUNDLE_USED,
    ("FlexiPage", BUNDLE): _BUNDLE_USED,
    ("FlexiPage", "QuickAction"): "This action is referenced elsewhere in salesforce.com. : {kind} - {user}.",
    ("Dashboard", "Report"): "This report can't be deleted: the dashboard {user} uses it.",
    ("Report", "ReportType"): "This report type can't be deleted: the report {user} uses it.",
    ("Report", "ReportFolder"): "The folder can't be deleted: it is not empty.",
    ("Dashboard", "DashboardFolder"): "The folder can't be deleted: it is not empty.",
}
_SAID = {FIELD: "Custom Field", BUNDLE: "Lightning Component Bundle", "FlexiPage": "Lightning Page"}
# elements that go with the field that they name
_PARTS = frozenset({
    "columns", "filters", "criteriaItems", "groupingsDown", "groupingsAcross", "quickActionLayoutItems",
    "fieldPermissions", "timeFrameFilter",
})  # fmt: skip


def key_of(org: Org, kind: str, name: str) -> Key | None:
    """Return what a destructive change means, None where it is not there; a folder is listed with what it holds."""
    known = ((kind, name), (f"{kind}Folder", name))
    return next((key for key in known if key in org.components), None)


def blocked(org: Org, key: Key, gone: Collection[Key]) -> str | None:
    """Return why a component stays, None where it may go. `gone`: what goes with it."""
    kind, name = key
    if key == ("FlexiPage", name) and name in org.settings.active_pages:
        return _ACTIVE
    if kind == "PermissionSet" and org.tables["PermissionSetAssignment"].among("PermissionSetId", _sets(org, name)):
        return "You can't delete this permission set: it is assigned to users."
    for user, component in org.components.items():
        template = _KEPT.get((user[0], kind))
        if template and user != key and user not in gone and any(_names(org, component, key)):
            return template.format(kind=_SAID.get(user[0], user[0]), user=user[1].rpartition(".")[2])
    return None


def forget(org: Org, key: Key) -> None:
    """Take a component out of the org; a custom field's values go with it, and the places that show it."""
    kind, name = key
    component = org.components.pop(key)
    drop_row(org, kind, name)
    match kind:
        case "CustomField":
            for other in list(org.components.values()):
                _trim(org, other, key)
            sobject, _, field = name.partition(".")
            _revoke(org, sobject, field)
            org.schema.remove_field(sobject, field)
        case "PermissionSet":
            for record_id in _sets(org, component.full_name):
                org.tables["PermissionSet"].purge(record_id)
                org.access.sets.pop(record_id, None)
            org.access.revision += 1
        case "CustomNotificationType":
            notification_types.remove(org, name)


def _sets(org: Org, name: str) -> list[str]:
    return org.tables["PermissionSet"].matching("Name", name)


def _names(org: Org, component: Component, key: Key) -> Iterator[bool]:
    """Yield True for every time that a component names another."""
    for reference in references(component):
        if reference.kind != key[0]:
            continue
        yield _same_field(org, reference.name, key[1]) if reference.kind == FIELD else reference.name == key[1]


def _same_field(org: Org, path: str, name: str) -> bool:
    sobject, _, field = name.partition(".")
    if not path.endswith(field):
        return False
    resolved = last_field(org.schema, path, lambda owner, field_name: _find(org, owner, field_name))
    return resolved is not None and resolved[1].name == field and _owner(resolved[0]) == _owner(sobject)


def _find(org: Org, owner: str, name: str) -> Any:
    sobject = org.schema.find(ACTIVITIES[0] if owner == "Activity" else owner)
    return sobject.find(name) if sobject else None


def _owner(sobject: str) -> str:
    return "Activity" if sobject in ACTIVITIES else sobject


def _trim(org: Org, component: Component, key: Key) -> None:
    """Take the parts of a component away that show a field which is going."""
    if component.element is None or component.kind in (FIELD, "FlexiPage"):
        return
    lines = {
        reference.line
        for reference in references(component)
        if reference.kind == FIELD and _same_field(org, reference.name, key[1])
    }
    name = key[1].partition(".")[2]
    for part in [part for part in component.element.iter("{*}*") if local(part) in _PARTS and lines]:
        if _shown(part).rpartition("$")[2].rpartition(".")[2] == name and part.getparent() is not None:
            part.getparent().remove(part)


def _shown(part: Any) -> str:
    """Return the field that a part of a component shows."""
    named = (text(part, element) for element in ("field", "column", "dateColumn"))
    return next((name for name in named if name), (part.text or "").strip())


def _revoke(org: Org, sobject: str, name: str) -> None:
    owners = ACTIVITIES if sobject == "Activity" else (sobject,)
    for grant in (org.access.everyone, *org.access.sets.values()):
        for owner in owners:
            grant.fields.pop((owner, name), None)
    org.access.revision += 1
