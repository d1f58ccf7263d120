"""A run: what every verb is handed besides its work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from connectors.base import Stopped
from syncd.model.runs import SCHEDULE
from syncd.sync.counts import Counts

Progress = Callable[[str, int], None]  # what is worked at, how many more of it are done
Phase = Callable[[str], None]  # what is begun

SLICE = 0.2  # seconds between looks at the second of two events


class Halt(threading.Event):
    """What asks a run to stop: the end of its process, or somebody who cancels it.

    Set, it stands for this run alone; `ending` ends the process: all runs that are at work, and what would come after.
    """

    def __init__(self, ending: threading.Event | None = None) -> None:
        super().__init__()
        self.ending = ending or threading.Event()
        self.cancelled_by: str | None = None

    def is_set(self) -> bool:
        """Whether the run in hand is asked to stop."""
        return super().is_set() or self.ending.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is asked to, for so many seconds at most; returns whether it is."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = SLICE if end is None else min(SLICE, end - time.monotonic())
            if left <= 0:
                return False
            super().wait(left)
        return True

    def sleep(self, seconds: float) -> None:
        """Wait so long; raises Stopped as soon as the run is asked to stop."""
        if self.wait(seconds):
            raise Stopped

    def cancel(self, actor: str) -> None:
        """Ask the run to stop, on behalf of somebody."""
        self.cancelled_by = actor
        self.set()


def _silent(_: str, __: int = 0) -> None:
    return None


def _by_the_wall() -> datetime:
    return datetime.now(UTC)


@dataclass
class Run:
    """One run of a verb or of a cycle: the event that asks it to stop, who hears of it, what it did, its clock.

    actor: who asked for it.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress = _silent
    counts: Counts = field(default_factory=Counts)
    clock: Callable[[], datetime] = _by_the_wall
    actor: str = SCHEDULE
    enter: Phase = _silent
    _left: threading.Event = field(default_factory=threading.Event)  # of all its parts

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop: the batch in hand is finished, and no other is begun."""
        return self.stop.is_set()

    def breaks_off(self) -> bool:
        """Whether what comes next is left to another run. To be asked where something is to be done: a run that was
        asked to stop when all was done has done it all."""
        if self.stopped:
            self._left.set()
        return self.stopped

    @property
    def broken_off(self) -> bool:
        """Whether something was left to another run, because it was asked to stop."""
        return self._left.is_set()

    def heed_stop(self) -> None:
        """Raise Stopped where it was asked to stop: between the calls of what is done as a whole or not at all."""
        if self.breaks_off():
            raise Stopped

    def is_cut_short(self, failures: Collection[object]) -> bool:
        """Whether it ended before all was done, as it was asked to stop; what failed meanwhile may be due to that."""
        return self.broken_off or (self.stopped and bool(failures))

    @property
    def cancelled(self) -> bool:
        """Whether somebody took it back, for good."""
        return isinstance(self.stop, Halt) and self.stop.cancelled_by is not None

    def by(self, clock: Callable[[], datetime]) -> Run:
        """The same run by another clock."""
        return replace(self, clock=clock)

    def part(self) -> Run:
        """A part of this run that works beside others, with counts of its own to be added up."""
        return replace(self, counts=Counts())
