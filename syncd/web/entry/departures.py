"""People who are on their way to the identity provider: what must come back with them, once, by the same browser."""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from typing import Final

from syncd.model.tokens import digest_of
from syncd.wall import steady
from syncd.web.entry.provider import Departure, NotLetIn

LONGEST: Final = 600  # seconds: a second factor takes its time
_MOST: Final = 1_000  # on their way at once; the oldest must begin again


class Departures:
    """Who left when. In this process's memory: after a restart somebody begins again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away: OrderedDict[str, tuple[Departure, float]] = OrderedDict()

    def begin(self) -> Departure:
        """Send somebody off; their browser keeps the state as well, in a cookie."""
        departure = Departure()
        with self._lock:
            self._away[digest_of(departure.state)] = (departure, steady())
            if len(self._away) > _MOST:
                self._away.popitem(last=False)
        return departure

    def end(self, state: str, kept: str) -> Departure:
        """Take back who returns with this state, by the browser that kept it. Raises NotLetIn; nobody returns twice."""
        if not (state and hmac.compare_digest(state.encode(), kept.encode())):
            raise NotLetIn("another browser left with this state, or none")
        with self._lock:
            departure, at = self._away.pop(digest_of(state), (None, 0.0))
        if departure is None or steady() - at > LONGEST:
            raise NotLetIn("nobody is on their way with this state")
        return departure
