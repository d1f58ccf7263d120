"""Sessions: people who are signed in, each known by the digest of what their browser holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select, update

from syncd.model.tokens import digest_of
from syncd.tables.core import session

# NIST SP 800-63B-4, 2.2.3, asks for one hour without activity and a day in all at AAL2; here a working day is enough.
IDLE: Final = timedelta(hours=1)
LONGEST: Final = timedelta(hours=12)
GRAIN: Final = timedelta(minutes=5)  # how exactly it is known when somebody was last here: no write at each request


class Session(NamedTuple):
    """Somebody who is signed in."""

    name: str
    right: str
    source: str
    begun_at: datetime
    seen_at: datetime

    def stands(self, now: datetime) -> bool:
        """Whether it has not run out. One from a time to come is none: the clock was set back, and nobody knows."""
        begun, idle = now - self.begun_at, now - self.seen_at
        return -GRAIN < begun < LONGEST and -GRAIN < idle < IDLE


_FIELDS = [session.c[name] for name in Session._fields]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Who is signed in. Those that ran out go when the next one begins."""

    connection: Connection

    def begin(self, secret: str, begun: Session) -> None:
        """Keep a new session, and forget those that ran out."""
        self.forget(begun.begun_at)
        self.connection.execute(insert(session).values({**begun._asdict(), "digest": digest_of(secret)}))

    def find(self, secret: str) -> Session | None:
        """The session that this is, whether or not it ran out; None where it is nobody's."""
        row = self.connection.execute(select(*_FIELDS).where(session.c.digest == digest_of(secret))).one_or_none()
        return None if row is None else Session(*row)

    def note_presence(self, secret: str, now: datetime) -> None:
        """Note that somebody is still here."""
        self.connection.execute(update(session).where(session.c.digest == digest_of(secret)).values(seen_at=now))

    def end(self, secret: str) -> None:
        """Sign somebody out."""
        self.connection.execute(delete(session).where(session.c.digest == digest_of(secret)))

    def end_all(self) -> int:
        """Sign everybody out; returns how many were signed in."""
        return self.connection.execute(delete(session)).rowcount

    def forget(self, now: datetime) -> int:
        """Forget sessions that ran out, and those from a time to come; returns how many."""
        begun, last = session.c.begun_at, session.c.seen_at
        past = or_(begun <= now - LONGEST, last <= now - IDLE, begun >= now + GRAIN, last >= now + GRAIN)
        return self.connection.execute(delete(session).where(past)).rowcount
