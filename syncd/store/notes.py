"""Notes: small facts that the store keeps of itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from syncd.store.statements import upsert
from syncd.tables import Note
from syncd.tables.core import note

NOT_OURS = "not ours: "  # what notes of streams begin with that a portal or an org does not have; their names follow
EVERYBODY_IS_ASKED = "everybody is asked who they are"  # from the first token or administrator on, for ever
ASKED_PLAN = "plan/"  # what notes begin with that keep a `Plan` until the daemon has carried it out


@dataclass(frozen=True, slots=True)
class Notes:
    """Facts by name."""

    connection: Connection

    def read(self, name: str) -> str | None:
        """The fact under a name; None where none was kept."""
        return self.connection.scalar(select(note.c.value).where(note.c.name == name))

    def keep(self, name: str, value: str) -> None:
        """Keep a fact in the place of the one before."""
        upsert(self.connection, Note, [{"name": name, "value": value}])

    def names(self, beginning: str) -> list[str]:
        """The names that begin so, in their order."""
        named = select(note.c.name).where(note.c.name.startswith(beginning, autoescape=True)).order_by(note.c.name)
        return list(self.connection.scalars(named))

    def settings(self, name: str) -> dict[str, str]:
        """What each system says under the name of a setting."""
        rows = self.connection.execute(
            select(note.c.name, note.c.value).where(
                note.c.name.startswith("setting "), note.c.name.endswith(f" {name}")
            )
        )
        return {row.name.removeprefix("setting ").partition(" ")[0]: row.value for row in rows}

    def drop(self, name: str) -> None:
        """Forget a fact."""
        self.connection.execute(delete(note).where(note.c.name == name))

    def drop_plans(self) -> None:
        """Forget the plans that wait for the daemon."""
        self.connection.execute(delete(note).where(note.c.name.startswith(ASKED_PLAN, autoescape=True)))
