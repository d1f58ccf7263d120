"""Serves the application from a thread beside the daemon."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp


class Server:
    """An HTTP server in a thread: `with Server(application, host, port): …`."""

    def __init__(self, application: ASGIApp, host: str, port: int) -> None:
        config = uvicorn.Config(application, host=host, port=port, log_config=None, access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
