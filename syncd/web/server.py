"""Serves the application from a thread beside the daemon."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from syncd.errors import ConfigError
from syncd.web.walls import LARGEST_HEAD

TAKEN: Final = 30.0  # seconds in which a client takes what is sent to it
HEAD: Final = 10.0  # seconds in which a request's line and headers come
MOST: Final = 256  # connections at a time
ROOM: Final = 64  # of them for who sends at once, such as a probe: beyond, who has said least the longest is cut
IDLE: Final = 5  # seconds that a connection is kept for the next request


class Brisk(H11Protocol):
    """HTTP that waits only so long for headers to come, and for an answer to be taken: uvicorn itself waits for ever.

    Such a connection is cut. To close it would wait until the other side has taken what is on its way.
    """

    _late: asyncio.TimerHandle | None = None
    _since = 0.0
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, and have room for the next connection."""
        super().connection_made(transport)
        self._since = self.loop.time()
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
        """Cut the connection that has waited longest for its headers, or for the next request, where many are open."""
        open_ones = [one for one in self.server_state.connections if isinstance(one, Brisk)]
        if len(open_ones) <= MOST - ROOM:
            return
        idle = [one for one in open_ones if one is not self and not one.transport.is_closing() and one._is_idle]
        if idle:
            min(idle, key=lambda one: one._since).transport.abort()

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

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
