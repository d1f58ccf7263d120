"""Putting the world together, one stage after the other, each with its own dice."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import orjson

from connectors.sandbox.world import campaigns, catalogue, committees, history, money, opportunities, org, portal, staff
from connectors.sandbox.world.contacts import populate
from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.engagement import come_forward
from connectors.sandbox.world.ids import hubspot_ids, salesforce_ids
from connectors.sandbox.world.interests import set_climate
from connectors.sandbox.world.mailings import deliver
from connectors.sandbox.world.model import Company, Person
from connectors.sandbox.world.stamps import Calendar, iso
from connectors.sandbox.world.touches import make_touches
from connectors.sandbox.world.trade import Currency, Trade
from connectors.sandbox.world.trades.banks import BANKS

Records = dict[str, list[dict[str, Any]]]

IN_HUBSPOT = 0.95  # of those to whom the vendor sells
CUSTOMERS = 0.04  # of those in Salesforce to whom the vendor sells

# How an activity budget divides; forms, events and replies come on top, from the companies' heat.
MAILED, TOUCHED, INVITED = 0.50, 0.24, 0.05


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is: companies of the kind that is sold to, contacts in HubSpot, activities.

    In the banks' world they are FDIC institutions. Others come on top.
    """

    companies: int
    contacts: int
    activities: int

    TINY: ClassVar[Size]
    SMALL: ClassVar[Size]
    EXAMPLE: ClassVar[Size]
    DEMO: ClassVar[Size]


Size.TINY = Size(20, 100, 300)
Size.SMALL = Size(300, 2_000, 5_000)
Size.EXAMPLE = Size(80, 420, 1_800)  # of a trade other than the banks'
Size.DEMO = Size(4_339, 30_000, 75_000)


@dataclass(frozen=True, slots=True)
class World:
    """What both systems hold: vendor-shaped records by HubSpot object type, rows by Salesforce sObject."""

    seed: int
    today: date
    size: Size
    hubspot: Records
    salesforce: Records
    currencies: tuple[Currency, ...] = ()  # of an org with several, the corporate one first

    def digest(self) -> str:
        """Return a fingerprint of every record: equal for equal seed, today and size."""
        return hashlib.sha256(orjson.dumps([self.hubspot, self.salesforce])).hexdigest()


