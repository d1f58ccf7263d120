"""`syncd backup`: the store in one file, made while the daemon works."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.options import Json
from syncd.cli.summaries import show_summary
from syncd.cli.work import here
from syncd.settings import MOST_KEPT
from syncd.sync.backup import back_up


def backup(
    to: Annotated[Path, typer.Argument(help="A file, or a folder, in which it gets a name with its time.")],
    keep: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_KEPT, help="Of the backups in that folder, keep so many and take the oldest away."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the whole store into one file, while the daemon works; it is looked at once it is written.

    The file holds what is known of people: it is made for you alone (0600). Who is signed in, and
    settings and secrets, are not in it. `syncd restore` puts it back, onto SQLite or PostgreSQL.

    - `syncd backup /var/backups/syncd --keep 14`

    - `syncd backup before-the-upgrade.backup`
    """
    with here() as installation:
        store, named = installation.wiring.store, {"to": str(to)} | ({"keep": keep} if keep else {})
        ended = installation.carry_out("backup", lambda run: back_up(store, to, run, keep)[0], named)
    show_summary(ended, as_json)
