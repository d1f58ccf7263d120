"""The sandbox's clock: real time, moved or frozen on demand."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

_MOVING = threading.Lock()  # two steps at once are two steps; all clocks share it, for a clock is copied with its world


class Clock:
    """A callable that tells the sandbox's time, aware UTC. Follows real time unless it is frozen.

    Threads may share it.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        self._offset = timedelta()
        self._frozen: datetime | None = None
        if start is not None:
            self.set(start, frozen=frozen)

    def __call__(self) -> datetime:
        """Return the time that it is here."""
        return self._frozen or datetime.now(UTC) + self._offset

    def set(self, at: datetime, *, frozen: bool = False) -> None:
        """Make it `at` now; with `frozen` it stays there until moved again."""
        at = at.astimezone(UTC)
        with _MOVING:
            self._frozen = at if frozen else None
            self._offset = at - datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Move forward by that many seconds (or back, where negative)."""
        step = timedelta(seconds=seconds)
        with _MOVING:
            self._offset += step
            if self._frozen is not None:
                self._frozen += step
