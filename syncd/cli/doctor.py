"""`syncd doctor`: everything that would make a cycle fail, before the first one, with what mends it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import typer

from connectors.base import ConnectorError, Problem
from connectors.hubspot import HubSpot
from syncd.cli import premises
from syncd.cli.context import settings
from syncd.cli.fitting import unfit
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_aside
from syncd.errors import SyncdError
from syncd.mapping import SystemMapping
from syncd.settings import Settings
from syncd.sync import tenants
from syncd.sync.cycle import Wiring
from syncd.wiring import hubspot, load_mappings, load_rulebook, open_store, salesforce, wire

SETTINGS = "correct the variable: docs/reference/settings.md"


def doctor(as_json: Json = False) -> None:
    """Find what would make a cycle fail, before the first one, and what mends it.

    Checks the settings, the database, its disk and the port; mappings, registers and agreement; both systems'
    credentials, scopes, fields, picklists, required fields, allowances and clocks; that they are the portal and the org
    which filled the store; stages, roles, reps and currency. Nothing is changed there. Exit code 2: something must be
    mended; warnings alone end with 0.

    - `syncd doctor`

    - `syncd doctor --json | jq -r '.[] | select(.level == "error") | .mend'`
    """
    problems = _examine()
    if as_json:
        show_json([problem._asdict() for problem in problems])
    else:
        _show(problems)
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(2)


def _show(problems: Sequence[Problem]) -> None:
    for problem in problems:
        show_line(f"{problem.level:<7}  {problem.where}: {problem.what}")
        show_aside(f"{'':<7}  mend: {problem.mend}")
    errors = sum(problem.level == "error" for problem in problems)
    show_line(f"{errors:,} errors, {len(problems) - errors:,} warnings" if problems else "nothing to mend")


def _hardly(seconds: float) -> None:
    """Whoever asks the doctor wants an answer: retries do not wait as long as a cycle's would."""
    time.sleep(min(seconds, 0.1))


def _examine() -> list[Problem]:
    try:
        found = settings()
        store = open_store(found)
    except SyncdError as error:
        return [Problem("error", "settings", line, SETTINGS) for line in str(error).splitlines()]
    with closing(store):
        problems = [*premises.database(store), *premises.port(found), *_configuration(found)]
        if any(one.where == "configuration" for one in problems):
            return problems
        wiring = wire(found, store, sleep=_hardly)
        for system, source in wiring.sources.items():
            mapping = wiring.mappings[system]
            try:
                told = source.check({stream: mapping.missed(stream) for stream in mapping.streams})
            except ConnectorError as error:
                told = [Problem("error", system, str(error), SETTINGS)]
            problems += _weighed(told, mapping)
        problems += _registers(wiring)
        reached = {"hubspot", "salesforce"} - {one.where.removesuffix(" version") for one in problems}
        if not any(one.where == "database" and one.level == "error" for one in problems):
            problems += [problem for system in sorted(reached) for problem in _tenant(wiring, system)]
        problems += _portal(wiring) if "hubspot" in reached else []
        problems += unfit(wiring) if "salesforce" in reached else []
    wrong = {problem.where for problem in problems if problem.level == "error"}
    return list(dict.fromkeys(one for one in problems if one.level == "error" or one.where not in wrong))


def _configuration(found: Settings) -> Iterator[Problem]:
    """All that is wrong with settings and files, at once: putting them together would stop at the first."""
    for make in (load_mappings, load_rulebook, hubspot, salesforce):
        try:
            make(found)
        except (SyncdError, ConnectorError) as error:
            for line in str(error).splitlines():
                yield Problem("error", "configuration", line, "correct what is named")


def _weighed(problems: Sequence[Problem], mapping: SystemMapping) -> Iterator[Problem]:
    """A field without which no record can be read is worth more than a warning."""
    lost = {problem.where for problem in problems}
    for problem in problems:
        needed = any(
            rule.required and problem.where in wheres and wheres <= lost
            for stream, streamed in mapping.streams.items()
            for rule in streamed.fields.values()
            for wheres in [{f"{mapping.system} {stream}.{path}" for path in rule.paths}]
        )
        yield problem._replace(level="error") if needed else problem


def _registers(wiring: Wiring) -> Iterator[Problem]:
    """A register that the agreement names must be one that is read: else nobody is found in it."""
    read = [system for system, mapping in wiring.mappings.items() if mapping.file]
    for segment in wiring.agreement.served_market.segments:
        if segment.register_ and segment.register_.name not in read:
            yield Problem(
                "error",
                "agreement served_market",
                f"segment {segment.name!r} names the register {segment.register_.name!r}, which nobody reads",
                f"map it and name it in SYNCD_REGISTERS, or use one of: {', '.join(read) or 'none is read'}",
            )


def _tenant(wiring: Wiring, system: str) -> Sequence[Problem]:
    """A system must be the portal or the org that filled the store."""
    try:
        return tenants.examine(wiring.store, wiring.sources[system])
    except ConnectorError as error:
        return [Problem("error", system, str(error), "run it again")]


def _portal(wiring: Wiring) -> Sequence[Problem]:
    """What syncd writes to in HubSpot must stand there, and be its to write."""
    portal = wiring.targets.get("hubspot")
    return portal.check_writes(wiring.mappings["hubspot"].written()) if isinstance(portal, HubSpot) else ()
