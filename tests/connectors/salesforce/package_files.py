"""The package's files, read: parsed, by their kinds, and what they name."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import simple_salesforce
from lxml import etree

from connectors.salesforce.components import NAMESPACE, ROOT

Files = Mapping[str, bytes]  # by their path below the package's root

XSD = "http://www.w3.org/2001/XMLSchema"
ROOTS = (
    *("CustomField", "CustomNotificationType", "CustomObject", "Dashboard", "DashboardFolder", "FlexiPage"),
    *("LightningComponentBundle", "ListView", "Package", "PermissionSet", "QuickAction"),
    *("Report", "ReportFolder", "ReportType"),
)


def shipped() -> dict[str, bytes]:
    """Return the package's files that are deployed as metadata, and the descriptions of its components."""
    root = Path(str(ROOT))
    paths = (path for path in root.rglob("*-meta.xml") if "node_modules" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(paths)}


@cache
def schema() -> etree.XMLSchema:
    """The schema inside the metadata WSDL that simple-salesforce ships, with the root elements of metadata files."""
    wsdl = etree.parse(str(Path(simple_salesforce.__file__).parent / "metadata.wsdl"))
    element = wsdl.find(f".//{{{XSD}}}schema")
    element.set("targetNamespace", NAMESPACE)
    for name in ROOTS:
        etree.SubElement(element, f"{{{XSD}}}element", name=name, type=f"tns:{name}")
    return etree.XMLSchema(etree.fromstring(etree.tostring(element)))


@cache
def parsed(content: bytes) -> Any:
    """Return a file's root element, without the namespace."""
    root = etree.fromstring(content)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def of(files: Files, kind: str) -> Iterator[tuple[str, Any]]:
    """Yield the files of one kind: path, and root element."""
    for path, content in files.items():
        if (root := parsed(content)).tag == kind:
            yield path, root


def texts(root: Any, path: str) -> list[str]:
    """Return the texts of the elements at a path."""
    return [element.text or "" for element in root.findall(path)]


def name_of(path: str) -> str:
    """Return a component's developer name: its file's, without suffixes and the object before it."""
    stem = path.rpartition("/")[2].removesuffix("-meta.xml").rpartition(".")[0]
    return stem.rpartition(".")[2]


def custom_fields(files: Files) -> set[tuple[str, str]]:
    """Return the package's fields by object; one of Activity stands on Task and Event too."""
    own = {(path.split("/")[1], root.findtext("fullName")) for path, root in of(files, "CustomField")}
    return own | {(owner, name) for table, name in own if table == "Activity" for owner in ("Task", "Event")}


def grants(files: Files, name: str) -> dict[str, bool]:
    """Return a permission set's fields, and whether they may be edited."""
    root = parsed(files[f"permissionsets/{name}.permissionset-meta.xml"])
    return {one.findtext("field"): one.findtext("editable") == "true" for one in root.findall("fieldPermissions")}


class Shown:
    """The fields of ours that something shows: they are there, and sales may read or edit them."""

    def __init__(self, files: Files) -> None:
        self.fields = custom_fields(files)
        self.grants = grants(files, "Syncd_Sales")

    def problems(self, path: str, owner: str, name: str, editable: bool = False) -> Iterator[str]:
        """Yield what is wrong with one."""
        if (owner, name) not in self.fields:
            yield f"{path}: {owner}.{name} is not there"
        granted = self.grants.get(f"{'Task' if owner == 'Activity' else owner}.{name}")
        if granted is None:
            yield f"{path}: sales may not read {owner}.{name}"
        elif editable and not granted:
            yield f"{path}: sales may not edit {owner}.{name}"
