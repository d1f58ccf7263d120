"""The associations that the body of a new record asks for: checked before it is written, made after."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.sandbox.hubspot.associations import associate
from connectors.sandbox.hubspot.kinds import BY_NAME, LABELS, Kind, Label
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal
from connectors.sandbox.hubspot.shelf import Item
from connectors.sandbox.hubspot.wire import Json

Links = list[tuple[str, Item, tuple[Label, ...]]]  # other type, other record, labels


def read_links(portal: Portal, kind: Kind, associations: Sequence[Json]) -> Links:
    """Check the associations of a new record's body and return them."""
    links: Links = []
    for association in associations:
        id = str((association.get("to") or {}).get("id", ""))
        for type in association.get("types") or ():
            wanted = type.get("associationTypeId")
            matching = [
                (pair[1], label)
                for pair, known in LABELS.items()
                for label in known
                if pair[0] == kind.plural and label.id == wanted
            ]
            if not matching:
                raise _misdirected(kind, wanted)
            other, label = matching[0]
            item = portal.find(portal.shelves[other], id)
            if item is None:
                raise _unassociable(BY_NAME[other], id)
            links.append((other, item, (label,)))
    return links


def attach(portal: Portal, kind: Kind, item: Item, links: Links) -> None:
    """Associate a new record."""
    for other, right, labels in links:
        associate(portal, item, right, (kind.plural, other), labels)


def _misdirected(kind: Kind, wanted: object) -> Refusal:
    """Return the refusal of a type that leads from another object type, or from none."""
    pair = next((pair for pair, known in LABELS.items() for one in known if one.id == wanted), None)
    if pair is None:
        return Refusal(400, f"No association type {wanted} exists from {kind.singular}")
    expected = BY_NAME[pair[0]].type_id
    return Refusal(400, f"invalid from object type {kind.type_id} for associations to be created. expected: {expected}")


def _unassociable(kind: Kind, id: str) -> Refusal:
    name = kind.singular.upper()
    context = {"INVALID_OBJECT_IDS": [f"{name}={id} is not valid"], "objectId": [id], "objectType": [name]}
    return Refusal(400, "One or more associations are invalid", context=context)
