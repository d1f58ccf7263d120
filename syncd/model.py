"""The words of the house as frozen values: what a rule may look at, and what it answers.

Stamps are aware UTC; `today` and close dates are calendar days in the agreement's time zone; money is Decimal with its
currency beside it. Ids are golden ids (text, stable for ever, e.g. `salesforce:Account:001…`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

Scalar = str | int | float | bool | Decimal | date | datetime | None


class Answer(StrEnum):
    """A gate's answer. Unknown is never no: it names what to find out."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


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
    """The next ask: follow what they read, invite them, or ask for business."""

    LISTEN = "listen"
    INVITE = "invite"
    ASK = "ask"


# ---- what a rule may look at -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Band:
    """A number known exactly (low == high) or as a vendor's band; None on a side means open-ended. Bounds inclusive."""

    low: Decimal | None
    high: Decimal | None

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low is not None and self.low == self.high

    def __str__(self) -> str:
        return f"{self.low:,}" if self.exact else f"{self.low or ''}..{self.high or ''}"


@dataclass(frozen=True, slots=True)
class IndustryCode:
    """One code of one classification: system SIC (1987) or NAICS (2012, 2017, 2022)."""

    system: str
    year: int
    code: str

    def __str__(self) -> str:
        return f"{self.system} {self.year} {self.code}"


@dataclass(frozen=True, slots=True)
class Account:
    """One company after both systems' and the registers' records were matched into one."""

    id: str
    name: str | None = None
    domain: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    phone: str | None = None
    industry: str | None = None  # the vendor's label or enumeration value, for show
    codes: tuple[IndustryCode, ...] = ()  # several where a crosswalk is ambiguous: see market
    codes_ambiguous: bool = False  # True: exactly one of `codes` holds, we do not know which
    employees: Band | None = None
    annual_revenue: Band | None = None
    total_assets: Band | None = None
    currency: str | None = None  # ISO 4217, of annual_revenue and total_assets
    relation: str | None = None  # customer, competitor, colleague, partner, prospect
    owner: str | None = None  # golden user id
    registers: tuple[str, ...] = ()  # names of the registers that list it
    remote_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # "salesforce.Account" → ids, first is used
    sources: Mapping[str, str] = field(default_factory=dict)  # our field → "salesforce Account.AnnualRevenue"


@dataclass(frozen=True, slots=True)
class Contact:
    """One person after contacts and leads of both systems were matched into one."""

    id: str
    account_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    emails: tuple[str, ...] = ()  # lower case, the best first
    phone: str | None = None
    title: str | None = None
    opted_out: bool | None = None
    bounced: bool | None = None
    relation: str | None = None
    owner: str | None = None
    lifecycle: str | None = None
    country: str | None = None
    remote_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or "(no name)"


@dataclass(frozen=True, slots=True)
class Engagement:
    """One activity of one contact.

    `kind` is the word of the mapping (email_clicked, webinar, contact_sales, …) that the agreement puts on a rung.
    `topic` is what the vendor calls it (form, campaign, subject, URL); the agreement's offers are recognised in it.
    """

    id: str
    contact_id: str
    kind: str
    at: datetime
    topic: str = ""
    campaign_id: str | None = None
    by_us: bool = False  # our touch towards them (a call made, a mail sent): never counts as their engagement
    selling: bool = False  # a selling touch by us, for premature asks
    agent: str | None = None  # user agent of an e-mail open or click
    message: str | None = None  # which e-mail it belongs to, to find its delivery and its sibling clicks
    source: str = ""  # "hubspot form_submissions"


@dataclass(frozen=True, slots=True)
class ContactRole:
    """A contact's role on an opportunity as it stands in Salesforce."""

    id: str  # remote id
    contact_id: str | None  # golden
    role: str | None
    primary: bool = False
    key: str | None = None  # Syncd_Key__c; None when a person added it


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity that stands in Salesforce, whoever opened it."""

    id: str  # golden
    account_id: str | None
    key: str | None  # Syncd_Key__c; None when sales opened it and we never adopted it
    name: str | None = None
    offer: str | None = None  # Syncd_Offer__c
    text: str = ""  # name, type, product and description, in which the agreement recognises an offer
    stage: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    probability: Decimal | None = None  # percent, 0..100
    close_date: date | None = None
    created_at: datetime | None = None
    owner: str | None = None
    is_closed: bool = False
    is_won: bool = False
    touched: frozenset[str] = frozenset()  # our field names that a person has changed: never written again
    remote_id: str | None = None
    roles: tuple[ContactRole, ...] = ()


@dataclass(frozen=True, slots=True)
class User:
    """A person of ours: HubSpot owner and Salesforce user in one."""

    id: str
    name: str | None = None
    email: str | None = None
    active: bool = True
    time_zone: str | None = None
    remote_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of either system."""

    id: str
    name: str | None = None
    kind: str | None = None
    starts: date | None = None
    ends: date | None = None
    remote_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """One account with all that a rule may look at."""

    account: Account
    contacts: tuple[Contact, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    deals: tuple[Deal, ...] = ()
    users: Mapping[str, User] = field(default_factory=dict)  # every user, by golden id
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)  # those that the engagements point at
    opened: frozenset[str] = frozenset()  # keys of tasks and opportunities that were wished before: they stay


# ---- what the rules answer ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition, its answer, and what it looked at.

    `mend` says what would make it pass (empty when it does).
    """

    name: str
    answer: Answer
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
    bots: int  # clicks and opens that count nothing
    hand_raised: bool
    explore: bool  # demo booked or trial started, not ready to buy
    responded: bool
    topics: tuple[str, ...]  # most engaged first


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
    mql: Answer
    ask: Ask
    points: Mapping[str, int] = field(default_factory=dict)  # mode: scored


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
    state: str  # known, assumed, unknown, stale
    question: str
    source: str = ""
    at: date | None = None


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
    decision: str  # open, keep, adopt, skip
    qualified: bool
    reasons: tuple[str, ...]
    key: str | None = None
    deal_id: str | None = None
    stage: str | None = None
    probability: Decimal | None = None  # percent
    amount: Decimal | None = None
    currency: str | None = None
    close_date: date | None = None
    owner: str | None = None
    next_step: str = ""
    delegates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer at another record that the writer resolves to its remote id: kind account, contact, deal or user."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What we want to stand in one remote record, in our own field names.

    once: written a single time and then left to people (a rep's task). remote_id: known when the record is not ours
    to create (an adopted opportunity, an existing account).
    """

    system: str
    object: str  # account, contact, opportunity, contact_role, task
    key: str
    fields: Mapping[str, Scalar | Ref]
    once: bool = False
    remote_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything the rules say of one account on one day, with reasons.

    review_on: the first later day on which time alone may change the answer (decay, closing of a window); None: never.
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


Row = dict[str, Any]
