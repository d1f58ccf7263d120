"""Progress: bars on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from syncd.cli.screen import say

notices = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


class ProgressMeter:
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
    def shown(self) -> Iterator[ProgressMeter]:
        """Show the progress while the block runs."""
        if not notices.is_terminal:
            yield self
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:>8,}"))
        with Progress(*columns, BarColumn(20), TimeElapsedColumn(), console=notices, transient=True) as bars:
            self._bars = bars
            yield self
        self._bars = None
