"""The first API, which read-only taps still ask: contacts, companies, deals, engagements and lists by `hasMore`.

Paths after HubSpot's legacy documentation; bookmarks are ids or counts. Nothing is written here, but see legacy_writes.
Of e-mail subscriptions and workflows the portal has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from connectors.sandbox.hubspot import legacy_records
from connectors.sandbox.hubspot.account import STAGES
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, not_found
from connectors.sandbox.hubspot.roster import List
from connectors.sandbox.hubspot.shelf import Item, Shelf, number
from connectors.sandbox.hubspot.wire import Answer, Json, Request, reply

NAMES = ("firstname", "lastname", "company", "lastmodifieddate")  # what contacts come with
PAGE = 250  # of companies and deals; contacts and recent ones come 100 at a time
Show = Callable[[Portal, Shelf, Item, tuple[str, ...]], Json]


def contacts(portal: Portal, request: Request) -> Answer:
    """Answer one page of all contacts by ascending id."""
    shelf, count = portal.shelves["contacts"], _count(request, "count", 20, 100)
    items = shelf.page(request.number("vidOffset", 0), count + 1)
    names = request.names("property") or NAMES
    shown = [legacy_records.contact(portal, shelf, item, names) for item in items[:count]]
    last = items[count].id if len(items) > count else 0
    return reply({"contacts": shown, "has-more": len(items) > count, "vid-offset": last})


def contacts_of_list(portal: Portal, request: Request) -> Answer:
    """Answer one page of a list's contacts by ascending id."""
    contact_list = _list(portal, request.params["id"])
    shelf, count = portal.shelves["contacts"], _count(request, "count", 20, 100)
    ids = [id for id in sorted(contact_list.members) if id > request.number("vidOffset", 0) and id in shelf.items]
    names = request.names("property") or NAMES
    shown = [legacy_records.contact(portal, shelf, shelf.items[id], names) for id in ids[:count]]
    last = ids[count - 1] if len(ids) > count else 0
    return reply({"contacts": shown, "has-more": len(ids) > count, "vid-offset": last})


def recent_contacts(portal: Portal, request: Request) -> Answer:
    """Answer one page of contacts, the last modified first."""
    shelf, count = portal.shelves["contacts"], _count(request, "count", 20, 100)
    before = request.number("timeOffset", 0) or None
    items = [item for item in _newest(shelf, 0) if before is None or item.modified < before]
    names = request.names("property") or NAMES
    page = items[:count]
    id, at = (page[-1].id, page[-1].modified) if page else (0, 0)
    shown = [legacy_records.contact(portal, shelf, item, names) for item in page]
    return reply({"contacts": shown, "has-more": len(items) > count, "vid-offset": id, "time-offset": at})


def contact(portal: Portal, request: Request) -> Answer:
    """Answer one contact by its vid."""
    return _one_contact(portal, request, portal.find(portal.shelves["contacts"], request.params["id"]))


def contact_by_email(portal: Portal, request: Request) -> Answer:
    """Answer one contact by an e-mail address."""
    return _one_contact(portal, request, portal.find(portal.shelves["contacts"], request.params["id"], by="email"))


def contacts_by_id(portal: Portal, request: Request) -> Answer:
    """Answer up to 100 contacts by their vids: an object, vid → contact."""
    shelf, names = portal.shelves["contacts"], request.names("property")
    items = [item for id in request.names("vid")[:100] if (item := portal.find(shelf, id)) is not None]
    return reply(
        {str(item.id): legacy_records.contact(portal, shelf, item, names or tuple(item.properties)) for item in items}
    )


def companies(portal: Portal, request: Request) -> Answer:
    """Answer one page of all companies by ascending id."""
    shelf, count = portal.shelves["companies"], _count(request, "limit", 100, PAGE)
    items = shelf.page(request.number("offset", 0), count + 1)
    shown = [legacy_records.company(portal, shelf, item, _names(request)) for item in items[:count]]
    last = items[count].id if len(items) > count else (items[-1].id if items else 0)
    return reply({"companies": shown, "has-more": len(items) > count, "offset": last})


def deals(portal: Portal, request: Request) -> Answer:
    """Answer one page of all deals by ascending id."""
    shelf, count = portal.shelves["deals"], _count(request, "limit", 100, PAGE)
    items = shelf.page(request.number("offset", 0), count + 1)
    shown = [legacy_records.deal(portal, shelf, item, _names(request)) for item in items[:count]]
    last = items[count].id if len(items) > count else (items[-1].id if items else 0)
    return reply({"deals": shown, "hasMore": len(items) > count, "offset": last})


