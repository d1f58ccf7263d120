"""A source and target in memory: for trying syncd out, and the plainest example of what a connector owes.

Records are JSON objects by stream and id. Every change gets the next number of one counter; a cursor is the number up
to which a reader has seen everything, so that a pull yields what changed since, deleted records included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock

from connectors.base import Budget, Page, Payload, Problem, Raw, Receipt, Record, WriteError
from connectors.transport import now

Refuse = Callable[[str, Payload], WriteError | None]


@dataclass(slots=True)
class MemoryRecord:
    """One record with the number of its last change."""

    number: int
    record: Record


@dataclass(slots=True)
class Memory:
    """A system whose streams are dictionaries, for any number of threads.

    owner: whose records they are. key: the field that carries our stable key, written with every record that is
    created. refuse: says why a payload is not taken, where a test or a demonstration wants that.
    """

    system: str = "memory"
    streams: Sequence[str] = ()
    owner: str | None = None
    key: str = "key"
    page: int = 100
    clock: Callable[[], datetime] = now
    refuse: Refuse = field(default=lambda object, payload: None)
    budget: Budget = field(default_factory=Budget)
    _entries: dict[str, dict[str, MemoryRecord]] = field(default_factory=dict)
    _number: int = 0
    _lock: RLock = field(default_factory=RLock)

    # ---- what others do to the system ----------------------------------------------------------------------------

    def put(self, stream: str, id: str, raw: Raw) -> None:
        """Create or replace a record, as a person would."""
        self._change(stream, Record(id, self.clock(), False, dict(raw)))

    def delete(self, stream: str, id: str) -> None:
        """Delete a record; readers see it once more, marked as deleted."""
        with self._lock:
            raw = self._entries[stream][id].record.raw
            self._change(stream, Record(id, self.clock(), True, raw))

    def records(self, stream: str) -> dict[str, Raw]:
        """Return the live records by id."""
        with self._lock:
            entries = self._entries.get(stream, {})
            return {id: dict(entry.record.raw) for id, entry in entries.items() if not entry.record.deleted}

    def _change(self, stream: str, record: Record) -> None:
        with self._lock:
            self._number += 1
            self._entries.setdefault(stream, {})[record.id] = MemoryRecord(self._number, record)

    # ---- source --------------------------------------------------------------------------------------------------

    def tenant(self) -> str | None:
        """Return the owner."""
        return self.owner

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        """Yield what changed since `cursor`, in the order of the changes."""
        at = int(cursor) if cursor and cursor.isdecimal() else 0
        with self._lock:
            at = at if at <= self._number else 0  # a number that we never gave out
            entries = self._entries.get(stream, {}).values()
            waiting = sorted((entry for entry in entries if entry.number > at), key=lambda entry: entry.number)
            end = self._number
        for start in range(0, len(waiting) - self.page, self.page):
            some = waiting[start : start + self.page]
            yield self._page(some, some[-1].number)
        rest = len(waiting) % self.page or min(len(waiting), self.page)
        yield self._page(waiting[len(waiting) - rest :], end)

    def _page(self, entries: Iterable[MemoryRecord], number: int) -> Page:
        self.budget.called()
        return Page([entry.record for entry in entries], str(number))

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> Sequence[Record]:
        """Return the records with these ids, deleted ones too."""
        with self._lock:
            entries = self._entries.get(stream, {})
            return [entries[id].record for id in dict.fromkeys(ids) if id in entries]

    def check(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Say which of the streams wanted there are not."""
        known = {*self.streams, *self._entries}
        return [
            Problem(
                "error", f"{self.system} {name}", "there is no such stream", f"map one of {', '.join(sorted(known))}"
            )
            for name in wanted
            if name not in known
        ]

    # ---- target --------------------------------------------------------------------------------------------------

    def push(self, object: str, wishes: Sequence[Payload]) -> Sequence[Receipt]:
        """Write each payload into the stream named like its object."""
        with self._lock:
            self.budget.called()
            keys = self._keys(object)
            return [self._write(object, wish, keys) for wish in wishes]

    def _write(self, object: str, wish: Payload, keys: dict[str, str]) -> Receipt:
        if (fault := self.refuse(object, wish)) is not None:
            return Receipt(wish.key, wish.remote_id, fault)
        id = wish.remote_id or keys.get(wish.key)
        if id is None:
            id = keys[wish.key] = f"{object}-{self._number + 1}"
            self.put(object, id, {"id": id, self.key: wish.key, **wish.fields})
            return Receipt(wish.key, id, None)
        entry = self._entries.get(object, {}).get(id)
        if entry is None or entry.record.deleted:
            gone = WriteError("gone", "NOT_FOUND", f"{self.system} has no {object} {id}")
            return Receipt(wish.key, wish.remote_id, gone)
        self.put(object, id, {**entry.record.raw, **wish.fields})
        return Receipt(wish.key, id, None)

    def find(self, object: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Return key → id of the live records that carry one of `keys`."""
        known = self._keys(object)
        return {key: known[key] for key in keys if key in known}

    def _keys(self, object: str) -> dict[str, str]:
        return {str(raw[self.key]): id for id, raw in self.records(object).items() if self.key in raw}
