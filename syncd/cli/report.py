"""`syncd report`: whom we touch too early, in vain, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Csv, Json, first_day
from syncd.cli.quantities import past_day_or
from syncd.cli.screen import show_json, show_line
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_table
from syncd.in_force import load_rulebook
from syncd.planning.reports import Report, Row
from syncd.today import today_of
from syncd.views.report import NAMES, WINDOW, report_of, scenes, titles


def report(
    name: Annotated[str | None, typer.Argument(help=f"One of {NAMES}.")] = None,
    since: Annotated[str, first_day("90 days ago")] = "",
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Show whom we touch too early, in vain or not at all, what challenges each rep, and what people listen to.

    Without a name it lists the reports there are.

    - `syncd report premature --since 2026-10-01`

    - `syncd report challenge --csv`
    """
    if not name:
        _list(as_json=as_json)
        return
    made, configured = report_of(name), settings()
    book = load_rulebook(configured)
    today = today_of(book.agreement)
    first = past_day_or("--since", since, today, today - WINDOW)
    with opened(configured) as store, store.reading() as unit:
        rows = made.rows(scenes(unit, book, first, today))
        if as_csv:
            show_csv(made.columns, rows)
        elif as_json:
            show_json([dict(zip(made.columns, row, strict=True)) for row in rows])
        else:
            _show(made, [*rows], first)


def _list(*, as_json: bool) -> None:
    if as_json:
        show_json(titles())
    else:
        show_table("reports", ("name", "shows"), [*titles().items()])


def _show(made: Report, rows: Sequence[Row], since: date) -> None:
    show_line(f"{made.title}, since {since}")
    right = [at for at, value in enumerate(rows[0]) if isinstance(value, int | float)] if rows else []
    show_table(made.name, made.columns, rows, right=right)
