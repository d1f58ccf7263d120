"""The lines that are open to a vendor, so that a call which hangs can be broken off from another thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ProtocolError

from connectors.callers import Caller, who_calls

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
    """The open connections of one system's client, each with the caller whose call is, or was last, on it."""

    def __init__(self) -> None:
        self._open: WeakKeyDictionary[socket.socket, Caller | None] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def watch(self, manager: PoolManager) -> None:
        """Know every connection that this manager opens from now on, and whose calls are made on it."""
        noted, taken = self._note, self._take

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                noted(self.sock)

            def request(self, *call: Any, **options: Any) -> None:
                taken(self)
                super().request(*call, **options)

            def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as the class above
                return _bounded(super().getresponse())

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                noted(self.sock)

            def request(self, *call: Any, **options: Any) -> None:
                taken(self)
                super().request(*call, **options)

            def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as the class above
                return _bounded(super().getresponse())

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def hang_up(self, of: Caller | None = None) -> None:
        """End what every call of a caller waits for that is on its way: it fails at once, as one whose answer was lost.

        None: whoever's. The system's own shutdown: that of a TLS socket would take the session away under the thread
        that reads. Nobody's call is made on such a connection any more.
        """
        with self._lock:
            lines = [line for line, who in self._open.items() if of is None or who is of]
            for line in lines:
                del self._open[line]
                with suppress(OSError):  # it has ended by itself
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

    def _note(self, line: Any) -> None:
        if isinstance(line, socket.socket):  # through a proxy that speaks TLS itself, it is a wrapper
            with self._lock:
                self._open[line] = who_calls()

    def _take(self, connection: HTTPConnection) -> None:
        """A call is about to be made on a connection; one that was broken off meanwhile is opened anew."""
        line = connection.sock
        with self._lock:
            if line in self._open:
                self._open[line] = who_calls()
                return
        if isinstance(line, socket.socket):
            connection.close()


def _bounded(response: HTTPResponse) -> HTTPResponse:
    response.__class__ = Bounded
    return response
