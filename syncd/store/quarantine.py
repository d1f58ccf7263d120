"""Quarantine: records that could not be read or written, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from syncd.model.references import RemoteRef
from syncd.store.conditions import named, ref_of
from syncd.store.statements import OnConflict, upsert
from syncd.tables import Quarantine as QuarantineRow
from syncd.tables.core import quarantine

_FIRST_SIGHT = OnConflict(keep=("since",))


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The faults by record; a wish stands in it as `system.wish:object/key`."""

    connection: Connection

    def all(self) -> list[dict[str, Any]]:
        """Every record that could not be read or written, with the reason."""
        order = (quarantine.c.system, quarantine.c.stream, quarantine.c.remote_id, quarantine.c.step)
        return [dict(row._mapping) for row in self.connection.execute(select(quarantine).order_by(*order))]

    def count(self) -> dict[str, int]:
        """How many records are set aside, by the step that could not go on with them."""
        step = quarantine.c.step
        statement = select(step, func.count()).group_by(step).order_by(step)
        return {row[0]: row[1] for row in self.connection.execute(statement)}

    def reasons(self, since: datetime, *steps: str) -> list[tuple[str, str, int]]:
        """Why records were set aside by these steps (by any) since then: `system.stream`, reason, how many."""
        at = (quarantine.c.system + "." + quarantine.c.stream, quarantine.c.reason)
        those = select(*at, func.count()).where(quarantine.c.since >= since)
        if steps:
            those = those.where(quarantine.c.step.in_(steps))
        return [(row[0], row[1], row[2]) for row in self.connection.execute(those.group_by(*at))]

    def keep(self, step: str, faults: Mapping[RemoteRef, str]) -> None:
        """Keep each fault's reason beside its record, whatever other steps have against it.

        The first sighting's date stays.
        """
        attempts = {
            ref_of(row): row.attempts
            for these in named(quarantine, faults)
            for row in self.connection.execute(select(quarantine).where(these, quarantine.c.step == step))
        }
        rows = [
            {
                "system": ref.system,
                "stream": ref.stream,
                "remote_id": ref.id,
                "step": step,
                "reason": reason,
                "since": datetime.now(UTC),
                "attempts": attempts.get(ref, 0) + 1,
            }
            for ref, reason in faults.items()
        ]
        upsert(self.connection, QuarantineRow, rows, _FIRST_SIGHT)

    def at(self, step: str) -> list[RemoteRef]:
        """The records that this step could not go on with."""
        return [ref_of(row) for row in self.connection.execute(select(quarantine).where(quarantine.c.step == step))]

    def release(self, refs: Iterable[RemoteRef], *steps: str) -> None:
        """Take records out of quarantine that these steps could work on now."""
        for these in named(quarantine, refs):
            self.connection.execute(delete(quarantine).where(these, quarantine.c.step.in_(steps)))
