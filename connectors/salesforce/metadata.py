"""The metadata that syncd needs in an org, packed for the Metadata API.

`package/` holds it in source format (one file a field; `sf project deploy start` takes it too). The Metadata API takes
one file an object: https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/file_based_zip_file.htm

Custom fields of tasks belong to the object Activity, and show on Task and Event. Their Syncd_Key__c is unique where the
org takes that: public orgs have unique fields on Activity, the documentation promises none.
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from lxml import etree

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
ROOT = resources.files(__package__).joinpath("package", "force-app", "main", "default")
# Types of the Metadata API → of describe.
TYPES: Mapping[str, str] = {
    "Checkbox": "boolean",
    "Date": "date",
    "LongTextArea": "textarea",
    "Lookup": "reference",
    "Number": "double",
    "Percent": "percent",
    "Picklist": "picklist",
    "Text": "string",
}
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same zip for the same files

# folder of an object's parts → (element in the object's file, type in package.xml), in the schema's order
PARTS: Mapping[str, tuple[str, str]] = {
    "fields": ("fields", "CustomField"),
    "listViews": ("listViews", "ListView"),
}
# folder → (suffix in source format, suffix in the zip, type in package.xml)
WHOLES: Mapping[str, tuple[str, str, str]] = {
    "permissionsets": (".permissionset-meta.xml", ".permissionset", "PermissionSet"),
}


def pack(version: str, instead: Mapping[str, bytes] | None = None, root: Traversable = ROOT) -> bytes:
    """Return the zip that a deployment takes. instead: what stands in the place of files, by their names in the zip."""
    files: dict[str, bytes] = {}
    members: dict[str, list[str]] = defaultdict(list)
    for folder in _sorted(root.joinpath("objects")):
        files[f"objects/{folder.name}.object"] = _object(folder, members)
    for name, (source, target, kind) in WHOLES.items():
        for file in _sorted(root.joinpath(name)):
            label = file.name.removesuffix(source)
            files[f"{name}/{label}{target}"] = file.read_bytes()
            members[kind].append(label)
    files |= instead or {}
    files["package.xml"] = _manifest(members, version)
    return _zip(files)


def without_unique(folder: str, root: Traversable = ROOT) -> dict[str, bytes]:
    """Return an object's file, by its name in the zip, whose fields are not unique."""
    whole = etree.fromstring(_object(root.joinpath("objects", folder), defaultdict(list)))
    for element in list(whole.iter(f"{{{NAMESPACE}}}unique", f"{{{NAMESPACE}}}caseSensitive")):
        element.getparent().remove(element)
    return {f"objects/{folder}.object": _text(whole)}


def components(root: Traversable = ROOT) -> dict[str, list[str]]:
    """Return the names of what the package holds, by metadata type."""
    members: dict[str, list[str]] = defaultdict(list)
    for folder in _sorted(root.joinpath("objects")):
        _object(folder, members)
    return dict(members)


@dataclass(frozen=True, slots=True)
class Definition:
    """One custom field of the package, in describe's words."""

    type: str
    length: int = 0
    unique: bool = False
    values: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()  # what a lookup points at
    formula: bool = False  # worked out by the org, and never written


def definitions(root: Traversable = ROOT) -> dict[tuple[str, str], Definition]:
    """Return the package's fields by object and name; one of Activity stands on Task and Event."""
    fields: dict[tuple[str, str], Definition] = {}
    for folder in _sorted(root.joinpath("objects")):
        for file in _sorted(folder.joinpath("fields")):
            element = etree.fromstring(file.read_bytes())
            text = partial(element.findtext, namespaces={None: NAMESPACE})
            values = element.findall("valueSet/valueSetDefinition/value/fullName", {None: NAMESPACE})
            definition = Definition(
                TYPES[text("type")],
                int(text("length") or 0),
                text("unique") == "true",
                tuple(value.text for value in values),
                tuple(target.text for target in element.findall("referenceTo", {None: NAMESPACE})),
                text("formula") is not None,
            )
            for owner in ("Task", "Event") if folder.name == "Activity" else (folder.name,):
                fields[owner, text("fullName")] = definition
    return fields


def _object(folder: Traversable, members: dict[str, list[str]]) -> bytes:
    whole = _element("CustomObject")
    for part, (tag, kind) in PARTS.items():
        for file in _sorted(folder.joinpath(part)):
            element = etree.fromstring(file.read_bytes())
            members[kind].append(f"{folder.name}.{element.findtext(f'{{{NAMESPACE}}}fullName')}")
            element.tag = f"{{{NAMESPACE}}}{tag}"
            whole.append(element)
    return _text(whole)


def _manifest(members: Mapping[str, Iterable[str]], version: str) -> bytes:
    package = _element("Package")
    for kind in sorted(members):
        types = etree.SubElement(package, f"{{{NAMESPACE}}}types")
        for name in sorted(members[kind]):
            etree.SubElement(types, f"{{{NAMESPACE}}}members").text = name
        etree.SubElement(types, f"{{{NAMESPACE}}}name").text = kind
    etree.SubElement(package, f"{{{NAMESPACE}}}version").text = version
    return _text(package)


def _element(name: str) -> Any:
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={None: NAMESPACE})


def _text(element: Any) -> bytes:
    etree.cleanup_namespaces(element)
    return bytes(etree.tostring(element, encoding="UTF-8", xml_declaration=True))


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []


def _zip(files: Mapping[str, bytes]) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return box.getvalue()
