"""The lines that are open to a vendor, so that a call which hangs can be broken off from another thread."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class Lines:
    """The open connections of one system's client."""

    def __init__(self) -> None:
        self._open: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Lock()

    def watch(self, manager: PoolManager) -> None:
        """Know every connection that this manager opens from now on."""
        noted = self._note

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                noted(self.sock)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                noted(self.sock)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def hang_up(self) -> None:
        """End what every call on its way waits for: it fails at once, as one whose answer was lost.

        The system's own shutdown: that of a TLS socket would take the session away under the thread that reads.
        """
        with self._lock:
            sockets = list(self._open)
        for line in sockets:
            with suppress(OSError):  # it has ended by itself
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    def _note(self, line: Any) -> None:
        if isinstance(line, socket.socket):  # through a proxy that speaks TLS itself, it is a wrapper
            with self._lock:
                self._open.add(line)
