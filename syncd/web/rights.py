"""Who asks over HTTP, and what they may: one right per operation, each of which holds those below it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, Protocol

from starlette.requests import Request

BOOTSTRAP: Final = "SYNCD_HTTP_TOKEN"  # the token of the settings, by the name under which it acts


class Right(IntEnum):
    """What somebody may do; whoever may do one may do those before it."""

    VIEW = 1  # look
    OPERATE = 2  # have syncd work, hold it, take things back
    ADMINISTER = 3  # apply a plan; tokens and people

    @property
    def word(self) -> str:
        """As people write it: `view`."""
        return self.name.lower()

    @classmethod
    def read(cls, word: str) -> Right:
        """The right of that name. Raises KeyError."""
        return cls[word.upper()]


class Kind(StrEnum):
    """How somebody came to be known."""

    TOKEN = "token"
    PERSON = "person"  # signed in
    NOBODY = "nobody"  # unknown, on this machine


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, as syncd knows them. name: the token's, or the person's."""

    name: str
    right: Right
    kind: Kind

    @property
    def actor(self) -> str:
        """As runs and the audit log name them: `api:ci`, `page:ann@example.com`."""
        return f"{'page' if self.kind is Kind.PERSON else 'api'}:{self.name}"

    def may(self, right: Right) -> bool:
        """Whether they may do what asks for this right."""
        return self.right >= right


NOBODY: Final = Principal("nobody", Right.VIEW, Kind.NOBODY)  # on loopback, where nothing is configured


class Doorkeeper(Protocol):
    """Who knows people and tokens. `recognise` runs beside the event loop: it may read the store."""

    @property
    def configured(self) -> bool:
        """Whether anybody can be known at all, or ever could: a token, an administrator, a provider of identities."""
        ...

    def recognise(self, request: Request) -> Principal | None:
        """Who sends this; None where nobody says who they are, or what they say is not true."""
        ...


def bearer(request: Request) -> str | None:
    """The bearer token that a request carries. https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
