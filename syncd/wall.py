"""The wall clock, which people and time servers set, beside one that only goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

NOTICED = 5.0  # seconds; what a time server corrects by and by is less at a time


def steady() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps, where the system has one."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Jumps:
    """Tells by how much the wall clock was set since it was last asked."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = steady) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()

    def since(self) -> timedelta:
        """How far the clock jumped, back where it is negative; zero for what is hardly more than a correction."""
        offset = self._wall() - self._steady()
        jump = offset - self._offset
        self._offset = offset
        return timedelta(seconds=jump) if abs(jump) >= NOTICED else timedelta()
