"""Lists (segments) of records and their memberships.

After HubSpot's «Lists» page (v3): memberships come 250 a page at most, by record id; only MANUAL and SNAPSHOT lists
take members by hand; a deleted list can be restored for 90 days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from connectors.sandbox.hubspot.kinds import BY_NAME
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, malformed, not_found
from connectors.sandbox.hubspot.roster import List
from connectors.sandbox.hubspot.shelf import iso, number
from connectors.sandbox.hubspot.wire import NO_CONTENT, Answer, Json, Request, answer_batch, following, inputs, reply

MEMBERS = 250
CHANGES = 100_000
KINDS = ("MANUAL", "SNAPSHOT", "DYNAMIC")
SORTS: dict[str, Callable[[List], Any]] = {
    "HS_LIST_ID": lambda one: int(one.id),
    "HS_LIST_NAME": lambda one: one.name.lower(),
    "HS_LIST_SIZE": lambda one: len(one.members),
    "HS_CREATED_AT": lambda one: one.created,
    "HS_UPDATED_AT": lambda one: one.updated,
}


def create(portal: Portal, request: Request) -> Answer:
    """Create a list."""
    content = request.document()
    kind = portal.kind(content["objectTypeId"])
    if content["processingType"] not in KINDS:
        raise malformed(f"{content['processingType']} is not one of {list(KINDS)}")
    if content["processingType"] == "DYNAMIC" and not content.get("filterBranch"):
        raise Refusal(400, "A DYNAMIC list must have a filterBranch")
    _unused(portal, content["name"], kind.type_id)
    now, id = portal.now(), str(max(map(int, portal.lists), default=0) + 1)
    made = List(id, content["name"], kind.type_id, content["processingType"], now, now, content.get("filterBranch"))
    portal.lists[id] = made
    portal.note("api", "create", "lists", id, {"name": made.name})
    return reply({"list": show(made)})


def get(portal: Portal, request: Request) -> Answer:
    """Answer one list by id."""
    return reply({"list": show(_one(portal, request), filters=request.flag("includeFilters"))})


def get_by_name(portal: Portal, request: Request) -> Answer:
    """Answer one list by its object type and name."""
    for roster in _standing(portal):
        if (roster.type_id, roster.name) == (portal.kind(request.params["type"]).type_id, request.params["name"]):
            return reply({"list": show(roster, filters=request.flag("includeFilters"))})
    raise not_found("List does not exist")


def get_many(portal: Portal, request: Request) -> Answer:
    """Answer several lists by id."""
    wanted = request.names("listIds")
    return reply(
        {
            "lists": [
                show(roster, filters=request.flag("includeFilters"))
                for roster in _standing(portal)
                if roster.id in wanted
            ]
        }
    )


def search(portal: Portal, request: Request) -> Answer:
    """Answer the lists whose names hold the query, by offset."""
    content = request.document()
    query, offset = str(content.get("query") or "").lower(), max(0, content.get("offset") or 0)
    count = max(0, min(content.get("count") or 20, 500))
    ids, kinds = content.get("listIds") or (), content.get("processingTypes") or KINDS
    matching = [
        roster
        for roster in _standing(portal)
        if query in roster.name.lower() and (not ids or roster.id in map(str, ids)) and roster.processing in kinds
    ]
    sort = str(content.get("sort") or "HS_LIST_ID")
    if sort.removeprefix("-") not in SORTS:
        raise malformed(f"{sort} is not one of {list(SORTS)}")
    matching.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    shown = [
        show(roster) | {"additionalProperties": {"hs_list_size": str(len(roster.members))}}
        for roster in matching[offset : offset + count]
    ]
    more = offset + count < len(matching)
    return reply({"offset": offset + len(shown), "hasMore": more, "lists": shown, "total": len(matching)})


def rename(portal: Portal, request: Request) -> Answer:
    """Rename a list."""
    roster, name = _one(portal, request), request.parameter("listName")
    if not name:
        raise Refusal(400, "validation error", None, errors=["query param listName may not be null"])
    if name != roster.name:
        _unused(portal, name, roster.type_id)
        roster.name, roster.updated, roster.version = name, portal.now(), roster.version + 1
    return reply({"updatedList": show(roster, filters=request.flag("includeFilters"))})


def refilter(portal: Portal, request: Request) -> Answer:
    """Change what a DYNAMIC list looks for."""
    roster = _one(portal, request)
    if roster.processing != "DYNAMIC":
        raise Refusal(400, f"List {roster.id} is a {roster.processing} list: it has no filters")
    roster.filter_branch, roster.updated, roster.version = (
        request.document()["filterBranch"],
        portal.now(),
        roster.version + 1,
    )
    return reply({"updatedList": show(roster, filters=True)})


def delete(portal: Portal, request: Request) -> Answer:
    """Delete a list; it can be restored."""
    roster = _one(portal, request)
    roster.deleted = portal.now()
    portal.note("api", "archive", "lists", roster.id)
    return NO_CONTENT


def restore(portal: Portal, request: Request) -> Answer:
    """Restore a deleted list."""
    _one(portal, request, deleted=True).deleted = None
    return NO_CONTENT


def memberships(portal: Portal, request: Request) -> Answer:
    """Answer one page of a list's members by ascending record id (descending behind `before`)."""
    roster = _one(portal, request)
    return _members(portal, request, roster, sorted(roster.members))


