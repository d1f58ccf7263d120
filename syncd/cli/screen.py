"""What the command line shows: tables and progress bars on a terminal, plain lines elsewhere, JSON when asked."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

console = Console(highlight=False, soft_wrap=True, markup=False)
notices = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


def show_json(content: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")


def show_title(text: str) -> None:
    """A heading over what follows."""
    console.print(text, style="bold")


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
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        console.print(f"{title}: {empty}")
        return
    show_title(f"{title} ({len(cells):,})")
    if console.is_terminal:
        console.print(_folding(headings, cells, right))
        return
    for line in aligned([headings, *cells], right):
        console.print(line)


def show_numbers(title: str, numbers: Mapping[str, Any], *, empty: str = "none") -> None:
    """One line of named numbers: `pending: 3 contact, 1 task`."""
    console.print(f"{title}: {', '.join(f'{_cell(value)} {name}' for name, value in numbers.items()) or empty}")


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Iterator[str]:
    """Lines whose columns stand under each other, two blanks apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        parts = zip(row, widths, strict=True)
        padded = (cell.rjust(width) if n in right else cell.ljust(width) for n, (cell, width) in enumerate(parts))
        yield f"  {'  '.join(padded)}".rstrip()


def shortened(text: str, length: int) -> str:
    """The text, cut to `length` characters where it is longer."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _folding(headings: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[int]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, padding=(0, 1))
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in right else "left", overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else " ".join(str(value).split())


def say(text: str) -> None:
    """One line for people, on standard error, so that standard output stays data."""
    notices.print(text)


class Meter:
    """Counts what passes by; a terminal sees bars, everything else a line every few seconds."""

    EVERY = 5.0  # seconds between plain lines

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._tasks: dict[str, TaskID] = {}
        self._bars: Progress | None = None
        self._said_at = time.monotonic()

    def __call__(self, what: str, number: int) -> None:
        """Count `number` more of `what`."""
        with self._lock:
            self._numbers[what] = self._numbers.get(what, 0) + number
            if self._bars is not None:
                if what not in self._tasks:
                    self._tasks[what] = self._bars.add_task(what, total=None)
                self._bars.update(self._tasks[what], completed=self._numbers[what])
            elif time.monotonic() - self._said_at > self.EVERY:
                self._said_at = time.monotonic()
                say(f"{what}: {self._numbers[what]:,}")

    @contextmanager
    def shown(self) -> Iterator[Meter]:
        """Show the progress while the block runs."""
        if not notices.is_terminal:
            yield self
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:>8,}"))
        with Progress(*columns, BarColumn(20), TimeElapsedColumn(), console=notices, transient=True) as bars:
            self._bars = bars
            yield self
        self._bars = None
