"""A vendor of software for factories, at home in Munich, that sells in two countries and currencies."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.sandbox.world.companies import states
from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import UNITED_STATES, Company, Title
from connectors.sandbox.world.trade import Colleague, Currency, Deals, Topic, Trade
from connectors.sandbox.world.trades.invented import GERMANY, Industry, Market, bystanders, makers, titles_of

DOMAIN = "plantline.example"
_MACHINES = Industry(
    "3541", "333517", "MACHINERY", {"US": ("Machinery", "Machine Works"), "DE": ("Maschinenbau GmbH", "Werkzeuge AG")}
)
_GEARS = Industry(
    "3566", "333612", "MACHINERY", {"US": ("Gear", "Drives"), "DE": ("Getriebebau GmbH", "Antriebe GmbH")}
)
_PUMPS = Industry("3561", "333914", "MACHINERY", {"US": ("Pump", "Fluid Systems"), "DE": ("Pumpen GmbH",)})
_CARS = Industry("3714", "336330", "AUTOMOTIVE", {"US": ("Steering", "Auto Parts"), "DE": ("Fahrzeugteile GmbH",)})
_TURNED = Industry(
    "3451", "332721", "MECHANICAL_OR_INDUSTRIAL_ENGINEERING", {"US": ("Precision",), "DE": ("Präzision GmbH",)}
)
_BAKERS = Industry("2051", "311812", "FOOD_PRODUCTION", {"US": ("Bakeries", "Foods"), "DE": ("Backwaren GmbH",)})
_TABLES = Industry("2511", "337122", "FURNITURE", {"US": ("Furniture",), "DE": ("Möbel GmbH",)})

MARKET = Market(
    kind="manufacturer",
    industries=Weights(
        ((_MACHINES, 24), (_GEARS, 14), (_PUMPS, 14), (_CARS, 16), (_TURNED, 12), (_BAKERS, 12), (_TABLES, 8))
    ),
    countries=Weights(((UNITED_STATES, 50), (GERMANY, 50))),
    states=("MI", "OH", "IN", "IL", "WI", "CA", "NC", "PA", "TX"),
    employees=(80, 3_400),
    revenue=(150_000, 320_000),
    classified=0.94,
    groups=0.14,
)
_CORE = ("333517", "333612", "333914", "336330", "332721")

_KINDS = Weights(
    (
        (("software", "competitor", "Shopfloor Cloud"), 2),
        (("consultant", "partner", "Lean Consulting"), 4),
        (("distributor", "prospect", "Industrial Supply"), 4),
        (("software", "prospect", "Software"), 3),
    )
)

_WEIGHTS = {
    ("executive", "C-level"): 9,
    ("executive", "VP"): 2,
    ("finance", "C-level"): 6,
    ("finance", "manager"): 4,
    ("IT", "C-level"): 4,
    ("IT", "director"): 4,
    ("IT", "staff"): 4,
    ("production", "C-level"): 4,
    ("production", "VP"): 5,
    ("production", "director"): 10,
    ("production", "manager"): 10,
    ("production", "staff"): 7,
    ("quality", "director"): 5,
    ("quality", "manager"): 8,
    ("quality", "staff"): 5,
    ("supply chain", "VP"): 3,
    ("supply chain", "manager"): 6,
    ("engineering", "director"): 4,
    ("engineering", "staff"): 6,
    ("HR", "manager"): 3,
    ("sales", "director"): 3,
}
_AMERICAN = """
Chief Executive Officer, executive, C-level
President, executive, C-level
Executive Vice President, executive, VP
Chief Financial Officer, finance, C-level
Controller, finance, manager
Accounting Manager, finance, manager
Chief Information Officer, IT, C-level
Director of IT, IT, director
ERP Director, IT, director
Systems Analyst, IT, staff
MES Administrator, IT, staff
Chief Operating Officer, production, C-level
VP of Manufacturing, production, VP
VP Operations, production, VP
Plant Manager, production, director
Director of Manufacturing, production, director
Production Manager, production, manager
Shift Production Supervisor, production, manager
Production Planner, production, staff
Director of Quality, quality, director
Quality Manager, quality, manager
QA Supervisor, quality, manager
Quality Engineer, quality, staff
VP Supply Chain, supply chain, VP
Materials Planning Manager, supply chain, manager
Logistics Manager, supply chain, manager
Director of Engineering, engineering, director
Manufacturing Engineer, engineering, staff
Design Engineer, engineering, staff
HR Manager, HR, manager
Sales Director, sales, director
"""
_GERMAN = """
Geschäftsführer, executive, C-level
Geschäftsführerin, executive, C-level
Prokurist, executive, VP
Kaufmännischer Leiter, finance, C-level
CFO, finance, C-level
Leiter Rechnungswesen, finance, manager
CIO, IT, C-level
Leiter IT, IT, director
IT-Leiterin, IT, director
SAP-Berater, IT, staff
COO, production, C-level
Bereichsleiter Produktion, production, VP
Werkleiter, production, director
Betriebsleiterin, production, director
Produktionsleiter, production, manager
Fertigungsleiter, production, manager
Fertigungsplaner, production, staff
Leiter Qualität, quality, director
Leiterin QM, quality, director
Qualitätsmanager, quality, manager
Qualitätsprüfer, quality, staff
Head of Supply Chain, supply chain, VP
Leiter Logistik, supply chain, manager
Leiter Konstruktion, engineering, director
Konstrukteur, engineering, staff
Personalleiter, HR, manager
Vertriebsleiter, sales, director
"""
_TITLES = {"US": titles_of(_AMERICAN, _WEIGHTS), "DE": titles_of(_GERMAN, _WEIGHTS)}

_TOPICS = (
    Topic(
        "Production planning",
        "planning",
        (
            "Plan brief: the schedule that survives Tuesday",
            "Scheduling when a press stands still",
            "Feinplanung: five plants, one board",
            "Shop floor terminals people use",
        ),
        (
            "Production planning beyond the spreadsheet",
            "Scheduling around a bottleneck",
            "Shop floor feedback in real time",
        ),
        ("Production planning: a buyer's guide", "Scheduling benchmarks for job shops"),
        "Scheduling with scarce people",
        "Production planning 2026",
        ("Production planning", "Scheduling board", "Shop floor terminals"),
        ("scheduling around the bottleneck", "the shop floor's paper", "planning across plants"),
    ),
    Topic(
        "Quality management",
        "quality",
        (
            "Quality brief: scrap you can see",
            "Complaints answered in a day",
            "Reklamation: eight steps, one file",
            "Audit trail for the customer's audit",
        ),
        ("Scrap down a third", "Complaints in one day", "The audit trail your customer asks for"),
        ("Quality cost: a field guide", "Complaints and what they teach"),
        "Quality and the customer's audit",
        "Quality practices 2026",
        ("Quality suite", "Complaints management", "Audit trail"),
        ("scrap on line two", "customer complaints", "the next quality audit"),
    ),
    Topic(
        "Maintenance",
        "maintenance",
        (
            "Uptime note: downtime has a price",
            "Spare parts that are there",
            "Condition monitoring without a project",
            "Maintenance in the night shift",
        ),
        ("Downtime, counted", "Spare parts without a storeroom", "Condition monitoring in ninety days"),
        ("Maintenance: ten questions", "The cost of downtime"),
        "Maintenance with fewer people",
        "Maintenance practices 2026",
        ("Maintenance suite", "Condition monitoring", "Spare parts catalogue"),
        ("unplanned downtime", "spare parts", "condition monitoring of the presses"),
    ),
)


def _companies(dice: Dice, wanted: int) -> Iterator[Company]:
    yield from makers(dice, MARKET, wanted, _CORE)
    own = Company(
        kind="colleague",
        name="Plantline",
        street="Beispielplatz 1",
        city="München",
        state=states()["New York"]._replace(name="Bayern", code="BY", area="89"),
        zip="80331",
        website=f"https://www.{DOMAIN}",
        mail=DOMAIN,
        relation="colleague",
        country=GERMANY,
    )
    yield from bystanders(dice, max(6, wanted // 8), _KINDS, own)


def _titles(company: Company) -> Weights[tuple[Title, ...]]:
    return _TITLES[company.country.code]


def _territory(company: Company) -> str:
    if company.country == GERMANY:
        return "sued"
    return "midwest" if company.state.code in {"MI", "OH", "IN", "IL", "WI"} else "coasts"


def _desk(given_name: str, family: str, local: str, part: str, zone: str, *, active: bool = True) -> Colleague:
    return Colleague(given_name, family, local, part, zone, active, DOMAIN)


MANUFACTURERS = Trade(
    domain=DOMAIN,
    served=MARKET.kind,
    companies=_companies,
    titles=_titles,
    keen=frozenset({"executive", "production", "quality", "IT", "supply chain", "finance"}),
    topics=_TOPICS,
    interests=Weights(((0, 5), (1, 4), (2, 2))),
    newsletter="Plant letter",
    letter="What plants talked about this month",
    conferences=("Hannover hall days", "Midwest Plant Forum", "Werkleitertag", "Precision Expo"),
    plain_products=("Plant two", "Rollout", "Headquarters", "Pilot line", "Frame contract"),
    plain_asks=("next steps", "your calendar", "the steering meeting", "introductions", "a quick question"),
    industries={
        "software": Weights((("COMPUTER_SOFTWARE", 1),)),
        "consultant": Weights((("MANAGEMENT_CONSULTING", 1),)),
        "distributor": Weights((("WHOLESALE", 1),)),
        "colleague": Weights((("COMPUTER_SOFTWARE", 1),)),
        "manufacturer": Weights((("MACHINERY", 1),)),
    },
    sectors={"manufacturer": "Manufacturing", "consultant": "Consulting"},
    desks=(
        _desk("Grace", "Tillman", "midwest", "midwest", "America/Chicago"),
        _desk("Marcus", "Delgado", "coasts", "coasts", "America/New_York"),
        _desk("Anneliese", "Brandl", "sued", "sued", "Europe/Berlin"),
        _desk("Jonas", "Petersen", "nord", "named", "Europe/Berlin"),
        _desk("Katrin", "Oberhauser", "groups.emea", "named", "Europe/Berlin"),
        _desk("Denise", "Fairbanks", "groups.us", "named", "America/Chicago"),
        _desk("Hiro", "Nakagawa", "hiro.nakagawa", "named", "America/Los_Angeles"),
        _desk("Leonie", "Vogt", "marketing", "marketing", "Europe/Berlin"),
        _desk("Paul", "Ferrand", "paul.ferrand", "left", "Europe/Berlin", active=False),
    ),
    territory=_territory,
    deals=Deals(10 / 80, 14 / 80, 20 / 80),
    currencies=(Currency("EUR"), Currency("USD", 1.12, {"2026-01-02": 1.09, "2026-07-01": 1.12})),
    history=True,
    unowned=0.35,
    in_salesforce=0.85,
    hot=4.0,
    legal_basis=Weights(
        (("Legitimate interest – prospect/lead", 60), ("Freely given consent from contact", 15), (None, 25))
    ),
)
