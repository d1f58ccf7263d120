"""Components as files of a package: what was deployed, and the standard parts that every org has.

Source: Salesforce, Metadata API Developer Guide, "CustomObject", "CustomField", "StandardValueSet", "Profile".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from ..org import Org
from ..schema import ACTIVITIES, Field
from ..table import Row
from .elements import FOLDERS, INSIDE_OBJECTS, NAMESPACE, local
from .packages import Component

_FOLDER_OF = {kind: folder for folder, kind in FOLDERS.items()}
_ELEMENT_OF = {kind: element for element, kind in INSIDE_OBJECTS.items()}
# where the suffix of a file is not its type with a small letter in front
_SUFFIXES = {
    "ApexClass": "cls",
    "ApexTrigger": "trigger",
    "CustomApplication": "app",
    "CustomLabels": "labels",
    "CustomMetadata": "md",
    "CustomNotificationType": "notiftype",
    "CustomObject": "object",
    "CustomTab": "tab",
    "EmailTemplate": "email",
    "FlexiPage": "flexipage",
    "MatchingRules": "matchingRule",
    "PermissionSet": "permissionset",
    "PermissionSetGroup": "permissionsetgroup",
    "RemoteSiteSetting": "remoteSite",
    "StaticResource": "resource",
}
_TRACKED = frozenset({"Account", "Contact", "Lead", "Opportunity"})  # whose fields may keep a history
_DESCRIBED = {"reference": "Lookup", "picklist": "Picklist"}  # describe type → metadata type, where a file shows it
_SETS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "OpportunityStage": (
        "OpportunityStage",
        {
            "closed": "IsClosed",
            "forecastCategory": "ForecastCategory",
            "probability": "DefaultProbability",
            "won": "IsWon",
        },
    ),
    "LeadStatus": ("LeadStatus", {"converted": "IsConverted"}),
    "TaskStatus": ("TaskStatus", {"closed": "IsClosed"}),
    "TaskPriority": ("TaskPriority", {"highPriority": "IsHighPriority"}),
}  # standard value set → its object, and which element shows which field


def is_object(org: Org, name: str) -> bool:
    """Say whether the org has an object of that name, or had one deployed."""
    return name == "Activity" or org.schema.find(name) is not None


def file_of(kind: str, name: str) -> str:
    """Return the path of a component's file within its package."""
    return f"{_FOLDER_OF.get(kind, kind)}/{name}.{_SUFFIXES.get(kind, kind[0].lower() + kind[1:])}"


def names_of(org: Org, kind: str) -> list[str]:
    """Return the full names that the wildcard means: of objects only custom ones, as in Salesforce."""
    if kind == "StandardValueSet":
        return []  # has no wildcard
    known = [name for found, name in org.components if found == kind]
    if kind == "CustomObject":
        return [name for name, found in org.schema.objects.items() if found.attributes.get("custom")]
    return known if kind != "Profile" or "Admin" in known else ["Admin", *known]


def component_element(org: Org, kind: str, name: str) -> Any:
    """Return a component's element as a file's root, None where there is no such component."""
    if kind == "CustomObject":
        return object_element(org, name, None) if is_object(org, name) else None
    component = org.components.get((kind, name))
    if component is not None and component.element is not None:
        return _root(kind, component.element)
    if kind == "StandardValueSet" and name in _SETS:
        return _value_set(org, name)
    return _admin(org) if (kind, name) == ("Profile", "Admin") else None


def object_element(org: Org, name: str, wanted: set[str] | None) -> Any:
    """Return an object's element: with `wanted` only these components inside it, else all of them and its own ones."""
    root = _root("CustomObject")
    own = org.components.get(("CustomObject", name))
    if wanted is None and own is not None and own.element is not None:
        root.extend(deepcopy(found) for found in own.element.iterchildren("*") if local(found) not in INSIDE_OBJECTS)
    inside = [*_standard_fields(org, name)] if wanted is None else []
    for (kind, full_name), component in org.components.items():
        if kind in _ELEMENT_OF and full_name.startswith(f"{name}.") and (wanted is None or full_name in wanted):
            inside.append(_inner(component))
    root.extend(sorted(inside, key=lambda found: (local(found), found.findtext(f"{{{NAMESPACE}}}fullName") or "")))
    etree.cleanup_namespaces(root)
    return root


