"""People who are signed in, and how long that lasts: by the wall clock, and by one that nobody sets."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from syncd.model.tokens import digest_of, new_session
from syncd.store import Store
from syncd.store.administrator import ADMIN, Password
from syncd.store.sessions import GRAIN, IDLE, LONGEST, Session
from syncd.wall import steady
from syncd.web.entry.aside import Aside
from syncd.web.rights import Kind, Principal, Right

_MOST: Final = 10_000  # sessions that are watched at once


class Person(NamedTuple):
    """Somebody who has just shown who they are. source: by what their right was granted."""

    name: str
    right: Right
    source: str


@dataclass
class SessionClock:
    """When a session began and when it was last used, by a clock that nobody sets."""

    begun: float
    last: float

    @classmethod
    def of(cls, session: Session, now: datetime) -> SessionClock:
        """The watch of a session that this process meets for the first time."""
        begun, last = ((now - at).total_seconds() for at in (session.begun_at, session.seen_at))
        return cls(steady() - max(begun, 0), steady() - max(last, 0))

    def stands(self) -> bool:
        """Whether the session has not run out, however the wall clock was set meanwhile."""
        return steady() - self.begun < LONGEST.total_seconds() and steady() - self.last < IDLE.total_seconds()


class People:
    """Sessions at the door. source: by what the identity provider's people have their rights; None without one."""

    def __init__(self, store: Store, aside: Aside, source: str | None) -> None:
        self._store, self._aside, self._source = store, aside, source
        self._watches: OrderedDict[str, SessionClock] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, person: Person, former: str | None) -> str:
        """Sign somebody in: what their browser is to hold. former: what it held, which ends. Raises Unavailable."""
        secret, now = new_session(), datetime.now(UTC)
        with self._store.writing() as unit:
            if former:
                unit.sessions.end(former)
            unit.sessions.begin(secret, Session(person.name, person.right.word, person.source, now, now))
            unit.audit.write(_principal(person.name, person.right).actor, "sign in", f"may {person.right.word}")
        return secret

    def recognise(self, secret: str) -> Principal | None:
        """Whose session this is; None where it is nobody's, or has ended. Raises Unavailable."""
        now, digest = datetime.now(UTC), digest_of(secret)
        with self._store.reading() as unit:
            session = unit.sessions.find(secret)
            password = unit.administrator.password()
        if session is None:
            return None
        if session.source not in (self._source, source_of(password)) or not self._stands(digest, session, now):
            self._aside.write(lambda unit: unit.sessions.end(secret))
            return None
        if now - session.seen_at >= GRAIN:
            self._aside.write(lambda unit: unit.sessions.note_presence(secret, now))
        return _principal(session.name, Right.read(session.right))

    def end(self, secret: str, principal: Principal) -> None:
        """Sign somebody out. Raises Unavailable."""
        with self._store.writing() as unit:
            unit.sessions.end(secret)
            unit.audit.write(principal.actor, "sign out", "")

    def _stands(self, digest: str, session: Session, now: datetime) -> bool:
        with self._lock:
            watch = self._watches.setdefault(digest, SessionClock.of(session, now))
            self._watches.move_to_end(digest)
            if len(self._watches) > _MOST:
                self._watches.popitem(last=False)
            if not (session.stands(now) and watch.stands()):
                return False
            watch.last = steady()
        return True


def source_of(password: Password | None) -> str | None:
    """By what the administrator has their right: another password ends what the one before let in."""
    return None if password is None else digest_of(f"{ADMIN} {password.hash}")


def _principal(name: str, right: Right) -> Principal:
    return Principal(name, right, Kind.PERSON)
