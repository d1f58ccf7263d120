"""`syncd resync`: read again, whatever the cursors say; a running daemon carries it out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from syncd.cli.daemon_request import ask_daemon
from syncd.cli.options import Force, Json, Stream, System
from syncd.cli.summaries import show_summary
from syncd.cli.work import here
from syncd.errors import AlreadyRunning
from syncd.sync import resync as verb
from syncd.sync.resync import Scope


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

    Exit code 6: the system has nothing of that name. Others: as `syncd cycle`, through the daemon as well.

    - `syncd resync --account "Endeavor Bank"`

    - `syncd resync --record hubspot.contacts/168`

    - `syncd resync --system hubspot --stream contacts --full`

    - `syncd resync --full` reads everything again
    """
    scope = Scope(system, stream, account, record, full, force)
    named = {name: value for name, value in asdict(scope).items() if value not in (None, False)}
    with here() as installation:
        wiring = installation.wiring
        verb.require(wiring, scope)
        try:
            ended = installation.carry_out("resync", lambda run: verb.resync(wiring, scope, run), named)
        except AlreadyRunning:
            ask_daemon(wiring.store, "resync", named, installation.stop, as_json)
            return
    show_summary(ended, as_json)
