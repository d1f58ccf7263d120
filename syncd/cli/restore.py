"""`syncd restore`: a backup becomes the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from syncd.cli.actor import actor
from syncd.cli.context import settings
from syncd.cli.meter import ProgressMeter
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.errors import ConfigError
from syncd.secrecy import IN_QUERY
from syncd.store.restoring import restore as put_back


def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `syncd backup` made.")],
    to: Annotated[
        str | None, typer.Option(help="Another store than SYNCD_DATABASE_URL: a URL without a password.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="In the place of the store that is there.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Make a store of a backup, on SQLite or PostgreSQL, whichever it was made of: all of it, or nothing happens.

    Stop the daemon first. A backup of an older syncd is brought to this one's revision; one of a newer
    syncd is refused, and so is a file that is damaged or no backup. The first cycle behind it reads
    everything, before anything is written, and doubles nothing that was made since the backup.

    - `syncd restore syncd-20261130T023000Z.backup`

    - `syncd restore old.backup --replace` asks whether the store that is there may go
    """
    url = _unsecret(to) if to else settings().database_url

    def ask(what: str) -> bool:
        if replace and not yes:
            typer.confirm(f"Put the backup in the place of {what}, which is lost then?", abort=True)
        return replace

    with ProgressMeter().shown() as meter:
        made = put_back(file, url, actor(), replace=ask, counted=lambda number: meter("restore", number))
    if as_json:
        show_json({"restored": made.plain()})
        return
    show_line(f"restored: {sum(made.rows.values()):,} rows, as they stood at {made.made_at:%Y-%m-%d %H:%M} UTC")
    show_line("the next cycle reads everything before it writes anything; `syncd plan` shows then what it would write")


def _unsecret(url: str) -> str:
    """Everybody on the machine sees what a process was called with."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError("--to is no database URL; e.g. sqlite:///syncd.db") from error
    if parsed.password or IN_QUERY & parsed.query.keys():
        raise ConfigError("--to shows the password to everybody on this machine; put the URL into SYNCD_DATABASE_URL")
    return url
