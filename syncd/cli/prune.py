"""`syncd prune`: what is kept by days goes when these are over."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.daemon_request import ask_daemon
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line, show_numbers
from syncd.cli.summaries import show_summary
from syncd.cli.work import here
from syncd.errors import AlreadyRunning
from syncd.sync.prune import prune as let_go
from syncd.sync.run import Run
from syncd.sync.verbs import do_prune


def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much would go.")] = False,
    as_json: Json = False,
) -> None:
    """Let go of what is kept by days, where these are over: the daemon does so every night.

    SYNCD_KEEP_RUNS_DAYS and its like say for how long; `syncd status` shows it per table. Milestones,
    verdicts, the audit log and the marks of who was erased stay for ever. A running daemon carries it out.

    - `syncd prune --dry-run`
    """
    with here() as installation:
        wiring = installation.wiring
        if dry_run:
            _show(dict(let_go(wiring, Run(installation.stop), dry=True).counts.pruned), as_json)
            return
        try:
            ended = installation.carry_out("prune", lambda run: do_prune(wiring, {}, run))
        except AlreadyRunning:
            ask_daemon(wiring.store, "prune", {}, installation.stop, as_json)
            return
    show_summary(ended, as_json)


def _show(numbers: dict[str, int], as_json: bool) -> None:
    if as_json:
        show_json({"would_go": numbers})
    elif numbers:
        show_numbers("would go", numbers)
    else:
        show_line("nothing is over: `syncd status` says how long each table is kept")
