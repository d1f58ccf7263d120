"""Alerts: what somebody was told of, and the messages that wait for a channel to take them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from connectors.scrubber import scrub
from syncd.model.alerts import Alert, AlertEntry, Matter, Message
from syncd.store.notes import DROPPED, Notes
from syncd.store.statements import chunks
from syncd.tables.core import alert, alert_message

_STANDING = alert.c.over_at.is_(None)
LATELY = timedelta(days=2)  # for which it is told that something was dropped
_UNSENT = alert_message.c.sent_at.is_(None)


class Waiting(NamedTuple):
    """A channel that has not taken what was sent to it, or not wholly."""

    channel: str
    number: int  # messages that wait for it
    since: datetime  # the oldest of them
    error: str
    mend: str


class Dropped(NamedTuple):
    """Messages that a channel never took, and that are sent no more. at: the last of them; why: of that one."""

    channel: str
    number: int
    since: datetime
    at: datetime
    error: str
    mend: str


class Unsent(NamedTuple):
    """A message that waits for its channel. retry_at: not before; attempts: that failed."""

    message: Message
    attempts: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Alerts:
    """What stands, what stood, and what is to be sent of it."""

    connection: Connection

    def standing(self) -> dict[str, Alert]:
        """What is not over, by key; what was not told yet included."""
        rows = self.connection.execute(select(alert).where(_STANDING).order_by(alert.c.id))
        return {row.key: _alert(row) for row in rows}

    def last(self, limit: int) -> list[Alert]:
        """What stands, then what is over, the latest first."""
        order = (alert.c.over_at.is_not(None), func.coalesce(alert.c.over_at, alert.c.first_at).desc(), alert.c.id)
        return [_alert(row) for row in self.connection.execute(select(alert).order_by(*order).limit(limit))]

    def count(self) -> dict[str, int]:
        """How many alerts stand that somebody was told of, by grade."""
        by_grade = select(alert.c.grade, func.count()).where(_STANDING, alert.c.told_at.is_not(None))
        return {row[0]: row[1] for row in self.connection.execute(by_grade.group_by(alert.c.grade))}

    def keep(self, alerts: Mapping[str, Alert]) -> None:
        """Keep these, in the place of what stood under their keys."""
        known = set(self.connection.scalars(select(alert.c.key).where(_STANDING)))
        for key, kept in alerts.items():
            values = _values(key, kept)
            if key in known:
                self.connection.execute(update(alert).where(alert.c.key == key, _STANDING).values(values))
            else:
                self.connection.execute(insert(alert).values(values))

    def forget(self, keys: Collection[str]) -> None:
        """Forget what was gone before anybody was told of it."""
        for part in chunks(sorted(keys)):
            self.connection.execute(delete(alert).where(alert.c.key.in_(part), _STANDING))

    def post(self, message: Message, channels: Iterable[str]) -> None:
        """Leave a message for these channels."""
        entries = scrub(orjson.dumps([entry.plain() for entry in message.entries]).decode())
        for channel in channels:
            values = {"id": message.id, "channel": channel, "at": message.at, "entries": entries}
            self.connection.execute(insert(alert_message).values(values))

    def next(self, channel: str, installation: str, *, but: Collection[str] = ()) -> Unsent | None:
        """The oldest message that this channel has not taken; but: ids of those that it took a moment ago."""
        those = (_UNSENT, alert_message.c.channel == channel, alert_message.c.id.not_in(sorted(but)))
        unsent = select(alert_message).where(*those)
        row = self.connection.execute(unsent.order_by(alert_message.c.at, alert_message.c.id).limit(1)).first()
        if row is None:
            return None
        entries = tuple(AlertEntry.read(entry) for entry in orjson.loads(row.entries))
        return Unsent(Message(row.id, row.at, installation, entries), row.attempts, row.retry_at)

    def sent(self, id_: str, channel: str, at: datetime, shortfall: tuple[str, str] | None = None) -> bool:
        """Note that a channel has taken a message; shortfall: what went wrong beside it, and what mends that.

        Returns whether the message is here.
        """
        error, mend = shortfall or (None, None)
        values = {"sent_at": at, "retry_at": None, "error": error and scrub(error), "mend": mend}
        return self.connection.execute(update(alert_message).where(*_named(id_, channel)).values(values)).rowcount > 0

    def failed(self, id_: str, channel: str, error: str, mend: str, retry_at: datetime) -> None:
        """Note that a channel has not taken a message, and when it is tried again."""
        attempts = alert_message.c.attempts + 1
        values = {"attempts": attempts, "retry_at": retry_at, "error": scrub(error), "mend": mend}
        self.connection.execute(update(alert_message).where(*_named(id_, channel)).values(values))

    def give_up(self, id_: str, channel: str, at: datetime, error: str, mend: str) -> bool:
        """Drop a message, and note for a while that it was; returns whether the message was here."""
        if not self.connection.execute(delete(alert_message).where(*_named(id_, channel))).rowcount:
            return False
        before = next((each for each in self.dropped(at) if each.channel == channel), None)
        number, since = (before.number + 1, before.since) if before else (1, at)
        kept = {"number": number, "since": since, "at": at, "error": scrub(error), "mend": mend}
        Notes(self.connection).keep(DROPPED.of(channel), kept)
        return True

    def dropped(self, now: datetime) -> list[Dropped]:
        """What was dropped lately, by channel."""
        all_ = [_dropped(channel, kept) for channel, kept in Notes(self.connection).read_all(DROPPED).items()]
        return [each for each in all_ if now - each.at < LATELY]

    def at_once(self) -> None:
        """Try everything again now: the process has just started, and what was wrong may be mended."""
        self.connection.execute(update(alert_message).where(_UNSENT).values(retry_at=None))

    def drop_all_but(self, channels: Collection[str]) -> int:
        """Drop the messages to channels that there are no more; returns how many."""
        gone = delete(alert_message).where(_UNSENT, alert_message.c.channel.not_in(sorted(channels)))
        return self.connection.execute(gone).rowcount

    def unheard(self, attempts: int = 1) -> list[Waiting]:
        """The channels that failed at least so many times in a row, or did not take the last message wholly."""
        column = alert_message.c
        unsent = select(
            column.channel, func.count().label("number"), func.min(column.at).label("since"), func.max(column.attempts)
        ).where(_UNSENT)
        waiting = [
            Waiting(row.channel, row.number, row.since, *self._error(row.channel))
            for row in self.connection.execute(unsent.group_by(column.channel))
            if row[3] >= attempts
        ]
        concerned = {one.channel for one in waiting}
        newest = select(column.channel, func.max(column.sent_at)).where(column.sent_at.is_not(None))
        for channel, sent_at in self.connection.execute(newest.group_by(column.channel)).all():
            at = (column.channel == channel, column.sent_at == sent_at, column.error.is_not(None))
            row = self.connection.execute(select(alert_message).where(*at).limit(1)).first()
            if row is not None and channel not in concerned:
                waiting.append(Waiting(channel, 0, row.sent_at, row.error, row.mend or ""))
        return waiting

    def _error(self, channel: str) -> tuple[str, str]:
        column = alert_message.c
        failed = select(column.error, column.mend).where(_UNSENT, column.channel == channel, column.error.is_not(None))
        row = self.connection.execute(failed.order_by(column.at).limit(1)).first()
        return (row.error, row.mend or "") if row else ("", "")


def _dropped(channel: str, kept: Mapping[str, Any]) -> Dropped:
    since, at = (datetime.fromisoformat(kept[name]) for name in ("since", "at"))
    return Dropped(channel, kept["number"], since, at, kept["error"], kept["mend"])


def _named(id_: str, channel: str) -> tuple[Any, Any]:
    return alert_message.c.id == id_, alert_message.c.channel == channel


def _alert(row: Row[Any]) -> Alert:
    where = tuple(orjson.loads(row.places))
    matter = Matter(row.key, row.kind, row.grade, where, row.what, row.mend, row.look, row.since, row.number)
    return Alert(matter, row.first_at, row.told_at, row.told_grade, row.times, row.gone_at, row.over_at)


def _values(key: str, kept: Alert) -> dict[str, Any]:
    matter = kept.matter
    return {
        "key": key,
        "kind": matter.kind,
        "grade": matter.grade,
        "places": scrub(orjson.dumps(list(matter.where)).decode()),
        "what": scrub(matter.what),
        "mend": scrub(matter.mend),
        "look": matter.look,
        "number": matter.number,
        "since": matter.since,
        "first_at": kept.first_at,
        "told_at": kept.told_at,
        "told_grade": kept.told_grade,
        "times": kept.times,
        "gone_at": kept.gone_at,
        "over_at": kept.over_at,
    }
