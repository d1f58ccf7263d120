"""`syncd quarantine`: records that could not be read or written."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from syncd.cli.actor import actor
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_table
from syncd.model import RemoteRef
from syncd.sync import at_once

quarantine = typer.Typer(no_args_is_help=True, help="Records that could not be read or written, with the reason.")


@quarantine.command("list")
def list_records(as_json: Json = False) -> None:
    """List every record that could not be read or written, and why.

    - `syncd quarantine list`
    """
    with opened() as store, store.reading() as unit:
        quarantined = unit.quarantine.all()
    if as_json:
        show_json(quarantined)
        return
    rows = [(_name(row), row["step"], row["attempts"], row["reason"]) for row in quarantined]
    show_table("quarantine", ("record", "step", "attempts", "reason"), rows, right=(2,), empty="nothing is in it")


@quarantine.command("retry")
def retry_records(
    record: Annotated[str | None, typer.Argument(help="system.stream/id as `list` shows it; default: all.")] = None,
    as_json: Json = False,
) -> None:
    """Let the next cycle try quarantined records again, at once.

    - `syncd quarantine retry`

    - `syncd quarantine retry hubspot.contacts/168`
    """
    with opened() as store:
        released = at_once.retry(store, actor(), record)
    if as_json:
        show_json({"released": released})
    else:
        show_line(f"{released:,} will be tried again by the next cycle")


def _name(row: dict[str, Any]) -> str:
    return str(RemoteRef(row["system"], row["stream"], row["remote_id"]))
