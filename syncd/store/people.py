"""People and companies as those who ask name them: found, linked by hand, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select

from syncd.model import Answer
from syncd.model.references import RemoteRef
from syncd.store import erasure
from syncd.store.answers import Answers
from syncd.store.conditions import is_named, ref_of
from syncd.store.golden import Golden
from syncd.store.links import Link, Links
from syncd.store.records import Records
from syncd.store.statements import among
from syncd.tables.core import account, alias, contact, identifier, link


@dataclass(frozen=True, slots=True)
class People:
    """Accounts and contacts by whatever name they are asked for."""

    connection: Connection

    def find(self, kind: str, name: str) -> list[str]:
        """Golden ids that answer to a golden id, an alias, a remote id, an e-mail address, a domain or a name.

        A qualified name (`hubspot.contacts/101`) is that record and no other.
        """
        name = " ".join(name.split())
        table = account if kind == "account" else contact
        if self.connection.scalar(select(table.c.id).where(table.c.id == name)):
            return [name]
        if renamed := self.connection.scalar(
            select(alias.c.new_id).where(alias.c.kind == kind, alias.c.old_id == name)
        ):
            return [renamed]
        ref = RemoteRef.spelled(name)
        remote = is_named(link, ref) if ref else link.c.remote_id == name
        by_value = select(identifier.c.golden_id).where(identifier.c.kind == kind, identifier.c.value == name.lower())
        whole = account.c.name if kind == "account" else contact.c.first_name + " " + contact.c.last_name
        for statement in (
            select(link.c.golden_id).where(link.c.kind == kind, remote).distinct(),
            by_value.distinct(),
            select(table.c.id).where(or_(func.lower(whole) == name.lower(), func.lower(whole) == func.lower(name))),
        ):
            if ids := self.connection.execute(statement).scalars().all():
                return sorted(ids)
        return []

    def account_of(self, contact_id: str) -> str | None:
        """The account of a contact."""
        return self.connection.scalar(select(contact.c.account_id).where(contact.c.id == contact_id))

    def names(self, contact_ids: Sequence[str]) -> dict[str, str]:
        """What these contacts are called, as far as that is known."""
        columns = (contact.c.id, contact.c.first_name, contact.c.last_name)
        rows = self.connection.execute(select(*columns).where(among(contact.c.id, contact_ids)))
        return {id_: name for id_, *parts in rows if (name := " ".join(filter(None, parts)))}

    def records_of(self, account_id: str) -> list[RemoteRef]:
        """The remote records behind an account and its contacts."""
        contacts = select(contact.c.id).where(contact.c.account_id == account_id)
        rows = self.connection.execute(
            select(link.c.system, link.c.stream, link.c.remote_id).where(
                or_(
                    and_(link.c.kind == "account", link.c.golden_id == account_id),
                    and_(link.c.kind == "contact", link.c.golden_id.in_(contacts)),
                )
            )
        )
        return sorted(map(ref_of, rows))

    def links_of(self, kind: str, golden_id: str) -> list[Link]:
        """The links of a golden record with their evidence."""
        its_own = select(link).where(link.c.kind == kind, link.c.golden_id == golden_id)
        rows = self.connection.execute(its_own.order_by(link.c.system, link.c.remote_id))
        return [Link(ref_of(row), row.kind, row.golden_id, row.evidence, row.manual) for row in rows]

    def link(self, ref: RemoteRef, kind: str, golden_id: str) -> None:
        """Put a remote record to a golden one by hand; no evidence ever moves it again.

        A golden id of its own parts it from all others. A golden record that it was the last of becomes the other one.
        """
        before = self.connection.scalar(select(link.c.golden_id).where(is_named(link, ref)))
        Links(self.connection).put([Link(ref, kind, golden_id, "by hand", manual=True)])
        for affected_id in filter(None, (before, golden_id)):
            Records(self.connection).retry(linked.ref for linked in self.links_of(kind, affected_id))
        golden = Golden(self.connection)
        if golden_id == str(ref):
            golden.forget_alias(kind, golden_id)
        elif before and not self.links_of(kind, before) and len(golden.rows(kind, {before, golden_id})) == 2:
            golden.merge(kind, before, golden_id)

    def erase(self, contact_id: str, actor: str = "syncd") -> int:
        """Forget a person for ever; returns how many remote records went with them. actor: who asks for it."""
        return erasure.erase(self.connection, contact_id, actor)

    def mentions(self, contact_id: str) -> list[Answer]:
        """The answers, without their text, that name a contact or may, and that an erasure would leave."""
        return Answers(self.connection).mentions(erasure.named(self.connection, contact_id))
