"""Statements on golden records, who is who: read, written, merged, taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, delete, false, select, update
from sqlmodel import SQLModel

from syncd.model import kinds
from syncd.store.database import Database, among, chunks, table_of
from syncd.store.inheritance import inherit
from syncd.tables import (
    AccountRow,
    ActivityRow,
    Alias,
    CampaignMemberRow,
    CampaignRow,
    ContactRoleRow,
    ContactRow,
    Identifier,
    JudgementRow,
    Link,
    OpportunityRow,
    StageChangeRow,
    UserRow,
    Waiting,
    WishRow,
)

link = table_of(Link)
identifier = table_of(Identifier)
alias = table_of(Alias)
waiting = table_of(Waiting)
account = table_of(AccountRow)
contact = table_of(ContactRow)
activity = table_of(ActivityRow)
opportunity = table_of(OpportunityRow)
contact_role = table_of(ContactRoleRow)
wish = table_of(WishRow)

TABLES: dict[str, type[SQLModel]] = {
    "user": UserRow,
    "account": AccountRow,
    "contact": ContactRow,
    "campaign": CampaignRow,
    "campaign_member": CampaignMemberRow,
    "opportunity": OpportunityRow,
    "stage_change": StageChangeRow,
    "contact_role": ContactRoleRow,
}
_LISTS = kinds.listed()


def rows(connection: Connection, kind: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Golden rows as they stand, JSON columns parsed."""
    table = table_of(TABLES[kind])
    return {
        row.id: _decoded(dict(row._mapping))
        for part in chunks(sorted(set(ids)))
        for row in connection.execute(select(table).where(among(table.c.id, part))).all()
    }


def homes(connection: Connection, ids: Iterable[str]) -> dict[str, str | None]:
    """The account of each contact."""
    return {
        contact_id: account_id
        for part in chunks(sorted(set(ids)))
        for contact_id, account_id in connection.execute(
            select(contact.c.id, contact.c.account_id).where(among(contact.c.id, part))
        ).all()
    }


def put(
    database: Database, connection: Connection, kind: str, rows: Sequence[Mapping[str, Any]], keep: Sequence[str] = ()
) -> None:
    """Upsert golden rows; lists and dicts become JSON."""
    database.upsert(connection, TABLES[kind], _encoded(rows), keep=keep)


def mark_stale(connection: Connection, ids: Iterable[str]) -> None:
    """Have these accounts judged again."""
    for part in chunks(sorted(ids)):
        these = update(account).where(among(account.c.id, part), account.c.stale == false())
        connection.execute(these.values(stale=True))


def mark_all_stale(connection: Connection) -> None:
    """Have every account judged again."""
    connection.execute(update(account).where(account.c.stale == false()).values(stale=True))


def remove(connection: Connection, kind: str, ids: Sequence[str]) -> None:
    """Take golden rows out, with what hangs on them."""
    for part in chunks(ids):
        for cut in _DEPENDENTS.get(kind, ()):
            cut(connection, part)
        connection.execute(delete(identifier).where(identifier.c.kind == kind, among(identifier.c.golden_id, part)))
        table = table_of(TABLES[kind])
        connection.execute(delete(table).where(among(table.c.id, part)))


def merge(database: Database, connection: Connection, kind: str, loser: str, survivor: str) -> None:
    """Move everything of one golden record to another; the old id stays known as an alias."""
    connection.execute(update(link).where(link.c.kind == kind, link.c.golden_id == loser).values(golden_id=survivor))
    connection.execute(update(alias).where(alias.c.kind == kind, alias.c.new_id == loser).values(new_id=survivor))
    database.upsert(connection, Alias, [{"kind": kind, "old_id": loser, "new_id": survivor}])
    for column in _CHILDREN[kind]:
        connection.execute(update(column.table).where(column == loser).values({column.name: survivor}))
    if kind in ("account", "contact"):
        inherit(connection, kind, loser, survivor)
    if kind == "account":
        connection.execute(update(wish).where(wish.c.account_id == loser).values(account_id=survivor))
    remove(connection, kind, [loser])


def _encoded(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    names = [name for name in _LISTS if rows and name in rows[0]]
    lists = [
        {name: value if isinstance(value := row[name], str) else orjson.dumps(value).decode() for name in names}
        for row in rows
    ]
    return [{**row, **texts} for row, texts in zip(rows, lists, strict=True)]


def _decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: orjson.loads(value) if name in _LISTS and value else value for name, value in row.items()}


# What points at a golden record by its id, and moves along when it is merged into another.
_CHILDREN: dict[str, tuple[Any, ...]] = {
    "account": (contact.c.account_id, opportunity.c.account_id),
    "contact": (activity.c.contact_id, table_of(CampaignMemberRow).c.contact_id, contact_role.c.contact_id),
    "user": (account.c.owner, contact.c.owner, opportunity.c.owner),
}


def _forget_account(connection: Connection, ids: Sequence[str]) -> None:
    connection.execute(update(contact).where(among(contact.c.account_id, ids)).values(account_id=None))
    connection.execute(update(opportunity).where(among(opportunity.c.account_id, ids)).values(account_id=None))
    judgement = table_of(JudgementRow)
    connection.execute(delete(judgement).where(among(judgement.c.account_id, ids)))
    connection.execute(delete(wish).where(among(wish.c.account_id, ids), wish.c.sent_digest == ""))


def _forget_contact(connection: Connection, ids: Sequence[str]) -> None:
    members = table_of(CampaignMemberRow)
    connection.execute(delete(activity).where(among(activity.c.contact_id, ids)))
    connection.execute(delete(members).where(among(members.c.contact_id, ids)))
    connection.execute(update(contact_role).where(among(contact_role.c.contact_id, ids)).values(contact_id=None))


_DEPENDENTS: dict[str, tuple[Callable[[Connection, Sequence[str]], None], ...]] = {
    "account": (_forget_account,),
    "contact": (_forget_contact,),
}
