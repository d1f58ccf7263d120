"""Who is calling, and what they were granted: tokens that stay, and OAuth tokens that run out and are refreshed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from connectors.sandbox.hubspot.refusals import expired, missing_scopes, unauthenticated
from connectors.sandbox.hubspot.shelf import iso

LIFETIME = 1800  # seconds that an OAuth access token lives
EVERYTHING = frozenset({"*"})
# Every scope that one of the portal's paths asks for, and those that only change what an answer shows.
SCOPES = (
    *("automation", "content", "crm.lists.read", "crm.lists.write", "crm.objects.marketing_events.read"),
    "crm.objects.owners.read",
    *("forms", "marketing.campaigns.read", "oauth", "sales-email-read"),
    *(
        f"crm.{what}.{kind}.{right}"
        for what in ("objects", "schemas")
        for kind in ("companies", "contacts", "deals")
        for right in ("read", "write")
    ),
)
CLIENT = ("sandbox-client", "sandbox-secret")
REFRESH_TOKEN = "sandbox-refresh"


@dataclass(slots=True)
class Token:
    """One access token. `expires` is in epoch milliseconds; None: a service key, or an app's that stays.

    described: the portal tells what it may do; of service keys it does not.
    """

    scopes: frozenset[str] = EVERYTHING
    expires: int | None = None
    described: bool = True

    def may(self, scope: str) -> bool:
        """Say whether the scope was granted."""
        return scope in self.scopes or self.scopes == EVERYTHING


def named_scopes(scopes: Iterable[str]) -> list[str]:
    """Return granted scopes as the portal names them."""
    return sorted(SCOPES if "*" in scopes else scopes)


@dataclass(slots=True)
class Identity:
    """The tokens that the portal has given out. `now` tells the time in epoch milliseconds."""

    now: Callable[[], int]
    tokens: dict[bytes, Token] = field(default_factory=dict)
    refresh: dict[str, frozenset[str]] = field(default_factory=lambda: {REFRESH_TOKEN: EVERYTHING})

    def grant(
        self, token: str, scopes: Iterable[str] = EVERYTHING, expires: int | None = None, *, described: bool = True
    ) -> None:
        """Make `token` valid, with these scopes (`*` is every scope)."""
        self.tokens[b"Bearer " + token.encode()] = Token(frozenset(scopes), expires, described)

    def lapse(self, authorization: bytes) -> None:
        """Let an OAuth token run out now; the others never do."""
        token = self.tokens.get(authorization)
        if token is not None and token.expires is not None:
            token.expires = self.now() - 1000

    def admit(self, authorization: bytes, scopes: tuple[str, ...]) -> None:
        """Refuse a call whose token is unknown, has run out, or has none of `scopes`."""
        token = self.tokens.get(authorization)
        if token is None:
            raise unauthenticated()
        if token.expires is not None and (left := token.expires - self.now()) <= 0:
            raise expired(-left // 1000, iso(token.expires))
        if scopes and "*" not in token.scopes and token.scopes.isdisjoint(scopes):
            raise missing_scopes(scopes)
