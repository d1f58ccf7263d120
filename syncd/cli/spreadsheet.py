"""Tables for a spreadsheet, on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from syncd.legible import legible
from syncd.sheet import written


def show_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One CSV table on standard output, safe to open in a spreadsheet."""
    sys.stdout.write(written(headings, legible_rows(rows)))


def legible_rows(rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """The rows without what cannot be seen, or would move what is seen."""
    return ([legible(value) if isinstance(value, str) else value for value in row] for row in rows)
