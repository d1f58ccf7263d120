"""`syncd doctor`: everything that would make a cycle fail, before the first one, with what mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from connectors.base import Problem
from syncd.alerts import channels
from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_aside
from syncd.doctor import examine
from syncd.doctor.causes import CauseInWords, by_cause
from syncd.doctor.terms import WHERE as AGREEMENT
from syncd.errors import ConfigError
from syncd.premises import PREMISES


def doctor(
    premises: Annotated[
        bool, typer.Option("--premises", help="List what writes rest on, and what does not hold.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find what would make a cycle fail, before the first one, and what mends it.

    Checks the settings, the database, its disk and the port; mappings, registers and agreement; both systems'
    credentials, scopes, fields, picklists, required fields, allowances and clocks; that they are the portal and the org
    which filled the store; stages, roles, reps and currency; that the API versions asked are supported for another half
    year. What one act mends is told once, and --json names every place of it. Nothing is changed there. Exit code 2:
    something must be mended; warnings and notes alone end with 0.

    - `syncd doctor`

    - `syncd doctor --premises` lists what every run looks at before its first push: what rests on it, what mends it

    - `syncd doctor --json | jq -r '.[] | select(.level == "error") | .mend'`
    """
    problems = [*examine(settings), *_of_alerts()]
    if premises:
        _show_premises(problems, as_json)
    elif as_json:
        show_json([cause.plain() for cause in by_cause(problems)])
    else:
        _show(by_cause(problems))
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(2)


def _of_alerts() -> Iterator[Problem]:
    """Half a channel: nobody would be told."""
    try:
        configured = settings()
    except ConfigError:
        return  # it is among the problems already
    try:
        channels(configured)
    except ConfigError as error:
        yield Problem("error", "alerts", str(error), "set both, or take both away; `syncd alert test` tries them")


def _show_premises(problems: Sequence[Problem], as_json: bool) -> None:
    """Every premise, and why it does not hold where it does not."""
    broken: dict[str, list[str]] = {}
    for problem in problems:
        broken.setdefault(problem.premise, []).append(f"{problem.where}: {problem.what}")
    if as_json:
        show_json([{**asdict(premise), "broken": broken.get(premise.name, [])} for premise in PREMISES])
        return
    for problem in problems:
        if problem.where == AGREEMENT and problem.level == "error":  # whatever else holds
            show_line(f"nothing is written: {problem.what}")
            show_aside(f"  mend: {problem.mend}")
    for premise in PREMISES:
        show_line(f"{premise.name} ({premise.where}): {premise.rests}")
        show_aside(f"  asked: {premise.asked}")
        show_aside(f"  mend: {premise.mends}")
        for why in broken.get(premise.name, ()):
            show_line(f"  does not hold: {why}")


def _show(causes: Sequence[CauseInWords]) -> None:
    for cause in causes:
        show_line(f"{cause.level:<7}  {cause.where}: {cause.what}")
        if cause.mend:
            show_aside(f"{'':<7}  mend: {cause.mend}")
    levels = Counter(cause.level for cause in causes)
    some = levels["error"] or levels["warning"]
    show_line(f"{levels['error']:,} errors, {levels['warning']:,} warnings" if some else "nothing to mend")
