"""What an act came to, kept for the page that is shown next: a browser holds its number and no word of it."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from syncd.wall import steady

COOKIE: Final = "syncd-notice"
KEPT: Final = 60  # seconds until nobody waits for it any more
_MOST: Final = 1_000


class Notices:
    """In this process's memory: what is lost by a restart is a sentence."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def leave(self, response: Response, notice: str, *, secure: bool) -> None:
        """Keep a sentence for whom this answer goes to."""
        number = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[number] = (notice, steady())
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        response.set_cookie(COOKIE, number, max_age=KEPT, path="/", secure=secure, httponly=True, samesite="strict")

    def take(self, request: Request) -> str | None:
        """The sentence that waits for this browser; it is shown once."""
        with self._lock:
            notice, at = self._kept.pop(request.cookies.get(COOKIE, ""), ("", 0.0))
        return notice if notice and steady() - at < KEPT else None


NOTICES: Final = Notices()
