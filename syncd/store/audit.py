"""The audit log: what people did by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from connectors.scrubber import scrub
from syncd.tables.core import audit_log


@dataclass(frozen=True, slots=True)
class Audit:
    """The log, which only grows."""

    connection: Connection

    def write(self, actor: str, action: str, detail: str) -> None:
        """Write down what a person did by hand."""
        values = {"at": datetime.now(UTC), "actor": actor, "action": action, "detail": scrub(detail)}
        self.connection.execute(insert(audit_log).values(values))
