"""Serves the application from a thread beside the daemon."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from syncd.errors import ConfigError


class Server:
    """An HTTP server in a thread: `with Server(application, host, port): …`. Raises ConfigError if it cannot listen."""

    def __init__(self, application: ASGIApp, host: str, port: int) -> None:
        config = uvicorn.Config(application, host=host, port=port, log_config=None, access_log=False, lifespan="off")
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
