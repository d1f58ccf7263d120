"""Statements on who was erased: keyed hashes of remote ids and e-mail addresses, enough to recognise them again and too
little to tell who they were.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, select

from syncd.store.database import Database, chunks, table_of
from syncd.tables import Erased, Note

erased = table_of(Erased)
note = table_of(Note)
_SALT = "erasure salt"
_ANY = select(erased.c.token).limit(1)  # asked with every page: composed once


def salt(database: Database, connection: Connection) -> bytes:
    """This store's own key for the hashes, made when it is first needed."""
    found = connection.scalar(select(note.c.value).where(note.c.name == _SALT))
    if found is None:
        found = secrets.token_hex(16)
        database.upsert(connection, Note, [{"name": _SALT, "value": found}])
    return bytes.fromhex(found)


def token(key: bytes, ref: str) -> str:
    """The hash under which a remote id or `email/address` is remembered."""
    return blake2b(ref.lower().encode(), key=key, digest_size=16).hexdigest()


def any_erased(connection: Connection) -> bool:
    """Whether anybody was ever erased."""
    return connection.execute(_ANY).first() is not None


def which_erased(database: Database, connection: Connection, refs: Sequence[str]) -> dict[str, datetime]:
    """Those of the references that were erased, and when."""
    key = salt(database, connection)
    tokens = {token(key, ref): ref for ref in refs}
    return {
        tokens[row.token]: row.at
        for part in chunks(list(tokens))
        for row in connection.execute(select(erased).where(erased.c.token.in_(part)))
    }
