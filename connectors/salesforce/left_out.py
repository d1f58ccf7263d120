"""What an org refuses of the package: what is tried in its place, what is left out, and what that means.

Production takes a package whole or not at all, so what it refuses is taken out and the rest is deployed again, until
it is taken. The core (permission sets, the keys and verdicts) cannot be left out. What refers to a part that was left
out is refused by the org in its turn; only the permission sets are rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from connectors.salesforce import remembered
from connectors.salesforce.assignments import PERMISSION_SET
from connectors.salesforce.components import BUNDLE, NAMESPACE, Component, Name
from connectors.salesforce.marks import HOW
from connectors.salesforce.metadata_api import Failure

M = f"{{{NAMESPACE}}}"
CORE_FIELDS = frozenset({"Syncd_Key__c", "Syncd_Verdict__c", "Syncd_Verdict_Reason__c"})
# No public org proves that these two objects take a field that is an External ID and unique.
WEAKER: Sequence[tuple[frozenset[str], str]] = (
    (frozenset({"unique", "caseSensitive"}), "without unique"),
    (frozenset({"unique", "caseSensitive", "externalId"}), "without unique and External ID"),
)
WEAK_KEYS = (Name("CustomField", "Activity.Syncd_Key__c"), Name("CustomField", "OpportunityContactRole.Syncd_Key__c"))
DYNAMIC = "LoggedInUser"
UNKNOWN_PERMISSION = re.compile(r"unknown user permission:? *(\w+)", re.IGNORECASE)
MEANS: Mapping[str, str] = {
    "CustomField": "what syncd writes there is left out, and lists and components do not show it",
    "CustomNotificationType": "nobody gets a notification; the tasks stand all the same",
    "Dashboard": "there is no dashboard; its reports stand by themselves",
    "FlexiPage": "there is no page to clone; place the components with the Lightning App Builder",
    BUNDLE: "pages cannot show it; the fields tell the same in words",
    "ListView": "this list is missing",
    "QuickAction": "the verdict is given in the component or a list instead",
    "Report": "this report is missing",
    "ReportType": "reports of this type are missing",
}
BY_KEY: Mapping[Name, str] = {
    WEAK_KEYS[0]: HOW["Task"],
    WEAK_KEYS[1]: HOW["OpportunityContactRole"],
}
MISSED = frozenset({"CustomField", "CustomNotificationType"})  # what syncd itself would miss
RUN_AS = "no dashboard; name an active user whom it shall run as: --dashboard-user USERNAME"


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """One component that the org refuses: its type and name, the org's reason, and what that means.

    stands: the type of somebody's own field that has its name.
    """

    name: str
    why: str
    means: str
    stands: str = ""


@dataclass(frozen=True)
class Attempt:
    """What is deployed: the components that are still in it, what was left out, and what was weakened."""

    parts: Mapping[Name, Component]
    left_out: tuple[RefusedPart, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)  # about what, in its latest wording
    weakened: Mapping[Name, int] = field(default_factory=dict)  # how often

    def without(self, failures: Iterable[Failure], dashboard_user: str | None = None) -> Attempt | None:
        """Return what is to be tried next; None where nothing can be mended: the core is refused."""
        after = self
        refused = {name: failure for failure in failures for name in _names(self.parts.values(), failure)}
        for name, failure in refused.items():
            after = after._mended(name, failure, dashboard_user)
        return after if after != self else None

    def _mended(self, name: Name, failure: Failure, dashboard_user: str | None) -> Attempt:
        if name in WEAK_KEYS:
            return self._weaker(name, failure)
        if name.kind == "PermissionSet":
            return self._granting_less(name, failure)
        if is_core(name):
            return self
        part = self.parts[name]
        if name.kind == "Dashboard" and DYNAMIC.encode() in part.content:
            return self._run_as(part, failure, dashboard_user)
        return self._leave_out(name, failure, MEANS.get(name.kind, ""))

    def _weaker(self, name: Name, failure: Failure) -> Attempt:
        step = self.weakened.get(name, 0)
        if step >= len(WEAKER):
            attempt = self._leave_out(name, failure, BY_KEY[name])
            return replace(attempt, notes={about: note for about, note in self.notes.items() if about != str(name)})
        tags, how = WEAKER[step]
        note = f"{name.full} is deployed {how}: the org refuses it otherwise ({failure.problem})"
        parts = {**self.parts, name: _without(self.parts[name], lambda child: etree.QName(child).localname in tags)}
        notes, weakened = {**self.notes, str(name): note}, {**self.weakened, name: step + 1}
        return replace(self, parts=parts, notes=notes, weakened=weakened)

    def _granting_less(self, name: Name, failure: Failure) -> Attempt:
        permission = _unknown_permission(self.parts[name], failure)
        if permission is None:
            return self
        note = f"{name.full} does not grant {permission}: the org does not know it"
        less = _without(self.parts[name], lambda child: _grants(child, "userPermissions", "name", (permission,)))
        parts = {**self.parts, name: less}
        return replace(self, parts=parts, notes={**self.notes, f"{name} {permission}": note})

    def _run_as(self, part: Component, failure: Failure, dashboard_user: str | None) -> Attempt:
        if dashboard_user is None:
            return self._leave_out(part.name, failure, RUN_AS)
        note = f"{part.name} runs as {dashboard_user}: the org refuses one that runs as its viewer ({failure.problem})"
        parts = {**self.parts, part.name: _running_as(part, dashboard_user)}
        return replace(self, parts=parts, notes={**self.notes, str(part.name): note})

    def _leave_out(self, name: Name, failure: Failure, means: str) -> Attempt:
        parts = {known: part for known, part in self.parts.items() if known != name}
        if name.kind == "CustomField":
            fields = [f"{owner}.{name.full.partition('.')[2]}" for owner in _owners(name)]
            parts |= {
                known: _without(part, lambda child: _grants(child, "fieldPermissions", "field", fields))
                for known, part in parts.items()
                if known.kind == "PermissionSet"
            }
        lacking = next((gone for gone in self.left_out if _mentions(self.parts[name], gone.name)), None)
        because = f"{failure.problem} (it needs {lacking.name}, which is left out)" if lacking else failure.problem
        left_out = (*self.left_out, RefusedPart(str(name), because, means, failure.stands))
        return replace(self, parts=parts | _saying(parts, left_out), left_out=left_out)


def is_core(name: Name) -> bool:
    """True for a field without which nothing is deployed."""
    return name.kind == "CustomField" and name.full.partition(".")[2] in CORE_FIELDS


def attempt(parts: Iterable[Component]) -> Attempt:
    """Return the first attempt: all of these."""
    return Attempt({part.name: part for part in parts})


def _names(parts: Iterable[Component], failure: Failure) -> Iterator[Name]:
    """Yield whom a failure is about; one of an object's file as a whole, or of a file alone, is about all in it."""
    known = {part.name: part for part in parts}
    named = Name(failure.kind, failure.name)
    if named in known:
        yield named
        return
    inside = [name for name, part in known.items() if failure.file in part.files]
    yield from [name for name in inside if name.full == failure.name] or inside


