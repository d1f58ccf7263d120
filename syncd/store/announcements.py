"""Announcements: what systems say by themselves, noted before anything is done about it: a kill loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from connectors.announcing import Announcement
from syncd.model.references import RemoteRef
from syncd.store.conditions import ref_of, same_record
from syncd.store.statements import OnConflict, among, chunks, upsert
from syncd.tables import AnnouncementRow
from syncd.tables.core import announcement, contact, link

FOLLOWED: Final = "followed"
LEFT: Final = "left"  # to the next cycle, which reads everything
ROOM: Final = 1_000  # announcements that wait; what comes beyond is left
KEPT: Final = timedelta(days=3)  # behind its end: HubSpot says again what was not answered for a day

_AS_IT_STANDS = OnConflict(when="false")
_WAITS = announcement.c.ended_at.is_(None)


class Noted(NamedTuple):
    """What became of announcements as they came: new ones that wait, those heard before, those without room."""

    new: int = 0
    again: int = 0
    left: int = 0


class Waiting(NamedTuple):
    """One announcement that waits. account_id: golden id of the account that its record belongs to, if to any."""

    id: str
    ref: RemoteRef
    gone: bool
    heard_at: datetime
    attempts: int
    account_id: str | None


@dataclass(frozen=True, slots=True)
class Announcements:
    """The announcements of all systems."""

    connection: Connection

    def note(self, system: str, announcements: Sequence[Announcement], now: datetime) -> Noted:
        """Note what a system says; what it said before stays as it is. What is long over is forgotten."""
        self.connection.execute(delete(announcement).where(announcement.c.ended_at < now - KEPT))
        once = {f"{system} {one.id}": one for one in announcements}
        known = {
            row.id
            for part in chunks(sorted(once))
            for row in self.connection.execute(select(announcement.c.id).where(among(announcement.c.id, part)))
        }
        fresh = {id_: one for id_, one in once.items() if id_ not in known}
        room = max(0, ROOM - self.count_waiting())
        rows = [_row(id_, system, one, now, waits=n < room) for n, (id_, one) in enumerate(fresh.items())]
        noted = upsert(self.connection, AnnouncementRow, rows, _AS_IT_STANDS)  # two calls may say it at one time
        left = max(0, noted - room)
        return Noted(noted - left, len(announcements) - noted, left)

    def waiting(self, now: datetime) -> list[Waiting]:
        """Those that are due, oldest first, with the accounts of the records that are known."""
        return self._those(announcement.c.due_at <= now)

    def named(self, ids: Collection[str]) -> list[Waiting]:
        """Those of these that wait, with the accounts that their records belong to now."""
        return [one for part in chunks(sorted(ids)) for one in self._those(among(announcement.c.id, part))]

    def _those(self, condition: ColumnElement[bool]) -> list[Waiting]:
        of_contact = and_(same_record(link, announcement), link.c.kind == "contact")
        home = select(contact.c.account_id).join(link, link.c.golden_id == contact.c.id).where(of_contact)
        itself = select(link.c.golden_id).where(same_record(link, announcement), link.c.kind == "account")
        homes = [query.correlate(announcement).scalar_subquery() for query in (home, itself)]
        account_id = func.coalesce(*homes).label("account_id")
        due = select(announcement, account_id).where(_WAITS, condition)
        return [
            Waiting(row.id, ref_of(row), row.gone, row.heard_at, row.attempts, row.account_id)
            for row in self.connection.execute(due.order_by(announcement.c.heard_at, announcement.c.id).limit(ROOM))
        ]

    def count_waiting(self) -> int:
        """How many wait, due or not."""
        return self.connection.scalar(select(func.count()).select_from(announcement).where(_WAITS)) or 0

    def begin(self, ids: Collection[str]) -> None:
        """Count an attempt: what ends the process in the middle of it is not tried for ever."""
        self._change(ids, attempts=announcement.c.attempts + 1)

    def put_off(self, ids: Collection[str], until: datetime) -> None:
        """Have these wait until then."""
        self._change(ids, due_at=until)

    def end(self, ids: Collection[str], outcome: str, now: datetime) -> None:
        """Say what became of these."""
        self._change(ids, ended_at=now, outcome=outcome)

    def _change(self, ids: Collection[str], **values: object) -> None:
        for part in chunks(sorted(ids)):
            self.connection.execute(update(announcement).where(_WAITS, among(announcement.c.id, part)).values(values))


def _row(id_: str, system: str, said: Announcement, now: datetime, *, waits: bool) -> dict[str, object]:
    return {
        "id": id_,
        "system": system,
        "stream": said.stream,
        "remote_id": said.remote_id,
        "gone": said.how == "gone",
        "at": said.at,
        "heard_at": now,
        "due_at": now,
        "ended_at": None if waits else now,
        "outcome": None if waits else LEFT,
    }
