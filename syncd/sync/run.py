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


@dataclass
class Run:
    """One run of a verb or of a cycle: the event that asks it to stop, who hears how far it is, and what it did."""

    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress = _silent
    counts: Counts = field(default_factory=Counts)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop: the batch in hand is finished, and no other is begun."""
        return self.stop.is_set()

    def part(self) -> Run:
        """A part of this run that works beside others, with counts of its own to be added up."""
        return replace(self, counts=Counts())
