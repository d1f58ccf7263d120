"""What the rules say: gates, readings, tallies, calls, wishes, and the judgement of them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from syncd.model.pictures import Knowledge, Picture
from syncd.model.queue import Candidate, Release
from syncd.model.references import Ref

Scalar = str | int | float | bool | Decimal | date | datetime | None


class Ruling(StrEnum):
    """What a gate says. Unknown is never no: it names what to find out."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class GateName(StrEnum):
    """Every condition that is ruled on: the gates of a contact in their order, then an account's in the market."""

    MARKET = "market"
    ROLE = "role"
    REACHABLE = "reachable"
    RELATION = "relation"
    RESPONDED = "responded"
    POINTS = "points"
    VERDICT = "verdict"
    PERSON = "person"
    SIZE = "size"
    INDUSTRY = "industry"
    COUNTRY = "country"
    STATE = "state"
    REGISTER = "register"
    SEGMENT = "segment"  # an earlier segment of which nobody knows whether it admits the account


class Standing(StrEnum):
    """Where an account stands towards the served market."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class Rung(StrEnum):
    """How far a contact has come, in rising order; NONE before any engagement."""

    NONE = "none"
    MESSAGING = "messaging"
    MOBILIZATION = "mobilization"
    MONEY = "money"


class Ask(StrEnum):
    """The next ask: follow what they read, invite them, ask about their problem or for business, or decline."""

    LISTEN = "listen"
    INVITE = "invite"
    EXPLORE = "explore"
    ASK = "ask"
    DECLINE = "decline"


class Decision(StrEnum):
    """What the forecast does for an account and offer: open an opportunity, keep ours, adopt sales' own, or nothing.

    wait: it is opened in the cycle that hands the first of its delegates to a rep.
    """

    OPEN = "open"
    WAIT = "wait"
    KEEP = "keep"
    ADOPT = "adopt"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition, its ruling, and what it looked at.

    `mend` says what would make it pass (empty when it does).
    """

    name: GateName
    ruling: Ruling
    value: str
    source: str
    reason: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class TitleReading:
    """What a job title says: functions and level with the words that showed them. confidence is in 0..1."""

    functions: tuple[str, ...]
    level: str | None
    words: tuple[str, ...]
    confidence: float
    former: bool = False  # retired or former: has no role


@dataclass(frozen=True, slots=True)
class Interest:
    """A contact's engagement as the agreement weighs it today."""

    rung: Rung
    strength: float  # decayed, bot-free, capped
    by_offer: Mapping[str, float]
    last_at: datetime | None
    last_by_offer: Mapping[str, datetime]
    kinds: Mapping[str, int]  # counted kinds
    bots: int  # clicks, opens and replies that count nothing
    hand_raised: bool
    explore: bool  # demo booked or trial started, not ready to buy
    responded: bool
    topics: tuple[str, ...]  # most engaged first
    signs: Mapping[str, int] = field(default_factory=dict)  # what gave the machines away → how often
    assumed: Mapping[str, int] = field(default_factory=dict)  # counted kinds that are only assumed to have been held
    responded_at: datetime | None = None  # when they last responded, within the window
    raised_at: datetime | None = None  # when they last asked for sales, within the window
    answered: bool = False  # sales touched them since they last asked
    explored_at: datetime | None = None  # when they began to explore, where they explore
    marketed_at: datetime | None = None  # when marketing last touched them, where they explore
    first_response: str | None = None  # the activity by which they first responded within the window
    last_response: str | None = None
    responses: tuple[str, ...] = ()  # the kinds by which they responded within the window

    @property
    def favourite(self) -> str | None:
        """The offer that they engage with most; ties by name."""
        return min(self.by_offer, key=lambda offer: (-self.by_offer[offer], offer), default=None)


