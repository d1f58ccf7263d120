"""The clock: days pass for everybody in this process, the simulators included, and no wait is slept out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import time_machine

START = datetime(2026, 11, 2, 17, tzinfo=UTC)
MONTH = timedelta(days=30)


def days(number: int, step: timedelta) -> Iterator[datetime]:
    """The moments of a walk, a step apart, at each of which it is that time."""
    with time_machine.travel(START, tick=True) as traveller:
        for passed in range(number):
            at = START + passed * step
            traveller.move_to(at, tick=True)
            yield at
