"""How the audit's counts moved from one day to another: `syncd audit --drift`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from syncd.cli.installation import opened
from syncd.cli.screen import show_json, show_line
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_table
from syncd.planning.drift import Drift, drift
from syncd.settings import Settings

COLUMNS = ("count", "first", "last", "by facts", "by terms", "not split")


def show_drift(configured: Settings, since: date, segment: str | None, *, as_json: bool, as_csv: bool) -> None:
    """What moved between the snapshots from that day on; of one segment, where it is named."""
    with opened(configured) as store, store.reading() as unit:
        moved = drift(unit.snapshots.stream(since))
    moves = [move for move in moved.moves if segment is None or move.what.startswith(f"{segment} / ")] if moved else []
    rows = [(move.what, move.first, move.last, move.facts, move.terms, move.unsplit) for move in moves]
    if as_csv:
        show_csv(COLUMNS, rows)
    elif as_json:
        show_json(
            {
                "first": moved.first if moved else None,  # None: fewer than two days are kept
                "last": moved.last if moved else None,
                "agreements": moved.agreements if moved else (),
                "moves": [asdict(move) for move in moves],
            }
        )
    elif moved is None:
        show_line(f"fewer than two days are kept since {since}: the first complete run of each day keeps its counts")
    else:
        _show(moved, rows)


def _show(moved: Drift, rows: list[tuple[str, int, int, int, int, int]]) -> None:
    show_line(f"from {moved.first} to {moved.last}, by the agreement {', then '.join(moved.agreements)}")
    signed = [(*row[:3], *(f"{number:+,}" if number else None for number in row[3:])) for row in rows]
    show_table("what moved", COLUMNS, signed, right=range(1, 6), empty="nothing")
