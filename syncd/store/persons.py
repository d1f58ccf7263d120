"""Person accounts: which records are one, or the contact in one. Nothing is ever written there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, and_, select, true

from syncd.model import RemoteRef
from syncd.store.conditions import named, ref_of
from syncd.store.statements import among, chunks
from syncd.tables.core import account, contact, link, opportunity


@dataclass(frozen=True, slots=True)
class Persons:
    """The records of person accounts."""

    connection: Connection

    def besides(self, contact_ids: Iterable[str]) -> set[str]:
        """Those of these contacts of whom some record is a person account's."""
        return {
            contact_id
            for part in chunks(sorted(contact_ids))
            for contact_id in self.connection.execute(
                select(contact.c.id).where(among(contact.c.id, part), contact.c.person_records != "[]")
            ).scalars()
        }

    def among(self, refs: Collection[RemoteRef]) -> set[RemoteRef]:
        """Those of these records that are a person account, the contact or lead in one, or an opportunity of one."""
        columns = (link.c.system, link.c.stream, link.c.remote_id)
        of_account = and_(link.c.kind == "account", link.c.golden_id == account.c.id)
        of_contact = and_(link.c.kind == "contact", link.c.golden_id == contact.c.id)
        records: set[RemoteRef] = set()
        for these in named(link, set(refs)):
            accounts = select(*columns).join(account, of_account).where(these, account.c.person == true())
            records.update(map(ref_of, self.connection.execute(accounts)))
            contacts = select(*columns, contact.c.person_records).join(contact, of_contact)
            for row in self.connection.execute(contacts.where(these, contact.c.person_records != "[]")):
                if str(ref := ref_of(row)) in orjson.loads(row.person_records):
                    records.add(ref)
        for part in chunks(sorted({str(ref) for ref in refs})):
            sold = select(opportunity.c.id).join(account, opportunity.c.account_id == account.c.id)
            theirs = sold.where(among(opportunity.c.id, part), account.c.person == true())
            records.update(map(RemoteRef.read, self.connection.execute(theirs).scalars()))
        return records
