"""Activities: what contacts did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, or_, select, true

from syncd.model.references import RemoteRef
from syncd.store.conditions import is_named, named, ref_of
from syncd.store.records import Records
from syncd.store.statements import among, chunks, insert
from syncd.tables import ActivityRow
from syncd.tables.core import activity, contact

_REF = (activity.c.system, activity.c.stream, activity.c.remote_id)


class UnreadRow(NamedTuple):
    """A record of which something is not read."""

    ref: RemoteRef
    kind: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Activities:
    """The activities of every contact."""

    connection: Connection

    def replace(self, refs: Iterable[RemoteRef], rows: Sequence[Mapping[str, Any]]) -> set[str]:
        """Put activities in place of those that the records had before; returns the accounts of these."""
        homes: set[str] = set()
        for before in named(activity, refs):
            theirs = (
                select(contact.c.account_id)
                .join(activity, activity.c.contact_id == contact.c.id)
                .where(before, contact.c.account_id.is_not(None))
                .distinct()
            )
            homes.update(self.connection.execute(theirs).scalars())
            self.connection.execute(delete(activity).where(before))
        insert(self.connection, ActivityRow, rows)
        return homes

    def of(self, contact_ids: Sequence[str]) -> list[RemoteRef]:
        """The records of what these contacts did."""
        return [
            ref_of(row)
            for part in chunks(contact_ids)
            for row in self.connection.execute(select(*_REF).where(among(activity.c.contact_id, part)))
        ]

    def origins(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Of which kind these activities are, and in which stream of which system they stand, by their ids."""
        columns = (activity.c.id, activity.c.kind, activity.c.system, activity.c.stream)
        return {
            row.id: (row.kind, f"{row.system} {row.stream}")
            for part in chunks(ids)
            for row in self.connection.execute(select(*columns).where(among(activity.c.id, part)))
        }

    def last_heard(self, contact_ids: Sequence[str]) -> dict[str, datetime]:
        """When each of these contacts last did something, or something was done towards them."""
        latest = select(activity.c.contact_id, func.max(activity.c.at)).group_by(activity.c.contact_id)
        return {
            contact_id: at
            for part in chunks(contact_ids)
            for contact_id, at in self.connection.execute(latest.where(among(activity.c.contact_id, part)))
        }

    def unread(self, kinds: Sequence[str], outcome: str, contact_ids: Sequence[str] | None = None) -> list[UnreadRow]:
        """The records of which a kind or the outcome is not read; of all contacts where none are named."""
        columns = (*_REF, activity.c.kind, activity.c.outcome)
        is_unread = or_(activity.c.kind.in_(kinds), activity.c.outcome == outcome)
        theirs = [true()] if contact_ids is None else [among(activity.c.contact_id, ids) for ids in chunks(contact_ids)]
        return [
            UnreadRow(ref_of(row), row.kind, row.outcome)
            for part in theirs
            for row in self.connection.execute(select(*columns).where(is_unread, part).distinct())
        ]

    def count_unread(self, kinds: Sequence[str], outcome: str) -> int:
        """In how many records a kind or the outcome is not read."""
        is_unread = or_(activity.c.kind.in_(kinds), activity.c.outcome == outcome)
        return self.connection.scalar(select(func.count()).select_from(activity).where(is_unread)) or 0

    def forget(self, contact_id: str, system: str) -> None:
        """Delete what one system told of a contact's activities, with the raw records that are about nobody else."""
        theirs = and_(activity.c.contact_id == contact_id, activity.c.system == system)
        refs = [ref_of(row) for row in self.connection.execute(select(*_REF).where(theirs)).all()]
        self.connection.execute(delete(activity).where(theirs))
        Records(self.connection).drop([ref for ref in refs if not self.stands(ref)])

    def stands(self, ref: RemoteRef) -> bool:
        """Whether anybody did what this record tells of."""
        return (
            self.connection.execute(select(activity.c.id).where(is_named(activity, ref)).limit(1)).first() is not None
        )
