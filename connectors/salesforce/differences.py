"""What deploying the package would do to an org, and what of the org's own it touches: nothing is changed by looking.

List views edit in place only where all their rows are of one record type: Salesforce Help, "Edit Records Directly
from a List View". Dashboards that run as their viewer are counted by edition: Salesforce Help, "Dynamic Dashboards".
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.salesforce import paths, soql
from connectors.salesforce.client import Client
from connectors.salesforce.comparing import Comparison, compare, retrieved
from connectors.salesforce.components import Component, Name
from connectors.salesforce.deploy import DeploymentOrder, beside_theirs, prepared
from connectors.salesforce.left_out import DYNAMIC
from connectors.salesforce.metadata import definitions
from connectors.salesforce.metadata_api import MetadataApi
from connectors.salesforce.picklists import with_theirs
from connectors.salesforce.refusals import Declined

TYPED = ("Contact", "Lead", "Opportunity", "Task")  # objects of our lists that may have record types
ROOM = {  # edition, as Organization.OrganizationType tells it → dashboards that run as their viewer
    "Developer Edition": 3,
    "Enterprise Edition": 5,
    "Performance Edition": 10,
    "Unlimited Edition": 10,
}
# What people change in Setup or beside it; of these it is worth a word that deploying writes over them.
CUSTOMISED = frozenset({"CustomField", "Dashboard", "FlexiPage", "ListView", "QuickAction", "Report", "ReportType"})


@dataclass(frozen=True, slots=True)
class Differences:
    """What deploying would add and change, component by component, and what of the org's own it meets."""

    components: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield it in words: how many, what would be added, each element that would change, and the notes."""
        counts = {state: self._of(state) for state in ("added", "alike", "differs")}
        added, alike, differs = (len(counts[state]) for state in ("added", "alike", "differs"))
        yield f"{added:,} would be added, {alike:,} stand there alike, {differs:,} differ"
        for kind in dict.fromkeys(comparison.name.kind for comparison in counts["added"]):
            names = [comparison.name.full for comparison in counts["added"] if comparison.name.kind == kind]
            yield f"would add {kind}: {', '.join(names)}"
        for comparison in counts["differs"]:
            over = " (somebody's change here would be written over)" if comparison in self.customised else ""
            yield f"would change {comparison.name}{over}"
            yield from (f"  {difference}" for difference in comparison.differences)
        yield from self.notes

    @property
    def customised(self) -> tuple[Comparison, ...]:
        """What stands there otherwise, and is of a kind that people change: somebody did, or we have since."""
        return tuple(comparison for comparison in self._of("differs") if comparison.name.kind in CUSTOMISED)

    def written_over(self) -> list[str]:
        """Return in words what of that deploying would write over, part by part."""
        return [f"{one.name}: {'; '.join(map(str, one.differences))}" for one in self.customised]

    def _of(self, state: str) -> list[Comparison]:
        return [comparison for comparison in self.components if comparison.state == state]

    def shown(self) -> dict[str, Any]:
        """Return it as JSON shows it."""
        return {"components": [comparison.shown() for comparison in self.components], "notes": list(self.notes)}


def look(client: Client, wanted: DeploymentOrder, reader: Client) -> Differences:
    """Compare the package, as it would be deployed for `wanted`, with what stands in the org.

    reader: the integration user's, who sees fields of ours that are granted to no administrator.
    """
    parts, notes = prepared(client, wanted)
    with client.lend() as http:
        standing = retrieved(MetadataApi(client, http), parts)
    tried, taken = beside_theirs(with_theirs(parts, standing), standing)
    stays = [f"{part.name} stays as it is, and ours is left out: {part.why}" for part in tried.left_out]
    types = {table: _record_types(client, table) for table in TYPED}
    hints = (*_filters(parts, types), *_unoffered(reader, standing, types), *_dashboards(client, parts, standing))
    core = (f"deploying would be refused: {why}" for why in taken)
    return Differences(tuple(compare(tried.parts.values(), standing)), (*stays, *core, *hints, *notes))


def _filters(parts: Sequence[Component], types: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Say per list view which filters the administrator adds, for an object with several record types."""
    for name in (part.name.full for part in parts if part.name.kind == "ListView"):
        table = name.partition(".")[0]
        if len(offered := types.get(table, {})) > 1:
            filters = " or ".join(f"“Record Type equals {label}”" for label in offered.values())
            yield (
                f"ListView {name}: {table} has {len(offered)} record types, and a list edits in place only where all "
                f"its rows are of one: add the filter {filters} in a copy of the list for each"
            )


def _unoffered(client: Client, standing: Container[Name], types: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Say which record types do not offer all values of a picklist of ours that stands there.

    Source: Salesforce, User Interface API Developer Guide, "Get Values for a Picklist Field".
    """
    for (table, field), ours in definitions().items():
        owner = "Activity" if table == "Task" else table
        if not ours.values or Name("CustomField", f"{owner}.{field}") not in standing:
            continue
        for record_type, label in types.get(table, {}).items():
            try:
                answer = client.call(paths.VALUES, object=table, record_type=record_type, field=field)
            except Declined:  # not granted yet
                continue
            offered = {value["value"] for value in answer["values"]}
            if lacking := [value for value in ours.values if value not in offered]:
                yield (
                    f"the record type {label} of {table} does not offer {', '.join(lacking)} in {field}: add them in "
                    f"Setup, Object Manager, {table}, Record Types, {label}, {field}"
                )


def _record_types(client: Client, table: str) -> dict[str, str]:
    """Return an object's active record types, id → label, without the master, which every object has."""
    try:
        infos = client.call(paths.DESCRIBE, object=table).get("recordTypeInfos") or ()
    except Declined:
        return {}
    return {str(info["recordTypeId"]): str(info["name"]) for info in infos if info["active"] and not info["master"]}


def _dashboards(client: Client, parts: Sequence[Component], standing: Any) -> Iterator[str]:
    """Say how many dashboards run as their viewer already, where one of ours would be one more."""
    ours = [part for part in parts if part.name.kind == "Dashboard" and DYNAMIC.encode() in part.content]
    if not any(part.name not in standing for part in ours):
        return
    try:
        rows = list(client.rows(soql.select(("Id",), "Dashboard", f"Type = {soql.text(DYNAMIC)}")))
        edition = next(client.rows(soql.select(("OrganizationType",), "Organization", limit=1)))["OrganizationType"]
    except Declined:  # who may not see them learns it by deploying
        return
    room = ROOM.get(str(edition))
    of = f" of the {room} that {edition} has room for" if room is not None else ""
    yield (
        f"{len(rows):,} dashboards{of} run as their viewer already; where there is no room for ours, name whom it runs "
        "as: --dashboard-user USERNAME"
    )