def recent(type: str, *, created: bool = False) -> Callable[[Portal, Request], Answer]:
    """Return what answers one page of a type's records, the last modified (or created) first, 10,000 in all."""

    def answer(portal: Portal, request: Request) -> Answer:
        shelf, count, show = portal.shelves[type], _count(request, "count", 20, 100), SHOWN[type]
        start = request.number("offset", 0)
        if start + count > 10_000:
            raise Refusal(400, "Cannot fetch more than 10000 total records for this endpoint", None)
        items = _newest(shelf, request.number("since", 0))
        if created:
            items.sort(key=lambda item: item.created, reverse=True)
        shown = [show(portal, shelf, item, tuple(item.properties)) for item in items[start : start + count]]
        more = start + count < len(items)
        return reply({"results": shown, "hasMore": more, "offset": start + len(shown), "total": len(items)})

    return answer


def one_record(type: str) -> Callable[[Portal, Request], Answer]:
    """Return what answers one record of a type with every property that it has."""

    def answer(portal: Portal, request: Request) -> Answer:
        shelf = portal.shelves[type]
        item = portal.find(shelf, request.params["id"])
        if item is None:
            raise not_found()
        return reply(SHOWN[type](portal, shelf, item, tuple(item.properties)))

    return answer


def vids_of_company(portal: Portal, request: Request) -> Answer:
    """Answer the vids of a company's contacts."""
    page, more = _people(portal, request)
    return reply({"vids": page, "vidOffset": page[-1] if page else 0, "hasMore": more})


def contacts_of_company(portal: Portal, request: Request) -> Answer:
    """Answer a company's contacts with the properties that they had last."""
    (page, more), shelf = _people(portal, request), portal.shelves["contacts"]
    shown = [
        {"vid": contact["vid"], "canonical-vid": contact["vid"], "portal-id": contact["portal-id"],
         "identities": contact["identity-profiles"],
         "properties": [{"name": name, "value": value["value"]} for name, value in contact["properties"].items()]}
        for id in page
        for contact in [legacy_records.contact(portal, shelf, shelf.items[id], NAMES)]
    ]  # fmt: skip
    return reply({"contacts": shown, "vidOffset": page[-1] if page else 0, "hasMore": more})


def _people(portal: Portal, request: Request) -> tuple[list[int], bool]:
    item = portal.find(portal.shelves["companies"], request.params["id"])
    if item is None:
        raise not_found()
    ids = [id for id in sorted(item.links.get("contacts", ())) if id > request.number("vidOffset", 0)]
    count = _count(request, "count", 100, 100)
    return ids[:count], len(ids) > count


def engagements(portal: Portal, request: Request) -> Answer:
    """Answer one page of calls, e-mails, meetings, notes and tasks by ascending id, of one record where it is named."""
    known = list(_engagements(portal))
    if type := request.params.get("type"):
        of, id = portal.kind(type).plural, number(request.params["id"])
        known = [(shelf, item) for shelf, item in known if id in item.links.get(of, ())]
    count, start = _count(request, "limit", 100, PAGE), request.number("offset", 0)
    every = sorted((item.id, place) for place, (_, item) in enumerate(known) if item.id > start)
    page = _whole(every, count)
    shown = [legacy_records.engagement(portal, *known[place]) for _, place in page]
    return reply({"results": shown, "hasMore": len(page) < len(every), "offset": page[-1][0] if page else start})


def recent_engagements(portal: Portal, request: Request) -> Answer:
    """Answer one page of engagements, the last modified first, of the last thirty days and at most 10,000 in all."""
    count, start = _count(request, "count", 20, 100), request.number("offset", 0)
    since = max(request.number("since", 0), portal.now() - 30 * 86_400_000)
    known = [(item.modified, shelf, item) for shelf, item in _engagements(portal) if item.modified >= since]
    known = sorted(known, key=lambda one: one[0], reverse=True)[:10_000]
    shown = [legacy_records.engagement(portal, shelf, item) for _, shelf, item in known[start : start + count]]
    more = start + count < len(known)
    return reply({"results": shown, "hasMore": more, "offset": start + len(shown), "total": len(known)})


def engagements_since(portal: Portal, request: Request) -> Answer:
    """Answer one page of engagements modified after `after` (epoch milliseconds), the oldest change first."""
    count, after = _count(request, "limit", 100, PAGE), request.number("after", 0)
    known = list(_engagements(portal))
    changed = sorted((item.modified, place) for place, (_, item) in enumerate(known) if item.modified > after)
    page = _whole(changed, count)
    shown = [legacy_records.engagement(portal, *known[place]) for _, place in page]
    return reply({"results": shown, "hasMore": len(page) < len(changed), "after": page[-1][0] if page else after})


