"""One object's rows in memory, with indexes that are built when first asked for and kept from then on."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Row = dict[str, Any]
Key = Any
Snapshot = tuple[dict[str, Row], dict[str, str]]


def fold(value: Any) -> Key:
    """Return the form of a value under which Salesforce compares it: text without case."""
    return value.lower() if isinstance(value, str) else value


class Table:
    """Rows by id, deleted ones included (IsDeleted) until they are purged.

    A row is never changed in place: `put` replaces it, so that whoever holds the old one keeps a snapshot.
    `graves` keeps the time of every deletion, also of rows that are gone for good.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: dict[str, Row] = {}
        self.graves: dict[str, str] = {}
        self._indexes: dict[str, dict[Key, dict[str, None]]] = {}
        self._stamps: list[tuple[str, str]] | None = None

    def live(self) -> Iterator[Row]:
        """Yield the rows that are not in the recycle bin."""
        return (row for row in self.rows.values() if not row.get("IsDeleted"))

    def put(self, row: Row) -> None:
        """Insert the row, or put it in the place of the one with its id."""
        self._forget(row["Id"])
        self.rows[row["Id"]] = row
        for name, index in self._indexes.items():
            if (value := row.get(name)) is not None:
                index.setdefault(fold(value), {})[row["Id"]] = None
        if self._stamps is not None:
            insort(self._stamps, _stamp(row))

    def purge(self, record_id: str) -> None:
        """Take the row away for good."""
        self._forget(record_id)
        self.rows.pop(record_id, None)

    def matching(self, field: str, value: Any) -> list[str]:
        """Return the ids of all rows, deleted ones included, whose field has that value."""
        return list(self._index(field).get(fold(value), ()))

    def among(self, field: str, values: Iterable[Any]) -> list[str]:
        """Return the ids of all rows whose field has one of the values."""
        index = self._index(field)
        record_ids: dict[str, None] = {}
        for value in values:
            record_ids.update(index.get(fold(value), {}))
        return list(record_ids)

    def since(self, stamp: str, until: str | None = None) -> list[str]:
        """Return the ids of rows with stamp <= SystemModstamp < until, ordered by SystemModstamp, then Id."""
        stamps = self._ordered()
        end = len(stamps) if until is None else bisect_left(stamps, (until, ""))
        return [record_id for _, record_id in stamps[bisect_left(stamps, (stamp, "")) : end]]

    def snapshot(self) -> Snapshot:
        """Return what `restore` needs to bring the table back to this moment."""
        return dict(self.rows), dict(self.graves)

    def restore(self, snapshot: Snapshot) -> None:
        """Bring the table back to a snapshot's moment."""
        rows, graves = snapshot
        if rows != self.rows or graves != self.graves:
            self.rows, self.graves = rows, graves
            self._indexes.clear()
            self._stamps = None

    def _ordered(self) -> list[tuple[str, str]]:
        if self._stamps is None:
            self._stamps = sorted(map(_stamp, self.rows.values()))
        return self._stamps

    def _index(self, field: str) -> dict[Key, dict[str, None]]:
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = {}
            for record_id, row in self.rows.items():
                if (value := row.get(field)) is not None:
                    index.setdefault(fold(value), {})[record_id] = None
        return index

    def _forget(self, record_id: str) -> None:
        before = self.rows.get(record_id)
        if before is None:
            return
        for name, index in self._indexes.items():
            if (value := before.get(name)) is not None and (held := index.get(fold(value))) is not None:
                held.pop(record_id, None)
        if self._stamps is not None:
            place = bisect_left(self._stamps, _stamp(before))
            del self._stamps[place]


def _stamp(row: Row) -> tuple[str, str]:
    return row.get("SystemModstamp") or "", row["Id"]


class Journal:
    """What the rows were before each write of one call, so that all of it can be taken back."""

    def __init__(self) -> None:
        self._before: list[Callable[[], object]] = []

    def put(self, table: Table, row: Row) -> None:
        """Put a row into a table."""
        self._remember(table, row["Id"])
        table.put(row)

    def purge(self, table: Table, record_id: str) -> None:
        """Take a row out of a table for good."""
        self._remember(table, record_id)
        table.purge(record_id)

    def bury(self, table: Table, record_id: str, stamp: str | None) -> None:
        """Note the time of a deletion; None takes the note away."""
        before = table.graves.get(record_id)
        self._before.append(lambda: _restore(table.graves, record_id, before))
        _restore(table.graves, record_id, stamp)

    def undo(self, step: Callable[[], object]) -> None:
        """Add a step to what rolling back does."""
        self._before.append(step)

    def mark(self) -> int:
        """Return a place to roll back to."""
        return len(self._before)

    def roll_back(self, mark: int = 0) -> None:
        """Take back every write since the mark."""
        while len(self._before) > mark:
            self._before.pop()()

    def _remember(self, table: Table, record_id: str) -> None:
        before = table.rows.get(record_id)
        self._before.append((lambda: table.put(before)) if before is not None else (lambda: table.purge(record_id)))


def _restore(graves: dict[str, str], record_id: str, stamp: str | None) -> None:
    if stamp is None:
        graves.pop(record_id, None)
    else:
        graves[record_id] = stamp
