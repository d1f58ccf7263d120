"""Records: what we saw, one row a remote record as it came, and what match has not understood yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, delete, func, select, text, update

from connectors.base import Page, Record
from syncd.model.references import RemoteRef
from syncd.store.conditions import named
from syncd.store.statements import OnConflict, upsert_columns
from syncd.store.streams import VANISHED, Streams
from syncd.store.tombstones import Tombstones
from syncd.tables import SourceRecord
from syncd.tables.core import source_record

MERGED = "merged"  # gone: another record of its system tells that it took this one in

_STORED = [source_record.c[name] for name in ("system", "stream", "remote_id", "modified_at", "deleted", "gone", "raw")]


def _next(condition: ColumnElement[bool]) -> Select[Any]:
    """The next records of a stream that match has not understood, as a statement with names for what is asked."""
    columns = source_record.c
    mine = (columns.system == bindparam("system"), columns.stream == bindparam("stream"))
    unmatched = select(*_STORED).where(text("unmatched"), *mine, condition)
    return unmatched.order_by(columns.remote_id).limit(bindparam("limit", type_=Integer))


# Asked of every stream in every pass, mostly for nothing: made once. What vanished comes last.
_NEXT = (_next(source_record.c.gone != VANISHED), _next(source_record.c.gone == VANISHED))

# What looks the same touches nothing.
_CHANGED = OnConflict(
    put=(("gone", "''"), ("unmatched", "true")),
    when="source_record.raw <> excluded.raw OR source_record.deleted <> excluded.deleted OR source_record.gone <> ''",
)


class StoredRecord(NamedTuple):
    """One record as it came, its raw JSON parsed."""

    ref: RemoteRef
    modified_at: datetime | None
    deleted: bool
    gone: str
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Records:
    """The records of every stream; `unmatched` marks those that match has not understood yet."""

    connection: Connection

    def save(self, system: str, stream: str, page: Page, *, full: bool = False) -> int:
        """Save one page and the cursor past it; returns how many records were new or changed.

        full: the page belongs to a full read whose end will sweep away what was not met. What the page's records do not
        show stays as it was seen last.
        """
        kept = Tombstones(self.connection).without_erased(system, stream, page.records)
        if page.hidden and Streams(self.connection).completed(system, stream):
            self._carry_over(system, stream, kept, page.hidden)
        if full:
            Streams(self.connection).meet(system, stream, kept)
        Streams(self.connection).move(system, stream, page.cursor)
        return self._save(system, stream, kept)

    def save_again(self, system: str, stream: str, records: Sequence[Record]) -> int:
        """Save records that were read one by one; no cursor moves."""
        kept = Tombstones(self.connection).without_erased(system, stream, records)
        if Streams(self.connection).under_full(system, stream):
            Streams(self.connection).meet(system, stream, kept)
        return self._save(system, stream, kept)

    def _carry_over(self, system: str, stream: str, records: Sequence[Record], hidden: Sequence[str]) -> None:
        """Put what was seen before of hidden fields into these records: who may not look is not told it is gone."""
        before = {one.ref.id: one.raw for one in self.named(RemoteRef(system, stream, record.id) for record in records)}
        for record in records:
            if earlier := before.get(record.id):
                for path in hidden:
                    _carry(record.raw, earlier, path.split("."))

    def _save(self, system: str, stream: str, records: Sequence[Record]) -> int:
        if not records:
            return 0
        ids, stamps, deleted, raws = zip(*records, strict=True)
        every = len(records)  # new rows are unmatched by the table's own default
        columns: dict[str, Sequence[Any]] = {
            "system": [system] * every,
            "stream": [stream] * every,
            "remote_id": ids,
            "modified_at": stamps,
            "deleted": deleted,
            "gone": [""] * every,
            "raw": [orjson.dumps(raw).decode() for raw in raws],
        }
        return upsert_columns(self.connection, SourceRecord, columns, _CHANGED)

    def named(self, refs: Iterable[RemoteRef]) -> list[StoredRecord]:
        """The records of these names."""
        return [
            _stored(row)
            for these in named(source_record, refs)
            for row in self.connection.execute(select(*_STORED).where(these)).all()
        ]

    def count(self, system: str, stream: str) -> int:
        """How many records of a stream stand there, as far as was seen."""
        mine = (source_record.c.system == system, source_record.c.stream == stream, source_record.c.deleted.is_(False))
        return self.connection.scalar(select(func.count()).select_from(source_record).where(*mine)) or 0

    def count_unmatched(self) -> int:
        """How many records match has not understood yet."""
        return self.connection.scalar(select(func.count()).select_from(source_record).where(text("unmatched"))) or 0

    def count_all(self, system: str | None, stream: str | None) -> int:
        """How many records stand there: of all streams, of a system's, or of one."""
        named = {source_record.c.system: system, source_record.c.stream: stream}
        those = [column == name for column, name in named.items() if name is not None]
        living = select(func.count()).select_from(source_record).where(source_record.c.deleted.is_(False), *those)
        return self.connection.scalar(living) or 0

    def unmatched(self, system: str, stream: str, limit: int) -> list[StoredRecord]:
        """The next records that match has not understood yet, claimed where the database can.

        What vanished comes last: it may have been merged, and the survivor says so.
        """
        claims = self.connection.dialect.name == "postgresql"
        wanted = {"system": system, "stream": stream, "limit": limit}
        for statement in _NEXT:
            claiming = statement.with_for_update(skip_locked=True) if claims else statement
            if rows := self.connection.execute(claiming, wanted).all():
                return [_stored(row) for row in rows]
        return []

    def matched(self, refs: Iterable[RemoteRef]) -> None:
        """Take the mark off the records that match has understood, quarantined ones too."""
        for these in named(source_record, refs):
            self.connection.execute(update(source_record).where(these).values(unmatched=False))

    def unmatch(self, refs: Iterable[RemoteRef]) -> int:
        """Have these records matched again, without pulling; returns how many were matched before."""
        return sum(self._unmatch(these) for these in named(source_record, refs))

    def unmatch_system(self, system: str) -> int:
        """Have a system's records matched again: after a changed mapping."""
        return self._unmatch(source_record.c.system == system)

    def _unmatch(self, condition: ColumnElement[bool]) -> int:
        statement = update(source_record).where(condition, source_record.c.unmatched.is_(False)).values(unmatched=True)
        return int(self.connection.execute(statement).rowcount)

    def retry(self, refs: Iterable[RemoteRef]) -> int:
        """Have quarantined records matched again; returns how many there are of them."""
        conditions = named(source_record, refs)
        statements = (update(source_record).where(these).values(unmatched=True) for these in conditions)
        return sum(int(self.connection.execute(statement).rowcount) for statement in statements)

    def bury(self, refs: Iterable[RemoteRef]) -> None:
        """Mark records that were merged into another one as deleted: their system shows them no more."""
        values = {"deleted": True, "gone": MERGED, "unmatched": False}
        for these in named(source_record, refs):
            self.connection.execute(update(source_record).where(these).values(values))

    def vanish(self, refs: Iterable[RemoteRef]) -> int:
        """Mark records that their system does not show any more, not as archived either; returns how many there are."""
        values = {"deleted": True, "gone": VANISHED, "unmatched": True}
        standing = source_record.c.gone == ""
        statements = [
            update(source_record).where(these, standing).values(values) for these in named(source_record, refs)
        ]
        return sum(int(self.connection.execute(statement).rowcount) for statement in statements)

    def drop(self, refs: Iterable[RemoteRef]) -> None:
        """Delete records that must not be kept."""
        for these in named(source_record, refs):
            self.connection.execute(delete(source_record).where(these))


def _stored(row: Iterable[Any]) -> StoredRecord:
    system, stream, remote_id, modified_at, deleted, gone, raw = row  # by place: by name takes thrice as long
    return StoredRecord(RemoteRef(system, stream, remote_id), modified_at, deleted, gone, orjson.loads(raw))


def _carry(raw: dict[str, Any], earlier: Mapping[str, Any], path: Sequence[str]) -> None:
    """Copy what stands at a path of a record as it was seen before, where it shows nothing there now."""
    name, *deeper = path
    if name not in earlier:
        return
    if name not in raw:
        raw[name] = earlier[name]
        in_order = {one: raw[one] for one in (*earlier, *raw) if one in raw}  # what looks the same touches nothing
        raw.clear()
        raw.update(in_order)
    elif deeper and isinstance(raw[name], dict) and isinstance(earlier[name], dict):
        _carry(raw[name], earlier[name], deeper)
