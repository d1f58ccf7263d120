"""A door in front of a database: what comes in goes on to it, until a fault ends all of it, as a restart does."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

CHUNK = 65_536  # bytes


class Relay:
    """Relays connections to a database, which knows nothing of it. Lives on the event loop that starts it.

    address: `host:port`, or the path of a Unix socket such as `/run/postgresql/.s.PGSQL.5432`.
    """

    def __init__(self, address: str) -> None:
        host, colon, port = address.rpartition(":")
        if not address.startswith("/") and not (host and colon and port.isdigit()):
            raise ValueError(f"{address!r} is no address of a database: give HOST:PORT, or the path of its socket")
        self.address = address
        self._open: set[asyncio.StreamWriter] = set()
        self._shut_until = 0.0  # on the loop's clock

    async def serve(self, listening: socket.socket, ended: asyncio.Event) -> None:
        """Relay whatever connects to `listening`, until `ended` is set."""
        server = await asyncio.start_server(self._relay, sock=listening)
        await ended.wait()
        server.close()
        self.restart(0)

    def restart(self, seconds: float) -> None:
        """End every connection at once, and take none for that many seconds."""
        self._shut_until = asyncio.get_running_loop().time() + seconds
        for writer in self._open:
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if asyncio.get_running_loop().time() < self._shut_until:
            writer.transport.abort()
            return
        try:
            there = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, there[1]}
        self._open |= ends
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pass_on(reader, there[1]))
                both.create_task(_pass_on(there[0], writer))
        finally:
            self._open -= ends

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.address.startswith("/"):
            return await asyncio.open_unix_connection(self.address)
        host, _, port = self.address.rpartition(":")
        return await asyncio.open_connection(host, int(port))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass everything on to its end, and end there too."""
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()
