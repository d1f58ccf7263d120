"""What the daemon knows that no run tells: since when it lives, and what came late."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class Pulse:
    """The daemon's own figures; everything else stands in the runs. after: the last run before it started.

    heard: what systems called with by themselves, by system and outcome. away_since: since when the database does not
    answer; unwritable: why nothing can be written to it, and since when.
    """

    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    after: int = 0
    missed: int = 0
    away_since: datetime | None = None
    unwritable: tuple[str, datetime] | None = None
    heard: Counter[tuple[str, str]] = field(default_factory=Counter)
