"""`syncd cycle`: one cycle, from pull to push."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.options import Force, Json
from syncd.cli.summaries import show_summary
from syncd.cli.work import carry_out, make_ready


def cycle(
    full: Annotated[bool, typer.Option("--full", help="Read everything again and find what was deleted.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Run one cycle: pull → match → judge → release → push.

    Safe to repeat, to kill and to run again. Exit code 2: a system refuses the credentials, or something else must be
    mended. Exit code 3: something could not be read or written; run it again. Exit code 4: nothing was pushed, a person
    must look at `syncd plan` first; so ends every cycle of a new store until its first plan is applied.

    - `syncd cycle`

    - `syncd cycle --json > run.json`

    - `syncd cycle --full` finds what was deleted without a trace
    """
    show_summary(carry_out("reconcile" if full else "cycle", {"force": force}, ready=make_ready), as_json)
