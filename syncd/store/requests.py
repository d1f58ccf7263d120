"""Requests: what people ask the running daemon to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, insert, select, update

from connectors.scrubber import scrub
from syncd.errors import NotFound
from syncd.store.audit import Audit
from syncd.tables.core import request


class OpenRequest(NamedTuple):
    """One request that nobody has carried out yet."""

    id: int
    verb: str
    options: dict[str, Any]


MOST = 2**31 - 1  # the largest number that a database gives to a request


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests, answered or not."""

    connection: Connection

    def ask(self, actor: str, verb: str, options: Mapping[str, Any]) -> int:
        """Leave a request for the daemon, and a line in the audit log; returns its number."""
        words = ", ".join(f"{name}={value}" for name, value in options.items() if value)
        Audit(self.connection).write(actor, verb, words)
        values = {"at": datetime.now(UTC), "actor": actor, "verb": verb, "options": orjson.dumps(options).decode()}
        key = self.connection.execute(insert(request).values(values)).inserted_primary_key
        return int(key[0]) if key else 0

    def open(self) -> list[OpenRequest]:
        """The requests not carried out yet, oldest first."""
        statement = select(request).where(request.c.done_at.is_(None)).order_by(request.c.id)
        return [OpenRequest(row.id, row.verb, orjson.loads(row.options)) for row in self.connection.execute(statement)]

    def answer(self, number: int, outcome: str) -> None:
        """Note that a request was carried out, and how it ended."""
        values = {"done_at": datetime.now(UTC), "outcome": scrub(outcome)}
        self.connection.execute(update(request).where(request.c.id == number).values(values))

    def outcome(self, number: int) -> str | None:
        """How a request ended; None while it waits or runs. Raises NotFound where nobody asked it."""
        row = None
        if number <= MOST:
            row = self.connection.execute(select(request.c.outcome).where(request.c.id == number)).first()
        if row is None:
            raise NotFound(f"there is no request {number}")
        return None if row.outcome is None else str(row.outcome)
