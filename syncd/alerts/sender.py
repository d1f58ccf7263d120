"""One channel's sender: in a thread of its own, so that a receiver that hangs delays nothing but itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from syncd.alerts.channel import Channel, Undelivered
from syncd.companion import Companion
from syncd.errors import SyncdError
from syncd.model.alerts import Message
from syncd.store import Store
from syncd.store.alerts import Unsent
from syncd.strangers import reason_of

DELAYS: Final = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)  # seconds before the next attempt, the last one for ever
STUBBORN: Final = 12  # attempts, in half a day, after which it is the message as much as the receiver
OLDEST: Final = timedelta(days=7)  # what is older helps nobody: what stands is told by the next reminder
IDLE: Final = 60.0  # seconds between looks where nobody says that there is anything to send

log = structlog.get_logger()


def _by_the_wall() -> datetime:
    return datetime.now(UTC)


class AlertSender:
    """Sends what waits for one channel, the oldest first, until it is taken; always under the same id.

    A message that is refused for itself is passed over, and dropped once a later one is taken: that shows whose fault
    it is, and nothing is told after what came later. One that nobody took for a week is dropped too.

    sent, failures: attempts since the start that were taken, and that were not.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        installation: str,
        steady: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = _by_the_wall,
    ) -> None:
        self.channel = channel
        self.sent = self.failures = 0
        self._store, self._installation, self._steady = store, installation, steady
        self._clock = clock
        self._passed: dict[str, tuple[int, Undelivered]] = {}  # in this round: attempts before it, and why
        self._dropped: dict[str, Undelivered] = {}  # and the store does not know it yet
        self._held: dict[str, Unsent] = {}  # what the store could not keep when it was to be told
        self._taken: dict[str, tuple[datetime, tuple[str, str] | None]] = {}  # and the store does not know it yet
        self._not_before = 0.0
        self._companion = Companion(f"alerts {channel.name}", self._send, self._pause)
        self._lock = self._companion.lock

    def start(self) -> None:
        """Begin to send."""
        self._companion.start()

    def wake(self) -> None:
        """Say that there is something to send; while the receiver is given time, it waits too."""
        if not self.is_behind():
            self._companion.poke()

    def end(self, seconds: float) -> None:
        """Send no more; what is on its way may end, for so long."""
        self._companion.end(seconds)

    def hold(self, message: Message) -> None:
        """Keep a message here, as the store cannot: what is told may be that it is away."""
        with self._lock:
            if message.id in self._held or message.id in self._taken or message.id in self._dropped:
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
        """Send the oldest message that waits; returns whether another may follow at once."""
        self._note()
        if self._steady() < self._not_before:
            return False
        if (unsent := self._next()) is None:
            self._end_round()
            return False
        message = unsent.message
        if self._clock() - message.at > OLDEST:
            self._drop({message.id: Undelivered(f"it took none for {OLDEST.days} days", "see whether it is up")})
            return True
        try:
            shortfall = self.channel.send(message)
        except Undelivered as error:
            return self._failed(unsent, error)
        except Exception as error:  # noqa: BLE001 - a defect in one channel must not silence it for ever
            mend = "tell those who make syncd"
            return self._failed(unsent, Undelivered(reason_of(error), mend, broken=True, refused=True))
        self.sent += 1
        with self._lock:
            self._held.pop(message.id, None)
            self._taken[message.id] = (self._clock(), shortfall)
        log.info("alert sent", channel=self.channel.name, id=message.id, entries=len(message.entries))
        self._drop({id_: error for id_, (_, error) in self._passed.items()})
        self._passed = {}
        self._note()
        return True

    def _next(self) -> Unsent | None:
        over = {*self._taken, *self._dropped, *self._passed}
        with suppress(SyncdError, DBAPIError), self._store.reading() as unit:
            unsent = unit.alerts.next(self.channel.name, self._installation, but=over)
            if unsent is not None:
                return unsent
        with self._lock:
            return next((held for id_, held in self._held.items() if id_ not in over), None)

    def _end_round(self) -> None:
        """Everything that waits was refused: wait before it is tried again, as for a receiver that is away."""
        if self._passed:
            attempts = min(before for before, _ in self._passed.values())
            self._not_before = self._steady() + DELAYS[min(attempts, len(DELAYS) - 1)]
            self._passed = {}

    def _failed(self, unsent: Unsent, error: Undelivered) -> bool:
        """Note it; returns whether the next may be tried at once."""
        self.failures += 1
        passed = error.refused or (unsent.attempts >= STUBBORN and not error.wait)
        delay = max(DELAYS[min(unsent.attempts, len(DELAYS) - 1)], error.wait)
        name, id_ = self.channel.name, unsent.message.id
        if passed:
            self._passed[id_] = (unsent.attempts, error)
        else:
            self._not_before, self._passed = self._steady() + delay, {}
        log.warning("alert not sent", channel=name, id=id_, error=error.what, mend=error.mend, again_in=round(delay))
        with self._lock:
            if id_ in self._held:
                self._held[id_] = unsent._replace(attempts=unsent.attempts + 1)
        retry_at = self._clock() + timedelta(seconds=delay)
        with suppress(SyncdError, DBAPIError), self._store.writing() as unit:
            unit.alerts.failed(id_, name, error.what, error.mend, retry_at)
        return passed

    def _drop(self, errors: Mapping[str, Undelivered]) -> None:
        with self._lock:
            for id_, error in errors.items():
                self._held.pop(id_, None)
                self._dropped[id_] = error
        for id_, error in errors.items():
            log.error("alert dropped", channel=self.channel.name, id=id_, error=error.what, mend=error.mend)

    def _note(self) -> None:
        """Tell the store what was taken, and what was dropped; as long as it is away, this is done again."""
        name = self.channel.name
        with self._lock:
            taken = {id_: end for id_, end in self._taken.items() if id_ not in self._held}
            dropped = dict(self._dropped)
        if not (taken or dropped):
            return
        with suppress(SyncdError, DBAPIError):
            with self._store.writing() as unit:
                noted = [id_ for id_, end in taken.items() if unit.alerts.sent(id_, name, *end)]
                gone = [
                    id_
                    for id_, error in dropped.items()
                    if unit.alerts.give_up(id_, name, self._clock(), error.what, error.mend)
                ]
            with self._lock:
                for id_ in noted:
                    self._taken.pop(id_, None)
                for id_ in gone:
                    self._dropped.pop(id_, None)

    def _send(self) -> None:
        while not self._companion.is_over and self.send_next():
            pass

    def _pause(self) -> float:
        ahead = self._not_before - self._steady()
        return ahead if ahead > 0 else IDLE
