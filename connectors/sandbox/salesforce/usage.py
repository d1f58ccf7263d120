"""The day's allowance of calls."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from .org import Org
from .refusal import Refusal

EXHAUSTED = Refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)


class Usage:
    """Calls of the last 24 hours, counted by the hour."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._hours: deque[tuple[datetime, list[int]]] = deque()
        self.extra = 0  # calls that others are said to have made

    def count(self) -> None:
        """Count one call; raises Refusal REQUEST_LIMIT_EXCEEDED where the day's allowance is used up."""
        if self.used() >= self._org.settings.daily_limit:
            raise EXHAUSTED
        hour = self._org.now().replace(minute=0, second=0, microsecond=0)
        if not self._hours or self._hours[-1][0] != hour:
            self._hours.append((hour, [0]))
        self._hours[-1][1][0] += 1

    def used(self) -> int:
        """Return how many calls the last 24 hours saw."""
        begin = self._org.now() - timedelta(hours=24)
        while self._hours and self._hours[0][0] < begin:
            self._hours.popleft()
        return self.extra + sum(count for _, (count,) in self._hours)
