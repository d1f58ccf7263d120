"""What a command works on: the store of the installation, and its wiring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from syncd import agreement
from syncd.cli.context import settings
from syncd.cli.screen import say
from syncd.settings import Settings
from syncd.store import Store
from syncd.store.readiness import make_ready, require_ready

if TYPE_CHECKING:
    from syncd.sync.cycle import Wiring

__all__ = ["make_ready", "opened", "require_ready", "wired"]


@contextmanager
def opened(configured: Settings | None = None, *, ready: Callable[[Store], None] = require_ready) -> Iterator[Store]:
    """The store at the newest revision. ready: `make_ready` where the command may make a new one.

    Every command that works on a store comes this way: where the agreement is unsigned, each says so.
    """
    configured = configured or settings()
    store = Store(configured.database_url)
    try:
        ready(store)
        if notice := agreement.unsigned(configured.agreement, configured.mappings):
            say(f"{notice}; it is tried, and nothing comes of it")
        yield store
    finally:
        store.close()


@contextmanager
def wired(stop: threading.Event | None = None, *, ready: Callable[[Store], None] = require_ready) -> Iterator[Wiring]:
    """The wiring of the configured installation, its store `opened`."""
    from syncd.wiring import waiter, wire  # the vendors' clients are no part of what only looks into the store

    configured, sleep = settings(), waiter(stop or threading.Event())

    first: list[Wiring] = []

    def make_ready_once_wired(store: Store) -> None:
        first.append(wire(configured, store, sleep=sleep))  # what the settings lack leaves no empty store behind
        make_ready(store)

    with opened(configured, ready=make_ready_once_wired if ready is make_ready else ready) as store:
        yield first[0] if first else wire(configured, store, sleep=sleep)
