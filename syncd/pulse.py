"""What the daemon has done so far: read by health and metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from syncd.model.runs import RunOutcome
from syncd.sync.summary import Summary


@dataclass
class Pulse:
    """Runs by outcome, what came late, and the last summary."""

    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    runs: dict[RunOutcome, int] = field(default_factory=dict)
    missed: int = 0
    last: Summary | None = None
    last_finished_at: datetime | None = None
    last_done_at: datetime | None = None

    def beat(self, summary: Summary | None, outcome: RunOutcome) -> None:
        """Note the end of one run."""
        now = datetime.now(UTC)
        self.runs[outcome] = self.runs.get(outcome, 0) + 1
        self.last, self.last_finished_at = summary, now
        if outcome is RunOutcome.DONE:
            self.last_done_at = now
