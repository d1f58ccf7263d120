"""Records as the vendor writes them: rendered once per selection, then joined into pages as bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import orjson

from connectors.sandbox.hubspot.kinds import BY_NAME, Kind
from connectors.sandbox.hubspot.links import bookmark
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.shelf import Item, Selection, Version, iso
from connectors.sandbox.hubspot.wire import Json, Request


def select(
    portal: Portal,
    kind: Kind,
    properties: tuple[str, ...],
    history: tuple[str, ...] = (),
    associations: tuple[str, ...] = (),
) -> Selection:
    """Return what to show: names that do not exist are left out silently, and the record's id and times always come."""
    key = (kind.plural, properties, history, associations)
    if (made := portal.selections.get(key)) is not None:
        return made
    if len(portal.selections) > 1000:
        portal.selections.clear()
    known = {name for name, one in portal.schema[kind.plural].items() if not one["archived"]}
    wanted = sorted({*(name for name in (properties or kind.default) if name in known), *kind.always})
    others = tuple(dict.fromkeys(portal.kind(name).plural for name in associations))
    past = tuple(name for name in history if name in known)
    portal.selections[key] = made = Selection(kind, tuple(wanted), past, others, portal.options.association_page)
    return made


def selected(portal: Portal, kind: Kind, request: Request) -> Selection:
    """Return the selection that the request's query asks for."""
    return select(
        portal, kind, request.names("properties"), request.names("propertiesWithHistory"), request.names("associations")
    )


def draw(portal: Portal, item: Item, selection: Selection) -> bytes:
    """Return the record as JSON; a record that did not change is not rendered again."""
    drawn = item.drawn
    if drawn is not None and drawn[0] is selection:
        return drawn[1]
    # A copy of the right size: orjson's own bytes keep several times the memory that they show.
    body = bytes(memoryview(orjson.dumps(describe(portal, item, selection))))
    item.drawn = (selection, body)
    return body


def describe(portal: Portal, item: Item, selection: Selection, properties: dict[str, str] | None = None) -> Json:
    """Return the record as JSON values; `properties` stands in where search still shows the old ones."""
    values = item.properties if properties is None else properties
    value = values.get
    content: Json = {
        "id": values["hs_object_id"],
        "properties": {name: value(name) for name in selection.properties},
        "createdAt": iso(item.created),
        "updatedAt": values[selection.kind.stamp],
        "archived": item.archived_at is not None,
        "url": f"https://app.hubspot.com/contacts/{portal.options.portal_id}/record/{selection.kind.type_id}/{item.id}",
    }
    if item.archived_at is not None:
        content["archivedAt"] = iso(item.archived_at)
    if selection.history:
        content["propertiesWithHistory"] = {name: past(item, name) for name in selection.history}
    if selection.associations and item.links:
        links = {to: _links(portal, item, selection, to) for to in selection.associations if item.links.get(to)}
        if links:
            content["associations"] = links
    return content


def page(bodies: Iterable[bytes], tail: Json | None = None, head: Json | None = None) -> bytes:
    """Join rendered records into `{…head, "results": […], …tail}`."""
    before = orjson.dumps(head)[1:-1] + b"," if head else b""
    after = b"," + orjson.dumps(tail)[1:-1] if tail else b""
    return b"{" + before + b'"results":[' + b",".join(bodies) + b"]" + after + b"}"


def past(item: Item, name: str) -> list[Json]:
    """Return every value that a property had, newest first."""
    versions = (item.history or {}).get(name)
    if versions is None:
        now = item.properties.get(name)
        versions = [Version(now, item.created, "IMPORT")] if now else []
    return [_version(version) for version in versions]


def _version(version: Version) -> Json:
    shown: dict[str, Any] = {"value": version.value or "", "timestamp": iso(version.at), "sourceType": version.source}
    return shown | ({"sourceId": version.source_id} if version.source_id else {})


def _links(portal: Portal, item: Item, selection: Selection, to: str) -> Json:
    ids = list(item.links[to])
    shown = ids[: selection.page]
    content: Json = {
        "results": [{"id": str(id), "type": label.name} for id in shown for label in reversed(item.links[to][id])]
    }
    if len(ids) > len(shown):
        after = bookmark(to, shown[-1])
        path = f"/crm/v3/objects/{selection.kind.plural}/{item.id}/associations/{BY_NAME[to].plural}"
        content["paging"] = {"next": {"after": after, "link": f"{portal.origin}{path}?after={quote(after)}"}}
    return content
