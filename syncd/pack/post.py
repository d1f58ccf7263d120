"""The post: each receiver gets a week's pack once at most, whenever the process is killed and however often it starts.

Before a pack leaves it is noted that it is on its way, and behind it that it was taken, or why not. What was refused is
tried again until it is too late; what was on its way when a process was killed may have arrived, and is not sent again
but by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

import structlog

from syncd.alerts.channel import Undelivered
from syncd.alerts.sender import DELAYS
from syncd.companion import Companion
from syncd.errors import NotFound
from syncd.pack.due import Moment, week_due
from syncd.pack.receivers import Receiver, receivers
from syncd.rules import Rulebook
from syncd.rules.days import zone
from syncd.settings import Settings
from syncd.store import Store, UnitOfWork
from syncd.store.notes import PACKS
from syncd.views.monday_pack import Week, pack_of

EVERY: Final = 60.0  # seconds between looks
PARTING: Final = 1.0  # seconds that a pack on its way gets when the process ends
KEPT: Final = timedelta(weeks=5)  # that it is noted who got which

log = structlog.get_logger()


def _by_the_wall() -> datetime:
    return datetime.now(UTC)


class Arrival(StrEnum):
    """What became of one receiver's pack of one week."""

    SENT = "sent"
    ON_ITS_WAY = "on its way"  # where nobody sends any more, it may have arrived
    NOT_TAKEN = "not taken"
    NOTHING = "nothing to send"  # nobody of the queue is that rep


@dataclass(frozen=True)
class Delivery:
    """What became of it now. why, mend: of what was not taken; broken: somebody must mend something."""

    receiver: str
    state: Arrival
    why: str = ""
    mend: str = ""
    broken: bool = False


class PackPost:
    """Brings the packs to whom the settings name: `with PackPost(…): …` as long as the daemon works."""

    def __init__(
        self,
        store: Store,
        book: Callable[[], Rulebook],
        settings: Settings,
        *,
        clock: Callable[[], datetime] = _by_the_wall,
        every: float = EVERY,
    ) -> None:
        self._store, self._book, self._settings, self._clock = store, book, settings, clock
        self._moment = Moment.read(settings.pack_at) if settings.pack_at else None
        self._companion = Companion("pack", self.look, lambda: every)

    def __enter__(self) -> Self:
        if self._moment is not None:
            self._companion.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._companion.end(PARTING)

    def look(self) -> list[Delivery]:
        """Send what is due now; what waits for another attempt is left. Raises Unavailable."""
        if self._moment is None:
            return []
        now, book = self._clock(), self._book()
        with self._store.reading() as unit:
            week = Week(unit, book, now)
            named = receivers(self._settings, unit.groups.users())
            places = {
                receiver: week.zone_of(receiver.rep) if receiver.rep else zone(book.agreement.time_zone)
                for receiver in named
            }
        due = [(receiver, week_due(now, self._moment, where)) for receiver, where in places.items()]
        made = [self._bring(receiver, monday, book, now) for receiver, monday in due if monday]
        return [delivery for delivery in made if delivery is not None]

    def send(self, rep: str | None = None) -> list[Delivery]:
        """Send this week's by hand, to all or to one rep, the golden id: to each who has not had it yet."""
        now, book = self._clock(), self._book()
        with self._store.reading() as unit:
            monday = Week(unit, book, now).monday
            named = [one for one in receivers(self._settings, unit.groups.users()) if rep in (None, one.rep)]
        made = [(one, self._bring(one, monday, book, now, by_hand=True)) for one in named]
        return [delivery or Delivery(receiver.name, Arrival.SENT, "had it before") for receiver, delivery in made]

    def _bring(
        self, receiver: Receiver, week: date, book: Rulebook, now: datetime, *, by_hand: bool = False
    ) -> Delivery | None:
        """Bring one pack; None where it is not to be sent now."""
        kind = PACKS.of(f"{week}/{receiver.name}")
        with self._store.reading() as unit:
            before = unit.notes.read(kind)
            if before is not None and not _is_due(before, now, by_hand=by_hand):
                return None
            pack = _pack(unit, book, now, receiver)  # before anything is noted: what breaks here has sent nothing
        with self._store.writing() as unit:
            self._forget(unit.notes, week)
            attempts = (before or {}).get("attempts", 0)
            begun = {"state": Arrival.ON_ITS_WAY.value, "at": now.isoformat(), "attempts": attempts}
            if not unit.notes.turn(kind, before, begun):
                return None  # somebody else sends it
        delivery = _carried(receiver, pack)
        ended = {**begun, "state": delivery.state.value, "attempts": attempts + 1}
        with self._store.writing() as unit:
            unit.notes.keep(kind, ended)
        if delivery.state is Arrival.NOT_TAKEN:
            log.warning("pack not sent", receiver=receiver.name, week=str(week), error=delivery.why, mend=delivery.mend)
        elif delivery.state is Arrival.SENT:
            log.info("pack sent", receiver=receiver.name, week=str(week))
        return delivery

    def _forget(self, notes: Any, week: date) -> None:
        """Forget who got the packs of weeks that are long over."""
        for about in notes.read_all(PACKS):
            if date.fromisoformat(about.partition("/")[0]) < week - KEPT:
                notes.drop(PACKS.of(about))


def _pack(unit: UnitOfWork, book: Rulebook, now: datetime, receiver: Receiver) -> dict[str, Any] | None:
    """What a receiver gets; None where nobody of the queue is that rep."""
    try:
        return pack_of(unit, book, now, receiver.rep)
    except NotFound:
        return None


def _carried(receiver: Receiver, pack: dict[str, Any] | None) -> Delivery:
    if pack is None:
        return Delivery(receiver.name, Arrival.NOTHING, "nobody of the queue is that rep")
    try:
        receiver.carrier.carry(pack)
    except Undelivered as error:
        return Delivery(receiver.name, Arrival.NOT_TAKEN, error.what, error.mend, error.broken)
    return Delivery(receiver.name, Arrival.SENT)


def _is_due(before: dict[str, Any], now: datetime, *, by_hand: bool) -> bool:
    """Whether another attempt is due after what was noted last."""
    match Arrival(before["state"]):
        case Arrival.SENT:
            return False
        case Arrival.NOT_TAKEN if not by_hand:
            delay = DELAYS[min(before["attempts"], len(DELAYS)) - 1]
            return now >= datetime.fromisoformat(before["at"]) + timedelta(seconds=delay)
        case Arrival.NOTHING if not by_hand:
            return False
        case Arrival.ON_ITS_WAY:
            return by_hand
        case _:
            return True
