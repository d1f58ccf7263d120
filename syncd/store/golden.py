"""Golden records, who is who: read, written, merged, taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, delete, false, select, true, update
from sqlmodel import SQLModel

from syncd.model import kinds
from syncd.store.doubles import Doubles
from syncd.store.inheritance import inherit
from syncd.store.queue import Queue
from syncd.store.statements import among, chunks, upsert
from syncd.tables import Alias
from syncd.tables.core import (
    account,
    activity,
    alias,
    campaign_member,
    candidate,
    contact,
    contact_role,
    identifier,
    judgement,
    link,
    opportunity,
    table_of,
    wish,
)

TABLES: dict[str, type[SQLModel]] = {  # kind → its table, which is called as the kind is
    str(row.__tablename__): row for row in SQLModel.__subclasses__() if row.__tablename__ in kinds.DECLARED
}
_LISTS = kinds.listed()


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden rows of every kind."""

    connection: Connection

    def rows(self, kind: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Golden rows as they stand, JSON columns parsed."""
        table = table_of(TABLES[kind])
        return {
            row.id: _decoded(dict(row._mapping))
            for part in chunks(sorted(set(ids)))
            for row in self.connection.execute(select(table).where(among(table.c.id, part))).all()
        }

    def homes(self, contact_ids: Iterable[str]) -> dict[str, str | None]:
        """The account of each contact."""
        return {
            contact_id: account_id
            for part in chunks(sorted(set(contact_ids)))
            for contact_id, account_id in self.connection.execute(
                select(contact.c.id, contact.c.account_id).where(among(contact.c.id, part))
            ).all()
        }

    def persons(self, account_ids: Iterable[str]) -> set[str]:
        """Those of these accounts that are person accounts."""
        return {
            golden_id
            for part in chunks(sorted(set(account_ids)))
            for golden_id in self.connection.execute(
                select(account.c.id).where(among(account.c.id, part), account.c.person == true())
            ).scalars()
        }

    def owned_by(self, account_ids: Iterable[str]) -> set[str]:
        """The accounts that these own, and that those own in turn."""
        owned: set[str] = set()
        parents = sorted(set(account_ids))
        while parents:
            children: set[str] = set()
            for part in chunks(parents):
                theirs = select(account.c.id).where(among(account.c.parent, part))
                children.update(self.connection.execute(theirs).scalars())
            parents = sorted(children - owned)
            owned |= children
        return owned

    def people_of(self, account_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The contacts of these accounts, by what tells people apart: id, account, names, telephone."""
        names = ("id", "account_id", "first_name", "last_name", "phone")
        columns = [contact.c[name] for name in names]
        for part in chunks(sorted(account_ids)):
            rows = self.connection.execute(select(*columns).where(among(contact.c.account_id, part))).all()
            yield from (dict(zip(names, row, strict=True)) for row in rows)

    def put(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Upsert golden rows; lists and dicts become JSON."""
        upsert(self.connection, TABLES[kind], _encoded(rows))

    def mark_stale(self, account_ids: Iterable[str]) -> None:
        """Have these accounts judged again."""
        for part in chunks(sorted(account_ids)):
            fresh = update(account).where(among(account.c.id, part), account.c.stale == false())
            self.connection.execute(fresh.values(stale=True))

    def mark_all_stale(self) -> None:
        """Have every account judged again."""
        self.connection.execute(update(account).where(account.c.stale == false()).values(stale=True))

    def remove(self, kind: str, ids: Sequence[str]) -> None:
        """Take golden rows out, with what hangs on them."""
        table = table_of(TABLES[kind])
        for part in chunks(ids):
            for cut in _DEPENDENTS.get(kind, ()):
                cut(self.connection, part)
            Doubles(self.connection).forget(kind, part)
            recognised = among(identifier.c.golden_id, part, (identifier.c.kind, kind))
            self.connection.execute(delete(identifier).where(recognised))
            self.connection.execute(delete(table).where(among(table.c.id, part)))

    def merge(self, kind: str, loser: str, survivor: str) -> None:
        """Move everything of one golden record to another; the old id stays known as an alias."""
        linked = update(link).where(link.c.kind == kind, link.c.golden_id == loser)
        self.connection.execute(linked.values(golden_id=survivor))
        renamed = update(alias).where(alias.c.kind == kind, alias.c.new_id == loser)
        self.connection.execute(renamed.values(new_id=survivor))
        upsert(self.connection, Alias, [{"kind": kind, "old_id": loser, "new_id": survivor}])
        for column in _CHILDREN[kind]:
            self.connection.execute(update(column.table).where(column == loser).values({column.name: survivor}))
        if kind in ("account", "contact"):
            inherit(self.connection, kind, loser, survivor)
        Doubles(self.connection).rename(kind, loser, survivor)
        if kind == "account":
            self.connection.execute(update(wish).where(wish.c.account_id == loser).values(account_id=survivor))
        self.remove(kind, [loser])

    def forget_alias(self, kind: str, old_id: str) -> None:
        """A golden record that was merged into another one stands for itself again."""
        self.connection.execute(delete(alias).where(alias.c.kind == kind, alias.c.old_id == old_id))


def _encoded(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    names = [name for name in _LISTS if rows and name in rows[0]]
    texts = [
        {name: value if isinstance(value := row[name], str) else orjson.dumps(value).decode() for name in names}
        for row in rows
    ]
    return [{**row, **encoded} for row, encoded in zip(rows, texts, strict=True)]


def _decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: orjson.loads(value) if name in _LISTS and value else value for name, value in row.items()}


# What points at a golden record by its id, and moves along when it is merged into another.
_CHILDREN: dict[str, tuple[Any, ...]] = {
    "account": (contact.c.account_id, opportunity.c.account_id, account.c.parent),
    "contact": (activity.c.contact_id, campaign_member.c.contact_id, contact_role.c.contact_id),
    "user": (account.c.owner, contact.c.owner, opportunity.c.owner),
}


def _forget_account(connection: Connection, ids: Sequence[str]) -> None:
    connection.execute(update(contact).where(among(contact.c.account_id, ids)).values(account_id=None))
    connection.execute(update(opportunity).where(among(opportunity.c.account_id, ids)).values(account_id=None))
    connection.execute(delete(judgement).where(among(judgement.c.account_id, ids)))
    connection.execute(delete(wish).where(among(wish.c.account_id, ids), wish.c.sent_digest == ""))
    connection.execute(delete(candidate).where(among(candidate.c.account_id, ids)))


def _forget_contact(connection: Connection, ids: Sequence[str]) -> None:
    Queue(connection).forget_contacts(ids)
    connection.execute(delete(activity).where(among(activity.c.contact_id, ids)))
    connection.execute(delete(campaign_member).where(among(campaign_member.c.contact_id, ids)))
    connection.execute(update(contact_role).where(among(contact_role.c.contact_id, ids)).values(contact_id=None))


_DEPENDENTS: dict[str, tuple[Callable[[Connection, Sequence[str]], None], ...]] = {
    "account": (_forget_account,),
    "contact": (_forget_contact,),
}
