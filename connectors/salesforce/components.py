"""The components of the package, as they lie in `package/` in source format, and their places in the zip to deploy.

Source format has one file a field, list view or folder; the zip has one file an object. Which suffix and which name in
package.xml goes with which folder: Salesforce, Metadata API Developer Guide, "Metadata Types", and the registry of
@salesforce/source-deploy-retrieve. A report's or dashboard's folder is a member of its type like any report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from lxml import etree

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
ROOT = resources.files(__package__).joinpath("package", "force-app", "main", "default")
META = "-meta.xml"

# folder of an object's parts → (element in the object's file, type in package.xml), in the schema's order
PARTS: Mapping[str, tuple[str, str]] = {
    "fields": ("fields", "CustomField"),
    "listViews": ("listViews", "ListView"),
}
# folder → (suffix in the zip, type in package.xml)
WHOLES: Mapping[str, tuple[str, str]] = {
    "flexipages": ("flexipage", "FlexiPage"),
    "notificationtypes": ("notiftype", "CustomNotificationType"),
    "permissionsets": ("permissionset", "PermissionSet"),
    "quickActions": ("quickAction", "QuickAction"),
    "reportTypes": ("reportType", "ReportType"),
}
# folder → (suffix of what is in a folder of the org, suffix of the folder itself in source format, type)
FOLDERS: Mapping[str, tuple[str, str, str]] = {
    "dashboards": ("dashboard", "dashboardFolder", "Dashboard"),
    "reports": ("report", "reportFolder", "Report"),
}
BUNDLES, BUNDLE = "lwc", "LightningComponentBundle"
# What a bundle brings into the org; its tests, and whatever a toolchain lays beside it, stay here.
BUNDLED = (".js", ".html", ".css", ".svg", ".js-meta.xml")


class Name(NamedTuple):
    """What package.xml calls a component: its type, and its name there."""

    kind: str
    full: str

    def __str__(self) -> str:
        return f"{self.kind} {self.full}"


@dataclass(frozen=True)
class Component:
    """One component: `files` by their place in the zip. `tag`: its element in the object's file that it is part of."""

    name: Name
    files: Mapping[str, bytes]
    tag: str | None = None

    @property
    def file(self) -> str:
        """The place in the zip of the XML that describes it."""
        return next((file for file in self.files if file.endswith(META)), next(iter(self.files)))

    @property
    def content(self) -> bytes:
        """The XML that describes it."""
        return self.files[self.file]

    def element(self) -> Any:
        """Return its XML, parsed anew."""
        return etree.fromstring(self.content)

    def rewritten(self, content: bytes) -> Component:
        """Return it with another XML."""
        return replace(self, files={**self.files, self.file: content})


def shipped(root: Traversable = ROOT) -> list[Component]:
    """Return what the package holds, in the order of its folders."""
    return [*_parts(root), *_wholes(root), *_in_folders(root), *_bundles(root)]


def _parts(root: Traversable) -> Iterator[Component]:
    for folder in ordered(root.joinpath("objects")):
        for part, (tag, kind) in PARTS.items():
            for file in _described(folder.joinpath(part)):
                content = file.read_bytes()
                full = f"{folder.name}.{etree.fromstring(content).findtext(f'{{{NAMESPACE}}}fullName')}"
                yield Component(Name(kind, full), {f"objects/{folder.name}.object": content}, tag)


def _wholes(root: Traversable) -> Iterator[Component]:
    for folder, (suffix, kind) in WHOLES.items():
        for file in _described(root.joinpath(folder)):
            full = file.name.removesuffix(f".{suffix}{META}")
            yield Component(Name(kind, full), {f"{folder}/{full}.{suffix}": file.read_bytes()})


def _in_folders(root: Traversable) -> Iterator[Component]:
    for folder, (suffix, above, kind) in FOLDERS.items():
        for file in _described(root.joinpath(folder)):
            full = file.name.removesuffix(f".{above}{META}")
            yield Component(Name(kind, full), {f"{folder}/{full}{META}": file.read_bytes()})
            for inner in _described(root.joinpath(folder, full)):
                name = f"{full}/{inner.name.removesuffix(f'.{suffix}{META}')}"
                yield Component(Name(kind, name), {f"{folder}/{name}.{suffix}": inner.read_bytes()})


def _bundles(root: Traversable) -> Iterator[Component]:
    for folder in ordered(root.joinpath(BUNDLES)):
        inside = ordered(folder) if folder.is_dir() else []
        if any(file.name.endswith(f".js{META}") for file in inside):
            kept = [file for file in inside if file.is_file() and file.name.endswith(BUNDLED)]
            files = {f"{BUNDLES}/{folder.name}/{file.name}": file.read_bytes() for file in kept}
            yield Component(Name(BUNDLE, folder.name), files)


def ordered(folder: Traversable) -> list[Traversable]:
    """Return what is in a folder by name; nothing where it is not there."""
    return sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []


def _described(folder: Traversable) -> list[Traversable]:
    return [file for file in ordered(folder) if file.name.endswith(META)]
