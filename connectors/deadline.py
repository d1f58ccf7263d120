"""A deadline for a whole call: a peer that sends a byte now and then keeps nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from connectors.lines import Lines


class Watched(HTTPAdapter):
    """An adapter whose connections can be broken off, those through a proxy too."""

    def __init__(self) -> None:
        self.lines = Lines()
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools, and know what they open."""
        super().init_poolmanager(*arguments, **options)
        self.lines.watch(self.poolmanager)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        """Make those of a proxy, and know what they open."""
        manager = super().proxy_manager_for(*arguments, **options)
        self.lines.watch(manager)
        return manager


@contextmanager
def within(seconds: float, http: requests.Session) -> Iterator[threading.Event]:
    """Have a session's calls fail once so many seconds are over; the event says whether they were.

    A timeout of requests counts anew with each byte: https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
    """
    watched, over = Watched(), threading.Event()
    for scheme in ("https://", "http://"):
        http.mount(scheme, watched)

    def end() -> None:
        over.set()
        watched.lines.hang_up()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
