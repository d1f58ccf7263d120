"""The picture of an open opportunity: who decides there, what is known and not known, and what to do next.

Nothing in it moves by the day: strength is told in bands, and what ages is told as known or stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Knowledge(StrEnum):
    """How well we know one thing of the buying group; stale: they said nothing for long."""

    KNOWN = "known"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"
    STALE = "stale"


class Strength(StrEnum):
    """How strongly those who fill a role engage, in the agreement's bands."""

    NONE = "none"
    WEAK = "weak"
    FAIR = "fair"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class RolePerson:
    """Who fills a role, by name and title."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class PicturedRole:
    """One role: how many are needed, who fills it, how well that is known, and how strongly they engage together."""

    role: str
    needed: int
    by: tuple[RolePerson, ...]
    state: Knowledge
    strength: Strength


@dataclass(frozen=True, slots=True)
class PictureFinding:
    """One thing of the decision: its state and value, where and by whom it was said, and since when it is known.

    field, title: the opportunity's field in which it is answered, by the vendor's name and as screens call it; None
    where there is none.
    """

    what: str
    state: Knowledge
    value: str
    source: str
    by: str
    at: date | None
    field: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class NextAction:
    """What closes one gap: whom to reach, with what, and who does it."""

    closes: str
    reach: str
    say: str
    by: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: what is written in the field, and how people call it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class OfferQuestion:
    """Which offer is it for? field, title: where that is answered, by the vendor's name and as screens call it."""

    field: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known and not known about the decision of one open opportunity.

    opportunity: its key where it is ours, else its golden id. offer, label: None and "" where it names none. overdue:
    its close date, where that has passed. people: how many contacts the account has. left_out: how many entries were
    left out because the field where it stands holds no more. asks: how its owner says the offer, where it names none.
    """

    opportunity: str
    name: str
    offer: str | None
    label: str
    overdue: date | None
    people: int
    roles: tuple[PicturedRole, ...]
    gaps: tuple[str, ...]
    known: tuple[PictureFinding, ...]
    unknown: tuple[PictureFinding, ...]
    next: tuple[NextAction, ...]
    left_out: int = 0
    asks: OfferQuestion | None = None


@dataclass(frozen=True, slots=True)
class AccountPicture:
    """The pictures of an account's open opportunities. left_out: how many opportunities the field has no room for."""

    account: str
    opportunities: tuple[Picture, ...]
    left_out: int = 0
