"""Statements on what we saw: pages and cursors, full reads, quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import orjson
from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, text, update

from syncd.store.database import Database, among, chunks, table_of
from syncd.tables import Cursor, Note, Quarantine, Seen, SourceRecord

source_record = table_of(SourceRecord)
cursor = table_of(Cursor)
seen = table_of(Seen)
quarantine = table_of(Quarantine)
note = table_of(Note)

_SAVE = """
INSERT INTO source_record (system, stream, remote_id, modified_at, deleted, gone, raw, unmatched)
VALUES ({0}, {0}, {0}, {0}, {0}, '', {0}, true)
ON CONFLICT (system, stream, remote_id) DO UPDATE SET
  modified_at = excluded.modified_at, deleted = excluded.deleted, raw = excluded.raw, gone = '', unmatched = true
WHERE source_record.raw <> excluded.raw OR source_record.deleted <> excluded.deleted OR source_record.gone <> ''
"""

VANISHED = "vanished"  # gone: a full read did not meet it, and its system shows it no more, not as archived either
MERGED = "merged"  # gone: another record of its system tells that it took this one in


Ref = str  # "system.stream/id"


class Seeable(Protocol):
    """A remote record as connectors hand it out."""

    @property
    def id(self) -> str:
        """The remote id."""

    @property
    def modified_at(self) -> datetime | None:
        """The vendor's stamp, aware UTC."""

    @property
    def deleted(self) -> bool:
        """Whether it is archived or in the bin."""

    @property
    def raw(self) -> dict[str, Any]:
        """The vendor's JSON."""


class Stored(NamedTuple):
    """One source_record row, its raw JSON parsed."""

    system: str
    stream: str
    remote_id: str
    modified_at: datetime | None
    deleted: bool
    gone: str
    raw: dict[str, Any]


def save(database: Database, connection: Connection, system: str, stream: str, records: Iterable[Seeable]) -> int:
    """Upsert one page; returns how many records were new or changed."""
    stamp = _written if database.is_sqlite else _as_it_is
    rows = [
        (system, stream, record.id, stamp(record.modified_at), record.deleted, orjson.dumps(record.raw).decode())
        for record in records
    ]
    if not rows:
        return 0
    statement = _SAVE.format("?" if database.is_sqlite else "%s")
    return int(connection.exec_driver_sql(statement, rows).rowcount)


def _written(at: datetime | None) -> str | None:
    """A UTC stamp as SQLAlchemy keeps it in SQLite; strftime takes five times as long."""
    return at.isoformat(" ", "microseconds")[:26] if at is not None else None


def _as_it_is(at: datetime | None) -> datetime | None:
    return at


def move_cursor(database: Database, connection: Connection, system: str, stream: str, value: str, at: datetime) -> None:
    """Remember the bookmark past the page just saved."""
    row = {"system": system, "stream": stream, "value": value, "moved_at": at}
    database.upsert(connection, Cursor, [row])


def remember_seen(database: Database, connection: Connection, system: str, stream: str, met: Iterable[Seeable]) -> None:
    """Note the live records that a full read has met."""
    rows = [{"system": system, "stream": stream, "remote_id": one.id} for one in met if not one.deleted]
    database.upsert(connection, Seen, rows)


def begin_full(database: Database, connection: Connection, system: str, stream: str, at: datetime) -> None:
    """Note that a full read is under way, with an empty slate: whoever finds the note goes on behind its cursor.

    Until its first page is saved the cursor is empty: the one before it would make few changes look like everything.
    """
    end_full(connection, system, stream)
    connection.execute(update(cursor).where(cursor.c.system == system, cursor.c.stream == stream).values(value=""))
    database.upsert(connection, Note, [{"name": _full(system, stream), "value": at.isoformat()}])


def under_full(connection: Connection, system: str, stream: str) -> bool:
    """Whether a full read is under way."""
    found = select(note.c.value).where(note.c.name == _full(system, stream))
    return connection.scalar(found) is not None


def end_full(connection: Connection, system: str, stream: str) -> None:
    """Forget a full read and what it met."""
    connection.execute(delete(note).where(note.c.name == _full(system, stream)))
    connection.execute(delete(seen).where(seen.c.system == system, seen.c.stream == stream))


def _full(system: str, stream: str) -> str:
    return f"full read {system}.{stream}"


def unseen(system: str, stream: str) -> Any:
    """The condition for records that a full read did not meet."""
    met = select(seen.c.remote_id).where(
        seen.c.system == system, seen.c.stream == stream, seen.c.remote_id == source_record.c.remote_id
    )
    return and_(
        source_record.c.system == system,
        source_record.c.stream == stream,
        source_record.c.deleted.is_(False),
        ~met.exists(),
    )


def count_unseen(connection: Connection, system: str, stream: str) -> tuple[int, int]:
    """How many live records a full read did not meet, of how many."""
    missing = connection.scalar(select(func.count()).select_from(source_record).where(unseen(system, stream))) or 0
    live = connection.scalar(
        select(func.count())
        .select_from(source_record)
        .where(source_record.c.system == system, source_record.c.stream == stream, source_record.c.deleted.is_(False))
    )
    return missing, live or 0


