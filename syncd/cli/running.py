"""Commands that keep something running: run, demo, sandbox; and migrate, pause, resume."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Annotated, Any

import requests
import typer

from connectors.sandbox.__main__ import main as serve_sandbox
from syncd.cli.context import opened, settings
from syncd.cli.demo import demo
from syncd.cli.screen import console, show_json
from syncd.daemon import Daemon, stop_on_signals
from syncd.errors import Unavailable
from syncd.settings import Settings
from syncd.sync import Wiring
from syncd.web import Server, application
from syncd.wiring import open_store, waiter, wire

_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("demo")(demo)
    app.command("sandbox", context_settings=_PASS_ON)(sandbox)
    for command in (migrate, pause, resume, health):
        app.command(command.__name__)(command)


def run() -> None:
    """Run the daemon: a cycle every SYNCD_INTERVAL_MINUTES, a full read every night, health and metrics over HTTP.

    SIGTERM finishes the page in hand and ends with exit code 0; whatever is not done is done after the next start.
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
    pages = application(wiring.store, daemon.pulse, lambda: budgets(wiring))
    with Server(pages, found.http_host, found.http_port):
        daemon.run()


def budgets(wiring: Wiring) -> dict[str, dict[str, Any]]:
    """What each system still lets us ask."""
    return {system: asdict(source.budget) for system, source in wiring.sources.items()}


def sandbox(context: typer.Context) -> None:
    """Serve the HubSpot and Salesforce simulators alone, so that any client can be pointed at them.

    `syncd sandbox --help` lists its options: size, seed, date, limits, faults, ports.
    """
    serve_sandbox(context.args)


def migrate(as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False) -> None:
    """Bring the store's tables to the newest revision."""
    store = open_store(settings())
    revision = store.migrate()
    store.close()
    if as_json:
        show_json({"revision": revision})
    else:
        console.print(f"the store stands at revision {revision}")


def health() -> None:
    """Ask the daemon of this machine whether it lives and can work: exit code 0 or 1. The container's health check."""
    found = settings()
    host = "127.0.0.1" if found.http_host in ("0.0.0.0", "::") else found.http_host
    try:
        answer = requests.get(f"http://{host}:{found.http_port}/readyz", timeout=4)
    except requests.RequestException as error:
        raise Unavailable(f"no daemon answers at {host}:{found.http_port}") from error
    console.print(answer.text.strip())
    if not answer.ok:
        raise typer.Exit(1)


def pause() -> None:
    """Have the running daemon start no further cycles; requests by hand are still carried out."""
    _note("yes", "pause")
    console.print("paused; `syncd resume` goes on")


def resume() -> None:
    """Have the daemon go on."""
    _note("no", "resume")
    console.print("resumed")


def _note(value: str, action: str) -> None:
    with opened() as store:
        store.keep_note("paused", value)
        store.audit("cli", action, "")
