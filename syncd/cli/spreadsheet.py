"""Tables for a spreadsheet, on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from syncd.cli.mark import marked_table
from syncd.legible import legible
from syncd.sheet import written


def show_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One CSV table on standard output, safe to open in a spreadsheet."""
    sys.stdout.write(csv_of(headings, rows))


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The same as a text; it says in its last column where the agreement is unsigned."""
    headings, rows = marked_table(headings, rows)
    return written(headings, _legible(rows))


def _legible(rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """The rows without what cannot be seen, or would move what is seen."""
    return ([legible(value) if isinstance(value, str) else value for value in row] for row in rows)
