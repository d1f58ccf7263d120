"""One CRM object type's records in memory: live and archived, in the order in which the vendor lists them."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from connectors.sandbox.hubspot.kinds import Kind, Label

Links = dict[str, dict[int, tuple[Label, ...]]]  # type → id → labels


class Version(NamedTuple):
    """One value that a property had."""

    value: str | None
    at: int  # epoch milliseconds
    source: str
    source_id: str | None = None


class Selection(NamedTuple):
    """What a call wants to see of each record."""

    kind: Kind
    properties: tuple[str, ...]
    history: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()
    page: int = 100  # associated ids per record


class Item:
    """One CRM record. Times are epoch milliseconds; properties without a value are absent."""

    __slots__ = ("archived_at", "created", "drawn", "history", "id", "links", "modified", "properties")

    def __init__(self, id: int, properties: dict[str, str], created: int, modified: int) -> None:
        self.id = id
        self.properties = properties
        self.created = created
        self.modified = modified
        self.archived_at: int | None = None
        self.links: Links = {}
        self.history: dict[str, list[Version]] | None = None
        self.drawn: tuple[Selection, bytes] | None = None  # the last rendering, and the selection that it shows


class Shelf:
    """The records of one type, found by id, by a unique property, or by their stamp."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.items: dict[int, Item] = {}
        self.live: list[int] = []
        self.archived: list[int] = []
        self.stamps: list[tuple[int, int]] = []  # (modified, id) of live records
        self.unique: dict[str, dict[str, int]] = {name: {} for name in kind.unique}
        self.merged: dict[int, int] = {}  # merged-away id → the record it went into
        self.last_id = 0

    def __len__(self) -> int:
        return len(self.live)

    def stock(self, items: Iterable[Item]) -> None:
        """Put many records on the empty shelf."""
        for item in items:
            self.items[item.id] = item
            if item.archived_at is None:
                for name, ids in self.unique.items():
                    for value in self._values(item.properties, name):
                        ids.setdefault(value, item.id)
        self.live = sorted(id for id, item in self.items.items() if item.archived_at is None)
        self.archived = sorted(id for id, item in self.items.items() if item.archived_at is not None)
        self.stamps = sorted((self.items[id].modified, id) for id in self.live)
        self.last_id = max(self.items, default=0)

    def page(self, after: int, limit: int, *, archived: bool = False) -> list[Item]:
        """Return up to `limit` records with an id of `after` or above, in the order of ids."""
        ids = self.archived if archived else self.live
        start = bisect_left(ids, after)
        return [self.items[id] for id in ids[start : start + limit]]

    def find(self, id: str, *, by: str = "", archived: bool = False) -> Item | None:
        """Return the record with this id (or this value of the unique property `by`)."""
        key = self.unique.get(by, {}).get(id.lower()) if by and by != "hs_object_id" else number(id)
        item = self.items.get(key) if key is not None else None
        return item if item is not None and (item.archived_at is not None) == archived else None

    def survivor(self, id: int | None) -> int | None:
        """Return what a merged-away record ended up in; None for one that was not merged away."""
        last = self.merged.get(id) if id is not None else None
        while last in self.merged:
            last = self.merged[last]
        return last

    def between(self, low: int, high: int) -> Iterator[Item]:
        """Yield the live records stamped low..high (epoch milliseconds, inclusive)."""
        for at in range(bisect_left(self.stamps, (low, 0)), bisect_left(self.stamps, (high + 1, 0))):
            yield self.items[self.stamps[at][1]]

    def span(self, low: int, high: int) -> Iterator[Item]:
        """Yield the live records with ids low..high, inclusive."""
        for at in range(bisect_left(self.live, low), bisect_left(self.live, high + 1)):
            yield self.items[self.live[at]]

    def add(self, item: Item) -> None:
        """Put a new record among the live ones."""
        self.items[item.id] = item
        self.last_id = max(self.last_id, item.id)
        insort(self.live, item.id)
        insort(self.stamps, (item.modified, item.id))
        self._index(item.properties, item.id)

    def set(self, item: Item, values: Mapping[str, str | None], at: int, source: Version) -> None:
        """Change properties of a live record and move its stamp; None and the empty text clear a property."""
        self.unindex(item)
        for name, value in values.items():
            self._remember(item, name, source._replace(value=value, at=at))
            if value:
                item.properties[name] = value
            else:
                item.properties.pop(name, None)
        self.touch(item, at)
        self._index(item.properties, item.id)

    def touch(self, item: Item, at: int) -> None:
        """Move the record's stamp, which shows in its properties too."""
        if item.archived_at is None:
            self._unstamp(item)
            insort(self.stamps, (at, item.id))
        item.modified = at
        item.properties[self.kind.stamp] = iso(at)
        item.drawn = None

    def archive(self, item: Item, at: int) -> None:
        """Take a record off the live list. Its stamp does not move: that is how the vendor does it."""
        del self.live[bisect_left(self.live, item.id)]
        self._unstamp(item)
        item.archived_at, item.drawn = at, None
        insort(self.archived, item.id)
        self.unindex(item)

    def restore(self, item: Item) -> None:
        """Put an archived record back among the live ones."""
        del self.archived[bisect_left(self.archived, item.id)]
        item.archived_at, item.drawn = None, None
        insort(self.live, item.id)
        insort(self.stamps, (item.modified, item.id))
        self._index(item.properties, item.id)

    def purge(self, item: Item) -> None:
        """Remove a record for good: neither the live nor the archived list knows it any more."""
        ids = self.live if item.archived_at is None else self.archived
        del ids[bisect_left(ids, item.id)]
        if item.archived_at is None:
            self._unstamp(item)
            self.unindex(item)
        del self.items[item.id]

    def index(self, name: str) -> None:
        """Make records findable by another property; where a value stands twice, the first record has it."""
        ids = self.unique.setdefault(name, {})
        for id in self.live:
            for value in self._values(self.items[id].properties, name):
                ids.setdefault(value, id)

    def forget(self, before: int) -> None:
        """Remove what was archived before that time (epoch milliseconds) for good."""
        for id in list(self.archived):
            if (self.items[id].archived_at or 0) < before:
                self.purge(self.items[id])

    def unindex(self, item: Item) -> None:
        """Set the record's unique values free."""
        for name, ids in self.unique.items():
            for value in self._values(item.properties, name):
                if ids.get(value) == item.id:
                    del ids[value]

    def _index(self, properties: Mapping[str, str], id: int) -> None:
        for name, ids in self.unique.items():
            for value in self._values(properties, name):
                ids[value] = id

    def _values(self, properties: Mapping[str, str], name: str) -> list[str]:
        """Return every value under which a record is known, in lower case."""
        more = [properties.get(alias, "") for key, alias in self.kind.aliases if key == name]
        return [value for text in (properties.get(name, ""), *more) for value in text.lower().split(";") if value]

    def _unstamp(self, item: Item) -> None:
        del self.stamps[bisect_left(self.stamps, (item.modified, item.id))]

    def _remember(self, item: Item, name: str, version: Version) -> None:
        if item.history is None:
            item.history = {}
        if name not in item.history:
            before = item.properties.get(name)
            item.history[name] = [Version(before, item.created, "IMPORT")] if before else []
        item.history[name].insert(0, version)


