"""Opportunities by whatever name they are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from syncd.model.references import RemoteRef
from syncd.tables.core import opportunity


@dataclass(frozen=True, slots=True)
class Opportunities:
    """The opportunities that stand in the remote systems."""

    connection: Connection

    def find(self, name: str) -> list[tuple[str, str | None]]:
        """Golden id and account of those that answer to a golden id, a key or a remote id; short ids too."""
        columns = opportunity.c
        named = or_(columns.id == name, columns.key == name, columns.id.endswith(f"/{name}", autoescape=True))
        if len(name) == SHORT and "/" not in name:
            named = or_(named, columns.id.contains(f"/{name}", autoescape=True))
        rows = self.connection.execute(select(columns.id, columns.account_id).where(named).order_by(columns.id)).all()
        return [(row.id, row.account_id) for row in rows if _is(row.id, name) or row.id == name or "/" in name]

    def records_of(self, account_id: str) -> list[RemoteRef]:
        """The records of an account's opportunities."""
        theirs = select(opportunity.c.id).where(opportunity.c.account_id == account_id)
        return [RemoteRef.read(golden_id) for golden_id in self.connection.execute(theirs).scalars()]

    def of_sales(self) -> list[tuple[str, str]]:
        """Golden id and account of the open ones that sales opened, by id."""
        columns = opportunity.c
        theirs = columns.key.is_(None) & columns.is_closed.is_(False) & columns.account_id.is_not(None)
        rows = self.connection.execute(select(columns.id, columns.account_id).where(theirs).order_by(columns.id))
        return [(row.id, row.account_id) for row in rows]

    def open_of(self, owner: str) -> list[tuple[str, str | None, str]]:
        """Golden id, key and account of the open ones of a user, what closes first at the top."""
        columns = opportunity.c
        theirs = (columns.owner == owner) & columns.is_closed.is_(False) & columns.account_id.is_not(None)
        named = select(columns.id, columns.key, columns.account_id).where(theirs)
        rows = self.connection.execute(named.order_by(columns.close_date.is_(None), columns.close_date, columns.id))
        return [(row.id, row.key, row.account_id) for row in rows]


SHORT = 15  # characters of an id as formulas and copied addresses give it; the whole one has 18


def _is(golden_id: str, name: str) -> bool:
    """Whether that is its id, in this very spelling: databases fold case each in its way."""
    remote_id = RemoteRef.read(golden_id).id
    return remote_id == name or (len(name) == SHORT and remote_id[:SHORT] == name)
