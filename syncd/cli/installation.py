"""What a command works on: the store of the installation, and its wiring."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from syncd.cli.context import settings
from syncd.settings import Settings
from syncd.store import Store
from syncd.store.readiness import prepare

if TYPE_CHECKING:
    from syncd.sync.cycle import Wiring


@contextmanager
def opened(configured: Settings | None = None) -> Iterator[Store]:
    """The store at the newest revision: an empty SQLite file is made ready, all else asks for `syncd migrate`."""
    configured = configured or settings()
    store = Store(configured.database_url)
    try:
        prepare(store)
        yield store
    finally:
        store.close()


@contextmanager
def wired(stop: threading.Event | None = None) -> Iterator[Wiring]:
    """The wiring of the configured installation."""
    from syncd.wiring import waiter, wire  # the vendors' clients are no part of what only looks into the store

    configured = settings()
    with opened(configured) as store:
        yield wire(configured, store, sleep=waiter(stop or threading.Event()))
