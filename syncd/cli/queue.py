"""`syncd queue`: every rep's week, and who waits until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from syncd.agreement import Agreement
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_table
from syncd.in_force import load_rulebook
from syncd.sync.release import in_short, running_dry
from syncd.today import day_in
from syncd.views.queue import board_of


def queue(
    rep: Annotated[str | None, typer.Option(help="One rep's alone: e-mail address, name or golden id.")] = None,
    as_json: Json = False,
) -> None:
    """Show every rep's week: its places, who came, and who waits until when.

    Hand-raises and booked demos are never held back; what they take beyond the cap is owed from the next week.
    Exit code 6: nobody of the queue answers to that name.

    - `syncd queue`

    - `syncd queue --rep east@syncd-demo.example --json`
    """
    configured = settings()
    book = load_rulebook(configured)
    with opened(configured) as store, store.reading() as unit:
        board = board_of(unit, book, datetime.now(UTC), rep)
    if as_json:
        show_json(board.plain())
        return
    _show(board.weeks, board.waiting, book.agreement)
    for line in (*in_short(board.state), *running_dry(board.state)) if rep is None else ():
        show_line(line)


def _or_less(week: Mapping[str, Any], name: str) -> Any:
    """The value of a column; of a rep who serves several segments, how many of which would fill what is there."""
    segments = week["segments"] if name in ("places", "free") else {}
    return " or ".join(f"{of[name]} {segment or 'others'}" for segment, of in segments.items()) or week[name]


def _show(weeks: Iterable[Mapping[str, Any]], waiting: Iterable[Mapping[str, Any]], agreement: Agreement) -> None:
    names = ("rep", "week", "places", "owed", "at_once", "others", "over", "free")
    headings = ("rep", "week of", "places", "owed", "at once", "others", "over the cap", "free")
    table = [[_or_less(week, name) for name in names] for week in weeks]
    show_table("this week", headings, table, right=range(2, 8), empty="nobody was handed over, and nobody waits")
    rows = [
        (
            row["position"] or "",
            row["contact"],
            row["account"],
            row["kind"],
            row["offer"],
            row["rep"] or " or ".join(row["team"]),
            day_in(agreement, row["entered"]),
            row["week"] or ("with marketing" if row["returned_at"] else ""),
            row["why"],
        )
        for row in waiting
    ]
    columns = ("rank", "contact", "account", "for", "offer", "rep", "waits since", "comes in the week of", "why not")
    show_table("waiting", columns, rows, right=(0,), empty="nobody waits for a rep")
