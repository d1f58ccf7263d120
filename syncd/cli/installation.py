"""What a command works on: the store of the installation, and its wiring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from syncd import agreement
from syncd.cli.context import settings
from syncd.cli.screen import say
from syncd.errors import ConfigError
from syncd.settings import Settings
from syncd.store import Store
from syncd.store.readiness import make_ready, require_ready

if TYPE_CHECKING:
    from syncd.sync.cycle import Wiring

__all__ = ["make_ready", "opened", "require_ready", "wired"]


@contextmanager
def opened(
    configured: Settings | None = None,
    *,
    ready: Callable[[Store], None] = require_ready,
    read_only: bool = False,
) -> Iterator[Store]:
    """The store at the newest revision. ready: `make_ready` where the command may make a new one.

    read_only: for reading alone, whatever is asked of it.

    Every command that works on a store comes this way: where the agreement is unsigned, each says so to people, and
    its document to whoever reads that (`syncd.cli.mark`); and where it never stood in the store, to people.
    """
    from syncd.sync.tenure import newcomer

    configured = configured or settings()
    store = Store(configured.database_url, read_only=read_only)
    try:
        ready(store)
        if tried := agreement.unsigned(configured.agreement, configured.mappings):
            say(f"{tried}; it is tried, and nothing comes of it")
        if other := newcomer(store, configured.agreement, configured.mappings):
            say(str(other))
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


def require_own_store(configured: Settings, store: Store) -> None:
    """Raise ConfigError where the store is another portal's or org's than the one that the credentials lead to.

    So it does where the agreement in force is another company's than those which stood in it, or has other terms under
    the version that did: the past was never under them. Where there are no credentials, or a system cannot be asked
    now, the store is taken for our own.
    """
    from connectors.base import ConnectorError
    from syncd.sync.tenants import require_own
    from syncd.sync.tenure import newcomer
    from syncd.wiring import waiter, wire

    other = newcomer(store, configured.agreement, configured.mappings)
    if other is not None and other.is_other:  # `opened` said why
        raise ConfigError("the agreement in force is not the one that this store was judged by: nothing was replayed")
    if not (configured.hubspot_token or configured.hubspot_client_id):
        return
    try:
        wiring = wire(configured, store, sleep=waiter(threading.Event()))
    except ConfigError:
        return
    for source in wiring.sources.values():
        try:
            require_own(store, source)
        except ConnectorError as error:
            say(f"whether this is the store of {source.system} was not asked: {error}")
