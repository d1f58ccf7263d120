"""The lines that are open to a vendor, so that a call which hangs can be broken off from another thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ProtocolError

LARGEST = 256 << 20  # bytes of one answer, unpacked: 10,000 rows of a bulk query, each of 25 KiB


class TooLarge(ProtocolError):
    """An answer is larger than any that is asked for."""


class Bounded(HTTPResponse):
    """An answer that ends where no honest one is as large: gzip makes a gigabyte of a megabyte."""

    _size = 0

    def read(self, amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False) -> bytes:
        """Read as much, or all of it."""
        if amt is not None:
            return self._counted(super().read(amt, decode_content))
        parts = []
        while part := super().read(1 << 20, decode_content):
            parts.append(self._counted(part))
        content = b"".join(parts)
        if cache_content:
            self._body = content
        return content

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """Read what is there, at most as much."""
        return self._counted(super().read1(amt, decode_content))

    def read_chunked(self, amt: int | None = None, decode_content: bool | None = None) -> Generator[bytes]:
        """Yield what comes in chunks."""
        yield from map(self._counted, super().read_chunked(amt, decode_content))

    def _counted(self, part: bytes) -> bytes:
        self._size += len(part)
        if self._size > LARGEST:
            self.close()
            raise TooLarge(f"an answer is larger than {LARGEST >> 20} MiB")
        return part


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

            def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as the class above
                return _bounded(super().getresponse())

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                noted(self.sock)

            def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as the class above
                return _bounded(super().getresponse())

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


def _bounded(response: HTTPResponse) -> HTTPResponse:
    response.__class__ = Bounded
    return response