def printed(root: Any) -> bytes:
    """Return a file's content."""
    etree.indent(root, "    ")
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return text.replace(b"<?xml version='1.0' encoding='UTF-8'?>", b'<?xml version="1.0" encoding="UTF-8"?>') + b"\n"


def _root(kind: str, element: Any = None) -> Any:
    root = etree.Element(f"{{{NAMESPACE}}}{kind}", nsmap={None: NAMESPACE})
    if element is not None:
        root.extend(deepcopy(found) for found in element.iterchildren("*"))
        etree.cleanup_namespaces(root)
    return root


def _inner(component: Component) -> Any:
    """Return a component inside an object under the element that files name it by."""
    made = etree.Element(f"{{{NAMESPACE}}}{_ELEMENT_OF[component.kind]}", nsmap={None: NAMESPACE})
    made.extend(deepcopy(found) for found in component.element.iterchildren("*"))
    sobject, _, own = component.full_name.partition(".")
    name = made.find(f"{{{NAMESPACE}}}fullName")
    if name is not None:
        name.text = own
    for element, value in _unsaid(component.kind, sobject, own):
        if made.find(f"{{{NAMESPACE}}}{element}") is None:
            _add(made, element, value)
    made[:] = sorted(made, key=lambda found: (local(found) != "fullName", local(found)))
    return made


def _unsaid(kind: str, sobject: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield what a retrieved file says though nobody deployed it, as public repositories of retrieved orgs have it."""
    if kind == "ListView":
        yield "language", "en_US"
    if kind == "CustomField" and name.endswith("__c"):
        yield from ((element, "false") for element in ("externalId", "required", "trackFeedHistory", "unique"))
        if sobject in _TRACKED:
            yield "trackHistory", "false"
        if sobject == "Opportunity":
            yield "trackTrending", "false"


def _standard_fields(org: Org, name: str) -> Iterator[Any]:
    sobject = org.schema.find(ACTIVITIES[0] if name == "Activity" else name)
    for field in sobject.fields.values() if sobject is not None and not sobject.attributes.get("custom") else ():
        written = field["updateable"] or field["createable"]
        if written and not field["custom"] and ("CustomField", f"{name}.{field.name}") not in org.components:
            yield _field(field)


def _field(field: Field) -> Any:
    made = etree.Element(f"{{{NAMESPACE}}}fields", nsmap={None: NAMESPACE})
    _add(made, "fullName", field.name)
    if field.type in _DESCRIBED:
        _add(made, "type", _DESCRIBED[field.type])
    return made


def _value_set(org: Org, name: str) -> Any:
    root = _root("StandardValueSet")
    _add(root, "sorted", "false")
    table, shown = _SETS[name]
    rows = sorted(org.tables[table].live(), key=lambda row: row.get("SortOrder") or 0)
    for row in rows:
        value = etree.SubElement(root, f"{{{NAMESPACE}}}standardValue")
        _add(value, "fullName", row["ApiName"])
        _add(value, "default", _said(row.get("IsDefault") or False))
        _add(value, "label", row.get("MasterLabel") or row["ApiName"])
        for element, field in shown.items():
            _add(value, element, _value(row, field))
    return root


def _value(row: Row, field: str) -> str:
    value = row.get(field)
    return _said(value or False) if field.startswith("Is") else _said(int(value) if isinstance(value, float) else value)


def _admin(org: Org) -> Any:
    """Return the administrator's profile: what every profile of the org grants of custom fields."""
    root = _root("Profile")
    _add(root, "custom", "false")
    for (sobject, name), editable in sorted(org.access.everyone.fields.items()):
        permission = etree.SubElement(root, f"{{{NAMESPACE}}}fieldPermissions")
        _add(permission, "editable", _said(editable))
        _add(permission, "field", f"{sobject}.{name}")
        _add(permission, "readable", "true")
    _add(root, "userLicense", "Salesforce")
    return root


def _add(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
