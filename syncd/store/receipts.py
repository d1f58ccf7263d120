"""Receipts: what was sent off, what was answered, and when a refused wish is tried again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, delete, false, select, true, update

from connectors.base import WriteError, WriteKind
from syncd.model.references import Ref, RemoteRef
from syncd.store import statements
from syncd.store.fields import Fields, as_json, digest, read_fields
from syncd.store.quarantine import Quarantine
from syncd.store.statements import among, chunks
from syncd.store.wishes import PendingWish, quarantined_as
from syncd.tables import WishRow
from syncd.tables.core import wish
from syncd.tables.meaning import PENDING

# How long a wish rests after its n-th refusal; the last value repeats.
_RESTS: dict[WriteKind, list[timedelta]] = {
    "retry": [timedelta(minutes=m) for m in (1, 5, 15, 60)],
    "refused": [timedelta(hours=h) for h in (1, 6, 24)],
    "gone": [timedelta(days=3650)],  # a person deleted the record: syncd never makes it again
    "uncertain": [timedelta(0), timedelta(minutes=5)],
}
_FOR_A_PERSON = ("refused", "gone")  # kinds of error that a person must see; the others pass


@dataclass(frozen=True)
class Settlement:
    """What became of one pending wish: the fields now acknowledged, or why not.

    withdrawn: its creation was in doubt, it did not come to stand, and nobody wants it any more. left_out: the fields
    that were not sent and stay wanted; late: those of them with which a new record starts.
    """

    wish: PendingWish
    remote_id: str | None
    error: WriteError | None = None
    touched: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    withdrawn: bool = False
    left_out: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


class Once(NamedTuple):
    """What was written once and for all: the wish's object and key, its record, and what is held to stand there."""

    object: str
    key: str
    remote_id: str
    sent: Fields


@dataclass(frozen=True, slots=True)
class Receipts:
    """What the remote systems said to wishes."""

    connection: Connection

    def send_off(self, sending: Iterable[PendingWish]) -> None:
        """Note, before anything is sent, that these creations are under way: whoever finds the note looks them up."""
        for rows in _rows_of(sending):
            self.connection.execute(update(wish).where(rows).values(uncertain=True))

    def put_off(self, wishes: Iterable[PendingWish], until: datetime) -> None:
        """Let these wishes rest until then: nothing was sent, and nobody refused anything."""
        for rows in _rows_of(wishes):
            self.connection.execute(update(wish).where(rows).values(retry_at=until))

    def bring_forward(self, by: timedelta) -> None:
        """Let refused wishes rest no longer because the clock was set back. What waits for an hour of the day waits."""
        resting = (PENDING, wish.c.error.is_not(None), wish.c.retry_at.is_not(None))
        stamps = self.connection.scalars(select(wish.c.retry_at).where(*resting).distinct()).all()
        for stamp in sorted(stamps):
            moved = update(wish).where(*resting, wish.c.retry_at == stamp)
            self.connection.execute(moved.values(retry_at=stamp - by))

    def settle(self, settlements: Sequence[Settlement], now: datetime) -> None:
        """Write down the remote system's answers; refusals stand in quarantine too, until they are mended."""
        answered = [one for one in settlements if not one.withdrawn]
        accepted = [_accepted(one, now) for one in answered if one.error is None]
        refused = [_refused(one, one.error, now) for one in answered if one.error is not None]
        statements.update(self.connection, WishRow, accepted)
        statements.update(self.connection, WishRow, refused)
        for rows in _rows_of(one.wish for one in settlements if one.withdrawn):
            self.connection.execute(delete(wish).where(rows))
        mended = [_quarantined(one) for one in settlements if one.withdrawn or one.error is None]
        Quarantine(self.connection).release(mended, "push")
        faults = {
            _quarantined(settlement): f"{settlement.error.code}: {settlement.error.message}"
            for settlement in answered
            if settlement.error is not None and settlement.error.kind in _FOR_A_PERSON
        }
        Quarantine(self.connection).keep("push", faults)

    def written_once(self, system: str, object_: str, remote_ids: Sequence[str]) -> list[Once]:
        """Those of these records that were written once, are settled, and were never found half written."""
        columns = (wish.c.object, wish.c.key, wish.c.remote_id, wish.c.sent)
        these = (wish.c.system, system), (wish.c.object, object_)
        settled = (wish.c.once == true(), wish.c.healed == false(), wish.c.sent_digest == wish.c.wanted_digest)
        return [
            Once(row.object, row.key, row.remote_id, read_fields(row.sent))
            for part in chunks(remote_ids)
            for row in self.connection.execute(select(*columns).where(among(wish.c.remote_id, part, *these), *settled))
        ]

    def reopen(self, system: str, halves: Iterable[tuple[Once, Collection[str]]]) -> None:
        """Want again, once, what does not stand in these records: the fields named of each."""
        for half, lacking in halves:
            sent = {name: value for name, value in half.sent.items() if name not in lacking}
            this = (wish.c.system == system, wish.c.object == half.object, wish.c.key == half.key)
            again = {"sent": as_json(sent), "sent_digest": digest(sent), "healed": True, "retry_at": None}
            self.connection.execute(update(wish).where(*this).values(again))

    def retry(self, system: str | None = None, key: str | None = None) -> int:
        """Let refused wishes be pushed again at once; returns how many. What a person deleted is no refusal."""
        refused = (wish.c.error.is_not(None), wish.c.error_code.is_distinct_from("gone"))
        waits = (PENDING, wish.c.retry_at.is_not(None), *refused)
        statement = update(wish).where(*waits).values(retry_at=None)
        if system is not None:
            statement = statement.where(wish.c.system == system)
        if key is not None:
            statement = statement.where(wish.c.key == key)
        return int(self.connection.execute(statement).rowcount)


