"""Tombstones of erased people: keyed hashes of remote ids and e-mail addresses, enough to recognise them again and too
little to tell who they were.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, select

from connectors.base import Record
from syncd.model.references import RemoteRef
from syncd.store.notes import SALT, Notes
from syncd.store.statements import chunks, upsert
from syncd.tables import Tombstone
from syncd.tables.core import erased

_ANY = select(erased.c.token).limit(1)  # asked with every page: composed once


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Who was erased, by the names they had: `system.stream/id` or `email/address`."""

    connection: Connection

    def add(self, names: Iterable[str], at: datetime) -> None:
        """Remember that what has these names stays gone."""
        salt = self._salt()
        upsert(self.connection, Tombstone, [{"token": _token(salt, name), "at": at} for name in names])

    def among(self, names: Sequence[str]) -> dict[str, datetime]:
        """Those of the names that were erased, and when."""
        if not names or not self._any():
            return {}
        salt = self._salt()
        tokens = {_token(salt, name): name for name in names}
        return {
            tokens[row.token]: row.at
            for part in chunks(list(tokens))
            for row in self.connection.execute(select(erased).where(erased.c.token.in_(part)))
        }

    def without_erased(self, system: str, stream: str, records: Sequence[Record]) -> Sequence[Record]:
        """The records that are not of a person who was erased."""
        if not records or not self._any():
            return records
        names = [str(RemoteRef(system, stream, record.id)) for record in records]
        gone = self.among(names)
        return [record for record, name in zip(records, names, strict=True) if name not in gone]

    def _any(self) -> bool:
        return self.connection.execute(_ANY).first() is not None

    def _salt(self) -> bytes:
        """This store's own key for the hashes, made when it is first needed."""
        salt = Notes(self.connection).read(SALT)
        if salt is None:
            salt = secrets.token_bytes(16)
            Notes(self.connection).keep(SALT, salt)
        return salt


def _token(salt: bytes, name: str) -> str:
    return blake2b(name.lower().encode(), key=salt, digest_size=16).hexdigest()
