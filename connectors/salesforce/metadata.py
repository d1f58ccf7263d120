"""The metadata that syncd needs in an org, packed for the Metadata API, and its fields in describe's words.

`package/` holds it in source format (`sf project deploy start` takes it too); what the Metadata API takes is a zip:
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/file_based_zip_file.htm
Within one deployment Salesforce brings the components into the order in which they need each other by itself.

Custom fields of tasks belong to the object Activity, and show on Task and Event. Their Syncd_Key__c is unique where the
org takes that: public orgs have unique fields on Activity, the documentation promises none.
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources.abc import Traversable
from typing import Any

from lxml import etree

from connectors.salesforce.components import NAMESPACE, ROOT, Component, Name, shipped
from connectors.salesforce.refusals import KEY

# Types of the Metadata API → of describe.
TYPES: Mapping[str, str] = {
    "Checkbox": "boolean",
    "Currency": "currency",
    "Date": "date",
    "DateTime": "datetime",
    "LongTextArea": "textarea",
    "Lookup": "reference",
    "Number": "double",
    "Percent": "percent",
    "Picklist": "picklist",
    "Text": "string",
    "TextArea": "textarea",
    "Url": "url",
}
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same zip for the same files


def pack(version: str, instead: Mapping[str, bytes] | None = None, parts: Sequence[Component] | None = None) -> bytes:
    """Return the zip that a deployment takes. instead: what stands in the place of files, by their names in the zip."""
    wanted = shipped() if parts is None else parts
    files = {**_files(wanted), **(instead or {})}
    files["package.xml"] = manifest([one.name for one in wanted], version)
    return zipped(files)


def _files(parts: Iterable[Component]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    objects: dict[str, list[Component]] = defaultdict(list)
    for part in parts:
        if part.tag:
            objects[part.file].append(part)
        else:
            files |= part.files
    return {file: _object(inside) for file, inside in objects.items()} | files


def _object(inside: Iterable[Component]) -> bytes:
    """Return an object's file with these parts, in the schema's order: the alphabet's."""
    whole = _element("CustomObject")
    for part in sorted(inside, key=lambda part: str(part.tag)):
        element = part.element()
        element.tag = f"{{{NAMESPACE}}}{part.tag}"
        whole.append(element)
    return _text(whole)


def without_unique(folder: str) -> dict[str, bytes]:
    """Return an object's file, by its name in the zip, whose fields are not unique."""
    file = f"objects/{folder}.object"
    whole = etree.fromstring(_files(part for part in shipped() if part.file == file)[file])
    for element in list(whole.iter(f"{{{NAMESPACE}}}unique", f"{{{NAMESPACE}}}caseSensitive")):
        element.getparent().remove(element)
    return {file: _text(whole)}


def components() -> dict[str, list[str]]:
    """Return the names of what the package holds, by metadata type."""
    members: dict[str, list[str]] = defaultdict(list)
    for part in shipped():
        members[part.name.kind].append(part.name.full)
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
    for part in (part for part in shipped(root) if part.name.kind == "CustomField"):
        element = part.element()
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
        table, _, name = part.name.full.partition(".")
        for owner in ("Task", "Event") if table == "Activity" else (table,):
            fields[owner, name] = definition
    return fields


def manifest(names: Iterable[Name], version: str) -> bytes:
    """Return a package.xml, or destructiveChanges.xml, that lists these components."""
    members: dict[str, list[str]] = defaultdict(list)
    for kind, full in names:
        members[kind].append(full)
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


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the files as a zip, the same for the same files."""
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return box.getvalue()


def only_changed(fields: Collection[tuple[str, str]], table: str) -> bool:
    """Whether records of an object are changed where they stand, and never made: fields of ours, and no key among them.

    fields: the package's, by object and name.
    """
    return (table, KEY) not in fields and any(owner == table for owner, _ in fields)
