"""How often the portal may be asked: bursts, searches and the day's quota, with the headers that tell.

Tiers after HubSpot's «API usage guidelines and limits». A private app's headers carry the burst and the day, those of
searches only the day (grouparoo's recordings of 2022); OAuth apps have no daily limit, hence no daily headers.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from connectors.sandbox.hubspot.refusals import limited
from connectors.sandbox.hubspot.wire import Headers


@dataclass(frozen=True)
class Tier:
    """Calls per burst interval, and per day. None: no limit."""

    burst: int
    daily: int | None
    interval: float = 10.0  # seconds

    @cached_property
    def headers(self) -> Headers:
        """Return the headers that are the same on every answer."""
        return (
            (b"x-hubspot-ratelimit-max", str(self.burst).encode()),
            (b"x-hubspot-ratelimit-interval-milliseconds", str(round(self.interval * 1000)).encode()),
            # Older than the others and not held to; the vendor still sends it, at a tenth of the burst.
            (b"x-hubspot-ratelimit-secondly", str(self.burst // 10).encode()),
        )


TIERS = {
    "free": Tier(100, 250_000),
    "professional": Tier(190, 650_000),
    "enterprise": Tier(190, 1_000_000),
    "oauth": Tier(110, None),
    "unlimited": Tier(10_000_000, 1_000_000_000),
}


@dataclass(slots=True)
class Limits:
    """Counts calls against a tier. `timer` runs in seconds; `clock` says which day it is."""

    tier: Tier
    search: int | None
    clock: Callable[[], datetime]
    timer: Callable[[], float] = time.monotonic
    burst: deque[float] = field(default_factory=deque)
    searches: deque[float] = field(default_factory=deque)
    day: date | None = None
    today: int = 0

    def admit(self, searching: bool) -> Headers:
        """Count one call and return the headers of its answer; refuse it with a 429 where a limit is reached."""
        now, today = self.timer(), self.clock().date()
        if today != self.day:
            self.day, self.today = today, 0
        if self.tier.daily is not None and self.today >= self.tier.daily:
            raise limited("DAILY", self.headers())
        if searching and self.search is not None:
            if _count(self.searches, now, 1.0) >= self.search:
                raise limited("SECONDLY")
            self.searches.append(now)
        if self.tier.burst < _UNCOUNTED:
            if _count(self.burst, now, self.tier.interval) >= self.tier.burst:
                raise limited("TEN_SECONDLY_ROLLING", self.headers())
            self.burst.append(now)
        self.today += 1
        return self.daily() if searching else self.headers()

    def headers(self, left: int | None = None) -> Headers:
        """Return what the portal says of its limits; `left` stands in for the calls that are left in this interval."""
        left = max(0, self.tier.burst - len(self.burst)) if left is None else left
        return (
            *self.tier.headers,
            (b"x-hubspot-ratelimit-remaining", str(left).encode()),
            (b"x-hubspot-ratelimit-secondly-remaining", str(min(left, self.tier.burst // 10 - 1)).encode()),
            *self.daily(),
        )

    def daily(self) -> Headers:
        """Return what the portal says of the day's quota, which is all that searches are told."""
        if self.tier.daily is None:
            return ()
        return (
            (b"x-hubspot-ratelimit-daily", str(self.tier.daily).encode()),
            (b"x-hubspot-ratelimit-daily-remaining", str(max(0, self.tier.daily - self.today)).encode()),
        )


_UNCOUNTED = 1_000_000  # a burst this large is no limit: do not remember its calls


def _count(calls: deque[float], now: float, window: float) -> int:
    while calls and calls[0] <= now - window:
        calls.popleft()
    return len(calls)
