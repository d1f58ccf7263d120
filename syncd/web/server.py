"""Serves the application from a thread beside the daemon."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from syncd.errors import ConfigError
from syncd.wall import steady
from syncd.web.entry.limits import neighbourhood
from syncd.web.walls import LARGEST_HEAD

TAKEN: Final = 30.0  # seconds in which a client takes what is sent to it
HEAD: Final = 10.0  # seconds in which a request's line and headers come
MOST: Final = 256  # connections at a time
ROOM: Final = 64  # of them for who sends at once, such as a probe: beyond, who has said least the longest is cut
EACH: Final = 128  # of one address, or network of one customer: a proxy's, too
WHOLE: Final = 2  # that a whole request has come
IDLE: Final = 5  # seconds that a connection is kept for the next request


class Brisk(H11Protocol):
    """HTTP that waits only so long for headers to come, and for an answer to be taken: uvicorn itself waits for ever.

    Such a connection is cut. To close it would wait until the other side has taken what is on its way.
    """

    _late: asyncio.TimerHandle | None = None
    _since = 0.0
    _stuck: asyncio.TimerHandle | None = None
    _neighbours = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, and have room for the next connection."""
        super().connection_made(transport)
        self._since = steady()  # the loop's own time stands still while many come at once
        self._neighbours = neighbourhood(self.client[0]) if self.client else ""
        self._expect()
        self._make_room()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of the headers; once they are there, the application has its own patience."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop_waiting()
        elif self._late is None and (self.cycle is None or self.cycle.response_complete):
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing to wait for any more."""
        self._stop_waiting()
        self._go_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait until the client has taken most of what is on its way."""
        super().pause_writing()
        self._stuck = self.loop.call_later(TAKEN, self.transport.abort)

    def resume_writing(self) -> None:
        """It has."""
        self._go_on()
        super().resume_writing()

    def _make_room(self) -> None:
        """Cut a connection where many are open: of the one address that has too many, or of all."""
        here = [one for one in self.server_state.connections if isinstance(one, Brisk) and one._is_open]
        own = [one for one in here if one._neighbours == self._neighbours]
        if len(own) > EACH:
            self._cut_one(own)
        elif len(here) > MOST - ROOM:
            self._cut_one(here)

    def _cut_one(self, some: Collection[Brisk]) -> None:
        """Cut the connection that has said least, and of those that have said as much, the oldest.

        Where all have sent a whole request, the oldest of the address that has the most.
        """
        others = [one for one in some if one is not self]
        if all(one._said == WHOLE for one in others):
            numbers = Counter(one._neighbours for one in others)
            others = [one for one in others if numbers[one._neighbours] == max(numbers.values())]
        min(others, key=lambda one: (one._said, one._since)).transport.abort()

    @property
    def _is_open(self) -> bool:
        return not self.transport.is_closing()

    @property
    def _said(self) -> int:
        """How much of a request there is: nothing or a part of its headers, these, or all of it."""
        if self.cycle is None or self.cycle.response_complete:
            return 0
        return 1 if self.cycle.more_body else WHOLE

    def _go_on(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def _expect(self) -> None:
        self._late = self.loop.call_later(HEAD, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class Server:
    """An HTTP server in a thread: `with Server(application, host, port): …`. Raises ConfigError if it cannot listen."""

    def __init__(self, application: ASGIApp, host: str, port: int) -> None:
        shape: dict[str, Any] = {"http": Brisk, "ws": "none", "h11_max_incomplete_event_size": LARGEST_HEAD}
        quiet: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False, "date_header": False}
        bounds: dict[str, Any] = {"limit_concurrency": MOST, "timeout_keep_alive": IDLE}
        config = uvicorn.Config(application, host=host, port=port, lifespan="off", **shape, **quiet, **bounds)
        self._server = uvicorn.Server(config)
        self._place = f"{host}:{port}"
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    def _serve(self) -> None:
        with suppress(SystemExit):  # uvicorn's way to say that it cannot listen
            self._server.run()

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(timeout=0.01)
        if not self._server.started:
            raise ConfigError(f"SYNCD_HTTP_HOST, SYNCD_HTTP_PORT: nothing can listen at {self._place}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
