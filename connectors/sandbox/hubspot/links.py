"""Both sides of an association, kept alike: whatever stands on one record stands on the other."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping

from connectors.sandbox.hubspot.kinds import BY_NAME, Label, mirror
from connectors.sandbox.hubspot.shelf import Item, Shelf, number


def link(shelves: Mapping[str, Shelf], left: Item, right: Item, pair: tuple[str, str], labels: Iterable[Label]) -> None:
    """Associate two records; labels add to those that stand. Of several primaries, the last one stays."""
    for label in labels:
        if label.primary:
            _demote(shelves, left, pair)
        join(left, pair[1], right.id, label)
        join(right, pair[0], left.id, mirror(pair, label))
    name_company(left, right, pair)


def unlink(left: Item, right: Item, pair: tuple[str, str]) -> None:
    """Remove every association between two records."""
    for item, type, id in ((left, pair[1], right.id), (right, pair[0], left.id)):
        item.links.get(type, {}).pop(id, None)
        item.drawn = None
    name_company(left, right, pair)


def join(item: Item, type: str, id: int, label: Label) -> None:
    """Note an association on one side only."""
    there = item.links.setdefault(type, {})
    labels = there.get(id, ())
    if label not in labels:
        labels = (*labels, label)
        there[id] = _SHARED.setdefault(labels, labels)
        item.drawn = None


def name_company(left: Item, right: Item, pair: tuple[str, str]) -> None:
    """Keep a contact's `associatedcompanyid` at its primary company; the stamp does not move."""
    if set(pair) == {"contacts", "companies"}:
        contact = left if pair[0] == "contacts" else right
        companies = contact.links.get("companies", {})
        primary = [id for id, labels in companies.items() if any(label.primary for label in labels)]
        contact.properties.pop("associatedcompanyid", None)
        if primary:
            contact.properties["associatedcompanyid"] = str(primary[0])
        contact.drawn = None


def bookmark(to: str, id: int) -> str:
    """Return what leads past an associated record: base64 of its type and id, as the vendor makes it."""
    return b64encode(f"{BY_NAME[to].type_id}-{id}".encode()).decode()


def behind(after: str) -> int | None:
    """Return the id that a bookmark leads past; None for one that leads nowhere."""
    try:
        return number(b64decode(after).decode().rpartition("-")[2]) if after else None
    except ValueError:  # binascii.Error and UnicodeDecodeError are ValueErrors too
        return None


def _demote(shelves: Mapping[str, Shelf], left: Item, pair: tuple[str, str]) -> None:
    for id, labels in left.links.get(pair[1], {}).items():
        if any(label.primary for label in labels):
            right = shelves[pair[1]].items[id]
            for item, type, other in ((left, pair[1], id), (right, pair[0], left.id)):
                item.links[type][other] = tuple(one for one in item.links[type][other] if not one.primary)
                item.drawn = None


_SHARED: dict[tuple[Label, ...], tuple[Label, ...]] = {}  # the few combinations of labels, once each
