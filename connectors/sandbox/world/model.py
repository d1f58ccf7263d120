"""Who there is in the world: companies and their people, each with the records that stand for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Country(NamedTuple):
    """A country as systems write it: its code, its name, its short name, and its currency."""

    code: str
    name: str
    short: str
    currency: str


UNITED_STATES = Country("US", "United States", "USA", "USD")


class State(NamedTuple):
    """A state or territory with its postal code and one of its telephone area codes."""

    name: str
    code: str
    area: str


@dataclass(slots=True)
class Company:
    """One company with the records that stand for it in either system. Assets are thousands of USD."""

    kind: str
    name: str
    street: str
    city: str
    state: State
    zip: str
    website: str  # as its own source writes it; empty where it has none
    mail: str  # the domain of its people's e-mail addresses
    charter: str = ""  # the FDIC's class
    country: Country = UNITED_STATES
    assets: int | None = None
    employees: int | None = None  # where they are known for certain, with the revenue in the country's currency
    revenue: int | None = None
    industry: str | None = None  # by HubSpot's word, where it is more than that of its kind
    sic: str | None = None
    naics: str | None = None
    parent: Company | None = None
    core: bool = False
    relation: str = "prospect"
    heat: str = "cold"  # hot, warm, cooled or cold
    topics: tuple[int, ...] = ()
    gateway: str | None = None  # the mail gateway that clicks every link
    hubspot_id: str | None = None
    account_id: str | None = None
    crossed: bool = False  # HubSpot carries the account's id
    rep: int | None = None
    people: list[Person] = field(default_factory=list)

    @property
    def domain(self) -> str | None:
        """The website's host without www, as HubSpot keeps it."""
        host = self.website.lower().strip().split("://")[-1].split("/")[0].removeprefix("www.")
        return host or None


class Title(NamedTuple):
    """A job title as people write it, with the department and rank that it stands for here."""

    text: str
    department: str
    rank: str


@dataclass(slots=True)
class Interest:
    """What a person follows: a topic's number, how warmly (hot, warm), and from when until when (days ago).

    besides: a second topic, of which they read and no more.
    """

    topic: int
    hot: bool
    since: int
    until: int
    besides: int | None = None


@dataclass(slots=True)
class Person:
    """One invented person at a company, with the records that stand for them in either system."""

    given_name: str | None
    family: str | None
    title: Title | None
    company: Company
    email: str | None
    phone: str | None = None
    more_emails: tuple[str, ...] = ()
    employer: Company | None = None  # where they work now, when that differs from where Salesforce knows them
    stray: bool = False  # no company record is attached in HubSpot
    hubspot_id: str | None = None
    contact_id: str | None = None
    lead_id: str | None = None
    crossed: bool = False  # HubSpot carries the Salesforce id
    converted: bool = False  # the lead became the contact
    doubled: str = ""  # which further record stands for the same person
    opted_out: bool = False
    bounced: bool = False
    archived: bool = False
    merged: tuple[str, ...] = ()  # HubSpot ids that were merged into this person's
    interest: Interest | None = None
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    forms: list[str] = field(default_factory=list)
    first: int | None = None  # first and last activity
    last: int | None = None

    @property
    def crm_id(self) -> str | None:
        """The id of their contact in Salesforce, else of their lead."""
        return self.contact_id or self.lead_id

    def note(self, at: int) -> None:
        """Note that something happened at that moment."""
        if self.first is None or at < self.first:
            self.first = at
        if self.last is None or at > self.last:
            self.last = at
