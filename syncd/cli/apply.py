"""`syncd apply`: a plan that somebody has looked at, carried out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.options import Force, Json
from syncd.cli.push import show_pushed
from syncd.cli.work import note_force, work
from syncd.errors import ConfigError
from syncd.sync import apply as verb
from syncd.sync.plan import Plan


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
    plan = None
    if file is not None:
        try:
            plan = Plan.read(file.read_bytes())
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    with work() as (wiring, run):
        note_force(wiring, "apply", force=force)
        application = verb.apply(wiring, plan, run, force=force)
    show_pushed(run.counts, application, as_json)
