"""Snapshots: the audit's counts, one a day; the first of a day stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from syncd.model.snapshots import Snapshot
from syncd.store.statements import OnConflict, upsert
from syncd.tables import SnapshotRow
from syncd.tables.core import agreement_version, snapshot

_ONCE = OnConflict(keep=tuple(column.name for column in snapshot.columns))


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The counts of every day."""

    connection: Connection

    def add(self, taken: Snapshot) -> None:
        """Keep a day's counts; where the day has some already, these stay."""
        row = {"day": taken.day, "agreement": taken.agreement, "terms": taken.terms, "counts": _json(taken.counts)}
        row["before"] = None if taken.before is None else _json(taken.before)
        upsert(self.connection, SnapshotRow, [row], _ONCE)

    def last(self) -> Snapshot | None:
        """The latest one."""
        row = self.connection.execute(select(snapshot).order_by(snapshot.c.day.desc()).limit(1)).first()
        return None if row is None else _snapshot(row)

    def stream(self, since: date | None = None) -> Iterator[Snapshot]:
        """Those from that day on, the oldest first."""
        statement = select(snapshot).order_by(snapshot.c.day)
        for row in self.connection.execute(statement.where(snapshot.c.day >= since) if since else statement):
            yield _snapshot(row)

    def agreement_of(self, terms: str) -> str | None:
        """The text of an agreement with these terms that was in force once; None where no such one is kept."""
        bodies = select(agreement_version.c.body).where(agreement_version.c.terms == terms)
        return self.connection.scalar(bodies.order_by(agreement_version.c.first_used_at.desc()).limit(1))


def _snapshot(row: Any) -> Snapshot:
    before = None if row.before is None else orjson.loads(row.before)
    return Snapshot(row.day, row.agreement, row.terms, orjson.loads(row.counts), before)


def _json(counts: Mapping[str, int]) -> str:
    return orjson.dumps(dict(counts)).decode()
