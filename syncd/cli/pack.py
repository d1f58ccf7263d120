"""`syncd pack`: a week on one page, for one rep or for both leaders."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import say, show_json, show_line
from syncd.errors import ConfigError
from syncd.in_force import load_rulebook
from syncd.private import open_private


def pack(
    rep: Annotated[str | None, typer.Option(help="One rep's alone: e-mail address, name or golden id.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write it there as a page, to be printed.")] = None,
    as_json: Json = False,
) -> None:
    """Show the Monday pack: a week on one page, for one rep or for both leaders; and send it.

    The week's queue, overdue verdicts, gaps, the waterfall against target, and suggestions. Without --rep it is the one
    of both leaders. Exit code 6: nobody of the queue answers to that name.

    - `syncd pack`

    - `syncd pack --rep east@syncd-demo.example`

    - `syncd pack --html monday.html`
    """
    from syncd.pack.paper import page
    from syncd.pack.words import text
    from syncd.views.monday_pack import pack_of

    configured = settings()
    book = load_rulebook(configured)
    with opened(configured) as store, store.reading() as unit:
        content = pack_of(unit, book, datetime.now(UTC), rep)
    if html is not None:
        try:
            with open_private(html) as file:
                file.write(page(content))
        except OSError as error:
            raise ConfigError(f"--html {html}: {error.strerror}: name a file that can be written") from error
        say(f"{html}: {content['title']}")
    if as_json:
        show_json(content)
    elif html is None:
        for line in text(content).splitlines():
            show_line(line)
