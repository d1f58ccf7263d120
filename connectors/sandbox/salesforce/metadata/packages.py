"""Reading a package: a zip in metadata format becomes components, and messages about what is wrong with it.

Source: Salesforce, Metadata API Developer Guide, "Deploying and Retrieving Metadata with the Zip File", DeployMessage.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .elements import FOLDERS, INSIDE_OBJECTS, NAMESPACE, Fault, children, is_type, local, read_xml, text

BUNDLES = frozenset({"aura", "lwc"})  # folders in which a component has a folder of its own


@dataclass
class Message:
    """What became of one component."""

    kind: str
    full_name: str
    file: str
    problem: str | None = None
    problem_type: str = "Error"
    line: int = 1
    created: bool = False
    changed: bool = False
    deleted: bool = False

    @property
    def failed(self) -> bool:
        """True where the component was refused; a warning is no failure."""
        return self.problem is not None and self.problem_type == "Error"


@dataclass
class Component:
    """One component of a package: its XML, or its bytes where it has none."""

    kind: str
    full_name: str
    file: str
    element: Any = None
    content: bytes = b""
    inside: str | None = None  # the object that it belongs to
    files: dict[str, bytes] = field(default_factory=dict)  # of a bundle: its files, by their place in the zip


@dataclass
class Package:
    """A read zip: its components, the names that package.xml lists, and what was wrong with it."""

    components: list[Component] = field(default_factory=list)
    wanted: dict[str, set[str]] = field(default_factory=dict)
    removed: list[tuple[str, str]] = field(default_factory=list)  # destructiveChanges.xml: (type, full name)
    faults: list[Message] = field(default_factory=list)


def read_package(content: bytes) -> Package:
    """Read a zip in metadata format; package.xml lies at its top or in its only folder."""
    package = Package()
    try:
        files = _files(content)
    except zipfile.BadZipFile:
        package.faults.append(Message("", "package.xml", "package.xml", "No package.xml found"))
        return package
    if "package.xml" not in files:
        package.faults.append(Message("", "package.xml", "package.xml", "No package.xml found"))
        return package
    try:
        package.wanted = _members(package, files["package.xml"])
        for name in ("destructiveChanges.xml", "destructiveChangesPre.xml", "destructiveChangesPost.xml"):
            if name in files:
                listed = _members(package, files[name])
                package.removed += [(kind, member) for kind, members in listed.items() for member in sorted(members)]
    except Fault as fault:
        package.faults.append(Message("", "package.xml", "package.xml", fault.problem, line=fault.line))
        return package
    bundles: dict[tuple[str, str], dict[str, bytes]] = {}
    for file, data in files.items():
        folder, _, rest = file.partition("/")
        if folder in BUNDLES:
            bundles.setdefault((folder, rest.partition("/")[0]), {})[file] = data
        elif rest:
            _read_file(package, file, data)
    for (folder, name), inside in bundles.items():
        _read_bundle(package, FOLDERS[folder], name, inside)
    _compare(package)
    return package


def _files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    tops = {name.partition("/")[0] for name in files}
    if "package.xml" not in files and len(tops) == 1:
        top = tops.pop() + "/"
        files = {name.removeprefix(top): data for name, data in files.items()}
    return files


def _members(package: Package, content: bytes) -> dict[str, set[str]]:
    root = read_xml(content)
    if local(root) != "Package":
        raise Fault(f"Element {root.tag} invalid at this location in package.xml")
    wanted: dict[str, set[str]] = {}
    for types in children(root, "types"):
        kind = text(types, "name") or ""
        if not is_type(kind):
            raise Fault(f"Unknown type name '{kind}' specified in package.xml", types.sourceline or 1)
        wanted.setdefault(kind, set()).update(found.text.strip() for found in children(types, "members") if found.text)
    return wanted


def _read_file(package: Package, file: str, data: bytes) -> None:
    folder, _, rest = file.partition("/")
    kind = FOLDERS.get(folder)
    if kind is None:
        package.faults.append(Message("", rest, file, f"Unknown folder: {folder}"))
        return
    stem = rest.removesuffix("-meta.xml").rpartition(".")[0] or rest.removesuffix("-meta.xml")
    described = file.endswith("-meta.xml") and folder in ("reports", "dashboards") and "/" not in rest
    if described:
        kind = f"{kind}Folder"
    if not data.lstrip().startswith(b"<"):
        if folder not in ("classes", "triggers", "staticresources", "email"):
            package.faults.append(Message(kind, stem, file, "Error parsing file: Content is not allowed in prolog."))
        else:
            package.components.append(Component(kind, stem, file, content=data))
        return
    try:
        root = read_xml(data)
    except Fault as fault:
        package.faults.append(Message(kind, stem, file, fault.problem, line=fault.line))
        return
    expected = kind if not file.endswith("-meta.xml") or described else local(root)
    if local(root) != expected or root.tag.partition("}")[0] != f"{{{NAMESPACE}":
        problem = f"Error parsing file: Element {root.tag} invalid at this location in type {kind}"
        package.faults.append(Message(kind, stem, file, problem))
    else:
        package.components.append(Component(kind, stem, file, root))
        if kind == "CustomObject":
            package.components += _inside(stem, file, root)


def _read_bundle(package: Package, kind: str, name: str, files: dict[str, bytes]) -> None:
    """Read the files of one component in a folder of its own; its -meta.xml describes it."""
    described = next((file for file in files if file.endswith("-meta.xml")), None)
    try:
        root = read_xml(files[described]) if described else None
    except Fault as fault:
        package.faults.append(Message(kind, name, described or "", fault.problem, line=fault.line))
        return
    file = next((file for file in files if file.rpartition("/")[2] in (f"{name}.js", f"{name}.cmp")), next(iter(files)))
    package.components.append(Component(kind, name, file, root, files=files))


def _inside(sobject: str, file: str, root: Any) -> Iterator[Component]:
    for element in root:
        kind = INSIDE_OBJECTS.get(local(element))
        if kind is not None:
            yield Component(kind, f"{sobject}.{text(element, 'fullName')}", file, element, inside=sobject)


def _compare(package: Package) -> None:
    """Note what package.xml lists and the zip lacks (an error), and what the zip has beside it (a warning)."""
    have = {(kind, other.full_name) for other in package.components for kind in (other.kind, _listed_as(other))}
    for kind, members in package.wanted.items():
        for member in sorted(members - {"*"}):
            if (kind, member) not in have and not any(other.full_name == member for other in package.faults):
                problem = f"An object '{member}' of type {kind} was named in package.xml, "
                problem += "but was not found in zipped directory"
                package.faults.append(Message(kind, member, "package.xml", problem))
    listed = package.wanted
    for component in package.components:
        members = (
            listed.get(component.kind, set())
            | listed.get(_listed_as(component), set())
            | (listed.get("CustomObject", set()) if component.inside else set())
        )
        if "*" in members or component.full_name in members or (component.inside or "") in members:
            continue
        if component.kind == "CustomObject" and any(
            other.inside == component.full_name for other in package.components
        ):
            continue
        package.faults.append(
            Message(
                component.kind, component.full_name, component.file, "The file was not listed in package.xml", "Warning"
            )
        )


def _listed_as(component: Component) -> str:
    """Return the type under which package.xml lists a component: a folder goes with what it holds."""
    return component.kind.removesuffix("Folder")
