"""The audit log: what people did by hand. Its lines stay for ever; the records that they name can be forgotten."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from connectors.scrubber import scrub
from syncd.tables.core import audit_log, audit_mention

FORGOTTEN = "[forgotten]"
_NAME = re.compile(r"\b[a-z]\w*\.\w+/[^\s,;:]+")  # system.stream/id
_PLACE = re.compile(r"\{(\d+)\}")


class AuditLine(NamedTuple):
    """One act of a person."""

    id: int
    at: datetime
    actor: str
    action: str
    detail: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The log, which only grows: the database refuses anything else."""

    connection: Connection

    def write(self, actor: str, action: str, detail: str) -> None:
        """Write down what a person did by hand. The records that `detail` names are kept beside the line."""
        names: list[str] = []

        def stand_in(name: re.Match[str]) -> str:
            names.append(name[0])
            return f"{{{len(names) - 1}}}"

        text = _NAME.sub(stand_in, scrub(detail))
        values = {"at": datetime.now(UTC), "actor": actor, "action": action, "detail": text}
        key = self.connection.execute(insert(audit_log).values(values)).inserted_primary_key
        if names and key:
            rows = [{"audit_id": key[0], "place": place, "name": name} for place, name in enumerate(names)]
            self.connection.execute(insert(audit_mention), rows)

    def lines(self, limit: int = 50, *, before: int | None = None) -> list[AuditLine]:
        """The latest lines, newest first. before: only those with a smaller number."""
        chosen = select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(audit_log.c.id < before)
        rows = self.connection.execute(chosen).all()
        names: dict[int, dict[int, str]] = defaultdict(dict)
        if rows:
            between = audit_mention.c.audit_id.between(rows[-1].id, rows[0].id)
            for mention in self.connection.execute(select(audit_mention).where(between)):
                names[mention.audit_id][mention.place] = mention.name
        return [AuditLine(row.id, row.at, row.actor, row.action, _filled(row.detail, names[row.id])) for row in rows]

    def last(self, action: str) -> AuditLine | None:
        """The latest line of an action; None where nobody did it. Its records are not named."""
        newest = select(audit_log).where(audit_log.c.action == action).order_by(audit_log.c.id.desc()).limit(1)
        row = self.connection.execute(newest).first()
        return AuditLine(row.id, row.at, row.actor, row.action, _filled(row.detail, {})) if row else None

    def forget(self, names: Collection[str]) -> None:
        """Take the records of somebody who is erased out of all lines."""
        self.connection.execute(delete(audit_mention).where(audit_mention.c.name.in_(names)))


def _filled(detail: str, names: dict[int, str]) -> str:
    return _PLACE.sub(lambda place: names.get(int(place[1]), FORGOTTEN), detail)
