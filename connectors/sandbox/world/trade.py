"""A vendor's trade: to whom it sells, who works there, what it talks about, and where its own people sit.

All that makes one world differ from another stands in one of these; how a world is built does not ask which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import Company, Title


class Topic(NamedTuple):
    """One product line as marketing names its things. None of them says a word of another line."""

    name: str
    slug: str
    mails: tuple[str, ...]
    webinars: tuple[str, ...]
    whitepapers: tuple[str, ...]
    seminar: str
    survey: str
    products: tuple[str, ...]
    asks: tuple[str, ...]


class Colleague(NamedTuple):
    """One user: sells (`east`, `south`, `central` answer for a territory, `named` for single accounts) or does not."""

    given_name: str
    family: str
    local: str
    part: str
    zone: str
    active: bool = True
    domain: str = "syncd-demo.example"

    @property
    def email(self) -> str:
        """The address that HubSpot and Salesforce know them by."""
        return f"{self.local}@{self.domain}"


class Currency(NamedTuple):
    """A currency of the org: what one of the corporate one is worth in it, and what it was since which days."""

    code: str
    rate: float = 1.0
    dated: Mapping[str, float] = {}


class Deals(NamedTuple):
    """How many opportunities sales has, by company: open ones, and those won and lost lately."""

    open: float
    won: float
    lost: float


@dataclass(frozen=True)
class Trade:
    """What a world is made of. Desks: the same nine in every trade, in one order, so that ids stay theirs."""

    domain: str  # the vendor's own
    served: str  # the kind of the companies that it sells to
    companies: Callable[[Dice, int], Iterable[Company]]  # so many of that kind, and others; its own is among them
    titles: Callable[[Company], Weights[tuple[Title, ...]]]  # of departments and ranks there, by frequency
    keen: frozenset[str]  # the departments that deal with what it sells
    topics: tuple[Topic, ...]  # three product lines
    interests: Weights[int]  # how often each is followed
    newsletter: str
    letter: str  # the newsletter's subject
    conferences: tuple[str, str, str, str]
    plain_products: tuple[str, ...]  # opportunities' names that tell no product line
    plain_asks: tuple[str, ...]
    industries: Mapping[str, Weights[str | None]]  # HubSpot's, by kind of company
    sectors: Mapping[str, str]  # Salesforce's, by kind of company
    desks: tuple[Colleague, ...]
    territory: Callable[[Company], str]  # whose part a company falls to
    deals: Deals
    currencies: tuple[Currency, ...] = ()  # of an org with several, the corporate one first
    history: bool | None = None  # whether it has one; None: from a hundred companies on
    in_salesforce: float = 0.60  # of the companies that it sells to
    unowned: float = 0.0  # of the accounts in Salesforce: nobody took them since they were imported
    hot: float = 1.0  # how many times as many companies as in the banks' world are hot
    legal_basis: Weights[str | None] | None = None  # what a portal with data privacy on has on record of its contacts
