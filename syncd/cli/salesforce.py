"""`syncd salesforce deploy`: our fields and permission sets in the org."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from syncd import wiring
from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.errors import SyncdError

salesforce = typer.Typer(no_args_is_help=True, help="The Salesforce org.")


@salesforce.command("deploy")
def deploy(
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
        show_line(f"{done.state}: {done.components:,} components{'; permission set assigned' if done.assigned else ''}")
        for error in done.errors:
            show_line(error)
    if not done.ok:
        raise SyncdError(f"the org refused {len(done.errors):,} components; nothing was changed")