def sweep(connection: Connection, system: str, stream: str) -> int:
    """Mark what a full read did not meet as deleted."""
    values = {"deleted": True, "unmatched": True, "gone": VANISHED}
    return int(connection.execute(update(source_record).where(unseen(system, stream)).values(values)).rowcount)


def stored(row: Any) -> Stored:
    """A source_record row with its JSON parsed."""
    return Stored(row.system, row.stream, row.remote_id, row.modified_at, row.deleted, row.gone, orjson.loads(row.raw))


def unmatched(connection: Connection, system: str, stream: str, limit: int) -> list[Stored]:
    """The next records that match has not understood yet.

    What vanished comes last: it may have been merged, and the survivor says so.
    """
    vanished = source_record.c.gone == VANISHED
    return _next(connection, system, stream, limit, ~vanished) or _next(connection, system, stream, limit, vanished)


def _next(connection: Connection, system: str, stream: str, limit: int, condition: Any) -> list[Stored]:
    statement = (
        select(source_record)
        .where(
            text("unmatched"),
            source_record.c.system == system,
            source_record.c.stream == stream,
            condition,
        )
        .order_by(source_record.c.remote_id)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        statement = statement.with_for_update(skip_locked=True)
    return [stored(row) for row in connection.execute(statement).all()]


def matched(connection: Connection, records: Sequence[Stored]) -> None:
    """Take the mark off the records that match has understood, quarantined ones too."""
    by_stream: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        by_stream[record.system, record.stream].append(record.remote_id)
    for (system, stream), ids in by_stream.items():
        for part in chunks(ids):
            these = and_(
                source_record.c.system == system,
                source_record.c.stream == stream,
                among(source_record.c.remote_id, part),
            )
            connection.execute(update(source_record).where(these).values(unmatched=False))


def unmatch(connection: Connection, condition: Any) -> int:
    """Have the records that fit the condition matched again."""
    statement = update(source_record).where(condition, source_record.c.unmatched.is_(False)).values(unmatched=True)
    return int(connection.execute(statement).rowcount)


def split(ref: Ref) -> tuple[str, str, str]:
    """`system.stream/id` → (system, stream, id)."""
    place, _, remote_id = ref.partition("/")
    system, _, stream = place.partition(".")
    return system, stream, remote_id


def by_stream(keys: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    """Ids by (system, stream): one indexed IN list each, where lists of tuples would scan."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for system, stream, remote_id in keys:
        found[system, stream].append(remote_id)
    return found


def _these(refs: Iterable[Ref]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together hold for the records of these references."""
    for (system, stream), ids in by_stream(split(ref) for ref in refs).items():
        for part in chunks(sorted(ids)):
            columns = source_record.c
            yield and_(columns.system == system, columns.stream == stream, among(columns.remote_id, part))


def named(connection: Connection, refs: Iterable[Ref]) -> list[Stored]:
    """Remote records as they came."""
    return [
        stored(row) for these in _these(refs) for row in connection.execute(select(source_record).where(these)).all()
    ]


def bury(connection: Connection, refs: Iterable[Ref]) -> None:
    """Mark records that were merged into another one as deleted: their system shows them no more."""
    values = {"deleted": True, "gone": MERGED, "unmatched": False}
    for these in _these(refs):
        connection.execute(update(source_record).where(these).values(values))


def drop(connection: Connection, refs: Iterable[Ref]) -> None:
    """Delete raw records that must not be kept."""
    for these in _these(refs):
        connection.execute(delete(source_record).where(these))


def unmatch_named(connection: Connection, refs: Iterable[Ref]) -> None:
    """Have these records matched again."""
    for these in _these(refs):
        unmatch(connection, these)


def count_quarantined(connection: Connection) -> dict[str, int]:
    """How many records are set aside, by the step that could not go on with them."""
    statement = select(quarantine.c.step, func.count()).group_by(quarantine.c.step).order_by(quarantine.c.step)
    return {row[0]: row[1] for row in connection.execute(statement)}


def quarantine_rows(
    database: Database, connection: Connection, step: str, faults: Mapping[tuple[str, str, str], str]
) -> None:
    """Keep each fault beside its record: (system, stream, id) → reason. The first sighting's date stays."""
    now = datetime.now(UTC)
    attempts = {
        (row.system, row.stream, row.remote_id): row.attempts
        for part in chunks(list(faults))
        for row in connection.execute(select(quarantine).where(among(quarantine.c.remote_id, [key[2] for key in part])))
    }
    rows = [
        {
            "system": system,
            "stream": stream,
            "remote_id": remote_id,
            "step": step,
            "reason": reason,
            "since": now,
            "attempts": attempts.get((system, stream, remote_id), 0) + 1,
        }
        for (system, stream, remote_id), reason in faults.items()
    ]
    database.upsert(connection, Quarantine, rows, keep=("since",))


def release(connection: Connection, keys: Sequence[tuple[str, str, str]], step: str) -> None:
    """Take records out of quarantine that the step could work on now."""
    for system, stream in {(key[0], key[1]) for key in keys}:
        ids = [key[2] for key in keys if key[:2] == (system, stream)]
        for part in chunks(ids):
            connection.execute(
                delete(quarantine).where(
                    quarantine.c.system == system,
                    quarantine.c.stream == stream,
                    quarantine.c.step == step,
                    among(quarantine.c.remote_id, part),
                )
            )