def _rows_of(wishes: Iterable[PendingWish]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together hold for the rows of these wishes."""
    by_object: dict[tuple[str, str], list[str]] = defaultdict(list)
    for pending in wishes:
        by_object[pending.system, pending.object].append(pending.key)
    for (system, object_), keys in by_object.items():
        for part in chunks(keys):
            yield among(wish.c.key, part, (wish.c.system, system), (wish.c.object, object_))


def _quarantined(settlement: Settlement) -> RemoteRef:
    return quarantined_as(settlement.wish.system, settlement.wish.object, settlement.wish.key)


def _accepted(settlement: Settlement, now: datetime) -> dict[str, Any]:
    """What we sent stands: it becomes the yardstick by which a person's touch shows, until it is read back."""
    pending = settlement.wish
    unsent = {*settlement.touched, *settlement.left_out}
    written = {name: value for name, value in pending.changes.items() if name not in unsent}
    sent = {**pending.sent, **written}
    yardstick = {
        name: written[name] for name in settlement.guarded if name in written and not isinstance(written[name], Ref)
    }
    return {
        **_key(pending),
        "sent": as_json(sent),
        "sent_digest": digest(sent) if settlement.left_out else pending.wanted_digest,
        "acknowledged": orjson.dumps({**pending.acknowledged, **yardstick}).decode(),
        "touched": orjson.dumps(sorted({*pending.touched, *settlement.touched})).decode(),
        "late": as_json({name: pending.wanted[name] for name in settlement.late}),
        "unread": True,
        "remote_id": settlement.remote_id,
        "uncertain": False,
        "attempts": 0,
        "retry_at": None,
        "error_code": None,
        "error": None,
        "sent_at": now,
    }


def _refused(settlement: Settlement, error: WriteError, now: datetime) -> dict[str, Any]:
    attempts, rests = settlement.wish.attempts, _RESTS[error.kind]
    return {
        **_key(settlement.wish),
        "attempts": attempts + 1,
        "retry_at": now + rests[min(attempts, len(rests) - 1)],
        "uncertain": error.kind == "uncertain",
        "error_code": "gone" if error.kind == "gone" else error.code,
        "error": error.message,
    }


def _key(pending: PendingWish) -> dict[str, Any]:
    return {"system": pending.system, "object": pending.object, "key": pending.key}
