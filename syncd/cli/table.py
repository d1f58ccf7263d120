"""Tables: with rules and colours on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from syncd.cli.screen import aligned, begin, cell
from syncd.legible import legible

console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)


def show_title(text: str) -> None:
    """A heading over what follows."""
    begin()
    console.print(legible(text), style="bold")


def show_aside(text: str) -> None:
    """A line of less weight."""
    begin()
    console.print(legible(text), style="dim")


def show_table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Sequence[int] = (),
    empty: str = "none",
) -> None:
    """A table with its number of rows; `right` aligns columns of numbers; `empty` says what to do where there is none.

    A terminal folds long cells; elsewhere one row is one line, so that grep and a wide editor can read it.
    """
    cells = [[legible(cell(value)) for value in row] for row in rows]
    begin()
    if not cells:
        console.print(legible(f"{title}: {empty}"))
        return
    show_title(f"{title} ({len(cells):,})")
    if console.is_terminal:
        console.print(_folding(headings, cells, right))
        return
    for line in aligned([headings, *cells], right):
        console.print(line)


def _folding(headings: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[int]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, padding=(0, 1))
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in right else "left", overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table
