"""What an org has of the package, component by component: added, alike, or differing (which element, theirs → ours).

Salesforce writes what it retrieves in its own order, leaves out what is as it is by default, and adds defaults, colours
and stamps of its own: none of that is a difference. What somebody added (a column, a filter) is one.
Source: Salesforce, Metadata API Developer Guide, each type's "default"; public repositories of retrieved orgs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from lxml import etree

from connectors.salesforce import markup
from connectors.salesforce.components import BUNDLE, META, NAMESPACE, PARTS, Component, Name
from connectors.salesforce.metadata_api import MetadataApi

M = f"{{{NAMESPACE}}}"
State = Literal["added", "alike", "differs"]
LONGEST = 80  # characters of a value that are shown

# Elements that Salesforce adds or drops by itself, with the value by which it is no difference; None: any value.
DEFAULTS: Mapping[str, str | None] = {
    "backgroundEndColor": "#FFFFFF",
    "backgroundFadeDirection": "Diagonal",
    "backgroundStartColor": "#FFFFFF",
    "chartTheme": "light",
    "colorPalette": "unity",
    "currency": None,  # of an org with several
    "dashboardChartTheme": "light",
    "dashboardColorPalette": "unity",
    "dashboardResultRefreshedDate": None,
    "dashboardResultRunningUser": None,
    "identifier": None,
    "isGridLayout": "true",
    "isUnlocked": "true",  # of a report's filter
    "language": None,
    "lastRefreshDate": None,
    "numSubscriptions": None,
    "owner": None,
    "runningUser": None,
    "scope": "organization",
    "scale": "0",
    "showGrandTotal": "true",
    "showSubTotals": "true",
    "textColor": "#000000",
    "titleColor": "#000000",
    "titleSize": "12",
}
# Elements that a set names once each; their order says nothing.
KEYS: Mapping[str, str] = {
    "fieldPermissions": "field",
    "objectPermissions": "object",
    "userPermissions": "name",
    "customNotificationTypePermissions": "customNotificationType",
    "folderShares": "sharedTo",
}
EMPTY = ("", "false")


class Difference(NamedTuple):
    """One element that differs; empty where it is not there."""

    element: str
    theirs: str
    ours: str

    def __str__(self) -> str:
        return f"{self.element}: {self.theirs or '(nothing)'} → {self.ours or '(nothing)'}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What deploying one component would do: add it, change these elements, or nothing."""

    name: Name
    state: State
    differences: tuple[Difference, ...] = ()

    def shown(self) -> dict[str, Any]:
        """Return it as JSON shows it."""
        differences = [one._asdict() for one in self.differences]
        return {"type": self.name.kind, "name": self.name.full, "state": self.state, "differences": differences}


def retrieved(api: MetadataApi, parts: Iterable[Component]) -> dict[Name, dict[str, bytes]]:
    """Return what the org has of these components: their files, by name; one of an object's file as XML of its own."""
    wanted: dict[str, list[str]] = {}
    parts = list(parts)
    for part in parts:
        wanted.setdefault(part.name.kind, []).append(part.name.full)
    files = api.retrieve(wanted)
    inside = {name: content for file, whole in files.items() for name, content in _inside(file, whole)}
    standing: dict[Name, dict[str, bytes]] = {}
    for part in parts:
        if part.tag and part.name in inside:
            standing[part.name] = {part.file: inside[part.name]}
        elif not part.tag and part.file in files:
            folder = part.file.rpartition("/")[0] + "/" if part.name.kind == BUNDLE else part.file
            standing[part.name] = {file: content for file, content in files.items() if file.startswith(folder)}
    return standing


def _inside(file: str, content: bytes) -> Iterator[tuple[Name, bytes]]:
    """Yield the parts of an object's file."""
    if not file.startswith("objects/"):
        return
    above = file.removeprefix("objects/").removesuffix(".object")
    kinds = dict(PARTS.values())
    for element in markup.read(content):
        if kind := kinds.get(_local(element)):
            yield Name(kind, f"{above}.{element.findtext(f'{M}fullName')}"), etree.tostring(element)


def compare(parts: Iterable[Component], standing: Mapping[Name, Mapping[str, bytes]]) -> list[Comparison]:
    """Compare each component with what stands in the org."""
    return [_compare(part, standing.get(part.name)) for part in parts]


