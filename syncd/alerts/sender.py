"""One channel's sender: in a thread of its own, so that a receiver that hangs delays nothing but itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from syncd.alerts.channel import Channel, Undelivered
from syncd.errors import SyncdError
from syncd.model.alerts import Message
from syncd.store import Store
from syncd.store.alerts import Unsent
from syncd.strangers import reason_of

DELAYS: Final = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)  # seconds before the next attempt, the last one for ever
IDLE: Final = 60.0  # seconds between looks where nobody says that there is anything to send

log = structlog.get_logger()


class Sender:
    """Sends what waits for one channel, the oldest first, until it is taken; always under the same id.

    sent, failures: attempts since the start that were taken, and that were not.
    """

    def __init__(
        self, store: Store, channel: Channel, installation: str, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self.channel = channel
        self.sent = self.failures = 0
        self._store, self._installation, self._steady = store, installation, steady
        self._held: dict[str, Unsent] = {}  # what the store could not keep when it was to be told
        self._taken: dict[str, tuple[datetime, tuple[str, str] | None]] = {}  # and the store does not know it yet
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._not_before = 0.0
        self._thread = threading.Thread(target=self._work, name=f"alerts {channel.name}", daemon=True)
        self._over = threading.Event()

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to send."""
        self._wake.set()

    def end(self, seconds: float) -> None:
        """Send no more; what is on its way may end, for so long."""
        self._over.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def hold(self, message: Message) -> None:
        """Keep a message here, as the store cannot: what is told may be that it is away."""
        with self._lock:
            if message.id in self._held or message.id in self._taken:
                return
            self._held[message.id] = Unsent(message, 0, None)
        self.wake()

    def let_go(self, id_: str) -> None:
        """The store has this message now."""
        with self._lock:
            self._held.pop(id_, None)

    def is_behind(self) -> bool:
        """Whether it failed when it was tried last: news that wait for it are enough."""
        return self._not_before > self._steady()

    def send_next(self) -> bool:
        """Send the oldest message that waits; returns whether it was taken, and another may follow at once."""
        self._note_taken()
        if self._steady() < self._not_before or (unsent := self._next()) is None:
            return False
        message = unsent.message
        try:
            shortfall = self.channel.send(message)
        except Undelivered as error:
            self._failed(unsent, error)
            return False
        except Exception as error:  # noqa: BLE001 - a defect in one channel must not silence it for ever
            self._failed(unsent, Undelivered(reason_of(error), "tell those who make syncd", broken=True))
            return False
        self.sent += 1
        with self._lock:
            self._held.pop(message.id, None)
            self._taken[message.id] = (datetime.now(UTC), shortfall)
        log.info("alert sent", channel=self.channel.name, id=message.id, entries=len(message.entries))
        self._note_taken()
        return True

    def _next(self) -> Unsent | None:
        with suppress(SyncdError, DBAPIError), self._store.reading() as unit:
            unsent = unit.alerts.next(self.channel.name, self._installation, but=list(self._taken))
            if unsent is not None:
                return unsent
        with self._lock:
            return next(iter(self._held.values()), None)

    def _failed(self, unsent: Unsent, error: Undelivered) -> None:
        self.failures += 1
        delay = max(DELAYS[min(unsent.attempts, len(DELAYS) - 1)], error.wait)
        self._not_before = self._steady() + delay
        name, id_ = self.channel.name, unsent.message.id
        log.warning("alert not sent", channel=name, id=id_, error=error.what, mend=error.mend, again_in=round(delay))
        with self._lock:
            if id_ in self._held:
                self._held[id_] = unsent._replace(attempts=unsent.attempts + 1)
        retry_at = datetime.now(UTC) + timedelta(seconds=delay)
        with suppress(SyncdError, DBAPIError), self._store.writing() as unit:
            unit.alerts.failed(id_, name, error.what, error.mend, retry_at)

    def _note_taken(self) -> None:
        """Tell the store what was taken; as long as it is away, this is done again."""
        with self._lock:
            taken = {id_: end for id_, end in self._taken.items() if id_ not in self._held}
        if not taken:
            return
        with suppress(SyncdError, DBAPIError):
            with self._store.writing() as unit:
                noted = [id_ for id_, end in taken.items() if unit.alerts.sent(id_, self.channel.name, *end)]
            with self._lock:
                for id_ in noted:
                    self._taken.pop(id_, None)

    def _work(self) -> None:
        while not self._over.is_set():
            self._wake.clear()
            while not self._over.is_set() and self.send_next():
                pass
            ahead = self._not_before - self._steady()
            self._wait(ahead if ahead > 0 else IDLE)

    def _wait(self, seconds: float) -> None:
        """Wait to be woken; while the receiver is given time, news wait for it too."""
        if self._not_before > self._steady():
            self._over.wait(seconds)
        else:
            self._wake.wait(seconds)
