"""`syncd resync`: read again, whatever the cursors say; a running daemon carries it out."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Annotated

import typer

from syncd.cli.daemon_request import ask_daemon
from syncd.cli.installation import wired
from syncd.cli.meter import Meter
from syncd.cli.options import Force, Json, Stream, System
from syncd.cli.summaries import show_summary
from syncd.cli.work import note_force
from syncd.errors import AlreadyRunning
from syncd.signals import stop_on_signals
from syncd.sync import resync as verb
from syncd.sync.resync import Scope
from syncd.sync.run import Run


def resync(
    system: System = None,
    stream: Stream = None,
    account: Annotated[str | None, typer.Option(help="One account: id, name, domain or remote id.")] = None,
    record: Annotated[str | None, typer.Option(help="One record: system.stream/id.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Also find what was deleted.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Read again, whatever the cursors say, then run a cycle. A running daemon carries it out.

    - `syncd resync --account "Endeavor Bank"`

    - `syncd resync --record hubspot.contacts/168`

    - `syncd resync --system hubspot --stream contacts --full`

    - `syncd resync --full` reads everything again
    """
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop) as wiring:
        scope = Scope(system, stream, account, record, full, force)
        verb.require(wiring, scope)
        try:
            with wiring.store.alone(), Meter().shown() as meter:
                note_force(wiring, "resync", force=force)
                summary = verb.resync(wiring, scope, Run(stop, meter))
        except AlreadyRunning:
            ask_daemon(wiring.store, "resync", asdict(scope), stop, as_json)
            return
    show_summary(summary, as_json)
