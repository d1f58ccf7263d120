"""`syncd apply`: a plan that somebody has looked at, carried out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.daemon_request import ask_daemon
from syncd.cli.installation import opened
from syncd.cli.options import Force, Json
from syncd.cli.screen import say
from syncd.cli.summaries import show_counts
from syncd.cli.work import work
from syncd.errors import AlreadyRunning, ConfigError
from syncd.signals import stop_on_signals
from syncd.store import Store
from syncd.sync import apply as verb
from syncd.sync.counts import Counts
from syncd.sync.cycle import Wiring
from syncd.sync.plan import Plan
from syncd.sync.run import Run


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
            plan = Plan.read(file.read_bytes(), str(file))
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    carried_out(lambda wiring, run: verb.apply(wiring, plan, run, force=force), plan=plan, force=force, as_json=as_json)


def carried_out(
    apply_here: Callable[[Wiring, Run], verb.Application],
    *,
    plan: Plan | None = None,
    before_asking: Callable[[Store], None] = lambda _: None,
    force: bool,
    as_json: bool,
) -> None:
    """Apply here; where a daemon has the store it applies the plan, or that of now, and this waits for its answer.

    before_asking: raises where the daemon is not to be asked.
    """
    try:
        with work() as (wiring, run):
            application = apply_here(wiring, run)
    except AlreadyRunning:
        stop = threading.Event()
        stop_on_signals(stop)
        with opened() as store:
            before_asking(store)
            ask_daemon(store, "apply", verb.request(store, plan, force=force), stop, as_json)
        return
    if application.settled:
        say(application.in_words())
    show_pushed(run.counts, application, as_json)


def show_pushed(counts: Counts, application: verb.Application, as_json: bool) -> None:
    """What was pushed; raises the first failure. Exit code 3 where a premise does not hold."""
    failures = {system: str(error) for system, error in application.failures.items()}
    show_counts(counts, as_json, failures | application.premises)
    for error in application.failures.values():
        raise error
    if application.premises:
        raise typer.Exit(3)
