"""What a cycle did, for people and for machines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from syncd.model.runs import RunOutcome
from syncd.store.judgements import LeftOut
from syncd.store.queue import QueueState
from syncd.sync.counts import Counts


@dataclass
class Summary:
    """What a cycle did, what it cost, what went wrong."""

    outcome: RunOutcome = RunOutcome.DONE
    counts: Counts = field(default_factory=Counts)
    seconds: dict[str, float] = field(default_factory=dict)  # by verb, wall time
    calls: dict[str, int] = field(default_factory=dict)  # API calls by system
    retries: dict[str, dict[str, int]] = field(default_factory=dict)  # repeated calls by system and cause
    waited: dict[str, float] = field(default_factory=dict)  # seconds that systems made us wait
    failures: dict[str, str] = field(default_factory=dict)  # stream or object → reason
    notes: list[str] = field(default_factory=list)
    quarantined: dict[str, int] = field(default_factory=dict)  # records set aside as the run ended, by step
    held_back: bool = False  # nothing is pushed: the picture is incomplete
    unsafe: bool = False  # nothing is pushed: a person must look at the plan
    premises: list[dict[str, str]] = field(default_factory=list)  # those that do not hold
    queue: QueueState = field(default_factory=QueueState)  # who waits for a rep
    alerts: int = 0  # contacts that somebody must look at
    left_out: LeftOut = field(default_factory=lambda: LeftOut(0, 0))  # person accounts
    unaccepted: int = 0  # writes that this run tried and that do not stand yet

    @property
    def written(self) -> int:
        """How many remote records were created or changed."""
        return self.counts.written

    @contextmanager
    def timed(self, verb: str) -> Iterator[None]:
        """Add the wall time of a block."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[verb] = self.seconds.get(verb, 0.0) + time.monotonic() - start

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "outcome": self.outcome.value,
            "written": self.written,
            "counts": self.counts.plain(),
            "quarantined": self.quarantined,
            "seconds": {verb: round(spent, 3) for verb, spent in self.seconds.items()},
            "calls": self.calls,
            "retries": self.retries,
            "waited": {system: round(spent, 1) for system, spent in self.waited.items()},
            "failures": self.failures,
            "premises": self.premises,
            "alerts": self.alerts,
            "left_out": self.left_out._asdict(),
            "queue": {"waiting": self.queue.waiting, "nobody": self.queue.nobody, "dry": list(self.queue.dry)},
            "notes": self.notes,
        }
