"""Serves both simulators on loopback sockets: HTTP for both, HTTPS for the client that insists on it."""

from __future__ import annotations

import asyncio
import signal
import socket
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import CLOSE, CUT, Faults
from connectors.sandbox.relay import Relay
from connectors.sandbox.staying import CERTIFICATE, SERVER, certify, keep, take_back

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HOST = "127.0.0.1"
GOODBYE = 1.0  # seconds in which calls that are being answered may end
CREDENTIALS = {
    "hubspot_token": "sandbox-token",
    "salesforce_client_id": "sandbox-client",
    "salesforce_client_secret": "sandbox-secret",
    "salesforce_admin_client_id": "sandbox-admin",
    "salesforce_admin_client_secret": "sandbox-admin-secret",
    "salesforce_admin_token": "sandbox-admin-token",
}
SCHEMES = (("hubspot", "http"), ("hubspot", "https"), ("salesforce", "https"), ("salesforce", "http"))


class CuttingProtocol(HttpToolsProtocol):
    """HTTP that lets the application end the connection, as networks do."""

    def on_message_begin(self) -> None:
        """Put the means to cut into the call's scope."""
        super().on_message_begin()
        scope: Scope = cast(Scope, self.scope)
        scope["extensions"] = {CUT: self.transport.abort, CLOSE: self._close}

    def _close(self) -> None:
        if self.scheme == "http":
            self.transport.close()
        else:  # a proper TLS goodbye would wait for the peer's: let what was written go out, then end
            self.loop.call_later(0.05, self.transport.abort)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hearing: asyncio.Future[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.listening.set()

    def end(self) -> None:
        """Have it stop serving, from any thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._ended.set)

    def deafen(self, seconds: float) -> None:
        """Take no connection for so long: who connects waits in the kernel's queue, before any TLS; open ones end."""
        kept = [
            socket.fromfd(listening.fileno(), socket.AF_INET, socket.SOCK_STREAM)
            for server in self.servers
            for listening in server.sockets
        ]
        for server in self.servers:
            server.close()
        self.servers.clear()
        for connection in list(self.server_state.connections):
            cast(CuttingProtocol, connection).transport.abort()
        self._hearing = asyncio.ensure_future(self._hear_again(kept, seconds))

    async def _hear_again(self, listening: list[socket.socket], seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        if self.should_exit:
            for line in listening:
                line.close()
        else:
            await super().startup(listening)

    async def main_loop(self) -> None:
        if not self.should_exit:  # uvicorn would look ten times a second
            await self._ended.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Several servers share one process: the sandbox takes the signals and stops them all.
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Idle keep-alive connections would hold the goodbye up, TLS ones for long; uvicorn waits a tenth of a second.
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            cast(CuttingProtocol, connection).transport.abort()
        patience = asyncio.get_running_loop().time() + GOODBYE
        while self.server_state.connections or self.server_state.tasks:
            if asyncio.get_running_loop().time() > patience:
                for task in self.server_state.tasks:
                    task.cancel()
                break
            await asyncio.sleep(0.001)


class Sandbox:
    """Both simulators on real sockets, in a thread of this process: `with Sandbox(world) as sandbox: …`.

    Either give a world (`.hubspot` and `.salesforce`, or one of them: name → records) or ready-made ASGI apps. `ports`
    names fixed ports by (system, scheme); free ones are taken where it is silent. The attributes hubspot_url,
    hubspot_https_url, salesforce_url (HTTPS), salesforce_http_url and ca_file are valid while it runs. database: what
    stands before a database, at the port ("database", "tcp"), so that a fault may restart it. folder: where the
    certificate authority stays; without it, there is another one each time. names: what else its certificate is for.
    """

    def __init__(
        self,
        world: Any = None,
        *,
        hubspot: App | None = None,
        salesforce: App | None = None,
        clock: Callable[[], datetime] | None = None,
        faults: Faults | None = None,
        hubspot_options: Any = None,
        salesforce_options: Mapping[str, Any] | None = None,
        ports: Mapping[tuple[str, str], int] | None = None,
        host: str = HOST,
        database: Relay | None = None,
        folder: Path | None = None,
        names: Iterable[str] = (),
    ) -> None:
        either = next((app for app in (hubspot, salesforce) if app is not None), None)
        self.clock: Callable[[], datetime] = clock or getattr(either, "clock", None) or Clock()
        self.faults: Faults = faults or getattr(either, "faults", None) or Faults()
        # The simulators are imported only where they are wanted: either may be used without the other.
        self.hubspot: Any = hubspot or self._hubspot(world, hubspot_options)
        self.salesforce: Any = salesforce or self._salesforce(world, dict(salesforce_options or {}))
        self._database = database
        if database is not None:
            self.faults.restart = database.restart
        self._ports = dict(ports or {})
        self._host = host
        self._servers: dict[tuple[str, str], _Server] = {}
        self._sockets: dict[tuple[str, str], socket.socket] = {}
        self._thread: threading.Thread | None = None
        self._folder = folder.resolve() if folder else None
        self._names = (HOST, "localhost", "::1", *names)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def _hubspot(self, world: Any, options: Any) -> App | None:
        if getattr(world, "hubspot", None) is None:
            return None
        from connectors.sandbox.hubspot import HubSpotSimulator

        return HubSpotSimulator(world.hubspot, clock=self.clock, faults=self.faults, options=options)

    def _salesforce(self, world: Any, options: dict[str, Any]) -> App | None:
        if getattr(world, "salesforce", None) is None:
            return None
        from connectors.sandbox.salesforce import SalesforceSimulator
        from connectors.sandbox.salesforce.settings import Currency

        if currencies := getattr(world, "currencies", ()):
            options.setdefault("currencies", [Currency(one.code, one.rate, dated=one.dated) for one in currencies])
        simulator: App = SalesforceSimulator(world.salesforce, clock=self.clock, faults=self.faults, **options)
        return simulator

    def keep(self, made_of: Mapping[str, Any]) -> None:
        """Write both vendors' records into the folder, as they stand; made_of: by which options they were made."""
        assert self._folder is not None, "records are kept in a folder"
        keep(self._folder, made_of, self.clock, {"hubspot": self.hubspot, "salesforce": self.salesforce})

    def take_back(self, made_of: Mapping[str, Any]) -> None:
        """Go on with the records that were kept in the folder, where there are any; before it serves. ValueError."""
        assert self._folder is not None, "records are kept in a folder"
        clock = take_back(self._folder, made_of, {"hubspot": self.hubspot, "salesforce": self.salesforce})
        self.clock = clock or self.clock

    def url(self, system: str, scheme: str) -> str:
        """Return where a system listens."""
        port = self._sockets[system, scheme].getsockname()[1]
        return f"{scheme}://{self._host}:{port}"

    @property
    def hubspot_url(self) -> str:
        """HubSpot over HTTP."""
        return self.url("hubspot", "http")

    @property
    def hubspot_https_url(self) -> str:
        """HubSpot over HTTPS."""
        return self.url("hubspot", "https")

    @property
    def salesforce_url(self) -> str:
        """Salesforce over HTTPS, which its client insists on."""
        return self.url("salesforce", "https")

    @property
    def salesforce_http_url(self) -> str:
        """Salesforce over HTTP."""
        return self.url("salesforce", "http")

    @property
    def database_address(self) -> str:
        """Where the database is reached through the sandbox."""
        host, port = self._sockets["database", "tcp"].getsockname()[:2]
        return f"{host}:{port}"

    @property
    def ca_file(self) -> str:
        """The throw-away certificate authority, to be trusted by HTTPS clients."""
        assert self._folder is not None, "the sandbox is not running"
        return str(self._folder / CERTIFICATE)

    def describe(self) -> dict[str, Any]:
        """Return where everything listens, and with which credentials."""
        urls = {f"{system}_{scheme}": self.url(system, scheme) for system, scheme in self._servers}
        if self._database is not None:
            urls["database"] = self.database_address
        return {**urls, "ca_file": self.ca_file, **CREDENTIALS}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, and serve from a thread until `stop`."""
        self._prepare()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()
        for server in self._servers.values():
            server.listening.wait()

    def stop(self) -> None:
        """Stop serving; open connections are closed."""
        self._leave()
        if self._thread is not None:
            self._thread.join()
        self._clean()

    def _leave(self) -> None:
        for server in self._servers.values():
            server.end()

    def serve(self, ready: Callable[[], object] = lambda: None) -> None:
        """Serve from this thread until SIGINT or SIGTERM; `ready` is called once connections are taken."""
        self._prepare()
        try:
            ready()
            self._run()
        finally:
            self._clean()

    def _prepare(self) -> None:
        if self._folder is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="sandbox-")
            self._folder = Path(self._scratch.name)
        folder = self._folder
        self.faults.jump, self.faults.deafen = self._jump, self._deafen
        certify(folder, self._names)
        for system, scheme in SCHEMES:
            app = getattr(self, system)
            if app is not None:
                certificate = str(folder / SERVER) if scheme == "https" else None
                config = uvicorn.Config(
                    dated(app, self.clock),
                    http=CuttingProtocol,
                    ws="none",
                    lifespan="off",
                    log_config=None,
                    log_level="warning",
                    access_log=False,
                    date_header=False,
                    server_header=False,
                    proxy_headers=False,
                    timeout_keep_alive=75,
                    ssl_certfile=certificate,
                )
                self._servers[system, scheme] = _Server(config)
                self._sockets[system, scheme] = _listen(self._host, self._ports.get((system, scheme), 0))
        if self._database is not None:
            self._sockets["database", "tcp"] = _listen(self._host, self._ports.get(("database", "tcp"), 0))

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve_all())

    async def _serve_all(self) -> None:
        servers = self._servers.items()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self._leave)
        ended = asyncio.Event()
        relaying = self._relay(ended)
        try:
            await asyncio.gather(*(server.serve(sockets=[self._sockets[key].dup()]) for key, server in servers))
        finally:
            ended.set()
            await relaying

    def _relay(self, ended: asyncio.Event) -> asyncio.Future[None]:
        """Have the relay to the database run until `ended` is set."""
        if self._database is None:
            return asyncio.ensure_future(asyncio.sleep(0))
        return asyncio.ensure_future(self._database.serve(self._sockets["database", "tcp"], ended))

    def _clean(self) -> None:
        for listening in self._sockets.values():
            listening.close()
        self._servers.clear()
        self._sockets.clear()
        self.faults.jump = self.faults.deafen = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = self._folder = None

    def _jump(self, seconds: float) -> None:
        """Set the clock of both vendors on, or back."""
        cast(Clock, self.clock).advance(seconds)

    def _deafen(self, system: str, seconds: float) -> None:
        """Have a vendor (both, where none is named) take no connection for so long; those that are open end."""
        for (named, _), server in self._servers.items():
            if system in ("", named):
                server.deafen(seconds)


def dated(app: App, clock: Callable[[], datetime]) -> App:
    """Return `app` with the Date header of the sandbox's clock on every answer that has none."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                if not any(name == b"date" for name, _ in headers):
                    message["headers"] = [*headers, (b"date", formatdate(clock().timestamp(), usegmt=True).encode())]
            await send(message)

        await app(scope, receive, stamped)

    return answer


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(1024)
    return listening