def millis(at: datetime) -> int:
    """Return an aware stamp as epoch milliseconds."""
    return round(at.timestamp() * 1000)


@lru_cache(maxsize=65536)
def iso(at: int) -> str:
    """Return epoch milliseconds as the vendor writes stamps.

    >>> iso(1_767_225_600_000)
    '2026-01-01T00:00:00Z'
    >>> iso(1_767_225_600_500)
    '2026-01-01T00:00:00.500Z'
    """
    stamp = datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{stamp}.{at % 1000:03d}Z" if at % 1000 else f"{stamp}Z"


def number(id: str) -> int | None:
    """Read a record's id; None for a text that cannot be one.

    >>> number("12"), number("-1"), number("²")
    (12, None, None)
    """
    return int(id) if len(id) < 19 and id.isascii() and id.isdigit() else None


_DECIMAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?\s*", re.ASCII)


def decimal(text: str) -> float | None:
    """Read a number; None where it is none."""
    return float(text) if _DECIMAL.fullmatch(text) else None


_MILLIS = re.compile(r"-?[0-9]{1,15}")
_LAST = 253_402_300_800_000  # the year 10,000, in epoch milliseconds


def epoch(text: str) -> int | None:
    """Read epoch milliseconds or an ISO date or stamp (UTC where it says nothing); None where it is neither."""
    if _MILLIS.fullmatch(text):
        at = int(text)
        return at if -62_135_596_800_000 <= at < _LAST else None
    try:
        stamp = datetime.fromisoformat(text)
        return millis(stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def read(kind: Kind, record: Mapping[str, Any], id: int) -> Item:
    """Return a vendor-shaped record as an item; the properties that carry its id and times are filled in."""
    brought = record.get("properties") or {}
    properties = {name: value for name, value in brought.items() if value is not None and value != ""}
    created = epoch(record.get("createdAt") or properties.get(kind.created) or "0") or 0
    modified = epoch(record.get("updatedAt") or properties.get(kind.stamp) or "") or created
    properties["hs_object_id"] = str(id)
    properties.setdefault(kind.created, iso(created))
    properties.setdefault(kind.stamp, iso(modified))
    item = Item(id, properties, created, modified)
    if record.get("archived"):
        item.archived_at = epoch(record.get("archivedAt") or "") or modified
    return item
