"""Commands that prepare the remote systems: salesforce deploy, hubspot deploy."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from syncd import wiring
from syncd.cli.context import settings
from syncd.cli.screen import console, show_json
from syncd.errors import SyncdError

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

salesforce = typer.Typer(no_args_is_help=True, help="The Salesforce org.")
hubspot = typer.Typer(no_args_is_help=True, help="The HubSpot portal.")


@salesforce.command("deploy")
def salesforce_deploy(
    check_only: Annotated[bool, typer.Option("--check-only", help="Let the org validate it, change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Deploy the Syncd_* fields and permission sets through the Metadata API; safe to repeat.

    - `syncd salesforce deploy --check-only` lets the org validate it first

    - `syncd salesforce deploy`
    """
    with wiring.salesforce(settings()) as org:
        done = org.deploy(check_only=check_only)
    if as_json:
        show_json(asdict(done))
    else:
        console.print(
            f"{done.state}: {done.components:,} components{'; permission set assigned' if done.assigned else ''}"
        )
        for error in done.errors:
            console.print(error)
    if not done.ok:
        raise SyncdError(f"the org refused {len(done.errors):,} components; nothing was changed")


@hubspot.command("deploy")
def hubspot_deploy(as_json: Json = False) -> None:
    """Create the syncd property group, its contact properties and the list of potential MQLs; safe to repeat.

    - `syncd hubspot deploy`
    """
    made = wiring.hubspot(settings()).deploy()
    if as_json:
        show_json(made)
        return
    console.print(f"created: {', '.join(made)}" if made else "everything stands already")
