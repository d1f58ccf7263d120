"""CRM records one at a time and in lists: read, create, change, archive."""

from __future__ import annotations

from connectors.sandbox.hubspot import validation
from connectors.sandbox.hubspot.attaching import attach, read_links
from connectors.sandbox.hubspot.drawing import describe, draw, page, select, selected
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, no_record, not_found
from connectors.sandbox.hubspot.shelf import Item, Shelf
from connectors.sandbox.hubspot.wire import NO_CONTENT, Answer, Json, Request, following, reply

LIST_LIMIT = 100
HISTORY_LIMIT = 50


def list_page(portal: Portal, request: Request) -> Answer:
    """Answer one page of a type's records by ascending id. `after` is the id to begin at, so id ranges may be read."""
    shelf = portal.shelf(request.params["type"])
    selection = selected(portal, shelf.kind, request)
    limit = request.number("limit", 10)
    most = HISTORY_LIMIT if selection.history else LIST_LIMIT
    if not 0 < limit <= most:
        raise Refusal(400, f"Invalid request to list objects: limit must be between 1 and {most}, but was {limit}")
    archived = request.flag("archived")
    if archived:
        portal.forget(shelf)
    items = shelf.page(request.number("after", 0), limit + 1, archived=archived)
    shown = items[:limit]
    # The vendor's bookmark is one above the last id shown: whatever vanishes meanwhile, nothing is skipped.
    more = following(portal.origin, request, shown[-1].id + 1) if len(items) > limit else None
    return Answer(200, page([draw(portal, item, selection) for item in shown], more))


def get(portal: Portal, request: Request) -> Answer:
    """Answer one record, by id or by the unique property that idProperty names."""
    shelf = portal.shelf(request.params["type"])
    item = find(portal, shelf, request, archived=request.flag("archived"))
    return Answer(200, draw(portal, item, selected(portal, shelf.kind, request)))


def create(portal: Portal, request: Request) -> Answer:
    """Create one record, with its associations."""
    shelf, content = portal.shelf(request.params["type"]), request.document()
    item = make(portal, shelf, content, request.version)
    location = f"{portal.origin}{request.path.rstrip('/')}/{item.id}"
    return reply(show(portal, shelf, item), 201)._replace(headers=((b"location", location.encode()),))


def change(portal: Portal, request: Request) -> Answer:
    """Change one record's properties."""
    shelf, content = portal.shelf(request.params["type"]), request.document()
    item = find(portal, shelf, request)
    values = validation.check(portal, shelf, content["properties"], item, version=request.version)
    if not values:
        raise Refusal(400, "No properties found to update, please provide at least one.")
    portal.change(shelf, item, values)
    return reply(show(portal, shelf, item, tuple(values)))


def archive(portal: Portal, request: Request) -> Answer:
    """Archive one record; one that is not there is archived enough."""
    shelf = portal.shelf(request.params["type"])
    if item := shelf.find(request.params["id"]):
        portal.archive(shelf, item)
    return NO_CONTENT


def find(portal: Portal, shelf: Shelf, request: Request, *, archived: bool = False) -> Item:
    """Return the record that the path and idProperty name."""
    id, by = request.params["id"], request.parameter("idProperty")
    check_unique(shelf, by)
    item = portal.find(shelf, id, by=by, archived=archived)
    if item is None:
        raise not_found() if by else no_record(id)
    return item


def check_unique(shelf: Shelf, by: str) -> None:
    """Refuse an idProperty that does not name records uniquely."""
    if by and by not in shelf.unique and by != "hs_object_id":
        raise Refusal(400, f"Unable to perform update/upsert by non-unique {shelf.kind.type_id} property {by}")


def make(portal: Portal, shelf: Shelf, content: Json, version: str) -> Item:
    """Create a record from the body of a write by this version; everything is checked before anything is written."""
    values = validation.check(portal, shelf, content.get("properties") or {}, version=version)
    validation.require(shelf, values)
    links = read_links(portal, shelf.kind, content.get("associations") or ())
    item = portal.create(shelf, values)
    attach(portal, shelf.kind, item, links)
    return item


def show(portal: Portal, shelf: Shelf, item: Item, names: tuple[str, ...] = ()) -> Json:
    """Return a written record: of a new one every value, of a changed one what was written."""
    return describe(portal, item, select(portal, shelf.kind, tuple(sorted(names or item.properties))))
