"""What retrieve() collects: a package of what the caller lists, as a zip.

Source: Salesforce, Metadata API Developer Guide, "retrieve()", "checkRetrieveStatus()", RetrieveResult.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from ..org import Org
from ..refusal import Refusal
from .elements import INSIDE_OBJECTS, NAMESPACE, is_type
from .written import component_element, file_of, is_object, names_of, object_element, printed

PREFIX = "09S"  # of the ids of retrievals
_INSIDE = frozenset(INSIDE_OBJECTS.values())


@dataclass
class Retrieval:
    """One retrieval: the files that it found, and what it did not find."""

    id: str
    user: str
    at: str
    waits: int  # looks that are still to find it in progress
    prefix: str = ""  # the folder of the zip
    files: dict[str, bytes] = field(default_factory=dict)
    properties: list[tuple[str, str, str]] = field(default_factory=list)  # type, full name, file
    problems: list[str] = field(default_factory=list)

    def zip(self) -> bytes:
        """Return the files as a zip."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(self.prefix + name, content)
        return stream.getvalue()


class Retrievals:
    """Every retrieval of one org, by id."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._made: dict[str, Retrieval] = {}

    def start(self, wanted: Mapping[str, list[str]], version: str, user: str, prefix: str) -> Retrieval:
        """Collect what is wanted (type → full names, * for all); it can be fetched after `bulk_polls` looks."""
        org = self._org
        made = Retrieval(org.mint.next(PREFIX), user, org.stamp(), org.settings.bulk_polls, prefix)
        inside: dict[str, set[str]] = {}  # object → the components inside it that are wanted
        whole: set[str] = set()  # objects that are wanted with all that is inside them
        for kind, names in wanted.items():
            if not is_type(kind):
                made.problems.append(f"Entity type: '{kind}' is unknown")
                continue
            for name in _spread(org, kind, names):
                _collect(org, made, kind, name, inside, whole)
        for name, members in inside.items():
            if name not in whole:
                made.files[file_of("CustomObject", name)] = printed(object_element(org, name, members))
        made.files["package.xml"] = _manifest(wanted, version)
        self._made[made.id] = made
        return made

    def look(self, retrieval_id: str) -> Retrieval:
        """Return a retrieval; each look brings it nearer to done."""
        wanted = next((made for known, made in self._made.items() if retrieval_id in (known, known[:15])), None)
        if wanted is None:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {retrieval_id}", status=404)
        wanted.waits -= 1
        return wanted


def _spread(org: Org, kind: str, names: list[str]) -> list[str]:
    """Return the names with those in the place of the wildcard."""
    return [*dict.fromkeys(found for name in names for found in (names_of(org, kind) if name == "*" else [name]))]


def _collect(org: Org, made: Retrieval, kind: str, name: str, inside: dict[str, set[str]], whole: set[str]) -> None:
    above = name.partition(".")[0]
    if kind in _INSIDE:
        file = file_of("CustomObject", above)
        if (kind, name) not in org.components:
            made.problems.append(f"Entity of type '{kind}' named '{name}' cannot be found")
            return
        inside.setdefault(above, set()).add(name)
    else:
        own = f"{kind}Folder" if (f"{kind}Folder", name) in org.components else kind  # a member of its type like any
        component = org.components.get((own, name))
        has_file = component is not None and "/" in component.file and kind != "CustomObject"
        file = component.file if component is not None and has_file else file_of(kind, name)
        root = component_element(org, own, name)
        if component is not None and component.files:
            made.files |= component.files
        elif root is not None:
            made.files[file] = printed(root)
        elif component is not None:
            made.files[file] = component.content
        else:
            made.problems.append(f"Entity of type '{kind}' named '{name}' cannot be found")
            return
        if kind == "CustomObject" and is_object(org, name):
            whole.add(name)
    made.properties.append((kind, name, file))


def _manifest(wanted: Mapping[str, list[str]], version: str) -> bytes:
    root = etree.Element(f"{{{NAMESPACE}}}Package", nsmap={None: NAMESPACE})
    for kind, names in wanted.items():
        types = etree.SubElement(root, f"{{{NAMESPACE}}}types")
        for name in names:
            etree.SubElement(types, f"{{{NAMESPACE}}}members").text = name
        etree.SubElement(types, f"{{{NAMESPACE}}}name").text = kind
    etree.SubElement(root, f"{{{NAMESPACE}}}version").text = version
    return printed(root)
