"""What a rule may look at: accounts, contacts, activities, opportunities, users, campaigns, and groups of them.

This is the one declaration of a golden field: its name, its type, what stands where nothing is known, and in a `Fact`
what these do not say. Which fields a mapping may read (`model.kinds`), the rows that match writes, how judge reads them
back and the reference page follow from it; the columns in `syncd/tables` are held equal by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from syncd.model.answers import Answer
from syncd.model.queue import Release, Return, Verdict


@dataclass(frozen=True, slots=True)
class Fact:
    """What a golden field's name and type do not say of it; most fields need none.

    read: the name by which a mapping reads it, where that is another one; "" where match makes it.
    column: its column, where that has another name; "" where it has none.
    whole: the fact of several fields that it belongs to: they are true of one another only within one record.
    leads: of a whole, the field without which the others say little; the record that has it is preferred.
    priced: an amount, which is kept with the currency that stands beside it in its record.
    points: matching reads references and puts the golden id there that the first known one leads to.
    tells: matching compares it before it says that two records are one.
    vital: a record in which it stands and cannot be read would say something else without it: it is set aside whole.
    """

    read: str | None = None
    column: str | None = None
    whole: str = ""
    leads: bool = False
    priced: bool = False
    points: bool = False
    tells: bool = False
    vital: bool = False


MADE = Fact(read="")  # by match
GATHERED = Fact(read="", column="")  # from other tables, when a group is read
TELLS = Fact(tells=True)
VITAL = Fact(vital=True)
OWNER = Fact(points=True)
ADDRESS, REGION = Fact(whole="address", tells=True), Fact(whole="region", tells=True)
MONEY, PRICED = Fact(whole="money"), Fact(priced=True)

RemoteIds = Annotated[Mapping[str, tuple[str, ...]], GATHERED]  # `system.stream` → ids, the first is used
Sources = Annotated[
    Mapping[str, str], MADE
]  # our field, or one address of several → "system stream.field" that says so


@dataclass(frozen=True, slots=True)
class Band:
    """A number known exactly (low == high) or as a vendor's band; None on a side means open-ended. Bounds inclusive.

    currency: ISO 4217, of an amount; None where no record says it, and of heads.
    """

    low: Decimal | None
    high: Decimal | None
    currency: str | None = None

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low is not None and self.low == self.high

    def __str__(self) -> str:
        amount = f"{self.low:,}" if self.exact else f"{self.low or ''}..{self.high or ''}"
        return f"{amount} {self.currency}" if self.currency else amount


@dataclass(frozen=True, slots=True)
class IndustryCode:
    """One code of one classification: system SIC (1987) or NAICS (2012, 2017, 2022)."""

    system: str
    year: int
    code: str

    def __str__(self) -> str:
        return f"{self.system} {self.year} {self.code}"


@dataclass(frozen=True, slots=True)
class Closure:
    """What one record says against one address or telephone number of somebody: a bounce, a quarantine, an objection.

    of: the address or number; "" where the record names none, or means the person: then it is said of every one.
    why: see WHYS. mail: the kind of mail that they opted out of, where it is not all. source: which field says so.
    """

    of: str
    why: str
    mail: str = ""
    source: str = ""


BOUNCED, QUARANTINED = "bounced", "quarantined"
OPTED_OUT, UNSUBSCRIBED = "opted_out", "unsubscribed"
DO_NOT_CALL, NO_CONTACT = "do_not_call", "no_contact"
WHYS = (BOUNCED, QUARANTINED, OPTED_OUT, UNSUBSCRIBED, DO_NOT_CALL, NO_CONTACT)


@dataclass(frozen=True, slots=True)
class Account:
    """One company after both systems' and the registers' records were matched into one."""

    id: Annotated[str, MADE]
    name: Annotated[str | None, TELLS] = None
    domain: Annotated[str | None, TELLS] = None
    street: Annotated[str | None, ADDRESS] = None
    city: Annotated[str | None, Fact(whole="address", leads=True, tells=True)] = None
    state: Annotated[str | None, REGION] = None
    postal_code: Annotated[str | None, ADDRESS] = None
    country: Annotated[str | None, Fact(whole="region", leads=True, tells=True)] = None  # ISO 3166-1 alpha-2
    phone: Annotated[str | None, TELLS] = None
    industry: str | None = None  # the vendor's label or enumeration value, for show
    codes: tuple[IndustryCode, ...] = ()  # several where a crosswalk is ambiguous: see market
    codes_ambiguous: Annotated[bool, MADE] = False  # True: exactly one of `codes` holds, we do not know which
    employees: Band | None = None
    annual_revenue: Annotated[Band | None, PRICED] = None
    total_assets: Annotated[Band | None, PRICED] = None
    relation: str | None = None  # customer, competitor, colleague, partner, prospect, other; unclear: in unknown words
    person: Annotated[bool | None, Fact(tells=True, vital=True)] = None  # somebody who buys for themselves: no company
    owner: Annotated[str | None, OWNER] = None  # golden user id
    parent: Annotated[str | None, Fact(points=True)] = None  # golden id of the company that owns it
    registers: tuple[str, ...] = ()  # names of the registers that list it
    assumed: Annotated[tuple[str, ...], MADE] = ()  # fields that no record says; of an amount: its currency
    remote_ids: RemoteIds = field(default_factory=dict)
    sources: Sources = field(default_factory=dict)
    parents: Annotated[tuple[Account, ...], GATHERED] = ()  # who owns it, the nearest first, without their own parents


@dataclass(frozen=True, slots=True)
class Contact:
    """One person after contacts and leads of both systems were matched into one."""

    id: Annotated[str, MADE]
    account_id: Annotated[str | None, MADE] = None
    first_name: Annotated[str | None, TELLS] = None
    last_name: Annotated[str | None, TELLS] = None
    emails: tuple[str, ...] = ()  # lower case, the best first
    phone: str | None = None  # the first of their numbers
    phones: Annotated[tuple[str, ...], MADE] = ()  # all of them, as they were written
    title: str | None = None
    closures: Annotated[tuple[Closure, ...], MADE] = ()  # which of their addresses and numbers are closed
    legal_basis: str | None = None  # on which they may be written to, where the system keeps one
    marketable: bool | None = None  # whether the system counts them among those it sends marketing mail to
    relation: str | None = None
    owner: Annotated[str | None, OWNER] = None
    lifecycle: str | None = None
    country: str | None = None
    origin: str | None = None  # from where they came, in the words of the system: a list, a fair, a partner
    made: datetime | None = None  # since when the system that others copy people from has them
    lead_since: datetime | None = None  # these three: when a system says that they became one, by its own terms
    mql_since: datetime | None = None
    sql_since: datetime | None = None
    converted_at: datetime | None = None  # when a rep made a contact of the lead
    brought: Annotated[str | None, Fact("converted_opportunity", points=True)] = None  # what converting the lead opened
    converted_by: Annotated[str | None, OWNER] = None  # the record of the one of us who did so, as `system.stream/id`
    person_records: Annotated[tuple[str, ...], MADE] = ()  # those of theirs that are a person account's: never written
    remote_ids: RemoteIds = field(default_factory=dict)
    sources: Sources = field(default_factory=dict)

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or "(no name)"


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of one contact.

    `kind` is the word of the mapping (email_clicked, webinar, contact_sales, …) that the agreement puts on a rung.
    `topic` is what the vendor calls it (form, campaign, subject, URL); the agreement's offers are recognised in it.
    """

    id: Annotated[str, MADE]
    contact_id: Annotated[str, Fact("contacts", points=True, vital=True)]
    kind: Annotated[str, VITAL]
    at: Annotated[datetime, VITAL]
    made: datetime | None = None  # when it was agreed on: a demo is booked before it is held
    ends: datetime | None = None
    outcome: Annotated[str | None, VITAL] = None  # done, open, missed, unread (no known word); None: unmarked
    disposition: Annotated[str | None, VITAL] = None  # how a call went, in the mapping's words
    seconds: Decimal | None = None  # how long a call lasted
    topic: str = ""
    campaign_id: Annotated[str | None, Fact("campaign", points=True)] = None
    owner: Annotated[str | None, OWNER] = None  # the record of the one of us whose it is, as `system.stream/id`
    by_us: Annotated[bool, VITAL] = False  # our touch towards them: never counts as their engagement
    selling: Annotated[bool, VITAL] = False  # a selling touch by us, for premature asks
    agent: str | None = None  # user agent of an e-mail open or click; empty where the system tells that there was none
    message: str | None = (
        None  # which e-mail it belongs to, to find its delivery and its sibling clicks; or which event
    )
    link: str | None = None  # what was clicked
    links: int | None = None  # how many links its e-mail has
    filtered: Annotated[bool, VITAL] = False  # the vendor itself says that a machine, or a colleague, made it
    by_hand: bool = False  # what only a person does: it clears the clicks that led there of having been a machine's
    source: Annotated[str, GATHERED] = ""  # "hubspot form_submissions"