def memberships_by_time(portal: Portal, request: Request) -> Answer:
    """Answer one page of a list's members by the time they were added."""
    roster = _one(portal, request)
    return _members(portal, request, roster, sorted(roster.members, key=lambda id: (roster.members[id], id)))


def add(portal: Portal, request: Request) -> Answer:
    """Add records to a list; ids of records that do not exist come back as missing."""
    return _change(portal, _one(portal, request), _ids(request.json()), ())


def remove(portal: Portal, request: Request) -> Answer:
    """Remove records from a list."""
    return _change(portal, _one(portal, request), (), _ids(request.json()))


def add_and_remove(portal: Portal, request: Request) -> Answer:
    """Add and remove records in one go."""
    content = request.document()
    added, removed = (_ids(content.get(key) or []) for key in ("recordIdsToAdd", "recordIdsToRemove"))
    return _change(portal, _one(portal, request), added, removed)


def add_from(portal: Portal, request: Request) -> Answer:
    """Add every member of another list."""
    source = portal.lists.get(request.params["source"])
    if source is None:
        raise not_found("List does not exist")
    _change(portal, _one(portal, request), [str(id) for id in source.members], ())
    return NO_CONTENT


def clear(portal: Portal, request: Request) -> Answer:
    """Remove every member of a list."""
    roster = _one(portal, request)
    _change(portal, roster, (), [str(id) for id in roster.members])
    return NO_CONTENT


def of_record(portal: Portal, request: Request) -> Answer:
    """Answer the lists that a record is on."""
    results = _holding(portal, request.params["type"], request.params["id"])
    return reply({"total": len(results), "results": results})


def of_records(portal: Portal, request: Request) -> Answer:
    """Answer the lists that up to 100 records are on; records on none are left out."""
    results = []
    for entry in inputs(request.document(), 100):
        holding = _holding(portal, entry["objectTypeId"], entry["recordId"])
        results += [
            {"recordId": entry["recordId"], "objectTypeId": entry["objectTypeId"], **roster} for roster in holding
        ]
    return answer_batch(portal.now(), results)


def folders(portal: Portal, request: Request) -> Answer:
    """Answer the folder that holds every list: there are no others."""
    lists = [int(roster.id) for roster in _standing(portal)]
    return reply({"folder": {"id": 0, "parentFolderId": 0, "name": None, "childNodes": [], "childLists": lists}})


