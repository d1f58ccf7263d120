"""What the command line shows: tables and progress bars on a terminal, plain lines elsewhere, JSON when asked."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

console = Console(highlight=False, soft_wrap=True)
notices = Console(stderr=True, highlight=False, soft_wrap=True)


def show_json(content: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")


def show_table(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[int] = ()
) -> None:
    """A table with its number of rows; `right` aligns columns of numbers."""
    rows = [[_cell(value) for value in row] for row in rows]
    table = Table(title=f"{title} ({len(rows):,})", title_justify="left", title_style="bold", header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value).replace("[", "\\[")


def say(text: str) -> None:
    """One line for people, on standard error, so that standard output stays data."""
    notices.print(text.replace("[", "\\["))


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