@dataclass(frozen=True, slots=True)
class ContactRole:
    """A contact's role on an opportunity as it stands in Salesforce."""

    id: Annotated[str, MADE]  # remote id
    contact_id: Annotated[str | None, Fact("contact", points=True, vital=True)]  # golden
    role: Annotated[str | None, VITAL]
    primary: Annotated[bool, Fact("is_primary", "is_primary")] = False
    key: Annotated[str | None, VITAL] = None  # ours; None when a person added it
    said: Annotated[bool, MADE] = False  # ours, and a person has changed the role since

    @property
    def by_people(self) -> bool:
        """Whether a person set the role."""
        return not self.key or self.said


@dataclass(frozen=True, slots=True)
class LineItem:
    """One product on an opportunity."""

    id: Annotated[str, MADE]
    opportunity_id: Annotated[str | None, Fact("opportunity", points=True, vital=True)]
    product: Annotated[str, VITAL] = ""  # its name, code and family, in which the agreement recognises an offer


@dataclass(frozen=True, slots=True)
class Opportunity:
    """An opportunity that stands in Salesforce, whoever opened it."""

    id: Annotated[str, MADE]  # golden
    account_id: Annotated[str | None, Fact("account", points=True, vital=True)]
    key: Annotated[str | None, VITAL]  # ours; None when sales opened it and we never adopted it
    name: str | None = None
    offer: Annotated[str | None, VITAL] = None  # the name of the offer, as we wrote it there
    text: Annotated[str, Fact(column="words")] = (
        ""  # name, type and description, in which the agreement recognises an offer
    )
    stage: Annotated[str | None, VITAL] = None
    staged_at: datetime | None = None  # since when it stands in its stage
    segment: str | None = None  # by whose terms it was opened, as we wrote it there
    amount: Annotated[Decimal | None, MONEY] = None
    currency: Annotated[str | None, MONEY] = None
    probability: Decimal | None = None  # percent, 0..100
    close_date: date | None = None
    created_at: datetime | None = None
    owner: Annotated[str | None, OWNER] = None
    is_closed: Annotated[bool, VITAL] = False
    is_won: Annotated[bool, VITAL] = False
    touched: Annotated[frozenset[str], MADE] = frozenset()  # our fields that a person has changed: never written again
    remote_id: Annotated[str | None, GATHERED] = None
    products: Annotated[tuple[str, ...], GATHERED] = ()  # of its line items, as they are called
    roles: Annotated[tuple[ContactRole, ...], GATHERED] = ()
    answers: Annotated[tuple[Answer, ...], GATHERED] = ()  # what people found out about the decision


