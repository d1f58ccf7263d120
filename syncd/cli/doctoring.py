"""`syncd doctor`: everything that would make a cycle fail, before the first one, with what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import typer

from connectors.base import ConnectorError, Problem
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


def _examine() -> list[Problem]:
    found = settings()
    store = open_store(found)
    problems: list[Problem] = []
    try:
        prepare(store)
    except SyncdError as error:
        problems.append(Problem("error", "database", str(error), "check SYNCD_DATABASE_URL, then `syncd migrate`"))
    try:
        wiring = wire(found, store)
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
    problems += _org(wiring)
    store.close()
    return problems


def _org(wiring: Wiring) -> list[Problem]:
    """The agreement's stage must be open, active and weighted as agreed; its roles must be in the org's picklist."""
    salesforce = wiring.sources["salesforce"]
    if not isinstance(salesforce, Salesforce):
        return []
    writes = wiring.mappings["salesforce"].writes.values()
    try:
        stages, roles = salesforce.stages(), salesforce.contact_roles()
        unwritable = salesforce.check_writes({rule.object: list(rule.fields.values()) for rule in writes})
    except ConnectorError:
        return []  # the connector's own check has said why
    return [*_stage(wiring.agreement, stages), *_roles(wiring.agreement, roles), *unwritable]


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
            "error",
            "agreement roles",
            f"the org's OpportunityContactRole.Role picklist lacks {', '.join(missing)}",
            f"add them in Setup, or use: {', '.join(roles)}",
        )
