"""One syncd at a time on a store: a lock that ends with its process, however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from syncd.errors import AlreadyRunning
from syncd.store.database import Database

_NUMBER = 0x53594E43  # "SYNC": the advisory lock that one syncd holds on PostgreSQL


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Hold the store for one syncd; raises AlreadyRunning."""
    path = database.url.database
    if not database.is_sqlite:
        with _advisory_lock(database):
            yield
    else:
        with _file_lock(str(path)):
            yield


@contextmanager
def _advisory_lock(database: Database) -> Iterator[None]:
    with database.engine.connect() as connection:
        if not connection.scalar(text(f"SELECT pg_try_advisory_lock({_NUMBER})")):
            raise AlreadyRunning("another syncd works on this database; wait for it or stop it")
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({_NUMBER})"))
            connection.commit()


@contextmanager
def _file_lock(path: str) -> Iterator[None]:
    from filelock import FileLock, Timeout  # loaded by who works on a store, not by who only looks into it

    # The system's own lock or none: one that only a file's existence tells of would outlive a killed process.
    lock = FileLock(f"{path}.lock", timeout=0, mode=0o600, fallback_to_soft=False, preserve_lock_file=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise AlreadyRunning(f"another syncd works on {path}; wait for it or stop it") from error
    try:
        yield
    finally:
        lock.release()
