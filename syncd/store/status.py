"""What stands in the store at a glance: freshness per stream, pending wishes, quarantine, standings, the last run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text

from syncd.store import Store, groups, house, records, wishes
from syncd.tables import AccountRow, ActivityRow, ContactRow, OpportunityRow

Stream = tuple[str, str]  # system, stream

_COUNTED = {"accounts": AccountRow, "contacts": ContactRow, "activities": ActivityRow, "opportunities": OpportunityRow}


def read_status(
    store: Store, now: datetime, today: date | None = None, *, known: Iterable[Stream] = ()
) -> dict[str, Any]:
    """Plain JSON values; ages in seconds. known: streams that are told of even when nothing of them was read yet."""
    with store.database.reading() as connection:
        cursor, seen = records.cursor, records.source_record
        per_stream = {
            (system, stream): number
            for system, stream, number in connection.execute(
                select(seen.c.system, seen.c.stream, func.count()).group_by(seen.c.system, seen.c.stream)
            )
        }
        read = {(row.system, row.stream): row for row in connection.execute(select(cursor))}
        streams = [
            _stream(name, per_stream.get(name, 0), read.get(name), now) for name in sorted({*per_stream, *read, *known})
        ]
        runs = house.last_runs(connection, 5)
        return {
            "streams": streams,
            "rows": house.count_rows(connection, _COUNTED),
            "standings": groups.count_standings(connection),
            "stale": groups.count_stale(connection, today or now.date()),
            "pending": wishes.count_all_pending(connection),
            "quarantined": records.count_quarantined(connection),
            "unmatched": connection.scalar(select(func.count()).select_from(seen).where(text("unmatched"))),
            "runs": [_plain(one) for one in runs],
            "paused": house.read_note(connection, "paused") == "yes",
        }


def _stream(name: Stream, number: int, read: Any | None, now: datetime) -> dict[str, Any]:
    """How fresh one stream is; without an age it was never read to its end."""
    complete, full = (read.complete_at, read.full_at) if read else (None, None)
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
