"""Associations by the names of their types (contact_to_company), as the v3 endpoints create, list and remove them.

Source: HubSpot, «Associations v3»: batch endpoints under /crm/v3/associations, and PUT and DELETE on a record.
"""

from __future__ import annotations

from connectors.sandbox.hubspot.associations import BATCH_WRITE_V3, associate, dissociate, ends, missing, two, types
from connectors.sandbox.hubspot.drawing import draw, selected
from connectors.sandbox.hubspot.kinds import LABELS, Label
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal
from connectors.sandbox.hubspot.wire import NO_CONTENT, Answer, Request, answer_batch, inputs, reply


def list_types(portal: Portal, request: Request) -> Answer:
    """Answer the names of the types by which two object types may be associated."""
    return reply({"results": [{"id": str(label.id), "name": label.name} for label in LABELS[types(portal, request)]]})


def batch_create(portal: Portal, request: Request) -> Answer:
    """Associate up to 100 pairs of records, each under the type that it names."""
    pair = types(portal, request)
    results, errors = [], []
    for entry in inputs(request.document(), BATCH_WRITE_V3):
        label, (left, right) = _named(pair, str(entry.get("type", ""))), ends(portal, pair, entry)
        if left is None or right is None:
            errors.append(missing(entry, pair))
            continue
        associate(portal, left, right, pair, (label,))
        results.append({"from": {"id": str(left.id)}, "to": {"id": str(right.id)}, "type": label.name})
    return answer_batch(portal.now(), results, errors, 201)


def batch_archive(portal: Portal, request: Request) -> Answer:
    """Remove the associations between up to 100 pairs of records."""
    pair = types(portal, request)
    for entry in inputs(request.document(), BATCH_WRITE_V3):
        _named(pair, str(entry.get("type", "")))
        dissociate(portal, *ends(portal, pair, entry), pair)
    return NO_CONTENT


def put(portal: Portal, request: Request) -> Answer:
    """Associate two records under the type that the path names, and answer the first of them."""
    pair, left, right = two(portal, request)
    associate(portal, left, right, pair, (_named(pair, request.params["label"]),))
    return Answer(200, draw(portal, left, selected(portal, portal.shelves[pair[0]].kind, request)))


def remove(portal: Portal, request: Request) -> Answer:
    """Remove the associations between two records."""
    pair, left, right = two(portal, request)
    _named(pair, request.params["label"])
    dissociate(portal, left, right, pair)
    return NO_CONTENT


def _named(pair: tuple[str, str], name: str) -> Label:
    """Return the type of that name or id; refuse what is none."""
    named = next((label for label in LABELS[pair] if name in (label.name, str(label.id))), None)
    if named is None:
        raise Refusal(400, f"{name} is not a valid association type between {pair[0]} and {pair[1]}")
    return named
