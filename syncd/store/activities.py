"""Activities: what contacts did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select

from syncd.model.references import RemoteRef
from syncd.store.conditions import is_named, named, ref_of
from syncd.store.records import Records
from syncd.store.statements import among, chunks, insert
from syncd.tables import ActivityRow
from syncd.tables.core import activity, contact

_REF = (activity.c.system, activity.c.stream, activity.c.remote_id)


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

    def last_heard(self, contact_ids: Sequence[str]) -> dict[str, datetime]:
        """When each of these contacts last did something, or something was done towards them."""
        latest = select(activity.c.contact_id, func.max(activity.c.at)).group_by(activity.c.contact_id)
        return {
            contact_id: at
            for part in chunks(contact_ids)
            for contact_id, at in self.connection.execute(latest.where(among(activity.c.contact_id, part)))
        }

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
