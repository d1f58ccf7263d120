"""A run: what every verb is handed besides its work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from syncd.sync.counts import Counts

Progress = Callable[[str, int], None]  # what is worked at, how many more of it are done


def _silent(_: str, __: int) -> None:
    return None


def _by_the_wall() -> datetime:
    return datetime.now(UTC)


@dataclass
class Run:
    """One run of a verb or of a cycle: the event that asks it to stop, who hears of it, what it did, its clock."""

    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress = _silent
    counts: Counts = field(default_factory=Counts)
    clock: Callable[[], datetime] = _by_the_wall

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop: the batch in hand is finished, and no other is begun."""
        return self.stop.is_set()

    def by(self, clock: Callable[[], datetime]) -> Run:
        """The same run by another clock."""
        return replace(self, clock=clock)

    def part(self) -> Run:
        """A part of this run that works beside others, with counts of its own to be added up."""
        return replace(self, counts=Counts())
