"""`syncd apply`: a plan that somebody has looked at, carried out."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.daemon_request import ask_daemon
from syncd.cli.installation import opened
from syncd.cli.options import Force, Json
from syncd.cli.summaries import show_counts
from syncd.cli.work import note_force, work
from syncd.errors import AlreadyRunning, ConfigError
from syncd.signals import stop_on_signals
from syncd.sync import apply as verb
from syncd.sync.counts import Counts
from syncd.sync.plan import Plan


def apply(
    file: Annotated[
        Path | None, typer.Argument(help="A plan from `syncd plan --json`; default: the plan of now.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Carry out exactly a plan; what changed since it was made is left for the next one.

    A new store's first plan is applied by this; from then on cycles push by themselves. Where a daemon runs, it carries
    the plan out. Exit code 4: the plan changes more than the agreement allows in one run; look at it, then --force.

    - `syncd apply plan.json`

    - `syncd apply plan.json --force`
    """
    plan = None
    if file is not None:
        try:
            plan = Plan.read(file.read_bytes())
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    apply_here_or_there(plan, "apply", force=force, as_json=as_json)


def apply_here_or_there(plan: Plan | None, command: str, *, force: bool, as_json: bool) -> None:
    """Push the plan, or all that is pending; where a daemon has the store it does so, and this waits for its answer."""
    try:
        with work() as (wiring, run):
            note_force(wiring, command, force=force)
            application = verb.apply(wiring, plan, run, force=force)
    except AlreadyRunning:
        stop = threading.Event()
        stop_on_signals(stop)
        with opened() as store:
            ask_daemon(store, "apply", verb.request(store, plan, force=force), stop, as_json)
        return
    show_pushed(run.counts, application, as_json)


def show_pushed(counts: Counts, application: verb.Application, as_json: bool) -> None:
    """What was pushed; raises the first failure. Exit code 3 where a premise does not hold."""
    failures = {system: str(error) for system, error in application.failures.items()}
    show_counts(counts, as_json, failures | application.premises)
    for error in application.failures.values():
        raise error
    if application.premises:
        raise typer.Exit(3)
