"""What a rule may look at: accounts, contacts, activities, opportunities, users, campaigns, and groups of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


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
class Activity:
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
class Opportunity:
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
    activities: tuple[Activity, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    users: Mapping[str, User] = field(default_factory=dict)  # every user, by golden id
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)  # those that the activities point at
    opened: frozenset[str] = frozenset()  # keys of tasks and opportunities that were wished before: they stay
