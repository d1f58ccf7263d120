"""`syncd doctor`: everything that would make a cycle fail, before the first one, with what mends it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import typer

from connectors.base import ConnectorError, Problem
from connectors.hubspot import HubSpot
from connectors.salesforce import Salesforce
from syncd.agreement import Agreement
from syncd.cli.context import prepare, settings
from syncd.cli.screen import console, show_json
from syncd.errors import SyncdError
from syncd.sync import Wiring
from syncd.wiring import open_store, wire

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def doctor(as_json: Json = False) -> None:
    """Find what would make a cycle fail, before the first one, and what mends it.

    Checks the database, mappings and agreement, both systems' credentials, scopes, fields and clocks, and the stages.
    Exit code 2: something must be mended; warnings alone end with 0.

    - `syncd doctor`
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
        console.print(f"{problem.level:<7}  {problem.where}: {problem.what}")
        console.print(f"{'':<7}  mend: {problem.mend}", style="dim")
    errors = sum(problem.level == "error" for problem in problems)
    console.print(f"{errors:,} errors, {len(problems) - errors:,} warnings" if problems else "nothing to mend")


def _hardly(seconds: float) -> None:
    """Whoever asks the doctor wants an answer: retries do not wait as long as a cycle's would."""
    time.sleep(min(seconds, 0.1))


def _examine() -> list[Problem]:
    found = settings()
    store = open_store(found)
    problems: list[Problem] = []
    try:
        prepare(store)
    except SyncdError as error:
        problems.append(Problem("error", "database", str(error), "check SYNCD_DATABASE_URL, then `syncd migrate`"))
    try:
        wiring = wire(found, store, sleep=_hardly)
    except SyncdError as error:
        store.close()
        return [*problems, Problem("error", "configuration", str(error), "correct what is named")]
    for system, source in wiring.sources.items():
        mapping = wiring.mappings[system]
        wanted = {stream: mapping.asked(stream) for stream in mapping.streams}
        try:
            problems += source.check(wanted)
        except ConnectorError as error:
            problems.append(Problem("error", system, str(error), "see the settings of this system"))
    problems += _registers(wiring)
    problems += _portal(wiring) if not any(one.where == "hubspot" for one in problems) else []
    problems += _org(wiring)
    store.close()
    wrong = {problem.where for problem in problems if problem.level == "error"}
    return [problem for problem in problems if problem.level == "error" or problem.where not in wrong]


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


def _portal(wiring: Wiring) -> Sequence[Problem]:
    """What syncd writes to in HubSpot must stand there, and be its to write."""
    hubspot = wiring.targets.get("hubspot")
    return hubspot.check_writes(_written(wiring, "hubspot")) if isinstance(hubspot, HubSpot) else ()


def _written(wiring: Wiring, system: str) -> dict[str, list[str]]:
    """The remote fields that are written, per object."""
    fields: dict[str, list[str]] = {}
    for rule in wiring.mappings[system].writes.values():
        fields.setdefault(rule.object, []).extend(rule.fields.values())
    return fields


def _org(wiring: Wiring) -> list[Problem]:
    """The agreement's stage, roles and reps must be the org's, and what is written must be writable."""
    salesforce = wiring.sources["salesforce"]
    if not isinstance(salesforce, Salesforce):
        return []
    try:
        stages, roles = salesforce.stages(), salesforce.contact_roles()
        unwritable = salesforce.check_writes(_written(wiring, "salesforce"))
        users = [one.raw for page in salesforce.pull("User", ["Email", "IsActive"], None) for one in page.records]
    except ConnectorError:
        return []  # the connector's own check has said why
    agreed = wiring.agreement
    return [*_stage(agreed, stages), *_roles(agreed, roles), *_reps(agreed, users), *unwritable]


def _stage(agreement: Agreement, stages: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    wanted, terms = agreement.forecast.stage, agreement.forecast.probability
    good = [
        stage["ApiName"]
        for stage in stages
        if stage["IsActive"]
        and not stage["IsClosed"]
        and stage["ForecastCategoryName"] != "Omitted"
        and terms.min <= Decimal(str(stage["DefaultProbability"])) <= terms.max
    ]
    if wanted not in good:
        choice = ", ".join(good) or "none: add one in Setup, Object Manager, Opportunity, StageName"
        yield Problem(
            "error",
            "agreement forecast.stage",
            f"{wanted!r} is no open, active stage of the org with a default probability of {terms.min}-{terms.max} %",
            f"stages that are: {choice}",
        )


def _roles(agreement: Agreement, roles: Sequence[str]) -> Iterator[Problem]:
    if missing := sorted({rule.role for rule in agreement.roles} - set(roles)):
        yield Problem(
            "warning",  # the API takes any value of an unrestricted picklist, but lists and reports do not offer it
            "agreement roles",
            f"the org's OpportunityContactRole.Role picklist lacks {', '.join(missing)}",
            f"add them in Setup, Opportunity Contact Role, Role; or use: {', '.join(roles)}",
        )


def _reps(agreement: Agreement, users: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    active = {str(user.get("Email") or "").casefold() for user in users if user.get("IsActive")}
    for rep in dict.fromkeys(line.rep for line in agreement.handover.territories):
        if rep.casefold() not in active:
            yield Problem(
                "warning",
                f"agreement handover {rep}",
                "is no active Salesforce user: what falls to this territory gets no rep",
                "correct the agreement's handover.territories, or activate the user",
            )
