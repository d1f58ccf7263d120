"""Who is signed in, and until when."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from .org import Org
from .refusal import Refusal

_EXPIRED = "Session expired or invalid"


class Sessions:
    """Session ids and when they end. A session that is used lives on, as long as it is used in time."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._open: dict[str, tuple[str, datetime]] = {}
        self._made = 0

    def open(self, user: str) -> str:
        """Start a session for the user and return its id."""
        self._made += 1
        secret = hashlib.sha256(f"{user}/{self._made}".encode()).hexdigest()
        session = f"{organization(self._org)[:15]}!SB{self._made:06d}.{secret}"
        self._open[session] = (user, self._end())
        return session

    def user(self, session: str) -> str:
        """Return whose session it is; raises Refusal INVALID_SESSION_ID where it ended or never was."""
        if session == self._org.settings.admin_token:
            return self._org.settings.administrator
        opened = self._open.get(session)
        if opened is None or opened[1] <= self._org.now():
            self._open.pop(session, None)
            raise Refusal("INVALID_SESSION_ID", _EXPIRED, status=401)
        row = self._org.tables["User"].rows.get(opened[0]) or {}
        if row.get("IsActive") is False:  # who is deactivated is signed out
            raise Refusal("INVALID_SESSION_ID", _EXPIRED, status=401)
        self._open[session] = (opened[0], self._end())
        return opened[0]

    def ends(self, session: str) -> tuple[str, datetime] | None:
        """Return whose session it is and when it ends, None where it is not in force."""
        opened = self._open.get(session)
        return opened if opened is not None and opened[1] > self._org.now() else None

    def close(self, session: str) -> None:
        """End a session."""
        self._open.pop(session, None)

    def close_all(self) -> int:
        """End every session and return how many there were."""
        ended = len(self._open)
        self._open.clear()
        return ended

    def _end(self) -> datetime:
        return self._org.now() + timedelta(seconds=self._org.settings.session_seconds)


def organization(org: Org) -> str:
    """Return the org's id."""
    return next(iter(org.tables["Organization"].rows))