@dataclass(frozen=True, slots=True)
class ContactJudgement:
    """Everything the rules say of one contact today."""

    contact_id: str
    name: str
    title: str | None
    reading: TitleReading
    role: str | None
    interest: Interest
    gates: tuple[Gate, ...]
    mql: Ruling
    ask: Ask
    role_by: str = ""  # where a person said so, if it is not by the title
    by_mail: bool = True  # they may be written to, and mail arrives as far as is known
    meets: bool = False  # sales meets them on a running opportunity: that goes on, reached by marketing or not
    points: Mapping[str, int] = field(default_factory=dict)  # mode: scored
    alerts: tuple[str, ...] = ()  # what somebody must look at, of one who explores
    returned: str = ""  # why they are back with marketing, as long as they rest there
    verdict: str = ""  # the rep's word: accepted, not yet, rejected


@dataclass(frozen=True, slots=True)
class RoleCoverage:
    """One required role of one offer: who covers it, and how strongly."""

    role: str
    needed: int
    contacts: tuple[str, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing of the buying group that we do not know, and the question that would find out."""

    what: str
    state: Knowledge
    question: str
    source: str = ""
    at: date | None = None
    value: str = ""  # the answer, where somebody gave one
    by: str = ""  # who did: a golden user id, or what they called themselves


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which of an offer's required roles are covered. completeness = mean over roles of min(1, members/needed)."""

    offer: str
    roles: tuple[RoleCoverage, ...]
    completeness: float
    unknowns: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One voter's way through the caucus; `to` None means that they went home."""

    contact_id: str
    round: int
    start: str | None
    to: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Tally:
    """One account's caucus: both rounds and every move, so that anybody can count it again."""

    present: int
    threshold: int
    first: Mapping[str, tuple[str, ...]]  # offer → contact ids after first alignment
    final: Mapping[str, tuple[str, ...]]  # viable offer → delegates after realignment
    viable: tuple[str, ...]
    moves: tuple[Move, ...]
    home: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """What the forecast says of one account and offer: open it, keep it, adopt it, or why not."""

    offer: str
    decision: Decision
    qualified: bool
    reasons: tuple[str, ...]
    key: str | None = None
    opportunity_id: str | None = None
    stage: str | None = None
    probability: Decimal | None = None  # percent
    amount: Decimal | None = None
    currency: str | None = None
    close_date: date | None = None
    close_basis: str = ""  # of one that is opened: how the date came about
    owner: str | None = None
    next_step: str = ""
    delegates: tuple[str, ...] = ()
    asks_about: tuple[str, ...] = ()  # open opportunities of sales (golden ids) whose owners are asked for the offer
    review_on: date | None = None  # the next day on which time alone changes it


@dataclass(frozen=True, slots=True)
class Wish:
    """What we want to stand in one remote record, in our own field names.

    once: written a single time and then left to people (a rep's task). remote_id: known when the record is not ours
    to create (an adopted opportunity, an existing account). stream: `system.stream` whose records it changes.
    not_before: it is not sent earlier (aware UTC).
    """

    system: str
    object: str  # one of `wishes.WISHED`, which also says its fields
    key: str
    fields: Mapping[str, Scalar | Ref]
    once: bool = False
    remote_id: str | None = None
    reason: str = ""
    stream: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything the rules say of one account on one day, with reasons.

    review_on: the first later day on which time alone may change it (decay, closing of a window); None: never.
    """

    account_id: str
    today: date
    agreement: str  # version
    standing: Standing
    segment: str | None
    market: tuple[Gate, ...]
    contacts: tuple[ContactJudgement, ...]
    coverage: tuple[Coverage, ...]
    tally: Tally
    calls: tuple[Call, ...]
    wishes: tuple[Wish, ...]
    review_on: date | None
    pictures: tuple[Picture, ...] = ()  # of the opportunities that are open, or opened now
    candidates: tuple[Candidate, ...] = ()  # tasks that wait for their release
    outcomes: tuple[Release, ...] = ()  # releases of which something else became than is kept
    terms: str = ""  # digest of the agreement's terms: what its signatures bind
