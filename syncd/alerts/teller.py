"""Tells of what changed: looks now and then at what stands, keeps what is told of it, and has it sent."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from sqlalchemy.exc import DBAPIError

from syncd.alerts.changes import Patience, grouped, tell
from syncd.alerts.channel import Channel
from syncd.alerts.sender import AlertSender
from syncd.companion import Companion
from syncd.errors import SyncdError
from syncd.model.alerts import Alert, Matter, Message, News
from syncd.store import Store

EVERY: Final = 30.0  # seconds between looks
PARTING: Final = 1.0  # seconds that a message on its way gets when the process ends
DATABASE: Final = "database"  # the kind of what says that the store is away

Look = Callable[[], Iterable[Matter]]


def _by_the_wall() -> datetime:
    return datetime.now(UTC)


class Teller:
    """Tells every channel of what changed, for as long as the block lasts: `with Teller(…): …`.

    look: what stands now. installation: what this one is called.
    """

    def __init__(
        self,
        store: Store,
        channels: Sequence[Channel],
        look: Look,
        patience: Patience,
        installation: str,
        *,
        clock: Callable[[], datetime] = _by_the_wall,
        steady: Callable[[], float] = time.monotonic,
        every: float = EVERY,
    ) -> None:
        self.senders = [AlertSender(store, channel, installation, steady, clock) for channel in channels]
        self._store, self._look, self._patience, self._installation = store, look, patience, installation
        self._clock = clock
        self._alerts: Mapping[str, Alert] | None = None  # None until the store was read
        self._unkept: set[str] = set()  # keys whose alert the store does not have as it is
        self._forgotten: set[str] = set()
        self._messages: list[Message] = []  # that the store does not have
        self._companion = Companion("alerts", self.look, lambda: every)

    def __enter__(self) -> Self:
        if self.senders:
            self._companion.start()
            for sender in self.senders:
                sender.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._companion.end(PARTING)
        for sender in self.senders:
            sender.end(PARTING / len(self.senders))

    def counted(self) -> dict[str, tuple[int, int]]:
        """By channel, since the start: messages that it took, and attempts that failed."""
        return {sender.channel.name: (sender.sent, sender.failures) for sender in self.senders}

    def look(self) -> None:
        """Look once, and leave for the senders what is to be told of it."""
        first = self._alerts is None
        alerts = self._begin() if self._alerts is None else self._alerts
        now = self._clock()
        matters = tuple(self._look())
        if any(matter.kind == DATABASE for matter in matters):  # nobody can see whether the others still stand
            known = {matter.key for matter in matters}
            matters += tuple(
                alert.matter for key, alert in alerts.items() if alert.gone_at is None and key not in known
            )
        telling = tell(alerts, matters, now, self._patience, anew=first)
        self._alerts = telling.alerts
        self._unkept |= telling.changed
        self._forgotten |= telling.forgotten
        self._post(now, telling.news)
        self._keep()
        self._alerts = {key: alert for key, alert in telling.alerts.items() if alert.over_at is None}

    def _begin(self) -> Mapping[str, Alert]:
        """Read what was told before this start. Raises Unavailable."""
        with self._store.writing() as unit:
            unit.alerts.at_once()
            unit.alerts.drop_all_but([sender.channel.name for sender in self.senders])
            return unit.alerts.standing()

    def _post(self, now: datetime, news: Sequence[tuple[News, Matter]]) -> None:
        """All that is told at one look is one message."""
        if news:
            id_ = f"msg_{uuid.uuid4().hex}"
            self._messages.append(Message(id_, now, self._installation, grouped(news)))

    def _keep(self) -> None:
        """Keep what changed together with the messages that say so; as long as the store is away, tell it all the same.

        Raises what is no matter of the store.
        """
        if not (self._unkept or self._forgotten or self._messages):
            return
        alerts = self._alerts or {}
        try:
            with self._store.writing() as unit:
                unit.alerts.forget(self._forgotten)
                unit.alerts.keep({key: alerts[key] for key in sorted(self._unkept) if key in alerts})
                for message in self._messages:
                    unit.alerts.post(message, list(self._heard(message)))
        except (SyncdError, DBAPIError):
            for sender in self.senders:
                for message in self._messages:
                    sender.hold(message)
            return
        for sender in self.senders:
            for message in self._messages:
                sender.let_go(message.id)
            if self._messages:
                sender.wake()
        self._unkept, self._forgotten, self._messages = set(), set(), []

    def _heard(self, message: Message) -> Iterator[str]:
        """The channels that a message is for: one that has not taken the last is not reminded besides."""
        only_reminds = all(entry.news is News.STILL for entry in message.entries)
        for sender in self.senders:
            if not (only_reminds and sender.is_behind()):
                yield sender.channel.name
