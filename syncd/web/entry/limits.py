"""How often somebody may try: to sign in, and to have done what is costly.

In this process's memory: one process serves the pages, and a restart forgives. Keys fall into a fixed number of places,
so that nobody fills the memory with addresses or names.
"""

from __future__ import annotations

import math
import secrets
import time
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from syncd.wall import Jumps


class Limit(NamedTuple):
    """So many in so long a time. of: what is counted together."""

    of: str
    rate: RateLimitItem


BY_ADDRESS: Final = Limit("sign-ins of an address", parse("10 per 5 minutes"))
BY_NAME: Final = Limit("sign-ins of a name from an address", parse("30 per hour"))
# NIST SP 800-63B-4, 3.2.2, allows no more than 100 failed attempts in a row on one account. From then on an address
# has one guess: nobody who guesses shuts out whose password is right.
FAILURES: Final = Limit("failed sign-ins of a name", parse("100 per hour"))
GUESSES: Final = Limit("guesses of an address", parse("1 per hour"))
DEPARTURES: Final = Limit("departures of an address", parse("30 per 5 minutes"))  # to the identity provider
RETURNS: Final = Limit("returns of an address", parse("30 per 5 minutes"))  # from there
TOLD: Final = Limit("lines of the log", parse("1 per 5 minutes"))  # that somebody tries too often
COSTLY: Final = Limit("costly acts of somebody", parse("12 per minute"))
_PLACES: Final = 4_096


class Limits:
    """Counts by kind and key, over windows that move."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._windows = MovingWindowRateLimiter(self._storage)
        self._jumps = Jumps()
        self._salt = secrets.token_bytes(16)

    def wait(self, limit: Limit, key: str) -> int:
        """Seconds until somebody may try again; 0 where they may now, which is counted."""
        if self._jumps.since():  # counts are kept by the wall clock: one set back would shut people out till then
            self._storage.reset()
        place = self._place(key)
        if self._windows.hit(limit.rate, limit.of, place):
            return 0
        again = self._windows.get_window_stats(limit.rate, limit.of, place).reset_time
        return max(1, math.ceil(again - time.time()))

    def is_spent(self, limit: Limit, key: str) -> bool:
        """Whether there is nothing left of a limit; it is not counted that somebody asks."""
        return not self._windows.test(limit.rate, limit.of, self._place(key))

    def forgive(self, limit: Limit, key: str) -> None:
        """Count anew: whoever tried was right."""
        self._windows.clear(limit.rate, limit.of, self._place(key))

    def _place(self, key: str) -> str:
        digest = blake2b(key.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=8).digest()
        return str(int.from_bytes(digest, "big") % _PLACES)


def neighbourhood(address: str | None) -> str:
    """An address as it is counted: of IPv6 the network of one customer, whose addresses are without number."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return address or ""
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
