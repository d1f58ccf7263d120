"""Two records become one, and one person's traces are removed for good.

Since January 2025 a merge makes a new record: the survivor's id is neither of the two, and both vanish without being
archived («Merge records»). hs_merged_object_ids lists them, `;` between; contacts also have hs_calculated_merged_vids,
`id:epoch_ms` each.
"""

from __future__ import annotations

from connectors.sandbox.hubspot.objects import check_unique, show
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, no_record
from connectors.sandbox.hubspot.shelf import Item, Shelf
from connectors.sandbox.hubspot.wire import NO_CONTENT, Answer, Request, reply

MERGED = {"hs_merged_object_ids": "{id}", "hs_calculated_merged_vids": "{id}:{at}"}


def merge(portal: Portal, request: Request) -> Answer:
    """Merge objectIdToMerge into primaryObjectId and answer the survivor."""
    shelf, content = portal.shelf(request.params["type"]), request.document()
    ids = [content[key] for key in ("primaryObjectId", "objectIdToMerge")]
    primary, other = (shelf.find(id) for id in ids)
    if primary is None or other is None:
        raise no_record(ids[0 if primary is None else 1])
    if primary is other:
        raise Refusal(400, "An object cannot be merged into itself")
    return reply(show(portal, shelf, join(portal, shelf, primary, other)))


def join(portal: Portal, shelf: Shelf, primary: Item, other: Item, who: str = "api") -> Item:
    """Merge `other` into `primary`: the primary's values win where it has any, associations are united."""
    now = portal.now()
    own = {"hs_object_id", shelf.kind.created, shelf.kind.stamp, *MERGED}
    theirs = portal.without_statuses(other, primary)
    values = {name: value for name, value in (theirs | primary.properties).items() if name not in own}
    gone = [other] if portal.options.merge_keeps_id else [primary, other]
    traces = {name: _trace(portal, name, primary, other, gone, now) for name in portal.options.merge_fields}
    values |= _emails(primary, other)
    if portal.options.merge_keeps_id:
        survivor = primary
        _move_links(portal, shelf, other, survivor)
        shelf.purge(other)
        portal.change(shelf, survivor, values | traces, who)
    else:
        shelf.unindex(primary)
        shelf.unindex(other)
        survivor = portal.create(shelf, values | traces, who)
        for record in (primary, other):
            _move_links(portal, shelf, record, survivor)
            shelf.purge(record)
    for record in gone:
        shelf.merged[record.id] = survivor.id
        for members in portal.memberships(shelf.kind.type_id):
            if record.id in members:
                members[survivor.id] = members.pop(record.id)
    portal.note(who, "merge", shelf.kind.plural, survivor.id, {"merged": [record.id for record in gone]})
    return survivor


def forget(portal: Portal, request: Request) -> Answer:
    """Delete a contact for good, with everything that the portal holds about the person."""
    shelf, content = portal.shelf(request.params["type"]), request.document()
    id, by = content["objectId"], content.get("idProperty") or ""
    check_unique(shelf, by)
    item = shelf.find(id, by=by) or shelf.find(id, by=by, archived=True)
    if item is not None:
        erase(portal, shelf, item)
    return NO_CONTENT


def erase(portal: Portal, shelf: Shelf, item: Item, who: str = "api") -> None:
    """Remove a contact, its associations, memberships, submissions, e-mail events and participations."""
    email = item.properties.get("email", "").lower()
    for to, links in list(item.links.items()):
        for id in list(links):
            portal.unlink(item, portal.shelves[to].items[id], (shelf.kind.plural, to))
    shelf.purge(item)
    for members in portal.memberships(shelf.kind.type_id):
        members.pop(item.id, None)
    if email:
        portal.drop_rows(email)
        portal.statuses.pop(email, None)
    portal.note(who, "gdpr-delete", shelf.kind.plural, item.id)


def _trace(portal: Portal, name: str, primary: Item, other: Item, gone: list[Item], now: int) -> str:
    before = [part for item in (primary, other) for part in item.properties.get(name, "").split(";") if part]
    return ";".join([*before, *(MERGED[name].format(id=item.id, at=now) for item in gone)])


def _emails(primary: Item, other: Item) -> dict[str, str]:
    """Return the survivor's further addresses: those that either had, and the other's first."""
    first = primary.properties.get("email", "")
    lists = [primary.properties.get("hs_additional_emails", ""), other.properties.get("email", "")]
    lists.append(other.properties.get("hs_additional_emails", ""))
    more = dict.fromkeys(email for text in lists for email in text.split(";") if email and email != first)
    return {"hs_additional_emails": ";".join(more)} if first and more else {}


def _move_links(portal: Portal, shelf: Shelf, loser: Item, survivor: Item) -> None:
    for to, links in list(loser.links.items()):
        for id, labels in list(links.items()):
            right = portal.shelves[to].items[id]
            pair = (shelf.kind.plural, to)
            portal.unlink(loser, right, pair)
            if right is not survivor:
                primary_stands = any(label.primary for known in survivor.links.get(to, {}).values() for label in known)
                portal.link(survivor, right, pair, [one for one in labels if not (one.primary and primary_stands)])
