"""Backups: one SQLite file each, whatever the store is in, consistent while others write, and looked at once written.

Of an SQLite store it is made by SQLite's own online backup out of one snapshot: a reader, for whom nobody waits
(https://www.sqlite.org/backup.html, https://www.sqlite.org/wal.html). Of PostgreSQL it is copied out of one
transaction at REPEATABLE READ. pg_dump is of the server's own version, which no image of ours can carry, and nothing
but PostgreSQL reads what it writes; so the one format goes onto either database.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from connectors.base import Stopped
from syncd import __version__
from syncd.errors import ConfigError, Unavailable
from syncd.store import Store
from syncd.store.copying import copy_rows, count_rows
from syncd.store.foreign import distrust
from syncd.store.migration import head
from syncd.store.parts import part
from syncd.store.said import words_in
from syncd.tables.growth import GROWTH

FILE = "syncd-{at:%Y%m%dT%H%M%SZ}.backup"
PATTERN = "syncd-????????T??????Z.backup"
PAGES = 2_000  # of SQLite, copied between two looks at whether to stop
STEPS = 100_000  # of SQLite's own machine, between two looks at whether to stop: a few milliseconds
LABEL = "backup"  # the table in which a backup says what it is
Progress = Callable[[int, int | None], None]  # pages or rows that are done, of how many


class Backup(NamedTuple):
    """What a backup says of itself."""

    path: Path
    made_at: datetime
    made_by: str  # the version of syncd
    revision: str
    source: str  # sqlite or postgresql
    rows: dict[str, int]
    digest: str
    bytes: int

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        kept = {name: number for name, number in self.rows.items() if number}
        stamp = {"path": str(self.path), "made_at": self.made_at.isoformat(), "rows": kept}
        return self._asdict() | stamp


def write_backup(store: Store, to: Path, progress: Progress, stopped: Callable[[], bool]) -> Backup:
    """Write a backup of the store into a file, or into a folder under a name of its own; returns what stands there.

    Raises ConfigError where it cannot be written there, Unavailable where it does not stand afterwards as it should,
    Stopped where it was asked to stop: nothing is left of it then.
    """
    target = _target(to)
    with ExitStack() as stack:
        with _writable(target):
            temporary = stack.enter_context(part(target.parent))
            copy = _copy_sqlite if store.database.is_sqlite else _copy_postgres
            copy(store, temporary, progress, stopped)
            _seal(temporary, "sqlite" if store.database.is_sqlite else "postgresql", stopped)
        made = read_backup(temporary, stopped)
        with _writable(target):
            settle(temporary)
            temporary.replace(target)
            settle(target.parent)
        return made._replace(path=target)


def rotate(folder: Path, keep: int, made: Path) -> tuple[list[Path], list[Path]]:
    """Take away all but the newest backups that stand in a folder under names of their own.

    The one that was just made stays whatever else lies there, and so does what is no backup, and what bears a name
    from later than it. Returns what was taken away, and what is from later.
    """
    others = [path for path in sorted(folder.glob(PATTERN), reverse=True) if path != made and _is_backup(path)]
    later = [path for path in others if path.name > made.name]
    gone = [path for path in others if path not in later][max(keep - 1, 0) :]
    for old in gone:
        old.unlink()
    return gone, later


def _is_backup(path: Path) -> bool:
    try:
        read_label(path)
    except ConfigError:
        return False
    return True


def read_backup(path: Path, stopped: Callable[[], bool] = lambda: False) -> Backup:
    """Look whether a file is a backup, whole and unchanged.

    Raises ConfigError, which says what is wrong with it, and Stopped where it was asked to stop.
    """
    with _reading(path) as connection, _stopping(connection, stopped):
        label = _label(path, connection)
        if (faults := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise ConfigError(f"{path} is damaged: {faults}; take another backup")
        if _sum_up(connection) != (label.rows, label.digest):
            raise ConfigError(f"{path} does not hold what was written into it; take another backup")
    return label


def read_label(path: Path) -> Backup:
    """What a backup says of itself, unseen whether that is so. Raises ConfigError where it is none."""
    with _reading(path) as connection:
        return _label(path, connection)


def _label(path: Path, connection: sqlite3.Connection) -> Backup:
    made_at, made_by, source, rows, digest = connection.execute(
        f"SELECT made_at, made_by, source, rows, digest FROM {LABEL}"
    ).fetchone()
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    at, size = datetime.fromisoformat(made_at), path.stat().st_size
    return Backup(path, at, made_by, revision, source, orjson.loads(rows), digest, size)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A backup that is only looked at: nothing is written beside it either."""
    if not path.is_file():
        raise ConfigError(f"there is no backup at {path}")
    try:
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\x00":
                raise ConfigError(f"{path} is no backup of syncd's")
        address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            distrust(connection)
            yield connection
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        raise ConfigError(f"{path} is no backup of syncd's: {words_in(error)}") from error
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        raise ConfigError(f"{path} is damaged ({type(error).__name__}); take another backup") from error


