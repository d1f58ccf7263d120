"""The database: whether it answers, stands at the newest revision and takes what is written; and the disk below it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from syncd.errors import ConfigError
from syncd.model.health import Finding, FindingKind, Grade
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.strangers import reason_of

DOCTOR = "syncd doctor"
LEAST = 256_000_000  # bytes that a cycle may take for a while, however small the store is
BARE = 64_000_000  # bytes without which none gets through


def away(error: Exception, pulse: Pulse | None) -> Finding:
    """The one finding where the store cannot be used: all else stands in it."""
    if isinstance(error, ConfigError):
        mend = "do what it says; `syncd migrate` brings the tables up to date; else check SYNCD_DATABASE_URL"
    else:
        mend = "start the database, or mend the way to it; syncd goes on by itself once it answers"
    since = pulse.away_since if pulse else None
    return Finding(FindingKind.DATABASE, (), reason_of(error), mend, Grade.FAILING, since, DOCTOR)


def unwritable(store: Store, pulse: Pulse | None) -> Iterator[Finding]:
    """Yield why nothing can be written, though it can be read: a disk that is full, a server for reading only."""
    if pulse is not None and pulse.unwritable is not None:
        why, since = pulse.unwritable
        mend = "free the disk of the database, or let syncd write to it; it goes on by itself then"
        yield Finding(FindingKind.DATABASE, (), f"nothing can be written: {why}", mend, Grade.FAILING, since, DOCTOR)


def disk(store: Store) -> Iterator[Finding]:
    """Yield that the disk of an SQLite store is nearly full, by what a cycle may need of it.

    One that reads everything again may write every page of the store to the log beside it, before the log is folded in
    (https://www.sqlite.org/wal.html, "Avoiding Excessively Large WAL Files"). Of a server's disk nobody tells us.
    """
    path = Path(str(store.database.url.database))
    if not store.database.is_sqlite or not path.exists():
        return
    size, free = path.stat().st_size, shutil.disk_usage(path.resolve().parent).free
    if free >= (needed := max(LEAST, size)):
        return
    what = f"{free // 1_000_000:,} MB are free on the store's disk; a cycle may need {needed // 1_000_000:,} MB"
    grade = Grade.FAILING if free < BARE else Grade.WARNING
    mend = "free some of the disk, or move the store to a larger one"
    yield Finding(FindingKind.DISK, (str(path),), what, mend, grade, None, DOCTOR)
