"""Statements on requests: what people ask the running daemon to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, insert, select, update

from syncd.store.database import table_of
from syncd.tables import Request

request = table_of(Request)


class Asked(NamedTuple):
    """One request that nobody has carried out yet."""

    id: int
    verb: str
    options: dict[str, Any]


def ask(connection: Connection, at: datetime, actor: str, verb: str, options: Mapping[str, Any]) -> int:
    """Leave a request for the daemon; returns its number."""
    values = {"at": at, "actor": actor, "verb": verb, "options": orjson.dumps(options).decode()}
    key = connection.execute(insert(request).values(**values)).inserted_primary_key
    return int(key[0]) if key else 0


def waiting(connection: Connection) -> list[Asked]:
    """The requests not carried out yet, oldest first."""
    statement = select(request).where(request.c.done_at.is_(None)).order_by(request.c.id)
    return [Asked(row.id, row.verb, orjson.loads(row.options)) for row in connection.execute(statement)]


def done(connection: Connection, number: int, at: datetime, outcome: str) -> None:
    """Note that a request was carried out, and how it ended."""
    connection.execute(update(request).where(request.c.id == number).values(done_at=at, outcome=outcome))


def outcome(connection: Connection, number: int) -> str | None:
    """How a request ended; None while it waits or runs."""
    return connection.scalar(select(request.c.outcome).where(request.c.id == number))
