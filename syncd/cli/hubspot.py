"""`syncd hubspot deploy`: our properties and the list of potential MQLs in the portal."""

from __future__ import annotations

import typer

from syncd import wiring
from syncd.cli.by_hand import note
from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line

hubspot = typer.Typer(no_args_is_help=True, help="The HubSpot portal.")


@hubspot.command("deploy")
def deploy(as_json: Json = False) -> None:
    """Create the syncd property group, its contact properties and the list of potential MQLs; safe to repeat.

    - `syncd hubspot deploy`
    """
    configured = settings()
    made = wiring.hubspot(configured).deploy()
    note(configured, "hubspot deploy", ", ".join(made))
    if as_json:
        show_json(made)
        return
    show_line(f"created: {', '.join(made)}" if made else "everything stands already")
