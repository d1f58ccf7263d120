"""`syncd push`: what is pending, into the remote systems."""

from __future__ import annotations

import typer

from syncd.cli.options import Force, Json
from syncd.cli.summaries import show_counts
from syncd.cli.work import note_force, work
from syncd.sync.apply import Application, apply
from syncd.sync.counts import Counts


def push(force: Force = False, as_json: Json = False) -> None:
    """Write what is pending into the remote systems; `syncd plan` shows it first.

    - `syncd push`
    """
    with work() as (wiring, run):
        note_force(wiring, "push", force=force)
        application = apply(wiring, None, run, force=force)
    show_pushed(run.counts, application, as_json)


def show_pushed(counts: Counts, application: Application, as_json: bool) -> None:
    """What was pushed; raises the first failure. Exit code 3 where a premise does not hold."""
    failures = {system: str(error) for system, error in application.failures.items()}
    show_counts(counts, as_json, failures | application.premises)
    for error in application.failures.values():
        raise error
    if application.premises:
        raise typer.Exit(3)