@dataclass(frozen=True, slots=True)
class User:
    """A person of ours: HubSpot owner and Salesforce user in one."""

    id: Annotated[str, MADE]
    name: Annotated[str | None, TELLS] = None
    email: str | None = None
    active: Annotated[bool, Fact(tells=True, vital=True)] = True
    time_zone: str | None = None
    remote_ids: RemoteIds = field(default_factory=dict)

    @property
    def records(self) -> frozenset[str]:
        """The names of their records, as `system.stream/id`."""
        return frozenset(f"{stream}/{one}" for stream, ids in self.remote_ids.items() for one in ids)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of either system."""

    id: Annotated[str, MADE]
    name: str | None = None
    kind: str | None = None
    starts: date | None = None
    ends: date | None = None
    remote_ids: RemoteIds = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CampaignMember:
    """A contact's membership of a campaign; what those who responded did thereby is an activity of its own."""

    id: Annotated[str, MADE]
    campaign_id: Annotated[str | None, Fact("campaign", points=True)]
    contact_id: Annotated[str | None, Fact("contacts", points=True, vital=True)]
    status: str | None = None
    responded: Annotated[bool, VITAL] = False
    at: Annotated[datetime | None, VITAL] = None


@dataclass(frozen=True, slots=True)
class StageChange:
    """One entry of an opportunity's stage history."""

    id: Annotated[str, MADE]
    opportunity_id: Annotated[str | None, Fact("opportunity", points=True, vital=True)]
    stage: Annotated[str | None, VITAL] = None
    amount: Decimal | None = None
    probability: Decimal | None = None  # percent, 0..100
    close_date: date | None = None
    at: Annotated[datetime | None, VITAL] = None


@dataclass(frozen=True, slots=True)
class Double:
    """Another golden record that one of a group may be, for people to decide.

    evidence: what speaks for it, in words. other_ids: of another account, its live remote ids.
    """

    kind: str  # account or contact
    id: str  # the golden id in the group
    other: str  # golden id
    evidence: str
    since: datetime
    other_ids: RemoteIds = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """One account with all that a rule may look at."""

    account: Account
    contacts: tuple[Contact, ...] = ()
    activities: tuple[Activity, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    users: Mapping[str, User] = field(default_factory=dict)  # every user, by golden id
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)  # those that the activities point at
    doubles: tuple[Double, ...] = ()  # what may be one with another record, undecided
    opened: frozenset[str] = frozenset()  # keys of tasks and opportunities that were wished before: they stay
    sent: Mapping[str, datetime] = field(default_factory=dict)  # those of them that are tasks → when they went out
    releases: Mapping[str, Release] = field(default_factory=dict)  # tasks that were handed to a rep, by their key
    verdicts: tuple[Verdict, ...] = ()  # what stands in the records that reps have before them
    returned: Mapping[str, Return] = field(default_factory=dict)  # those that went back to marketing, by their key
    deleted: Mapping[str, datetime] = field(default_factory=dict)  # opportunities of ours by key → when a person did so
    gone: Mapping[str, datetime] = field(default_factory=dict)  # the same of its own record, contacts (ids), tasks
