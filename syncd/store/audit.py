"""The audit log: what people did by hand. Its lines stay for ever; the records that they name can be forgotten."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

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


class WantedLines(NamedTuple):
    """Which lines: of somebody, of one action, from a moment on and before another; each may be left out."""

    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What holds for their rows."""
        at = audit_log.c.at
        bounds = [*([at >= self.since] if self.since else []), *([at < self.until] if self.until else [])]
        named = ((audit_log.c.actor, self.actor), (audit_log.c.action, self.action))
        return [*bounds, *(column == value for column, value in named if value is not None)]


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

    def lines(
        self, limit: int = 50, *, before: int | None = None, wanted: WantedLines | None = None
    ) -> list[AuditLine]:
        """The latest lines, newest first. before: only those with a smaller number."""
        chosen = select(audit_log).where(*(wanted or WantedLines()).conditions)
        chosen = chosen.order_by(audit_log.c.id.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(audit_log.c.id < before)
        rows = self.connection.execute(chosen).all()
        names: dict[int, dict[int, str]] = defaultdict(dict)
        if rows:
            of_them = audit_mention.c.audit_id.in_([row.id for row in rows])
            for mention in self.connection.execute(select(audit_mention).where(of_them)):
                names[mention.audit_id][mention.place] = mention.name
        return [AuditLine(row.id, row.at, row.actor, row.action, _filled(row.detail, names[row.id])) for row in rows]

    def count(self, most: int, wanted: WantedLines) -> int:
        """How many lines there are; beyond `most` it does not count on."""
        first = select(audit_log.c.id).where(*wanted.conditions).limit(most).subquery()
        return self.connection.scalar(select(func.count()).select_from(first)) or 0

    def actors(self) -> list[str]:
        """Everybody who did something by hand."""
        return [*self.connection.scalars(select(audit_log.c.actor).distinct().order_by(audit_log.c.actor))]

    def actions(self) -> list[str]:
        """Everything that was done by hand."""
        return [*self.connection.scalars(select(audit_log.c.action).distinct().order_by(audit_log.c.action))]

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