def engagement(portal: Portal, request: Request) -> Answer:
    """Answer one engagement."""
    return reply(legacy_records.engagement(portal, *find_engagement(portal, request.params["id"])))


def find_engagement(portal: Portal, id: str) -> tuple[Shelf, Item]:
    """Return a live call, e-mail, meeting, note or task by its id."""
    for shelf, item in _engagements(portal):
        if str(item.id) == id:
            return shelf, item
    raise not_found()


def deal_pipelines(portal: Portal, request: Request) -> Answer:
    """Answer the pipelines of deals: a bare array."""
    stages = [
        {"stageId": id, "label": label, "probability": float(chance), "active": True, "displayOrder": place,
         "closedWon": chance == "1.0"}
        for place, (id, label, chance) in enumerate(STAGES["deals"])
    ]  # fmt: skip
    whole = {"pipelineId": "default", "label": "Sales Pipeline", "active": True, "displayOrder": 0}
    return reply([whole | {"staticDefault": True, "stages": stages}])


def pipelines(portal: Portal, request: Request) -> Answer:
    """Answer a type's pipelines as the endpoint between the first API and v3 does."""
    kind = portal.kind(request.params["type"])
    stages = [
        {"stageId": id, "label": label, "displayOrder": place, "active": True, "createdAt": 0, "updatedAt": 0,
         "metadata": {"isClosed": str(chance in {"0.0", "1.0"}).lower(), "probability": chance}}
        for place, (id, label, chance) in enumerate(STAGES.get(kind.plural, ()))
    ]  # fmt: skip
    whole: Json = {
        "pipelineId": "default", "objectType": kind.singular.upper(), "objectTypeId": kind.type_id, "displayOrder": 0,
        "label": "Sales Pipeline", "active": True, "default": True, "createdAt": 0, "updatedAt": 0, "stages": stages,
    }  # fmt: skip
    return reply({"results": [whole] if stages else []})


def lists(portal: Portal, request: Request) -> Answer:
    """Answer one page of lists of contacts, by offset."""
    count, start = _count(request, "count", 20, 250), request.number("offset", 0)
    known = [one for one in portal.lists.values() if one.deleted is None and one.type_id == "0-1"]
    shown = [legacy_records.roster(portal, one) for one in known[start : start + count]]
    return reply({"lists": shown, "has-more": start + count < len(known), "offset": start + len(shown)})


def one_list(portal: Portal, request: Request) -> Answer:
    """Answer one list."""
    return reply(legacy_records.roster(portal, _list(portal, request.params["id"])))


def nothing(key: str, **more: Any) -> Callable[[Portal, Request], Answer]:
    """Return what answers that there is none of it: workflows, changes of e-mail subscriptions."""
    return lambda portal, request: reply({key: []} | more)


def _list(portal: Portal, id: str) -> List:
    contact_list = portal.lists.get(id)
    if number(id) is None:
        raise Refusal(400, f"Could not parse number from listId: {id}")
    if contact_list is None or contact_list.deleted is not None:
        raise Refusal(404, f"List {id} does not exist", None)
    return contact_list


def _one_contact(portal: Portal, request: Request, item: Item | None) -> Answer:
    if item is None:
        raise Refusal(404, "contact does not exist", None)
    names = request.names("property") or tuple(item.properties)
    return reply(legacy_records.contact(portal, portal.shelves["contacts"], item, names))


def _engagements(portal: Portal) -> Iterable[tuple[Shelf, Item]]:
    for type in legacy_records.ENGAGEMENTS:
        shelf = portal.shelves[type]
        yield from ((shelf, shelf.items[id]) for id in shelf.live)


def _newest(shelf: Shelf, since: int) -> list[Item]:
    return [shelf.items[id] for at, id in reversed(shelf.stamps) if at >= since]


def _whole(pairs: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Return the first page of (bookmark, place), longer where one bookmark would be cut in two."""
    while 0 < count < len(pairs) and pairs[count][0] == pairs[count - 1][0]:
        count += 1
    return pairs[:count]


def _names(request: Request) -> tuple[str, ...]:
    return (*request.names("properties"), *request.names("propertiesWithHistory"))


def _count(request: Request, name: str, default: int, most: int) -> int:
    return max(1, min(request.number(name, default), most))


SHOWN: dict[str, Show] = {"companies": legacy_records.company, "deals": legacy_records.deal}
