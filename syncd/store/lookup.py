"""Statements that find records by what people call them, and the links that people make by hand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, or_, select, update

from syncd.store import records
from syncd.store.database import Database
from syncd.store.golden import account, alias, contact, identifier, link
from syncd.store.records import split
from syncd.tables import Link


def find(connection: Connection, kind: str, name: str) -> list[str]:
    """Golden ids that answer to a golden id, an alias, a remote id, an e-mail address, a domain or a name."""
    table = account if kind == "account" else contact
    if connection.scalar(select(table.c.id).where(table.c.id == name)):
        return [name]
    if renamed := connection.scalar(select(alias.c.new_id).where(alias.c.kind == kind, alias.c.old_id == name)):
        return [renamed]
    remote = link.c.remote_id == name.partition("/")[2] if "/" in name else link.c.remote_id == name
    found = connection.execute(select(link.c.golden_id).where(link.c.kind == kind, remote).distinct()).scalars().all()
    if not found:
        by_value = select(identifier.c.golden_id).where(identifier.c.kind == kind, identifier.c.value == name.lower())
        found = connection.execute(by_value.distinct()).scalars().all()
    if not found:
        whole = account.c.name if kind == "account" else contact.c.first_name + " " + contact.c.last_name
        found = connection.execute(select(table.c.id).where(func.lower(whole) == name.lower())).scalars().all()
    return sorted(found)


def account_of(connection: Connection, contact_id: str) -> str | None:
    """The account of a contact."""
    return connection.scalar(select(contact.c.account_id).where(contact.c.id == contact_id))


def records_of(connection: Connection, account_id: str) -> list[str]:
    """The remote records behind an account and its contacts, as `system.stream/id`."""
    contacts = select(contact.c.id).where(contact.c.account_id == account_id)
    rows = connection.execute(
        select(link.c.system, link.c.stream, link.c.remote_id).where(
            or_(
                and_(link.c.kind == "account", link.c.golden_id == account_id),
                and_(link.c.kind == "contact", link.c.golden_id.in_(contacts)),
            )
        )
    )
    return sorted(f"{system}.{stream}/{remote_id}" for system, stream, remote_id in rows)


def links_of(connection: Connection, kind: str, golden_id: str) -> list[dict[str, object]]:
    """The links of a golden record with their evidence."""
    statement = select(link).where(link.c.kind == kind, link.c.golden_id == golden_id)
    return [dict(row._mapping) for row in connection.execute(statement.order_by(link.c.system, link.c.remote_id))]


def link_by_hand(database: Database, connection: Connection, ref: str, kind: str, golden_id: str) -> None:
    """Put a remote record to a golden one for ever; a golden id of its own parts it from all others."""
    system, stream, remote_id = split(ref)
    before = connection.scalar(
        select(link.c.golden_id).where(link.c.system == system, link.c.stream == stream, link.c.remote_id == remote_id)
    )
    row = {"system": system, "stream": stream, "remote_id": remote_id, "kind": kind, "golden_id": golden_id}
    database.upsert(connection, Link, [{**row, "evidence": "by hand", "manual": True}])
    for golden in filter(None, (before, golden_id)):
        _rematch(connection, kind, golden)


def _rematch(connection: Connection, kind: str, golden_id: str) -> None:
    table = records.source_record
    members = select(link.c.system, link.c.stream, link.c.remote_id).where(
        link.c.kind == kind, link.c.golden_id == golden_id
    )
    for system, stream, remote_id in connection.execute(members).all():
        this = and_(table.c.system == system, table.c.stream == stream, table.c.remote_id == remote_id)
        connection.execute(update(table).where(this).values(unmatched=True))


def retry_quarantined(connection: Connection, keys: Sequence[tuple[str, str, str]]) -> int:
    """Have quarantined records matched again; wishes are released by `receipts.retry_refused`."""
    table = records.source_record
    released = 0
    for system, stream, remote_id in keys:
        this = and_(table.c.system == system, table.c.stream == stream, table.c.remote_id == remote_id)
        released += int(connection.execute(update(table).where(this).values(unmatched=True)).rowcount)
    return released