def build(seed: int = 1, today: date | None = None, size: Size = Size.DEMO, trade: Trade = BANKS) -> World:
    """Build the world as it stands at 00:00 UTC of `today` (by default the current UTC day).

    The same arguments make the same world; another day moves the same people's year.
    """
    today = today or datetime.now(UTC).date()
    with _uncollected():
        hubspot, salesforce = _build(seed, Calendar(today), size, trade)
    return World(seed, today, size, hubspot, salesforce, trade.currencies)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector still: nothing is garbage before the world is whole, and looking costs a quarter more."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _build(seed: int, calendar: Calendar, size: Size, trade: Trade) -> tuple[Records, Records]:
    known = _companies(Dice(seed, "companies"), trade, size.companies)
    people = populate(Dice(seed, "people"), trade, known, size.contacts)
    set_climate(Dice(seed, "climate"), trade, known)
    if size.companies >= committees.LEAST_COMPANIES:
        committees.convene(Dice(seed, "committees"), trade, known)
    plans = catalogue.compile_catalogue(Dice(seed, "catalogue"), calendar, trade)
    done = come_forward(Dice(seed, "engagement"), calendar, plans, people)
    events = deliver(Dice(seed, "mailings"), calendar, plans.mailings, people, int(size.activities * MAILED))
    touches = make_touches(Dice(seed, "touches"), calendar, trade, people, done.demos, int(size.activities * TOUCHED))
    pipeline = opportunities.make_pipeline(seed, calendar, trade, known, size.companies)
    contacts = portal.contacts(Dice(seed, "portal contacts"), calendar, people)
    leads = list(org.leads(Dice(seed, "leads"), calendar, trade, people))
    memberships = list(done.memberships)
    if opportunities.has_history(trade, size.companies):
        guests = history.gather(Dice(seed, "guests"), calendar, plans.happenings, people, contacts)
        history.write_stages(Dice(seed, "stages"), calendar, people, contacts, leads, guests)
        memberships += [*guests, *campaigns.expected(Dice(seed, "ahead"), calendar, plans, people)]
    invited = int(size.activities * INVITED)
    dice = Dice(seed, "campaigns")
    hubspot: Records = {
        "owners": staff.owners(calendar, trade.desks),
        "companies": list(portal.companies(Dice(seed, "portal companies"), calendar, trade, known)),
        "contacts": contacts,
        "campaigns": plans.campaigns,
        "forms": catalogue.forms(plans, calendar),
        "form_submissions": done.submissions,
        "email_campaigns": catalogue.email_campaigns(plans),
        "email_events": events,
        "marketing_events": catalogue.marketing_events(plans, calendar),
        "marketing_participations": done.participations,
        "lists": _lists(calendar, people),
        **{kind: records for kind, records in touches.items() if kind.islower()},
    }
    salesforce: Records = {
        "Organization": [org.organization(calendar, seed)],
        "UserRole": staff.roles(calendar),
        "Group": org.queues(calendar),
        "User": staff.users(calendar, trade.desks),
        "OpportunityStage": opportunities.stages(calendar),
        "Account": org.accounts(Dice(seed, "accounts"), calendar, trade, known),
        "Contact": org.contacts(Dice(seed, "contacts"), calendar, people),
        "Lead": leads,
        "Campaign": campaigns.campaigns(plans, calendar),
        "CampaignMember": campaigns.members(dice, calendar, plans, people, memberships, invited),
        "Task": touches["Task"],
        "Event": touches["Event"],
        "EventRelation": [],  # each event is with the one person whom it names
        "Opportunity": pipeline.opportunities,
        "OpportunityHistory": pipeline.history,
        "OpportunityLineItem": [],  # these trades keep no products in their orgs
        "OpportunityContactRole": pipeline.roles,
    }
    if trade.legal_basis:
        portal.note_legal_basis(Dice(seed, "legal basis"), trade.legal_basis, contacts)
    if trade.currencies:
        money.name_currencies(trade.currencies[0].code, known, hubspot, salesforce)
    return hubspot, salesforce


def _companies(dice: Dice, trade: Trade, wanted: int) -> list[Company]:
    """Return those that are sold to and the others, each with its records' ids, owner and relation."""
    known = list(trade.companies(dice, wanted))
    companies, accounts = hubspot_ids(dice), salesforce_ids("Account")
    for company in known:
        _record(dice, trade, company, companies, accounts)
    sold_to = [company for company in known if company.kind == trade.served and company.account_id]
    for company in dice.some(sold_to, CUSTOMERS, least=1):
        company.relation = "customer"
    return known


def _record(dice: Dice, trade: Trade, company: Company, companies: Iterator[str], accounts: Iterator[str]) -> None:
    served = company.kind == trade.served
    if not served or dice.chance(IN_HUBSPOT):
        company.hubspot_id = next(companies)
    if company.kind != "colleague" and dice.chance(trade.in_salesforce if served else 0.4):
        company.account_id = next(accounts)
        company.rep = staff.assign(dice, trade, company)
        if trade.unowned and dice.chance(trade.unowned):
            company.rep = None
        company.crossed = company.hubspot_id is not None and dice.chance(0.5)
    elif served and dice.chance(0.3):
        company.rep = staff.assign(dice, trade, company)


def _lists(calendar: Calendar, people: Sequence[Person]) -> list[dict[str, Any]]:
    """Return HubSpot's contact lists with their members' ids: the newsletter's readers."""
    readers = [
        str(person.hubspot_id) for person in people if person.hubspot_id and "Newsletter sign-up" in person.forms
    ]
    stamp = iso(calendar.ago(30))
    return [
        {
            "listId": "1",
            "listVersion": 1,
            "name": "Newsletter readers",
            "objectTypeId": "0-1",
            "processingType": "MANUAL",
            "processingStatus": "COMPLETE",
            "createdAt": iso(calendar.ago(400)),
            "updatedAt": stamp,
            "filtersUpdatedAt": stamp,
            "members": readers,
        }
    ]
