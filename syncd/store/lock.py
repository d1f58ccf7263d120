"""One syncd at a time on a store: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    elif not path or path == ":memory:":
        yield
    else:
        with _file_lock(path):
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
    descriptor = os.open(Path(f"{path}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"another syncd works on {path}; wait for it or stop it") from error
        yield
    finally:
        os.close(descriptor)
