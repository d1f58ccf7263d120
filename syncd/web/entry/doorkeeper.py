"""Who sends a request: the holder of a token, or somebody who is signed in."""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from starlette.requests import Request

from connectors.scrubber import know_token
from syncd.errors import Unavailable
from syncd.model.tokens import digest_of, is_token
from syncd.store import Store
from syncd.store.notes import EVERYBODY_IS_ASKED
from syncd.wall import steady
from syncd.web.entry.aside import Aside
from syncd.web.entry.people import People
from syncd.web.rights import BOOTSTRAP, Kind, Principal, Right, bearer

REMEMBERED: Final = 3_600.0  # seconds for which somebody may still look while the store does not answer
_MOST: Final = 1_000


class Entry:
    """Knows tokens, the local administrator's and the identity provider's people.

    While the store does not answer, whoever was known within the hour may look, and no more: figures and health must
    say then what is wrong. The bootstrap token needs no store.
    """

    def __init__(
        self, store: Store, people: People, aside: Aside, *, bootstrap: str | None, by_provider: bool, cookie: str
    ) -> None:
        self._store, self.people, self._aside, self.cookie = store, people, aside, cookie
        self._bootstrap, self._by_provider = bootstrap, by_provider
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, tuple[Principal, float]] = OrderedDict()
        self._used: dict[str, date] = {}
        self._was_configured = True  # until the store has said otherwise

    @property
    def configured(self) -> bool:
        """Whether somebody can be known, or ever could by the store: who takes the last token away opens nothing."""
        if self._bootstrap or self._by_provider:
            return True
        try:
            with self._store.reading() as unit:
                kept = unit.notes.says(EVERYBODY_IS_ASKED)
                anybody = kept or unit.administrator.password() is not None or unit.tokens.any()
        except Unavailable:
            return self._was_configured
        self._was_configured = anybody
        return anybody

    def recognise(self, request: Request) -> Principal | None:
        """Who sends this; None where nobody says who they are, or what they say is not true. Raises Unavailable."""
        if "authorization" in request.headers:  # then it is not a browser's cookie that speaks: see syncd/web/walls.py
            token = bearer(request)
            return self._by_token(token) if token else None
        if secret := request.cookies.get(self.cookie):
            return self._remembered(secret, self.people.recognise)
        return None

    def settle(self) -> None:
        """Wait until what was noted aside stands in the store."""
        self._aside.settle()

    def _by_token(self, token: str) -> Principal | None:
        if self._bootstrap and hmac.compare_digest(token.encode(), self._bootstrap.encode()):
            return Principal(BOOTSTRAP, Right.ADMINISTER, Kind.TOKEN)
        return self._remembered(token, self._in_store) if is_token(token) else None

    def _in_store(self, token: str) -> Principal | None:
        now = datetime.now(UTC)
        with self._store.reading() as unit:
            known = unit.tokens.recognise(token, now)
        if known is None:
            return None
        if known.used_on != now.date() and self._used.get(known.name) != now.date():
            self._used[known.name] = now.date()
            self._aside.write(lambda unit: unit.tokens.used(known.name, now))
        return Principal(known.name, Right.read(known.right), Kind.TOKEN)

    def _remembered(self, secret: str, ask: Callable[[str], Principal | None]) -> Principal | None:
        """What the store says of a secret; while it does not answer, what it said lately, for those who only look."""
        digest = digest_of(secret)
        try:
            principal = ask(secret)
        except Unavailable:
            with self._lock:
                known, at = self._recent.get(digest, (None, 0.0))
            if known is None or steady() - at > REMEMBERED:
                raise
            return replace(known, right=Right.VIEW)
        with self._lock:
            self._recent.pop(digest, None)
            if principal is not None:
                know_token(secret)
                self._recent[digest] = (principal, steady())
                if len(self._recent) > _MOST:
                    self._recent.popitem(last=False)
        return principal
