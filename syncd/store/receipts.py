"""Statements on receipts: what was sent off, what was answered, and when a refused wish is tried again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, delete, update

from syncd.store import records
from syncd.store.database import Database, among, chunks
from syncd.store.golden import wish
from syncd.store.references import as_ref
from syncd.store.wishes import PENDING, Pending
from syncd.tables import WishRow

# How long a wish rests after its n-th refusal; the last value repeats.
_RESTS = {
    "retry": [timedelta(minutes=m) for m in (1, 5, 15, 60)],
    "refused": [timedelta(hours=h) for h in (1, 6, 24)],
    "gone": [timedelta(days=3650)],  # a person deleted the record: syncd never makes it again
    "uncertain": [timedelta(0), timedelta(minutes=5)],
}


@dataclass(frozen=True)
class Settlement:
    """What became of one pending wish: the fields now acknowledged, or why not."""

    wish: Pending
    remote_id: str | None
    error: tuple[str, str, str] | None = None  # kind, code, message
    touched: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()


def send_off(connection: Connection, sending: Sequence[Pending]) -> None:
    """Note, before anything is sent, that these creations are under way: whoever finds the note looks the keys up."""
    for these in _rows_of(sending):
        connection.execute(update(wish).where(these).values(uncertain=True))


def _rows_of(some: Iterable[Pending]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together hold for the rows of these wishes."""
    by_object: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in some:
        by_object[one.system, one.object].append(one.key)
    for (system, object_), keys in by_object.items():
        for part in chunks(keys):
            yield and_(wish.c.system == system, wish.c.object == object_, among(wish.c.key, part))


def settle(database: Database, connection: Connection, settled: Sequence[Settlement], now: datetime) -> None:
    """Write down the remote system's answers; refusals stand in quarantine too, until they are mended."""
    refused = [one for one in settled if one.error is not None and one.error[0] != "withdrawn"]
    database.update(connection, WishRow, [_accepted(one, now) for one in settled if one.error is None])
    database.update(connection, WishRow, [_refused(one, now) for one in refused])
    for these in _rows_of(one.wish for one in settled if one.error and one.error[0] == "withdrawn"):
        connection.execute(delete(wish).where(these))
    mended = [_quarantined(one) for one in settled if one.error is None or one.error[0] == "withdrawn"]
    records.release(connection, mended, "push")
    faults = {
        _quarantined(one): f"{one.error[1]}: {one.error[2]}" for one in settled if one.error and one.error[0] in _KEPT
    }
    if faults:
        records.quarantine_rows(database, connection, "push", faults)


_KEPT = ("refused", "gone")  # kinds of error that a person must see; the others pass


def _quarantined(one: Settlement) -> tuple[str, str, str]:
    return one.wish.system, f"wish:{one.wish.object}", one.wish.key


def _accepted(one: Settlement, now: datetime) -> dict[str, Any]:
    """What we sent stands: it becomes the yardstick by which a person's touch shows, until it is read back."""
    written = {name: value for name, value in one.wish.changes.items() if name not in one.touched}
    yardstick = {name: written[name] for name in one.guarded if name in written and as_ref(written[name]) is None}
    return {
        **_key(one),
        "sent": orjson.dumps({**one.wish.sent, **written}).decode(),
        "sent_digest": one.wish.wanted_digest,
        "acknowledged": orjson.dumps({**one.wish.acknowledged, **yardstick}).decode(),
        "touched": orjson.dumps(sorted({*one.wish.touched, *one.touched})).decode(),
        "unread": True,
        "remote_id": one.remote_id,
        "uncertain": False,
        "attempts": 0,
        "retry_at": None,
        "error_code": None,
        "error": None,
        "sent_at": now,
    }


def _refused(one: Settlement, now: datetime) -> dict[str, Any]:
    kind, code, message = one.error or ("retry", "", "")
    rests = _RESTS[kind]
    return {
        **_key(one),
        "attempts": one.wish.attempts + 1,
        "retry_at": now + rests[min(one.wish.attempts, len(rests) - 1)],
        "uncertain": kind == "uncertain",
        "error_code": "gone" if kind == "gone" else code,
        "error": message,
    }


def _key(one: Settlement) -> dict[str, Any]:
    return {"system": one.wish.system, "object": one.wish.object, "key": one.wish.key}


def retry_refused(connection: Connection, system: str | None = None, key: str | None = None) -> int:
    """Let refused wishes be pushed again at once."""
    statement = update(wish).where(PENDING, wish.c.retry_at.is_not(None)).values(retry_at=None)
    if system is not None:
        statement = statement.where(wish.c.system == system)
    if key is not None:
        statement = statement.where(wish.c.key == key)
    return int(connection.execute(statement).rowcount)
