"""The local administrator, for the first day: a name and the hash of a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, select

from syncd.store.notes import EVERYBODY_IS_ASKED, Notes
from syncd.store.statements import upsert
from syncd.tables import AdministratorRow
from syncd.tables.core import administrator

ADMIN: Final = "admin"


class Password(NamedTuple):
    """What is kept of a password. hash: Argon2's own text, with its salt and costs in it."""

    hash: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Administrator:
    """The one account that this store knows by itself, if there is one."""

    connection: Connection

    def password(self) -> Password | None:
        """What is kept of the administrator's password; None where there is no such administrator."""
        kept = select(administrator.c.password_hash, administrator.c.changed_at).where(administrator.c.name == ADMIN)
        row = self.connection.execute(kept).one_or_none()
        return None if row is None else Password(*row)

    def set(self, password_hash: str, now: datetime) -> None:
        """Make the administrator, or give them another password."""
        row = {"name": ADMIN, "password_hash": password_hash, "changed_at": now}
        upsert(self.connection, AdministratorRow, [row])
        Notes(self.connection).keep(EVERYBODY_IS_ASKED, True)

    def remove(self) -> bool:
        """Take the administrator away, which opens nothing; False where there was none."""
        if not self.connection.execute(delete(administrator)).rowcount:
            return False
        Notes(self.connection).keep(EVERYBODY_IS_ASKED, True)  # of a store that is older than this note
        return True
