"""Tables for a spreadsheet, on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from syncd.legible import legible
from syncd.sheet import written


def show_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One CSV table on standard output, safe to open in a spreadsheet."""
    cells = ([legible(value) if isinstance(value, str) else value for value in row] for row in rows)
    sys.stdout.write(written(headings, cells))
