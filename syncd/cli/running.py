"""Commands that keep something running: run, sandbox; and migrate, health, pause, resume."""

from __future__ import annotations

import errno
import socket
import threading
from dataclasses import asdict
from typing import Annotated, Any

import requests
import typer

from connectors.sandbox.__main__ import main as serve_sandbox
from syncd.cli.context import opened, reachable, settings
from syncd.cli.screen import console, show_json
from syncd.daemon import Daemon, stop_on_signals
from syncd.errors import ConfigError, Unavailable
from syncd.settings import Settings
from syncd.sync.cycle import Wiring
from syncd.web import Server, application
from syncd.wiring import open_store, waiter, wire

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def run() -> None:
    """Run the daemon: a cycle every SYNCD_INTERVAL_MINUTES, a full read every night, health and metrics over HTTP.

    SIGTERM, SIGHUP or Ctrl-C finish the page in hand and end with exit code 0; whatever is not done is done after the
    next start. Exit code 5: another syncd works on this store.

    - `syncd run`

    - `SYNCD_INTERVAL_MINUTES=5 SYNCD_HTTP_PORT=9090 syncd run`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    found = settings()
    with opened(found) as store:
        wiring = wire(found, store, sleep=waiter(stop))
        with store.alone():
            serve(wiring, found, stop)


def serve(wiring: Wiring, found: Settings, stop: threading.Event) -> None:
    """Run the daemon, and its pages unless the port is 0, until `stop` is set."""
    daemon = Daemon(wiring, interval_minutes=found.interval_minutes, reconcile_at=found.reconcile_at, stop=stop)
    if not found.http_port:
        daemon.run()
        return
    require_port(found.http_host, found.http_port)
    pages = application(wiring.store, daemon.pulse, lambda: budgets(wiring), streams(wiring))
    with Server(pages, found.http_host, found.http_port):
        daemon.run()


def require_port(host: str, port: int) -> None:
    """Raise ConfigError where nothing can listen: the server in its thread could only log it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(f"SYNCD_HTTP_HOST, SYNCD_HTTP_PORT: {host}:{port}: {error.strerror or error}") from error


def budgets(wiring: Wiring) -> dict[str, dict[str, Any]]:
    """What each system still lets us ask."""
    return {system: asdict(source.budget) for system, source in wiring.sources.items()}


def streams(wiring: Wiring) -> list[tuple[str, str]]:
    """Every stream that the mappings name, with its system."""
    return [(system, stream) for system, mapping in wiring.mappings.items() for stream in mapping.streams]


def sandbox(context: typer.Context) -> None:
    """Serve the HubSpot and Salesforce simulators alone, so that any client can be pointed at them.

    The first line on standard output is JSON: where everything listens, and the credentials. Options: size, seed, date,
    limits, faults, ports; `syncd sandbox --help` lists them.

    - `syncd sandbox --size tiny`

    - `syncd sandbox --size tiny --fault limited,system=hubspot,probability=0.1`
    """
    try:
        serve_sandbox(context.args, program="syncd sandbox")
    except OSError as error:
        mend = "give other ports, e.g. --hubspot-port 0" if error.errno == errno.EADDRINUSE else "look at its options"
        raise ConfigError(f"the sandbox cannot start: {error}; {mend}") from error


def migrate(as_json: Json = False) -> None:
    """Bring the store's tables to the newest revision; safe to repeat.

    - `syncd migrate`, once after every upgrade, before `syncd run`
    """
    store = open_store(settings())
    with reachable(store):
        revision = store.migrate()
    store.close()
    if as_json:
        show_json({"revision": revision})
    else:
        console.print(f"the store stands at revision {revision}")


def health(as_json: Json = False) -> None:
    """Ask the daemon of this machine whether it can work: the container's health check.

    Exit code 0: it can. 1: it lives, but cannot. 3: nobody answers.

    - `syncd health`
    """
    found = settings()
    host = "127.0.0.1" if found.http_host in ("0.0.0.0", "::") else found.http_host
    try:
        answer = requests.get(f"http://{host}:{found.http_port}/readyz", timeout=4)
    except requests.RequestException as error:
        raise Unavailable(f"no daemon answers at {host}:{found.http_port}") from error
    text = answer.text.strip()
    if as_json:
        show_json({"ready": answer.ok, "answer": text})
    else:
        console.print(text)
    if not answer.ok:
        raise typer.Exit(1)


def pause(as_json: Json = False) -> None:
    """Have the running daemon start no further cycles; requests by hand are still carried out.

    - `syncd pause`, then `syncd resume` goes on
    """
    _pause(True, "paused; `syncd resume` goes on", as_json)


def resume(as_json: Json = False) -> None:
    """Have the daemon go on.

    - `syncd resume`
    """
    _pause(False, "resumed", as_json)


def _pause(paused: bool, words: str, as_json: bool) -> None:
    with opened() as store:
        store.keep_note("paused", "yes" if paused else "no")
        store.audit("cli", "pause" if paused else "resume", "")
    if as_json:
        show_json({"paused": paused})
    else:
        console.print(words)
