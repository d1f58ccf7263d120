"""`syncd apply`: a plan that somebody has looked at, carried out."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.installation import wired
from syncd.cli.meter import Meter
from syncd.cli.options import Force, Json
from syncd.cli.push import push_plan, show_pushed
from syncd.errors import ConfigError
from syncd.signals import stop_on_signals
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

    Exit code 4: the plan changes more than the agreement allows in one run; look at it, then --force.

    - `syncd apply plan.json`

    - `syncd apply plan.json --force`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    plan = None
    if file is not None:
        try:
            plan = Plan.read(file.read_bytes())
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        run = Run(stop, meter)
        failures = push_plan(wiring, plan, run, force=force)
    show_pushed(run.counts, failures, as_json)
