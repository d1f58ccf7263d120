"""Taking the package out of an org again: an administrator's act. Safe to repeat, and to go on with after a stop.

What refers to something goes before it, in a deployment of its own each. What the org itself refers to (a cloned page,
a layout with an action) it refuses to delete: that part stays and is named. Fields and their data stay, unless asked
for. Sources: Salesforce, Metadata API Developer Guide, "Deleting Components from an Organization"; what orgs refuse:
forcedotcom/cli#164 (a folder, while its reports lie in the Recycle Bin), jongpie/NebulaLogger#140 (actions of layouts).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.salesforce import assignments, soql
from connectors.salesforce.client import Client
from connectors.salesforce.comparing import retrieved
from connectors.salesforce.components import BUNDLE, Component, Name, shipped
from connectors.salesforce.metadata import manifest, zipped
from connectors.salesforce.metadata_api import DeploymentOutcome, Failure, MetadataApi
from connectors.salesforce.refusals import Declined

FIELD, SET = "CustomField", "PermissionSet"
FOLDERED = ("Dashboard", "Report")
RECYCLED = "; empty the Recycle Bin in Salesforce and run it again"


@dataclass(frozen=True, slots=True)
class Kept:
    """One component that the org does not let go, and its reason."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Removal:
    """What was taken out of the org, what stays, and from how many people the permission sets were taken."""

    removed: tuple[str, ...]
    kept: tuple[Kept, ...] = ()
    unassigned: int = 0

    def lines(self) -> Iterator[str]:
        """Yield it in words."""
        people = f"; permission sets taken from {self.unassigned:,} users" if self.unassigned else ""
        yield f"{len(self.removed):,} components removed, {len(self.kept):,} stay{people}"
        yield from (f"stays {part.name}: {part.why}" for part in self.kept)


def there(client: Client) -> list[Component]:
    """Return what of the package stands in the org."""
    parts = shipped()
    with client.lend() as http:
        standing = retrieved(MetadataApi(client, http), parts)
    return [part for part in parts if part.name in standing]


def in_the_way(client: Client, parts: Sequence[Component], *, fields: bool = False) -> tuple[Kept, ...]:
    """Return what of these components the org's own refers to, as the org says it; nothing is changed by asking.

    The org validates that all of them go together. Permission sets are assigned until then, and not asked about.
    """
    stages = (*STAGES, *(FIELDS if fields else ()))
    names = [part.name for part in parts if part.name.kind != SET and any(stage(part) for stage in stages)]
    if not names:
        return ()
    with client.lend() as http:
        done = MetadataApi(client, http).deploy(_destruction(names, client.version), check_only=True)
    ours = {name: re.compile(rf"\b{re.escape(name.full.rpartition('.')[2].rpartition('/')[2])}\b") for name in names}
    refused = {} if done.ok else _refused(names, done)
    return tuple(Kept(str(name), why) for name, why in refused.items() if _is_others(name, why, ours))


def _is_others(name: Name, why: str, ours: Mapping[Name, re.Pattern[str]]) -> bool:
    """True where somebody else's keeps a component: at least one of those that the org names is not ours."""
    others = [pattern for other, pattern in ours.items() if other != name]
    users = why.rpartition(" : ")[2].split(", ")
    return not all(any(pattern.search(user) for pattern in others) for user in users)


def remove(client: Client, parts: Sequence[Component], *, fields: bool = False) -> Removal:
    """Delete these components, fields and their data only where asked to. Raises TryLater; it may be repeated then."""
    removed: list[Name] = []
    kept: list[Kept] = []
    unassigned, purge = 0, _purges(client)
    with client.lend() as http:
        api = MetadataApi(client, http)
        for of_stage in (*STAGES, *(FIELDS if fields else ())):
            names = [part.name for part in parts if of_stage(part)]
            if any(name.kind == SET for name in names):
                unassigned = assignments.unassign(client)
            gone, left = _delete(client, api, names, purge=purge and _foldered(names))
            removed += gone
            kept += left
    return Removal(tuple(map(str, removed)), tuple(kept), unassigned)


def _delete(client: Client, api: MetadataApi, names: Sequence[Name], *, purge: bool) -> tuple[list[Name], list[Kept]]:
    """Delete what the org lets go of these, together; return what went, and what stays."""
    kept: list[Kept] = []
    while names:
        done = api.deploy(_destruction(names, client.version), purge=purge)
        if done.ok:
            return [*names], kept
        refused = _refused(names, done)
        kept += [Kept(str(name), why) for name, why in refused.items()]
        names = [name for name in names if name not in refused]
    return [], kept


def _destruction(names: Iterable[Name], version: str) -> bytes:
    return zipped({"package.xml": manifest((), version), "destructiveChanges.xml": manifest(names, version)})


def _refused(names: Sequence[Name], done: DeploymentOutcome) -> dict[Name, str]:
    """Return why each of them cannot go; all of them, where the org does not say which."""
    refused = {name: _why(failure) for failure in done.failures for name in names if _is(name, failure)}
    return refused or dict.fromkeys(
        names, done.detail or next((failure.problem for failure in done.failures), done.state)
    )


def _is(name: Name, failure: Failure) -> bool:
    """True where a failure is about a component: a folder's type may be told as ReportFolder."""
    return name.full == failure.name and failure.kind in (name.kind, f"{name.kind}Folder", "")


def _why(failure: Failure) -> str:
    return failure.problem + (RECYCLED if "recycle bin" in failure.problem.lower() else "")


def _purges(client: Client) -> bool:
    """True where an org deletes for good at once: production keeps what is deleted in its Recycle Bin.

    Source: Salesforce, Metadata API Developer Guide, deploy(), "purgeOnDelete".
    """
    try:
        query = soql.select(("IsSandbox", "OrganizationType"), "Organization", limit=1)
        row = next(client.rows(query), {})
    except Declined:
        return False
    return bool(row.get("IsSandbox")) or row.get("OrganizationType") == "Developer Edition"


def _foldered(names: Sequence[Name]) -> bool:
    return any(name.kind in FOLDERED for name in names)


Stage = Callable[[Component], bool]


def _of(kind: str) -> Stage:
    return lambda part: part.name.kind == kind and (kind not in FOLDERED or "/" in part.name.full)


def _folder(part: Component) -> bool:
    return part.name.kind in FOLDERED and "/" not in part.name.full


def _computed(part: Component) -> bool:
    return part.name.kind == FIELD and b"<formula>" in part.content


def _stored(part: Component) -> bool:
    return part.name.kind == FIELD and b"<formula>" not in part.content


# What refers to something stands before it.
STAGES: Sequence[Stage] = (
    *map(_of, FOLDERED),
    _folder,
    *map(_of, ("FlexiPage", "QuickAction", "ListView", "ReportType", BUNDLE, SET, "CustomNotificationType")),
)
FIELDS: Sequence[Stage] = (_computed, _stored)
