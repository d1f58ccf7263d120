"""What would make a write to HubSpot be refused, found before the first one: scopes, properties, the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.base import ConnectorError, Misconfigured, Problem
from connectors.hubspot import deploy, paths
from connectors.hubspot.client import Client
from connectors.hubspot.refusals import Absent
from connectors.hubspot.target import CONTACTS, LIST, OBJECTS

Json = dict[str, Any]
Writes = Mapping[str, Sequence[str]]  # contact, company or list_member → names of properties

# What a private app needs to write each kind of record.
SCOPES: Mapping[str, tuple[str, ...]] = {
    "contact": ("crm.objects.contacts.write",),
    "company": ("crm.objects.companies.write",),
    "list_member": ("crm.lists.read", "crm.lists.write"),
}
WITHOUT = "or set SYNCD_HUBSPOT_WRITES=false"
DEPLOY = f"run `syncd hubspot deploy`, {WITHOUT}"
WHERE = "hubspot writes"


def check(client: Client, writes: Writes) -> Iterator[Problem]:
    """Yield the problems of writing these properties of these kinds of records."""
    try:
        yield from _scopes(client, writes)
        yield from _lacking(client)
        for kind, names in writes.items():
            if kind not in SCOPES:
                what = f"syncd writes no {kind!r} to HubSpot"
                yield Problem("error", WHERE, what, f"correct `object` in mappings/hubspot.yaml: {', '.join(SCOPES)}")
            elif kind in OBJECTS:
                yield from _properties(client, OBJECTS[kind], names)
        if "list_member" in writes:
            yield from _list(client)
    except Misconfigured as error:
        yield Problem("error", WHERE, str(error), f"grant the scope, {WITHOUT}")
    except ConnectorError as error:
        yield Problem("error", WHERE, str(error), "run it again later; if it stays, look at HubSpot's status page")


def _scopes(client: Client, writes: Writes) -> Iterator[Problem]:
    """Nothing but a write shows that the right to write is missing; the token's own description does."""
    granted = client.granted()
    if granted is None:
        return
    for kind in writes:
        for scope in SCOPES.get(kind, ()):
            if scope not in granted:
                what = f"the app lacks the scope {scope}: no {kind.replace('_', ' ')} can be written"
                yield Problem("error", WHERE, what, f"grant it in HubSpot, under Integrations, Private Apps, {WITHOUT}")


def _lacking(client: Client) -> Iterator[Problem]:
    for what in deploy.lacking(client):
        yield Problem("error", WHERE, f"not there yet: {what}", DEPLOY)


def _properties(client: Client, object: str, names: Sequence[str]) -> Iterator[Problem]:
    known = {one["name"]: one for one in client.call(paths.PROPERTIES, object=object)["results"]}
    ours = {one.name for one in deploy.PROPERTIES}
    if object == deploy.OBJECT:
        for clash in deploy.clashes(known):
            yield Problem("error", WHERE, clash, deploy.ARCHIVE)
    for name in names:
        if name not in known and not (object == deploy.OBJECT and name in ours):
            what = f"there is no property {name!r} of {object}"
            yield Problem("error", WHERE, what, "correct `writes` in mappings/hubspot.yaml, or create it in HubSpot")
        elif (known.get(name, {}).get("modificationMetadata") or {}).get("readOnlyValue"):
            what = f"the property {name!r} of {object} is read-only"
            yield Problem("error", WHERE, what, "map another property in `writes` of mappings/hubspot.yaml")


def _list(client: Client) -> Iterator[Problem]:
    try:
        found = client.call(paths.LIST_BY_NAME, object=CONTACTS, name=LIST)["list"]
    except Absent:
        return  # `lacking` has said so
    if found.get("processingType") not in (None, "MANUAL", "SNAPSHOT"):
        what = f"the list {LIST!r} fills itself ({found['processingType']}): members cannot be added"
        yield Problem("error", WHERE, what, f"rename or delete it in HubSpot, under Segments, then {DEPLOY}")