def _holding(portal: Portal, type: str, id: str) -> list[Json]:
    type_id, wanted = portal.kind(type).type_id, number(id) or 0
    return [
        {"listId": roster.id, "listVersion": roster.version, "firstAddedTimestamp": stamp, "lastAddedTimestamp": stamp}
        for roster in _standing(portal)
        if roster.type_id == type_id and wanted in roster.members
        for stamp in [iso(roster.members[wanted])]
    ]


def show(roster: List, *, filters: bool = False) -> Json:
    """Return a list as the vendor writes it."""
    content: Json = {
        "listId": roster.id, "listVersion": roster.version, "name": roster.name, "objectTypeId": roster.type_id,
        "processingType": roster.processing, "processingStatus": "COMPLETE", "size": len(roster.members),
        "createdAt": iso(roster.created), "updatedAt": iso(roster.updated), "filtersUpdatedAt": iso(roster.created),
        "createdById": "1", "updatedById": "1",
    }  # fmt: skip
    return content | ({"filterBranch": roster.filter_branch} if filters and roster.filter_branch else {})


def _standing(portal: Portal) -> Iterable[List]:
    return (roster for roster in portal.lists.values() if roster.deleted is None)


def _one(portal: Portal, request: Request, *, deleted: bool = False) -> List:
    roster = portal.lists.get(request.params["id"])
    if roster is None or (roster.deleted is not None and not deleted):
        raise not_found(f"List does not exist with ID {request.params['id']}.", listId=request.params["id"])
    return roster


def _unused(portal: Portal, name: str, type_id: str) -> None:
    if any((roster.name, roster.type_id) == (name, type_id) for roster in _standing(portal)):
        raise Refusal(400, f"A list with the name '{name}' already exists.", "VALIDATION_ERROR")


def _ids(values: Sequence[object]) -> list[str]:
    if len(values) > CHANGES:
        raise Refusal(400, f"At most {CHANGES} records can be added or removed in one request")
    return [str(id) for id in values]


def _change(portal: Portal, roster: List, added: Sequence[str], removed: Sequence[str]) -> Answer:
    if roster.processing == "DYNAMIC":
        raise Refusal(400, f"List {roster.id} is a DYNAMIC list: its memberships follow from its filters")
    shelf, now = portal.shelf(BY_NAME[roster.type_id].plural), portal.now()
    known = {id: item.id for id in added if (item := portal.find(shelf, id))}
    came = [id for id in known.values() if id not in roster.members]
    went = [int(id) for id in removed if number(id) in roster.members]
    roster.members |= dict.fromkeys(came, now)
    for id in went:
        del roster.members[id]
    if came or went:
        roster.updated = now
        portal.note("api", "members", "lists", roster.id, {"added": len(came), "removed": len(went)})
    # `recordsIdsAdded` [sic]: the vendor's own spelling, see MembershipsUpdateResponse in its client.
    return reply(
        {
            "recordsIdsAdded": [str(id) for id in came],
            "recordIdsRemoved": [str(id) for id in went],
            "recordIdsMissing": [id for id in added if id not in known],
        }
    )


def _members(portal: Portal, request: Request, roster: List, ids: list[int]) -> Answer:
    limit = request.number("limit", 100)
    if not 0 < limit <= MEMBERS:
        raise Refusal(400, f"limit must be between 1 and {MEMBERS}, but was {limit}")
    after, before = request.parameter("after"), request.parameter("before")
    if before and not after:
        ids = ids[::-1]
    last = number(after or before)
    start = ids.index(last) + 1 if last in roster.members and last is not None else 0
    shown = ids[start : start + limit]
    results = [{"recordId": str(id), "membershipTimestamp": iso(roster.members[id])} for id in shown]
    more = following(portal.origin, request, shown[-1]) if start + limit < len(ids) else {}
    return reply({"results": results, "total": len(ids)} | more)
