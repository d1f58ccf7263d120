"""`syncd resync`: read again, whatever the cursors say; a running daemon carries it out."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from syncd.cli.installation import wired
from syncd.cli.meter import Meter
from syncd.cli.options import Force, Json, Stream, System
from syncd.cli.screen import say, show_json, show_line
from syncd.cli.summaries import show_summary
from syncd.cli.work import note_force
from syncd.errors import AlreadyRunning, Unavailable, UnsafePlan
from syncd.model.runs import RunOutcome
from syncd.signals import stop_on_signals
from syncd.sync import resync as verb
from syncd.sync.cycle import Wiring
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
            _ask_daemon(wiring, scope, stop, as_json)
            return
    show_summary(summary, as_json)


def _ask_daemon(wiring: Wiring, scope: Scope, stop: threading.Event, as_json: bool) -> None:
    options = {name: getattr(scope, name) for name in Scope.__dataclass_fields__}
    with wiring.store.writing() as unit:
        number = unit.requests.ask("cli", "resync", options)
    say(f"the running daemon takes request {number}; waiting for its answer (Ctrl-C leaves it running)")
    while (outcome := _outcome(wiring, number)) is None:
        if stop.wait(0.5):
            return
        _require_daemon(wiring, number)
    if as_json:
        show_json({"request": number, "outcome": outcome})
    else:
        show_line(f"request {number}: {outcome}")
    if outcome == RunOutcome.UNSAFE:
        raise UnsafePlan(f"request {number}: {outcome}; look at `syncd plan`")
    if outcome not in (RunOutcome.DONE, RunOutcome.STOPPED):
        raise Unavailable(f"request {number}: {outcome}")


def _outcome(wiring: Wiring, number: int) -> str | None:
    with wiring.store.reading() as unit:
        return unit.requests.outcome(number)


def _require_daemon(wiring: Wiring, number: int) -> None:
    try:
        with wiring.store.alone():
            gone = _outcome(wiring, number) is None
    except AlreadyRunning:
        return
    if gone:
        raise Unavailable(f"the daemon ended before request {number} was done; its next start carries it out")
