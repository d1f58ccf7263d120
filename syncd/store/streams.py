"""Streams: how far each was read, and full reads, at whose end what they did not meet is marked deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from connectors.base import Record
from syncd.store.conditions import same_record
from syncd.store.notes import FULL_READS, NoteKind, Notes
from syncd.store.statements import upsert
from syncd.tables import Cursor, Seen
from syncd.tables.core import cursor, seen, source_record

LARGEST_SWEEP = 0.2  # share of a stream that one full read may find gone before a person must look
VANISHED = "vanished"  # gone: a full read did not meet it, and its system shows it no more, not as archived either


class Sweep(NamedTuple):
    """The end of a full read: how many live records it did not meet, of how many, and whether these were marked.

    forced: they were too many, and marked because a person said so.
    """

    missing: int
    live: int
    done: bool
    forced: bool


@dataclass(frozen=True, slots=True)
class Streams:
    """The bookmarks, and the full reads that are under way."""

    connection: Connection

    def cursor(self, system: str, stream: str) -> str | None:
        """The bookmark past the last page saved; None where the stream is read from its start."""
        return self.connection.scalar(select(cursor.c.value).where(_bookmark(system, stream))) or None

    def move(self, system: str, stream: str, value: str) -> None:
        """Remember the bookmark past the page just saved."""
        row = {"system": system, "stream": stream, "value": value, "moved_at": datetime.now(UTC)}
        upsert(self.connection, Cursor, [row])

    def reset(self, system: str, stream: str) -> None:
        """Have the next pull read everything."""
        self.connection.execute(delete(cursor).where(_bookmark(system, stream)))
        self.end_full(system, stream)

    def complete(self, system: str, stream: str, *, full: bool = False) -> None:
        """Note that a pull reached the end of the stream; full: and had read all of it."""
        now = datetime.now(UTC)
        stamps = {"complete_at": now, "full_at": now} if full else {"complete_at": now}
        self.connection.execute(update(cursor).where(_bookmark(system, stream)).values(stamps))

    def completed(self, system: str, stream: str) -> bool:
        """Whether the stream was ever read to its end."""
        return self.connection.scalar(select(cursor.c.complete_at).where(_bookmark(system, stream))) is not None

    def completions(self, known: Iterable[tuple[str, str]] = ()) -> dict[tuple[str, str], datetime | None]:
        """When each stream was last read to its end, by system and stream; None of those known that never were."""
        rows = self.connection.execute(select(cursor.c.system, cursor.c.stream, cursor.c.complete_at))
        stamps = {(row.system, row.stream): row.complete_at for row in rows}
        named = set(known)
        return dict.fromkeys(sorted(named)) | {
            name: stamp for name, stamp in stamps.items() if name in named or not named
        }

    def start_full(self, system: str, stream: str) -> bool:
        """Start a full read, unless one is under way that broke off: that one is gone on with, behind its cursor.

        Returns whether it starts, from the beginning. Until its first page is saved the cursor is empty: the one before
        it would make few changes look like everything.
        """
        if self.under_full(system, stream):
            return False
        self.end_full(system, stream)
        self.connection.execute(update(cursor).where(_bookmark(system, stream)).values(value=""))
        Notes(self.connection).keep(_full_read(system, stream), datetime.now(UTC))
        return True

    def under_full(self, system: str, stream: str) -> bool:
        """Whether a full read broke off and waits to be gone on with."""
        return Notes(self.connection).read(_full_read(system, stream)) is not None

    def meet(self, system: str, stream: str, records: Iterable[Record]) -> None:
        """Note the live records that a full read has met."""
        rows = [{"system": system, "stream": stream, "remote_id": one.id} for one in records if not one.deleted]
        upsert(self.connection, Seen, rows)

    def sweep(self, system: str, stream: str, *, force: bool = False) -> Sweep:
        """End a full read: what it did not meet is marked deleted, unless that is too much at once."""
        missing, live = self._count(_unseen(system, stream)), self._count(_live(system, stream))
        plausible = missing <= max(20, LARGEST_SWEEP * live)
        done = force or plausible
        if missing and done:
            gone = {"deleted": True, "unmatched": True, "gone": VANISHED}
            self.connection.execute(update(source_record).where(_unseen(system, stream)).values(gone))
        self.end_full(system, stream)
        return Sweep(missing, live, done, forced=force and not plausible)

    def end_full(self, system: str, stream: str) -> None:
        """Forget a full read and what it met."""
        Notes(self.connection).drop(_full_read(system, stream))
        self.connection.execute(delete(seen).where(seen.c.system == system, seen.c.stream == stream))

    def _count(self, condition: ColumnElement[bool]) -> int:
        return self.connection.scalar(select(func.count()).select_from(source_record).where(condition)) or 0


def _bookmark(system: str, stream: str) -> ColumnElement[bool]:
    return and_(cursor.c.system == system, cursor.c.stream == stream)


def _full_read(system: str, stream: str) -> NoteKind[datetime]:
    return FULL_READS.of(f"{system}.{stream}")


def _live(system: str, stream: str) -> ColumnElement[bool]:
    columns = source_record.c
    return and_(columns.system == system, columns.stream == stream, columns.deleted.is_(False))


def _unseen(system: str, stream: str) -> ColumnElement[bool]:
    return and_(_live(system, stream), ~select(seen.c.remote_id).where(same_record(seen, source_record)).exists())