def _saying(parts: Mapping[Name, Component], left_out: Iterable[RefusedPart]) -> dict[Name, Component]:
    """Return the integration user's permission set saying what was left out, keys first: see `remembered`."""
    name = Name("PermissionSet", PERMISSION_SET)
    names = {full: part.stands for part in left_out for kind, _, full in [part.name.partition(" ")] if kind in MISSED}
    if name not in parts or not names:
        return {}
    root = parts[name].element()
    description = root.find(f"{M}description")
    keys = {full: names[full] for _, full in WEAK_KEYS if full in names}
    description.text = remembered.written(description.text, keys | names)
    return {name: parts[name].rewritten(_text(root))}


def _owners(name: Name) -> tuple[str, ...]:
    owner = name.full.partition(".")[0]
    return ("Activity", "Task", "Event") if owner == "Activity" else (owner,)


def _mentions(part: Component, name: str) -> bool:
    """True where a component's XML names another one: a field by its own name, what lies in a folder by its path."""
    kind, _, full = name.partition(" ")
    word = full.rpartition(".")[2] if kind == "CustomField" else full
    return any(re.search(rf"\b{re.escape(word)}\b".encode(), content) for content in part.files.values())


def _without(part: Component, goes: Callable[[Any], bool]) -> Component:
    """Return a component without those elements of its XML's first level."""
    root = part.element()
    for element in [child for child in root if goes(child)]:
        root.remove(element)
    return part.rewritten(_text(root))


def _unknown_permission(part: Component, failure: Failure) -> str | None:
    """Return the user permission that a set grants and the org does not know; its words are the administrator's."""
    if unknown := UNKNOWN_PERMISSION.search(failure.problem):
        return unknown[1]
    names = [name.text for name in part.element().iterfind(f"{M}userPermissions/{M}name")]
    return next((name for name in names if failure.problem.rstrip(".").endswith(f": {name}")), None)


def _grants(element: Any, tag: str, named: str, names: Container[str]) -> bool:
    """True for an element of a permission set that grants one of these."""
    return bool(element.tag == f"{M}{tag}") and element.findtext(f"{M}{named}") in names


def _running_as(part: Component, username: str) -> Component:
    root = part.element()
    for element in list(root.iterchildren(f"{M}runningUser")):
        root.remove(element)
    root.find(f"{M}dashboardType").text = "SpecifiedUser"
    runs_as = etree.Element(f"{M}runningUser")
    runs_as.text = username
    place = next((at for at, child in enumerate(root) if etree.QName(child).localname > "runningUser"), len(root))
    root.insert(place, runs_as)
    return part.rewritten(_text(root))


def _text(root: Any) -> bytes:
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
