"""What every command starts from: settings, logs, a migrated store, the wiring."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from syncd import logs
from syncd.settings import Settings, read
from syncd.store import Store
from syncd.sync import Wiring
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
        if store.is_new():
            store.migrate()
        store.require_head()
        yield store
    finally:
        store.close()


@contextmanager
def wired(stop: threading.Event | None = None) -> Iterator[Wiring]:
    """The wiring of the configured installation."""
    found = settings()
    with opened(found) as store:
        yield wire(found, store, sleep=waiter(stop or threading.Event()))
