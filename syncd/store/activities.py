"""Statements on what contacts did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, select

from syncd.store.database import Database, among, chunks
from syncd.store.golden import activity, contact
from syncd.store.records import Ref, Stored, by_stream, drop
from syncd.tables import ActivityRow


def replace(
    database: Database, connection: Connection, records: Sequence[Stored], rows: Sequence[Mapping[str, Any]]
) -> set[str]:
    """Put activities in place of those that the records had before; returns the accounts of these."""
    homes: set[str] = set()
    for (system, stream), ids in by_stream((one.system, one.stream, one.remote_id) for one in records).items():
        for part in chunks(ids):
            before = and_(activity.c.system == system, activity.c.stream == stream, among(activity.c.remote_id, part))
            theirs = (
                select(contact.c.account_id)
                .join(activity, activity.c.contact_id == contact.c.id)
                .where(before, contact.c.account_id.is_not(None))
                .distinct()
            )
            homes.update(connection.execute(theirs).scalars())
            connection.execute(delete(activity).where(before))
    database.insert(connection, ActivityRow, rows)
    return homes


def of(connection: Connection, contact_ids: Sequence[str]) -> list[Ref]:
    """The records of what these contacts did."""
    return [
        f"{row.system}.{row.stream}/{row.remote_id}"
        for part in chunks(contact_ids)
        for row in connection.execute(
            select(activity.c.system, activity.c.stream, activity.c.remote_id).where(among(activity.c.contact_id, part))
        )
    ]


def forget(connection: Connection, contact_id: str, system: str) -> None:
    """Delete what one system told of a contact's activities, with the raw records that are about nobody else."""
    theirs = and_(activity.c.contact_id == contact_id, activity.c.system == system)
    sources = connection.execute(select(activity.c.stream, activity.c.remote_id).where(theirs)).all()
    connection.execute(delete(activity).where(theirs))
    for stream, remote_id in sources:
        others = and_(activity.c.system == system, activity.c.stream == stream, activity.c.remote_id == remote_id)
        if connection.execute(select(activity.c.id).where(others).limit(1)).first() is None:
            drop(connection, [f"{system}.{stream}/{remote_id}"])
