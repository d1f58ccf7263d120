"""What every command starts from: settings, logs, a migrated store, the wiring."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from syncd import logs
from syncd.errors import ConfigError, Unavailable
from syncd.settings import Settings, read
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.wiring import open_store, waiter, wire


def settings() -> Settings:
    """The settings, with logging set up by them."""
    found = read()
    logs.configure(found.log_level, found.log_format)
    return found


@contextmanager
def opened(found: Settings | None = None) -> Iterator[Store]:
    """The store at the newest revision: an empty SQLite file is made ready, all else asks for `syncd migrate`."""
    found = found or settings()
    store = open_store(found)
    try:
        prepare(store)
        yield store
    finally:
        store.close()


def prepare(store: Store) -> None:
    """Make an empty SQLite file ready; raise unless the database answers and stands at the newest revision."""
    with reachable(store):
        if store.is_new():
            store.migrate()
        store.require_head()


@contextmanager
def reachable(store: Store) -> Iterator[None]:
    """Say in one line why the database cannot be used: a file is to be mended, a server may come back."""
    try:
        yield
    except DBAPIError as error:
        why = str(error.orig or error).splitlines()[0]
        if store.database.is_sqlite:
            raise ConfigError(f"SYNCD_DATABASE_URL: {store.database.url.database}: {why}") from error
        raise Unavailable(f"SYNCD_DATABASE_URL: the database cannot be used now: {why}") from error


@contextmanager
def wired(stop: threading.Event | None = None) -> Iterator[Wiring]:
    """The wiring of the configured installation."""
    found = settings()
    with opened(found) as store:
        yield wire(found, store, sleep=waiter(stop or threading.Event()))
