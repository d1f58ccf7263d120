"""The clock: days pass for everybody in this process, the simulators included, and no wait is slept out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

START = datetime(2026, 11, 2, 17, tzinfo=UTC)
DAY, MONTH = timedelta(days=1), timedelta(days=30)


def travelling(start: datetime) -> time_machine.travel:
    """The clock of everybody in this process."""
    return time_machine.travel(start, tick=True)