def _compare(part: Component, theirs: Mapping[str, bytes] | None) -> Comparison:
    if theirs is None:
        return Comparison(part.name, "added")
    differences = [*_files(part.files, theirs)]
    return Comparison(part.name, "differs" if differences else "alike", tuple(differences))


def _files(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> Iterator[Difference]:
    for file in sorted({**ours, **theirs}):
        mine, other = ours.get(file), theirs.get(file)
        if mine is None or other is None:
            yield Difference(file.rpartition("/")[2], "there" if other else "", "there" if mine else "")
        elif file.startswith("lwc/") and not file.endswith(META):
            yield from _texts(file.rpartition("/")[2], other, mine)
        else:
            yield from _elements("", markup.read(other), etree.fromstring(mine))


def _texts(file: str, theirs: bytes, ours: bytes) -> Iterator[Difference]:
    """One line a file of code: how many lines differ."""
    before, after = (content.decode("utf-8", "replace").rstrip().splitlines() for content in (theirs, ours))
    before, after = ([line.rstrip() for line in lines] for lines in (before, after))
    if before != after:
        yield Difference(file, f"{len(before):,} lines", f"{len(after):,} lines, others")


def _elements(path: str, theirs: Any, ours: Any) -> Iterator[Difference]:
    """Yield what differs below new elements of the same name, whatever the order of unlike ones."""
    before, after = _grouped(theirs), _grouped(ours)
    for tag in sorted({**before, **after}):
        where = f"{path}.{tag}" if path else tag
        old, new = before.get(tag, []), after.get(tag, [])
        if key := KEYS.get(tag):
            yield from _keyed(where, key, old, new)
        elif len(old) == len(new) and any(map(len, (*old, *new))):
            for number, (mine, other) in enumerate(zip(new, old, strict=True), 1):
                yield from _elements(where if len(old) == 1 else f"{where}[{number}]", other, mine)
        elif [*map(_value, old)] != [*map(_value, new)] and not _default(tag, old, new):
            yield Difference(where, *map(_shown, _only(old, new)))


def _keyed(where: str, key: str, theirs: Sequence[Any], ours: Sequence[Any]) -> Iterator[Difference]:
    before, after = ({element.findtext(f"{M}{key}") or "": element for element in some} for some in (theirs, ours))
    for name in sorted({**before, **after}):
        old, new = before.get(name), after.get(name)
        inside = f"{where}[{name}]"
        if old is not None and new is not None:
            yield from _elements(inside, old, new)
        elif old is None or not _nothing(old):
            yield Difference(inside, "" if old is None else _shown([old]), "" if new is None else _shown([new]))


def _only(theirs: Sequence[Any], ours: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Return what only one of both has; all of both, where their order alone differs."""
    before, after = ([_value(element) for element in some] for some in (theirs, ours))
    old = [element for element, value in zip(theirs, before, strict=True) if value not in after]
    new = [element for element, value in zip(ours, after, strict=True) if value not in before]
    return (old, new) if old or new else ([*theirs], [*ours])


def _nothing(element: Any) -> bool:
    """True where a grant grants nothing: an org may list what a set does not grant."""
    return not any(child.text == "true" for child in element)


def _default(tag: str, theirs: Sequence[Any], ours: Sequence[Any]) -> bool:
    """True where only one of them says it, and says what goes without saying."""
    if theirs and ours:
        return tag in DEFAULTS and DEFAULTS[tag] is None
    values = [_value(element) for element in (*theirs, *ours)]
    return all(value in EMPTY or (tag in DEFAULTS and DEFAULTS[tag] in (None, value)) for value in values)


def _grouped(element: Any) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for child in element.iterchildren("*"):
        groups.setdefault(_local(child), []).append(child)
    return groups


def _value(element: Any) -> Any:
    """Return an element's text, or what is below it where that says something."""
    children = _grouped(element)
    if not children:
        return " ".join((element.text or "").split())
    values = {tag: [_value(child) for child in some] for tag, some in children.items()}
    said = {tag: some for tag, some in values.items() if not _silent(tag, some)}
    return said or ""


def _silent(tag: str, values: Sequence[Any]) -> bool:
    return all(value in EMPTY for value in values) or (
        tag in DEFAULTS and (DEFAULTS[tag] is None or values == [DEFAULTS[tag]])
    )


def _shown(elements: Sequence[Any]) -> str:
    text = ", ".join(_words(_value(element)) for element in elements)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    return " ".join(_words(one) for some in value.values() for one in some)


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)
