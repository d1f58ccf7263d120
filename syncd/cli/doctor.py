"""`syncd doctor`: everything that would make a cycle fail, before the first one, with what mends it."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from connectors.base import Problem
from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_aside
from syncd.doctor import examine


def doctor(as_json: Json = False) -> None:
    """Find what would make a cycle fail, before the first one, and what mends it.

    Checks the settings, the database, its disk and the port; mappings, registers and agreement; both systems'
    credentials, scopes, fields, picklists, required fields, allowances and clocks; that they are the portal and the org
    which filled the store; stages, roles, reps and currency. Nothing is changed there. Exit code 2: something must be
    mended; warnings alone end with 0.

    - `syncd doctor`

    - `syncd doctor --json | jq -r '.[] | select(.level == "error") | .mend'`
    """
    problems = examine(settings)
    if as_json:
        show_json([_plain(problem) for problem in problems])
    else:
        _show(problems)
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(2)


def _plain(problem: Problem) -> dict[str, str]:
    return {name: getattr(problem, name) for name in ("level", "where", "what", "mend", "premise")}


def _show(problems: Sequence[Problem]) -> None:
    for problem in problems:
        show_line(f"{problem.level:<7}  {problem.where}: {problem.what}")
        show_aside(f"{'':<7}  mend: {problem.mend}")
    errors = sum(problem.level == "error" for problem in problems)
    show_line(f"{errors:,} errors, {len(problems) - errors:,} warnings" if problems else "nothing to mend")
