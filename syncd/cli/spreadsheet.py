"""Tables for a spreadsheet, on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from syncd.cli.mark import marked_table
from syncd.legible import legible
from syncd.sheet import write


def show_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One CSV table on standard output, safe to open in a spreadsheet."""
    write_csv(sys.stdout, headings, rows)


def write_csv(target: TextIO, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The same into a file; it says in its last column where the agreement is unsigned."""
    headings, rows = marked_table(headings, rows)
    write(target, headings, _legible(rows))


def _legible(rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """The rows without what cannot be seen, or would move what is seen."""
    return ([legible(value) if isinstance(value, str) else value for value in row] for row in rows)
