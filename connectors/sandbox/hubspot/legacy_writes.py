"""Engagements created and changed by the first API, which small clients still do where v3 takes two calls."""

from __future__ import annotations

from connectors.sandbox.hubspot.kinds import LABELS
from connectors.sandbox.hubspot.legacy import find_engagement
from connectors.sandbox.hubspot.legacy_records import ENGAGEMENTS, engagement
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal
from connectors.sandbox.hubspot.shelf import iso
from connectors.sandbox.hubspot.wire import Answer, Json, Request, reply

_TYPES = {type: plural for plural, (type, _) in ENGAGEMENTS.items()}
_LINKED = {"contactIds": "contacts", "companyIds": "companies", "dealIds": "deals", "ticketIds": "tickets"}


def create(portal: Portal, request: Request) -> Answer:
    """Create a call, an e-mail, a meeting, a note or a task; ids that lead nowhere are passed over."""
    content = request.document()
    type = _TYPES.get(content["engagement"].get("type") or "")
    if type is None:
        raise Refusal(400, f"Engagement type must be one of {', '.join(_TYPES)}", None)
    shelf = portal.shelves[type]
    item = portal.create(shelf, {"hs_timestamp": iso(portal.now())} | _values(type, content))
    for key, other in _LINKED.items():
        for id in (content.get("associations") or {}).get(key) or ():
            right = portal.find(portal.shelves[other], str(id))
            if right is not None and (type, other) in LABELS:
                portal.link(item, right, (type, other), LABELS[type, other][:1])
    return reply(engagement(portal, shelf, item))


def change(portal: Portal, request: Request) -> Answer:
    """Change an engagement's own fields and its metadata."""
    shelf, item = find_engagement(portal, request.params["id"])
    portal.change(shelf, item, _values(shelf.kind.plural, request.document()))
    return reply(engagement(portal, shelf, item))


def _values(type: str, content: Json) -> dict[str, str]:
    own, metadata = content.get("engagement") or {}, content.get("metadata") or {}
    values = {name: str(metadata[key]) for name, key in ENGAGEMENTS[type][1].items() if metadata.get(key) is not None}
    if own.get("timestamp") is not None:
        values["hs_timestamp"] = iso(own["timestamp"])
    if own.get("ownerId") is not None:
        values["hubspot_owner_id"] = str(own["ownerId"])
    return values
