"""Quarantine: records that could not be read or written, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, select, tuple_

from syncd.model.references import RemoteRef
from syncd.store.conditions import named, ref_of
from syncd.store.statements import OnConflict, upsert
from syncd.tables import Quarantine as QuarantineRow
from syncd.tables.core import quarantine


class Chosen(NamedTuple):
    """Which records of quarantine: what is left out narrows nothing. reasons: as they are kept, word by word."""

    system: str | None = None
    stream: str | None = None
    step: str | None = None
    reasons: Collection[str] | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What holds for their rows."""
        named_ = (
            (quarantine.c.system, self.system),
            (quarantine.c.stream, self.stream),
            (quarantine.c.step, self.step),
        )
        reasons = [] if self.reasons is None else [quarantine.c.reason.in_(self.reasons)]
        return [*(column == value for column, value in named_ if value is not None), *reasons]


class SetAside(NamedTuple):
    """Records that were set aside for one reason. since: when the first of them was."""

    system: str
    stream: str
    step: str
    reason: str
    number: int
    since: datetime | None


_ORDER = (quarantine.c.system, quarantine.c.stream, quarantine.c.remote_id, quarantine.c.step)
_FIRST_SIGHT = OnConflict(keep=("since",))


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The faults by record; a wish stands in it as `system.wish:object/key`."""

    connection: Connection

    def all(self) -> list[dict[str, Any]]:
        """Every record that could not be read or written, with the reason."""
        return self.some(Chosen())

    def some(
        self, chosen: Chosen, limit: int | None = None, after: tuple[str, ...] | None = None
    ) -> list[dict[str, Any]]:
        """Those that are chosen, by system, stream, record and step. after: the last of the part before this one."""
        beyond = [tuple_(*_ORDER) > after] if after else []
        statement = select(quarantine).where(*chosen.conditions, *beyond).order_by(*_ORDER).limit(limit)
        return [dict(row._mapping) for row in self.connection.execute(statement)]

    def why(self, chosen: Chosen) -> list[SetAside]:
        """Why these were set aside, and how many of them for each reason."""
        by = (quarantine.c.system, quarantine.c.stream, quarantine.c.step, quarantine.c.reason)
        statement = select(*by, func.count(), func.min(quarantine.c.since)).where(*chosen.conditions).group_by(*by)
        return [SetAside(*row) for row in self.connection.execute(statement.order_by(*by))]

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
