"""`syncd report`: whom we touch too early, in vain, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Annotated

import typer

from syncd import rules
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Csv, Json, first_day
from syncd.cli.quantities import past_day_or
from syncd.cli.screen import show_json, show_line
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_table
from syncd.errors import ConfigError
from syncd.in_force import load_rulebook
from syncd.planning.reports import REPORTS, Report, Row
from syncd.planning.touches import Scene
from syncd.rules import Rulebook
from syncd.store import UnitOfWork
from syncd.today import today_of

PAGE = 200  # accounts
WINDOW = 90  # days where none is named
NAMES = ", ".join(REPORTS)


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
    if name not in REPORTS:
        near = get_close_matches(name, REPORTS, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ConfigError(f"no report {name!r}{meant}: say one of {NAMES}")
    configured, made = settings(), REPORTS[name]
    book = load_rulebook(configured)
    today = today_of(book.agreement)
    first = past_day_or("--since", since, today, today - timedelta(days=WINDOW))
    with opened(configured) as store, store.reading() as unit:
        rows = made.rows(_scenes(unit, book, first, today))
        if as_csv:
            show_csv(made.columns, rows)
        elif as_json:
            show_json([dict(zip(made.columns, row, strict=True)) for row in rows])
        else:
            _show(made, [*rows], first)


def _list(*, as_json: bool) -> None:
    if as_json:
        show_json({made.name: made.title for made in REPORTS.values()})
    else:
        show_table("reports", ("name", "shows"), [(made.name, made.title) for made in REPORTS.values()])


def _show(made: Report, rows: Sequence[Row], since: date) -> None:
    show_line(f"{made.title}, since {since}")
    right = [at for at, value in enumerate(rows[0]) if isinstance(value, int | float)] if rows else []
    show_table(made.name, made.columns, rows, right=right)


def _scenes(unit: UnitOfWork, book: Rulebook, since: date, today: date) -> Iterator[Scene]:
    """Every account, and whoever belongs to none, as a report looks at them; in pages, so that size does not matter.

    Person accounts are left out: what is sold to them is nothing that this agreement is about.
    """
    users, corrected = unit.groups.users(), book.corrected(unit.titles.corrections())
    for ids in unit.groups.pages(PAGE):
        kept = unit.milestones.of(ids)
        for group in unit.groups.of(ids, users):
            if group.account.person:
                continue
            judgement = rules.judge(group, corrected, today)
            own = corrected.in_segment(judgement.segment)
            yield Scene(group, judgement, own, since, kept.get(group.account.id, ()))
    for group_of_one in unit.groups.strays():
        yield Scene(group_of_one, rules.judge(group_of_one, corrected, today), corrected, since)
