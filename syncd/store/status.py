"""What stands in the store at a glance: freshness per stream, pending wishes, quarantine, standings, the last run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, TextClause, and_, case, func, not_, or_, select, text, true

from connectors.base import NOT_TRIED
from syncd.store import Store
from syncd.store.at_work import plain, read_runs
from syncd.store.notes import NOT_OURS, PAUSED
from syncd.tables.core import account, activity, contact, cursor, opportunity, source_record, wish
from syncd.tables.meaning import PENDING

Stream = tuple[str, str]  # system, stream

LATELY = timedelta(days=7)
NOTIFICATIONS = ("by_day", "waiting", "sent", "unanswered", "refused")
_COUNTED = {"accounts": account, "contacts": contact, "activities": activity, "opportunities": opportunity}


def read_status(
    store: Store, now: datetime, today: date | None = None, *, known: Iterable[Stream] = ()
) -> dict[str, Any]:
    """Plain JSON values; ages in seconds. known: streams that are told of even when nothing of them was read yet."""
    runs = read_runs(store, 5)
    with store.reading() as unit:
        return {
            "streams": _streams(unit.connection, now, known),
            "rows": {name: _count(unit.connection, table) for name, table in _COUNTED.items()},
            "standings": unit.judgements.count_standings(),
            "alerts": unit.judgements.count_alerts(),
            "left_out": unit.judgements.count_left_out()._asdict(),
            "stale": unit.groups.count_stale(today or now.date()),
            "pending": unit.wishes.count_pending(),
            "notifications": count_notifications(unit.connection, now),
            "quarantined": unit.quarantine.count(),
            "unmatched": _count(unit.connection, source_record, text("unmatched")),
            "runs": [plain(run) for run in runs],
            "first_plan": "due" if unit.first_plan.is_due() else "applied",
            "passed_over": unit.notes.read_all(NOT_OURS),
            "paused": unit.notes.says(PAUSED),
        }


def count_notifications(connection: Connection, now: datetime) -> dict[str, int]:
    """How many notifications wait for their rep's day, for their system to take them, were refused, stayed without an
    answer, and were taken within the last week: whether a device rang, no system tells."""
    hour = and_(wish.c.retry_at.is_not(None), wish.c.retry_at > now)
    untried = or_(wish.c.error.is_(None), wish.c.error_code == NOT_TRIED)
    end = case(
        (wish.c.sent_digest == wish.c.wanted_digest, "sent"),
        (wish.c.uncertain == true(), "unanswered"),
        (not_(untried), "refused"),
        (and_(wish.c.error.is_(None), hour), "by_day"),
        else_="waiting",
    )
    lately = or_(PENDING, wish.c.sent_at >= now - LATELY)
    statement = select(end.label("ended"), func.count()).where(wish.c.object == "notification", lately)
    numbers = {row[0]: row[1] for row in connection.execute(statement.group_by("ended"))}
    return {name: numbers.get(name, 0) for name in NOTIFICATIONS}


def _streams(connection: Connection, now: datetime, known: Iterable[Stream]) -> list[dict[str, Any]]:
    """How fresh each stream is, and how many records it has."""
    names = (source_record.c.system, source_record.c.stream)
    counted = connection.execute(select(*names, func.count()).group_by(*names))
    numbers = {(system, stream): number for system, stream, number in counted}
    bookmarks = {(row.system, row.stream): row for row in connection.execute(select(cursor))}
    everything = sorted({*numbers, *bookmarks, *known})
    return [_stream(name, numbers.get(name, 0), bookmarks.get(name), now) for name in everything]


def _count(connection: Connection, table: Table, *conditions: TextClause) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def _stream(name: Stream, number: int, bookmark: Row[Any] | None, now: datetime) -> dict[str, Any]:
    """How fresh one stream is; without an age it was never read to its end."""
    complete, full = (bookmark.complete_at, bookmark.full_at) if bookmark else (None, None)
    return {
        "system": name[0],
        "stream": name[1],
        "records": number,
        "complete_at": complete.isoformat() if complete else None,
        "full_at": full.isoformat() if full else None,
        "age_seconds": (now - complete).total_seconds() if complete else None,
    }
