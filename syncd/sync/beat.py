"""The beat of a run: from a thread of its own it tells how far the run is, and hears whether somebody takes it back.

A run that is over within a second costs nothing of it but the thread.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

from sqlalchemy.exc import DBAPIError

from syncd.companion import Companion
from syncd.errors import SyncdError
from syncd.store import Store
from syncd.sync.run import Halt, Progress


class Pace(NamedTuple):
    """How often a beat comes, in seconds.

    look: between looks at whether the run is taken back. tell: between notes of how far it is; a new phase is noted at
    the next look. patience: that a call on its way gets to end by itself, once the run was asked to stop.
    """

    look: float = 1.0
    tell: float = 5.0
    patience: float = 4.0


CALM = Pace()
Remaining = Callable[[str, int], int | None]  # phase, what is done of it → what it is in all, where that can be told


class Beat:
    """One run's beat: `with Beat(…) as beat: …`, in which `beat.enter` and `beat.count` tell what is worked at.

    hang_up: breaks off the calls that are on their way, again and again, once patience is over.
    """

    def __init__(
        self,
        store: Store,
        number: int,
        halt: Halt,
        hang_up: Callable[[], None],
        remaining: Remaining,
        pace: Pace = CALM,
    ) -> None:
        self._store, self._number, self._halt = store, number, halt
        self._hang_up, self._remaining, self._pace = hang_up, remaining, pace
        self._phase: str | None = None
        self._done = 0
        self._told: str | None = None
        self._told_at = -math.inf
        self._halted_at: float | None = None
        self._companion = Companion("beat", self._round, lambda: pace.look, patient=True)
        self._lock = self._companion.lock

    def __enter__(self) -> Self:
        self._companion.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._companion.end()

    def enter(self, phase: str) -> None:
        """Begin a phase; what was done in the one before is no more counted."""
        with self._lock:
            self._phase, self._done = phase, 0

    def count(self, what: str, number: int) -> None:
        """Count what is done: `pull hubspot.contacts` belongs to the phase `pull`, which begins with it."""
        phase = what.partition(" ")[0]
        with self._lock:
            if phase != self._phase:
                self._phase, self._done = phase, 0
            self._done += number

    def heard_by(self, other: Progress) -> Progress:
        """Count for somebody else as well."""

        def both(what: str, number: int) -> None:
            self.count(what, number)
            other(what, number)

        return both

    def _round(self) -> None:
        try:
            with suppress(SyncdError, DBAPIError):  # a database that is away ends the run by itself
                self._hear()
                self._tell()
        finally:
            self._end()

    def _hear(self) -> None:
        with self._store.reading() as unit:
            actor = unit.runs.cancelled_by(self._number)
        if actor is not None and self._halt.cancelled_by is None:
            self._halt.cancel(actor)

    def _tell(self) -> None:
        with self._lock:
            phase, done = self._phase, self._done
        now = time.monotonic()
        if phase == self._told and now - self._told_at < self._pace.tell:
            return
        total = self._remaining(phase, done) if phase else None
        with self._store.writing() as unit:
            unit.runs.beat(self._number, phase, done if phase else None, total)
        self._told, self._told_at = phase, now

    def _end(self) -> None:
        if not self._halt.is_set():
            return
        self._halted_at = self._halted_at or time.monotonic()
        if time.monotonic() - self._halted_at >= self._pace.patience:
            self._hang_up()
