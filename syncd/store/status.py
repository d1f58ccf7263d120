"""What stands in the store at a glance: freshness per stream, pending wishes, quarantine, standings, the last run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, TextClause, func, select, text

from syncd.store import Store
from syncd.store.notes import NOT_OURS
from syncd.store.runs import state_of
from syncd.tables.core import account, activity, contact, cursor, opportunity, source_record

Stream = tuple[str, str]  # system, stream

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
            "stale": unit.groups.count_stale(today or now.date()),
            "pending": unit.wishes.count_pending(),
            "quarantined": unit.quarantine.count(),
            "unmatched": _count(unit.connection, source_record, text("unmatched")),
            "runs": [_plain(run) for run in runs],
            "first_plan": "due" if unit.first_plan.is_due() else "applied",
            "passed_over": {name.removeprefix(NOT_OURS): unit.notes.read(name) for name in unit.notes.names(NOT_OURS)},
            "paused": unit.notes.read("paused") == "yes",
        }


def read_runs(store: Store, limit: int) -> list[dict[str, Any]]:
    """The latest runs, newest first, each with the state that it is in now.

    Of one that nobody has closed it is looked whether anybody works on the store; there is one such at most.
    """
    with store.reading() as unit:
        rows = unit.runs.last(limit)
    if not any(_is_open(row) for row in rows):
        return [row | {"state": state_of(row, datetime.now(UTC), held=False)} for row in rows]
    held = store.is_held()
    with store.reading() as unit:  # anew: it may have ended between the two looks
        rows = unit.runs.last(limit)
    return [row | {"state": state_of(row, datetime.now(UTC), held=held)} for row in rows]


def _is_open(row: dict[str, Any]) -> bool:
    return row["outcome"] is None and row["started_at"] is not None


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


def _plain(run: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in run.items()}
