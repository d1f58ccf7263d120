"""`syncd radar`: who asked for sales, and which accounts are new, heating, cooling or stuck."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json
from syncd.cli.table import show_table
from syncd.errors import ConfigError
from syncd.in_force import load_rulebook
from syncd.store.judgements import plain
from syncd.today import day_in
from syncd.views.radar import PARTS, radar_of


def radar(
    rep: Annotated[str | None, typer.Option(help="One rep's alone, by name.")] = None,
    segment: Annotated[str | None, typer.Option(help="One segment's alone.")] = None,
    offer: Annotated[str | None, typer.Option(help="One offer's alone.")] = None,
    part: Annotated[str | None, typer.Option(help=f"One of {', '.join(PARTS)}, and all of it.")] = None,
    as_json: Json = False,
) -> None:
    """Show who asked for sales, and which accounts are new, heating, cooling or stuck, and why.

    Heating is at least one and a half times as strong as two weeks ago, by two kinds of activity; cooling at most half.
    Stuck is longer in a step than four fifths of those who took it, or than the agreed days. Exit code 6: nobody of
    that name is on the radar.

    - `syncd radar`

    - `syncd radar --rep "Rae Rep" --part stuck --json`
    """
    if part is not None and part not in PARTS:
        raise ConfigError(f"--part {part}: no such part; say one of {', '.join(PARTS)}")
    configured = settings()
    book = load_rulebook(configured)
    with opened(configured) as store, store.reading() as unit:
        shown = radar_of(unit, book, datetime.now(UTC)).shown(rep=rep, segment=segment, offer=offer, part=part)
    if as_json:
        show_json(plain(shown))
        return
    for name, list_ in shown["parts"].items():
        rows = [
            (
                row["account"],
                row["contact"] or "",
                row["rep"] or "",
                day_in(book.agreement, row["since"]) if isinstance(row["since"], datetime) else row["since"] or "",
                row["why"],
            )
            for row in list_.rows
        ]
        title = f"{name}: {list_.number:,}"
        show_table(title, ("account", "contact", "rep", "since", "why"), rows, empty=f"{name}: nobody")
