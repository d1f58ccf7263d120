"""One syncd at a time on a store: a lease that ends with its process, and is looked at before every run and push.

A server that restarts forgets its locks, and so does a file that somebody deletes: who takes a lock at the start alone
works on beside the next who takes it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from syncd.errors import AlreadyRunning
from syncd.store.database import Database, translated

if TYPE_CHECKING:
    from filelock import BaseFileLock

_POLL = 0.02  # seconds
_NUMBER = 0x53594E43  # "SYNC": the advisory lock that one syncd holds on PostgreSQL
_MIGRATES = _NUMBER + 1  # … and the one that a migration holds
# A machine that vanishes says no word: the server would keep its hold until the system misses it, in two hours or so.
# https://www.postgresql.org/docs/current/runtime-config-connection.html (a socket of the same machine ignores them)
_MISSED_SOON = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
# How pg_locks shows a lock of one number: https://www.postgresql.org/docs/current/view-pg-locks.html
_HELD = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    f"AND classid = 0 AND objid = {_NUMBER} AND pid = pg_backend_pid())"
)


class Lease(Protocol):
    """One syncd's hold on a store."""

    def take(self, patience: float = 0.0) -> None:
        """Take it; raises AlreadyRunning where another syncd has it, for longer than so many seconds."""
        ...

    def is_new(self) -> bool:
        """Whether nobody ever took it: who only looks makes nothing that could be held."""
        ...

    def stands(self) -> bool:
        """Whether it is still held."""
        ...

    def give(self) -> None:
        """Give it back, as far as it is still there."""
        ...


def lease_of(database: Database) -> Lease:
    """The lease by which one syncd at a time holds this database; nobody has taken it yet."""
    return FileLease(str(database.url.database)) if database.is_sqlite else AdvisoryLease(database)


@contextmanager
def one_migration(database: Database) -> Iterator[None]:
    """Wait until nobody else migrates this database: two at once would make each table twice.

    SQLite's own lock on its file does that.
    """
    if database.is_sqlite:
        yield
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # closed, it is gone, and its lock with it
        connection.execute(text(f"SELECT pg_advisory_lock({_MIGRATES})"))
        yield


class AdvisoryLease:
    """A session's advisory lock on PostgreSQL, over a connection of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._asking = Lock()  # several threads push; a connection is one thread's at a time

    def take(self, patience: float = 0.0) -> None:
        """Open a session and take the lock in it."""
        self.give()
        end = time.monotonic() + patience
        with translated():
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # closed, it is gone, and its lock with it
            self._connection = connection
            connection.execute(text(_MISSED_SOON))
            while not (taken := connection.scalar(text(f"SELECT pg_try_advisory_lock({_NUMBER})"))):
                if time.monotonic() >= end:
                    break
                time.sleep(_POLL)
        if not taken:
            self.give()
            raise AlreadyRunning("another syncd works on this database; wait for it or stop it")

    def is_new(self) -> bool:
        """A server has no file that would be made."""
        return False

    def stands(self) -> bool:
        """Ask the server whether this session still holds the lock."""
        if self._connection is None:
            return False
        with self._asking:
            try:
                return bool(self._connection.scalar(_HELD))
            except DBAPIError:
                return False

    def give(self) -> None:
        """Give the lock back and close the session: of one that is closed alone the server hears a moment later."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):  # a session that ended by itself holds nothing
                connection.scalar(text(f"SELECT pg_advisory_unlock({_NUMBER})"))
            with suppress(DBAPIError):
                connection.close()


class FileLease:
    """The system's lock on a file beside an SQLite store."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock: BaseFileLock | None = None
        self._file: tuple[int, int] | None = None

    def take(self, patience: float = 0.0) -> None:
        """Lock the file, which is made where it is not there."""
        from filelock import FileLock, Timeout  # loaded by who works on a store, not by who only looks into it

        self.give()
        # The system's own lock or none: one that only a file's existence tells of would outlive a killed process.
        lock = FileLock(
            f"{self._path}.lock",
            timeout=patience,
            poll_interval=_POLL,
            mode=0o600,
            fallback_to_soft=False,
            preserve_lock_file=True,
            thread_local=False,
        )
        try:
            lock.acquire()
        except Timeout as error:
            raise AlreadyRunning(f"another syncd works on {self._path}; wait for it or stop it") from error
        self._lock, self._file = lock, _identity(f"{self._path}.lock")

    def is_new(self) -> bool:
        """Whether there is no file to lock."""
        return _identity(f"{self._path}.lock") is None

    def stands(self) -> bool:
        """Whether the file that is locked is the one that the next syncd would lock."""
        return self._file is not None and _identity(f"{self._path}.lock") == self._file

    def give(self) -> None:
        """Unlock the file."""
        lock, self._lock, self._file = self._lock, None, None
        if lock is not None:
            lock.release()


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
