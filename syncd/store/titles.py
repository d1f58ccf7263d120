"""Titles that a person corrected, and who holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, delete, func, select

from syncd.model import TitleCorrection, title_key
from syncd.store.golden import Golden
from syncd.store.statements import among, chunks, upsert
from syncd.tables import TitleCorrectionRow
from syncd.tables.core import contact, title_correction


@dataclass(frozen=True, slots=True)
class Titles:
    """The corrections of titles; whoever holds such a title is judged again."""

    connection: Connection

    def corrections(self) -> list[TitleCorrection]:
        """Every correction, by title."""
        rows = self.connection.execute(select(title_correction).order_by(title_correction.c.key)).all()
        return [
            TitleCorrection(
                title=row.title,
                functions=None if row.functions is None else tuple(orjson.loads(row.functions)),
                level=row.level,
                corrected_at=row.corrected_at,
            )
            for row in rows
        ]

    def correct(self, correction: TitleCorrection) -> int:
        """Keep a correction in the place of the one before; returns how many contacts hold the title."""
        functions = None if correction.functions is None else orjson.dumps(correction.functions).decode()
        row = {
            "key": title_key(correction.title),
            "title": correction.title,
            "functions": functions,
            "level": correction.level,
            "corrected_at": correction.corrected_at,
        }
        upsert(self.connection, TitleCorrectionRow, [row])
        return self._judge_again(correction.title)

    def forget(self, title: str) -> bool:
        """Leave a title to the rules again; returns False where nobody had corrected it."""
        gone = delete(title_correction).where(title_correction.c.key == title_key(title))
        if not self.connection.execute(gone).rowcount:
            return False
        self._judge_again(title)
        return True

    def holders(self, title: str) -> int:
        """How many contacts hold a title."""
        return len(self._homes(title))

    def held(self) -> list[tuple[str, int]]:
        """Every title that a contact holds, and how many do, the commonest first."""
        number = func.count()
        rows = select(contact.c.title, number).where(contact.c.title.is_not(None)).group_by(contact.c.title)
        return [
            (title, count) for title, count in self.connection.execute(rows.order_by(number.desc(), contact.c.title))
        ]

    def _judge_again(self, title: str) -> int:
        homes = self._homes(title)
        Golden(self.connection).mark_stale({home for home in homes if home})
        return len(homes)

    def _homes(self, title: str) -> Sequence[str | None]:
        """The account of each contact with this title. All are looked at: databases fold case each in its way."""
        key = title_key(title)
        spelled = self.connection.scalars(select(contact.c.title).where(contact.c.title.is_not(None)).distinct())
        spellings = [one for one in spelled if title_key(one) == key]
        return [
            home
            for part in chunks(spellings)
            for home in self.connection.scalars(select(contact.c.account_id).where(among(contact.c.title, part)))
        ]
