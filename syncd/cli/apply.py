"""`syncd apply`: a plan that somebody has looked at, carried out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.daemon_request import ask_daemon
from syncd.cli.options import Force, Json
from syncd.cli.screen import say
from syncd.cli.summaries import show_counts
from syncd.cli.work import end, here
from syncd.errors import AlreadyRunning, ConfigError
from syncd.model.runs import CauseKind
from syncd.store import Store
from syncd.sync import apply as verb
from syncd.sync.cycle import Wiring
from syncd.sync.door import Ended
from syncd.sync.plan import Plan
from syncd.sync.run import Run
from syncd.sync.summary import Summary


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
    carried_out(
        "apply",
        lambda wiring, run: verb.in_summary(verb.apply(wiring, plan, run, force=force), run),
        plan=plan,
        force=force,
        as_json=as_json,
    )


def carried_out(
    name: str,
    work: Callable[[Wiring, Run], Summary],
    *,
    plan: Plan | None = None,
    before_asking: Callable[[Store], None] = lambda _: None,
    force: bool,
    as_json: bool,
) -> None:
    """Push here; where a daemon has the store it applies the plan, or that of now, and this waits for its answer.

    before_asking: raises where the daemon is not to be asked.
    """
    named = ({"plan": plan.digest} if plan else {}) | ({"force": True} if force else {})
    with here() as installation:
        wiring = installation.wiring
        try:
            ended = installation.carry_out(name, lambda run: work(wiring, run), named)
        except AlreadyRunning:
            before_asking(wiring.store)
            scope = verb.request(wiring.store, plan, force=force)
            ask_daemon(wiring.store, name, scope, installation.stop, as_json)
            return
    show_pushed(ended, as_json)


def show_pushed(ended: Ended, as_json: bool) -> None:
    """What was pushed, and what was not; ends with the exit code of the run."""
    summary = ended.summary
    for note in summary.notes:
        say(note)
    show_counts(summary.counts, as_json, summary.failures)
    for where, why in summary.failures.items():
        if summary.kinds.get(where) is not CauseKind.PREMISE:
            say(why)
    end(ended)