@contextmanager
def _stopping(connection: sqlite3.Connection, stopped: Callable[[], bool]) -> Iterator[None]:
    """Have SQLite end what it is at when it is asked to stop: a pass over a large file takes minutes."""
    if stopped():
        raise Stopped("the backup was stopped")
    connection.set_progress_handler(lambda: int(stopped()), STEPS)
    try:
        yield
    except sqlite3.OperationalError:
        if stopped():
            raise Stopped("the backup was stopped") from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _sum_up(connection: sqlite3.Connection) -> tuple[dict[str, int], str]:
    """How many rows each table has, and SHA-256 of every value of every row."""
    digest, numbers = hashlib.sha256(), {}
    theirs = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> ? ORDER BY 1"
    for (name,) in connection.execute(theirs, (LABEL,)).fetchall():
        numbers[name] = 0
        for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):
            digest.update(repr(row).encode())
            numbers[name] += 1
    return numbers, digest.hexdigest()


# ---- the copy --------------------------------------------------------------------------------------------------------


def _copy_sqlite(store: Store, target: Path, progress: Progress, stopped: Callable[[], bool]) -> None:
    def step(_: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)
        if stopped():
            raise Stopped("the backup was stopped")

    with (
        closing(sqlite3.connect(str(store.database.url.database), isolation_level=None)) as source,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        # Within one transaction it sees one snapshot, and never begins anew, whoever writes beside it.
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_master").fetchone()
        source.backup(copy, pages=PAGES, progress=step)
        source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")  # who is signed in is in no backup, nor in its free pages
        for name, growth in GROWTH.items():
            if not growth.carried:
                copy.execute(f'DELETE FROM "{name}"')


def _copy_postgres(store: Store, target: Path, progress: Progress, stopped: Callable[[], bool]) -> None:
    copy = Store(f"sqlite:///{target}")
    done = 0
    try:
        copy.migrate()
        with (
            store.database.engine.connect().execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ) as source,
            source.begin(),
            copy.database.writing() as written,
        ):
            total = sum(count_rows(source).values())

            def step(number: int) -> None:
                nonlocal done
                done += number
                progress(done, total)
                if stopped():
                    raise Stopped("the backup was stopped")

            copy_rows(source, written, step)
    finally:
        copy.close()


def _seal(path: Path, source: str, stopped: Callable[[], bool] = lambda: False) -> None:
    """Write into a backup what it is."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        with _stopping(connection, stopped):
            rows, digest = _sum_up(connection)
        (stands,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if stands != head():
            raise Unavailable("the store is of another revision than this syncd; run `syncd migrate` first")
        columns = "made_at TEXT, made_by TEXT, source TEXT, rows TEXT, digest TEXT"
        values = (datetime.now(UTC).isoformat(), __version__, source, orjson.dumps(rows).decode(), digest)
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE {LABEL} ({columns})")
        connection.execute(f"INSERT INTO {LABEL} VALUES (?, ?, ?, ?, ?)", values)
        connection.execute("COMMIT")


# ---- files -----------------------------------------------------------------------------------------------------------


def _target(to: Path) -> Path:
    """Where it is to stand. Raises ConfigError where something else stands there."""
    if to.is_dir():
        return to / FILE.format(at=datetime.now(UTC))
    if to.exists():
        try:
            read_label(to)
        except ConfigError as error:
            raise ConfigError(f"{to} is there and is no backup: it is not written over; name another file") from error
    return to


@contextmanager
def _writable(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        raise Unavailable(f"{target} could not be written: {words_in(error)}") from error


def settle(path: Path) -> None:
    """Have the disk keep it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
