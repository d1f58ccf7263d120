"""The ledger: a verb opens a unit of work, and its parts (records, people, wishes, runs, …) own the statements."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from syncd.errors import AlreadyRunning, HoldLost, SyncdError
from syncd.store import lock, migration, statistics
from syncd.store.database import Database
from syncd.store.notes import HOLDER, PROBE
from syncd.store.unit import UnitOfWork

__all__ = ["Store", "UnitOfWork"]


PATIENCE = 0.2  # seconds: who only looks whether somebody holds it has it for a moment


class Store:
    """Everything syncd remembers, in SQLite or PostgreSQL. Threads may share one store.

    read_only: the database refuses whatever would write; `writing` raises OnlyRead.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.database = Database(url, read_only=read_only)
        self._lease: lock.Lease | None = None

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """A unit of work that looks at one consistent state. Raises Unavailable."""
        with self.database.reading() as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def looking_up(self) -> Iterator[UnitOfWork]:
        """The same for a verb that looks up many records by their names. Raises Unavailable."""
        with self.database.looking_up() as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """A unit of work that stands when the block ends well, and else leaves nothing behind. Raises Unavailable."""
        with self.database.writing() as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the store for one syncd; raises AlreadyRunning, which says who holds it and since when."""
        lease = lock.lease_of(self.database)
        self._take(lease)
        self._lease = lease
        with suppress(SyncdError, DBAPIError), self.writing() as unit:  # there may be no table yet
            unit.runs.break_off()  # nobody works on what somebody else left open
        try:
            yield
        finally:
            self._lease = None
            lease.give()

    def _take(self, lease: lock.Lease) -> None:
        try:
            lease.take(PATIENCE)
        except AlreadyRunning as error:
            raise AlreadyRunning(f"{error}{self._holder()}") from None
        with suppress(SyncdError, DBAPIError), self.writing() as unit:  # there may be no table yet
            since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
            unit.notes.keep(HOLDER, f"process {os.getpid()} on {socket.gethostname()} since {since}")

    def is_held(self) -> bool:
        """Whether a syncd works on the store, this process or another. Raises Unavailable."""
        if self._lease is not None:
            return True
        lease = lock.lease_of(self.database)
        if lease.is_new():
            return False
        try:
            lease.take()
        except AlreadyRunning:
            return True
        lease.give()
        return False

    def _holder(self) -> str:
        with suppress(SyncdError, DBAPIError), self.reading() as unit:
            holder = unit.notes.read(HOLDER)
            return f" (it is {holder})" if holder else ""
        return ""

    def require_alone(self) -> bool:
        """Look whether who holds the store still does; True where the hold was lost and is taken again.

        Raises AlreadyRunning where another syncd has taken it, Unavailable where the database does not answer.
        """
        if self._lease is None or self._lease.stands():
            return False
        self._take(self._lease)
        return True

    def require_still_alone(self) -> None:
        """Look, in the middle of a push, whether the store was ours all the time.

        Raises AlreadyRunning where another syncd has taken it, HoldLost where the hold was lost and is ours again: what
        is about to be written was decided before, and another one may have come and gone. Neither is the failure of
        the system that is written to: nothing more is pushed, into none.
        """
        if self.require_alone():
            raise HoldLost

    def migrate(self) -> str:
        """Bring the tables to the newest revision."""
        return migration.migrate(self.database)

    def is_new(self) -> bool:
        """Whether this is a SQLite file without any tables yet."""
        database = self.database
        return database.is_sqlite and migration.current(database) is None and migration.is_empty(database)

    def require_head(self) -> None:
        """Raise ConfigError unless the tables are at the newest revision."""
        migration.require_head(self.database)

    def try_writing(self) -> None:
        """Write a note and take it back; raises Unavailable where nothing can be written."""
        with self.writing() as unit:
            savepoint = unit.connection.begin_nested()
            unit.notes.keep(PROBE, "was here")
            savepoint.rollback()

    def look_anew(self) -> None:
        """Have the database look at tables that a load has filled, so that it reads them well. Raises Unavailable."""
        if not self.database.is_sqlite:
            with self.database.writing() as connection:
                statistics.refresh(connection)

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()
