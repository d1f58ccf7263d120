"""Which elements a metadata component may have, by the Metadata API's WSDL (the one that simple-salesforce ships)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from lxml import etree

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
_XSD = "{http://www.w3.org/2001/XMLSchema}"

# folder of a package zip → metadata type, element suffix (Metadata API Developer Guide, "Metadata Types")
FOLDERS: Mapping[str, str] = {
    "applications": "CustomApplication",
    "aura": "AuraDefinitionBundle",
    "classes": "ApexClass",
    "customMetadata": "CustomMetadata",
    "customPermissions": "CustomPermission",
    "dashboards": "Dashboard",
    "duplicateRules": "DuplicateRule",
    "email": "EmailTemplate",
    "flexipages": "FlexiPage",
    "flows": "Flow",
    "globalValueSets": "GlobalValueSet",
    "groups": "Group",
    "labels": "CustomLabels",
    "layouts": "Layout",
    "lwc": "LightningComponentBundle",
    "matchingRules": "MatchingRules",
    "notificationtypes": "CustomNotificationType",
    "objects": "CustomObject",
    "permissionsetgroups": "PermissionSetGroup",
    "permissionsets": "PermissionSet",
    "profiles": "Profile",
    "queues": "Queue",
    "quickActions": "QuickAction",
    "remoteSiteSettings": "RemoteSiteSetting",
    "reportTypes": "ReportType",
    "reports": "Report",
    "roles": "Role",
    "settings": "Settings",
    "standardValueSets": "StandardValueSet",
    "staticresources": "StaticResource",
    "tabs": "CustomTab",
    "triggers": "ApexTrigger",
    "workflows": "Workflow",
}
# components that live inside an object's file: element → type
INSIDE_OBJECTS: Mapping[str, str] = {
    "businessProcesses": "BusinessProcess",
    "compactLayouts": "CompactLayout",
    "fieldSets": "FieldSet",
    "fields": "CustomField",
    "indexes": "Index",
    "listViews": "ListView",
    "recordTypes": "RecordType",
    "sharingReasons": "SharingReason",
    "validationRules": "ValidationRule",
    "webLinks": "WebLink",
}
PACKAGED = frozenset({*FOLDERS.values(), *INSIDE_OBJECTS.values(), "ReportFolder", "DashboardFolder", "CustomLabel"})


@dataclass(frozen=True)
class Element:
    """One element of a type."""

    type: str
    required: bool
    many: bool


class Fault(Exception):
    """A component's XML does not fit its type. `line` counts from 1."""

    def __init__(self, problem: str, line: int = 1) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def read_xml(content: bytes) -> Any:
    """Return the root element of a component's file; raises Fault where it is no XML."""
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise Fault(f"Error parsing file: {error.msg}", error.lineno or 1) from None


def local(element: Any) -> str:
    """Return an element's name without its namespace."""
    return str(etree.QName(element).localname)


def text(element: Any, path: str) -> str | None:
    """Return the text below an element, e.g. `valueSet/restricted`."""
    content = element.findtext("/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/")))
    return content.strip() if content is not None else None


def children(element: Any, path: str) -> list[Any]:
    """Return the elements at a path."""
    return list(element.iterfind("/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/"))))


def check(element: Any, kind: str) -> None:
    """Raise Fault where an element has children, values or gaps that its type does not allow."""
    known, enumerations = _types()
    declared = known.get(kind)
    if declared is None:
        if kind in enumerations and (element.text or "").strip() not in enumerations[kind]:
            raise Fault(
                f"'{(element.text or '').strip()}' is not a valid value for the enum '{kind}'", element.sourceline or 1
            )
        return
    names: list[str] = []
    for child in element:
        name = local(child)
        line = child.sourceline or 1
        if name not in declared or etree.QName(child).namespace != NAMESPACE:
            raise Fault(f"Error parsing file: Element {child.tag} invalid at this location in type {kind}", line)
        if name in names and (names[-1] != name or not declared[name].many):
            raise Fault(f"Error parsing file: Element {name} is duplicated at this location in type {kind}", line)
        names.append(name)
        if kind != "CustomObject" or name not in INSIDE_OBJECTS:  # those are components of their own
            check(child, declared[name].type)
    missing = next((name for name, found in declared.items() if found.required and name not in names), None)
    if missing is not None:
        raise Fault(f"Required field is missing: {missing}", element.sourceline or 1)


def is_type(name: str) -> bool:
    """Say whether the Metadata API knows a component type of that name."""
    return name in PACKAGED or name in _types()[0]


@cache
def _types() -> tuple[Mapping[str, Mapping[str, Element]], Mapping[str, frozenset[str]]]:
    """Return each complex type's elements (those of its base first), and each enumeration's values."""
    wsdl = etree.fromstring(resources.files("simple_salesforce").joinpath("metadata.wsdl").read_bytes())
    raw = {
        simple_type.get("name"): simple_type
        for simple_type in wsdl.iter(f"{_XSD}complexType")
        if simple_type.get("name")
    }
    enumerations = {
        simple_type.get("name"): frozenset(value.get("value") for value in simple_type.iter(f"{_XSD}enumeration"))
        for simple_type in wsdl.iter(f"{_XSD}simpleType")
        if simple_type.get("name") and simple_type.find(f".//{_XSD}enumeration") is not None
    }
    return {name: dict(_elements(raw, name)) for name in raw}, enumerations


def _elements(raw: Mapping[str, Any], name: str) -> Iterator[tuple[str, Element]]:
    extension = raw[name].find(f".//{_XSD}extension")
    if extension is not None:
        yield from _elements(raw, extension.get("base").partition(":")[2])
    for declared in raw[name].iter(f"{_XSD}element"):
        required = declared.get("minOccurs") is None
        yield (
            declared.get("name"),
            Element(declared.get("type").partition(":")[2], required, declared.get("maxOccurs") == "unbounded"),
        )
