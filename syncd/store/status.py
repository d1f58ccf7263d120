"""What stands in the store at a glance: freshness per stream, pending wishes, quarantine, standings, the last run."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text

from syncd.store import Store, groups, house, records, wishes
from syncd.tables import AccountRow, ActivityRow, ContactRow, OpportunityRow

_COUNTED = {"accounts": AccountRow, "contacts": ContactRow, "activities": ActivityRow, "opportunities": OpportunityRow}


def read_status(store: Store, now: datetime, today: date | None = None) -> dict[str, Any]:
    """Plain JSON values; ages in seconds."""
    with store.database.reading() as connection:
        cursor, seen = records.cursor, records.source_record
        per_stream = {
            (system, stream): number
            for system, stream, number in connection.execute(
                select(seen.c.system, seen.c.stream, func.count()).group_by(seen.c.system, seen.c.stream)
            )
        }
        streams = [
            {
                "system": row.system,
                "stream": row.stream,
                "records": per_stream.get((row.system, row.stream), 0),
                "complete_at": row.complete_at.isoformat() if row.complete_at else None,
                "full_at": row.full_at.isoformat() if row.full_at else None,
                "age_seconds": (now - row.complete_at).total_seconds() if row.complete_at else None,
            }
            for row in connection.execute(select(cursor).order_by(cursor.c.system, cursor.c.stream))
        ]
        quarantine = records.quarantine
        by_step = connection.execute(select(quarantine.c.step, func.count()).group_by(quarantine.c.step))
        pending = wishes.count_pending(connection, "salesforce")
        runs = house.last_runs(connection, 5)
        return {
            "streams": streams,
            "rows": house.count_rows(connection, _COUNTED),
            "standings": groups.count_standings(connection),
            "stale": groups.count_stale(connection, today or now.date()),
            "pending": pending,
            "quarantined": {row[0]: row[1] for row in by_step},
            "unmatched": connection.scalar(select(func.count()).select_from(seen).where(text("unmatched"))),
            "runs": [_plain(one) for one in runs],
            "paused": house.read_note(connection, "paused") == "yes",
        }


def _plain(run: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in run.items()}
