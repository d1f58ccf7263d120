"""Whether a store is past its first `Plan`: a new one pushes nothing until a person has looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from syncd.store.notes import FIRST_PLAN, Notes
from syncd.tables.core import contact_role, opportunity, wish
from syncd.tables.meaning import PENDING


@dataclass(frozen=True, slots=True)
class FirstPlan:
    """The first plan of this store."""

    connection: Connection

    def is_due(self) -> bool:
        """Whether it still waits for somebody. A store that pushed before there was such a rule is past it."""
        ever_sent = select(exists().where(wish.c.sent_digest != ""))
        return Notes(self.connection).read(FIRST_PLAN) is None and not self.connection.scalar(ever_sent)

    def waits(self) -> bool:
        """Whether it is due, and something is pending that nobody may write before."""
        return self.is_due() and bool(self.connection.scalar(select(exists(wish.c.key).where(PENDING))))

    def count_taken_up(self) -> dict[str, int]:
        """How many records carry syncd's key though this store never wrote any: an earlier one did."""
        if not self.is_due():
            return {}
        tables = {"opportunities": opportunity, "contact roles": contact_role}
        counts = {
            name: self.connection.scalar(select(func.count()).where(table.c.key.is_not(None))) or 0
            for name, table in tables.items()
        }
        return {name: number for name, number in counts.items() if number}

    def apply(self, now: datetime, actor: str) -> None:
        """Note that it is applied; a later one changes nothing."""
        if Notes(self.connection).read(FIRST_PLAN) is None:
            Notes(self.connection).keep(FIRST_PLAN, f"{now.isoformat(timespec='seconds')} by {actor}")
