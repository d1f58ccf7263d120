"""`syncd audit-log`: what people did by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.installation import opened
from syncd.cli.options import Csv, Json
from syncd.cli.screen import show_json
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_table

SHOWN = 50


def audit_log(
    last: Annotated[int, typer.Option("--last", min=1, max=100_000, help="How many lines.")] = SHOWN,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Show what people did by hand, and who: every act that changes something, whether or not it came to its end.

    Nothing changes a line or takes one away; of somebody who was erased their records are forgotten in it.

    - `syncd audit-log`

    - `syncd audit-log --last 1000 --csv > audit.csv`
    """
    with opened() as store, store.reading() as unit:
        lines = unit.audit.lines(last)
    if as_json:
        show_json([line._asdict() for line in lines])
        return
    rows = [(line.id, f"{line.at:%Y-%m-%d %H:%M:%S}", line.actor, line.action, line.detail) for line in lines]
    headings = ("line", "at (UTC)", "who", "what", "details")
    if as_csv:
        show_csv(headings, rows)
    else:
        show_table("audit log", headings, rows, right=(0,), empty="nobody did anything by hand yet")
