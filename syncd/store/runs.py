"""Runs: one row a run of a verb or of a whole cycle, with what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from connectors.scrubber import scrub
from syncd.model.runs import RunOutcome
from syncd.tables.core import run


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs, of which one at most is open."""

    connection: Connection

    def start(self, verb: str) -> int:
        """Open a run and return its number; runs that a kill left open are closed."""
        now = datetime.now(UTC)
        broken_off = {
            "finished_at": now,
            "outcome": RunOutcome.BROKEN_OFF.value,
            "error": "the process ended before the run did",
        }
        self.connection.execute(update(run).where(run.c.finished_at.is_(None)).values(broken_off))
        key = self.connection.execute(insert(run).values(verb=verb, started_at=now)).inserted_primary_key
        return int(key[0]) if key else 0

    def finish(self, number: int, outcome: RunOutcome, counts: Mapping[str, Any], error: str | None = None) -> None:
        """Close a run with what it did."""
        text = scrub(orjson.dumps(counts).decode())
        values = {
            "finished_at": datetime.now(UTC),
            "outcome": outcome.value,
            "counts": text,
            "error": error and scrub(error),
        }
        self.connection.execute(update(run).where(run.c.id == number).values(values))

    def last(self, limit: int = 10) -> list[dict[str, Any]]:
        """The latest runs, newest first."""
        return [
            {**row._mapping, "counts": orjson.loads(row.counts)}
            for row in self.connection.execute(select(run).order_by(run.c.id.desc()).limit(limit))
        ]
