"""A distributor of bearings, drives and lubricants that supplies plants in the United States."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.sandbox.world.companies import states
from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import UNITED_STATES, Company
from connectors.sandbox.world.trade import Colleague, Deals, Topic, Trade
from connectors.sandbox.world.trades.invented import Industry, Market, bystanders, makers, titles_of

DOMAIN = "northgate-supply.example"
_PAPER = Industry("2621", "322120", "PAPER_FOREST_PRODUCTS", {"US": ("Paper", "Mill Company")})
_STEEL = Industry("3312", "331110", "MINING_METALS", {"US": ("Steel", "Iron Works")})
_MEAT = Industry("2011", "311611", "FOOD_PRODUCTION", {"US": ("Packing", "Provisions")})
_CANS = Industry("2033", "311421", "FOOD_PRODUCTION", {"US": ("Canning", "Preserves")})
_CONVEYORS = Industry("3535", "333922", "MACHINERY", {"US": ("Conveyor", "Machinery")})
_TOOLS = Industry("3541", "333517", "MACHINERY", {"US": ("Machine Tool", "Machinery")})
_TOYS = Industry("3944", "339930", "CONSUMER_GOODS", {"US": ("Toys",)})
_SHOPS = Industry("5251", "444130", "RETAIL", {"US": ("Hardware",)})

MARKET = Market(
    kind="plant",
    industries=Weights(
        (
            *((_PAPER, 14), (_STEEL, 12), (_MEAT, 14), (_CANS, 10)),
            *((_CONVEYORS, 18), (_TOOLS, 16), (_TOYS, 8), (_SHOPS, 8)),
        )
    ),
    countries=Weights(((UNITED_STATES, 1),)),
    states=("IL", "IN", "IA", "MI", "OH", "WI", "TX", "LA", "AR", "GA", "PA"),
    employees=(60, 3_000),
    revenue=(220_000, 520_000),
    classified=0.88,
    groups=0.05,
)
_CORE = ("2621", "3312", "2011", "2033", "3535", "3541")
_KINDS = Weights(
    (
        (("wholesaler", "competitor", "Bearing House"), 2),
        (("installer", "partner", "Millwright Services"), 4),
        (("shop", "prospect", "Repair Shop"), 6),
    )
)
_TITLES = titles_of(
    """
Chief Executive Officer, executive, C-level
President, executive, C-level
Chief Financial Officer, finance, C-level
Controller, finance, manager
VP of Procurement, procurement, VP
Director of Purchasing, procurement, director
Purchasing Manager, procurement, manager
MRO Category Lead, procurement, manager
Storeroom Supervisor, procurement, manager
Buyer, procurement, staff
MRO Buyer, procurement, staff
Tool Crib Attendant, procurement, staff
VP of Production, operations, VP
Plant Superintendent, operations, director
Mill Manager, operations, director
Plant Manager, operations, director
Shift Superintendent, operations, manager
Toolroom Lead, operations, manager
Machinist, operations, staff
Director of Maintenance, maintenance, director
Maintenance Manager, maintenance, manager
General Foreman, maintenance, manager
Reliability Manager, maintenance, manager
Maint. Planner, maintenance, staff
Millwright, maintenance, staff
Director of Engineering, engineering, director
Engineering Manager, engineering, manager
Plant Engineer, engineering, staff
Safety Director, safety, director
EHS Manager, safety, manager
Office Manager, administration, staff
HR Manager, HR, manager
""",
    {
        ("executive", "C-level"): 6,
        ("finance", "C-level"): 3,
        ("finance", "manager"): 3,
        ("procurement", "VP"): 3,
        ("procurement", "director"): 6,
        ("procurement", "manager"): 10,
        ("procurement", "staff"): 9,
        ("operations", "VP"): 3,
        ("operations", "director"): 10,
        ("operations", "manager"): 7,
        ("operations", "staff"): 3,
        ("maintenance", "director"): 4,
        ("maintenance", "manager"): 14,
        ("maintenance", "staff"): 8,
        ("engineering", "director"): 3,
        ("engineering", "manager"): 5,
        ("engineering", "staff"): 4,
        ("safety", "director"): 2,
        ("safety", "manager"): 4,
        ("administration", "staff"): 3,
        ("HR", "manager"): 2,
    },
)

_TOPICS = (
    Topic(
        "Bearings",
        "bearings",
        (
            "Bearing note: why they fail in spring",
            "Vibration, measured by hand",
            "Seals that keep water out",
            "Bearing note: storage",
        ),
        ("Bearings that live twice as long", "Vibration for beginners", "Seals in wet rooms"),
        ("Bearing failures: a field guide", "Vibration limits by machine"),
        "Bearings and unplanned stops",
        "Bearing practice 2026",
        ("Bearing frame contract", "Seals", "Vibration rounds"),
        ("bearing failures on the dryer", "vibration on fan three", "seals in the wash room"),
    ),
    Topic(
        "Drives",
        "drives",
        (
            "Drive letter: motors that pay back",
            "Gearbox rebuild or replace",
            "Conveyor stops, counted",
            "Drive letter: spare motors",
        ),
        ("Motors that pay back", "Gearbox: rebuild or replace", "Conveyor uptime"),
        ("Motor replacement guide", "Gearbox sizing"),
        "Drives and the energy bill",
        "Drive practice 2026",
        ("Conveyor drives", "Motor exchange", "Gearbox overhaul"),
        ("the conveyor gearbox", "spare motors", "drive efficiency"),
    ),
    Topic(
        "Lubrication contract",
        "lubrication",
        (
            "Grease note: too much is as bad",
            "Oil analysis that somebody reads",
            "Lubricant store for the auditor",
            "Lubrication rounds",
        ),
        ("Lubrication rounds that happen", "Oil analysis in an hour", "Grease: how much"),
        ("Lubrication: ten questions", "Oil store checklist"),
        "Lubrication and safety",
        "Lubrication practice 2026",
        ("Lubrication contract", "Oil analysis", "Grease plan"),
        ("lubrication rounds", "the oil store", "oil analysis"),
    ),
)


def _companies(dice: Dice, wanted: int) -> Iterator[Company]:
    yield from makers(dice, MARKET, wanted, _CORE)
    own = Company(
        kind="colleague",
        name="Northgate Supply",
        street="1 Example Plaza",
        city="Springfield",
        state=states()["Illinois"],
        zip="62701",
        website=f"https://www.{DOMAIN}",
        mail=DOMAIN,
        relation="colleague",
    )
    yield from bystanders(dice, max(6, wanted // 8), _KINDS, own)


def _territory(company: Company) -> str:
    if company.state.code in {"TX", "LA", "AR", "GA"}:
        return "gulf"
    return "food" if company.sic in {"2011", "2033"} else "lakes"


def _desk(given_name: str, family: str, local: str, part: str, zone: str, *, active: bool = True) -> Colleague:
    return Colleague(given_name, family, local, part, zone, active, DOMAIN)


SUPPLIER = Trade(
    domain=DOMAIN,
    served=MARKET.kind,
    companies=_companies,
    titles=lambda _: _TITLES,
    keen=frozenset({"maintenance", "procurement", "operations", "engineering"}),
    topics=_TOPICS,
    interests=Weights(((0, 5), (1, 4), (2, 3))),
    newsletter="Plant floor letter",
    letter="What kept plants running this month",
    conferences=("Great Lakes Plant Days", "Paper Week", "Food Plant Forum", "Reliability Summit"),
    plain_products=("Spring order", "Shutdown list", "Storeroom", "Annual order", "Rush order"),
    plain_asks=("next steps", "your calendar", "the shutdown", "introductions", "a quick question"),
    industries={
        "wholesaler": Weights((("WHOLESALE", 1),)),
        "installer": Weights((("CONSTRUCTION", 1),)),
        "shop": Weights((("RETAIL", 1),)),
        "colleague": Weights((("WHOLESALE", 1),)),
        "plant": Weights((("MACHINERY", 1),)),
    },
    sectors={"plant": "Manufacturing"},
    desks=(
        _desk("Wade", "Collier", "gulf", "gulf", "America/Chicago"),
        _desk("Ingrid", "Solberg", "food", "food", "America/Chicago"),
        _desk("Tomasz", "Wilk", "lakes", "lakes", "America/New_York"),
        _desk("Renee", "Castillo", "mills", "named", "America/New_York"),
        _desk("Everett", "Shaw", "key.accounts", "named", "America/Chicago"),
        _desk("Dolores", "Hutchins", "dolores.hutchins", "named", "America/Chicago"),
        _desk("Ravi", "Menon", "ravi.menon", "named", "America/Denver"),
        _desk("Nadia", "Brooks", "marketing", "marketing", "America/Chicago"),
        _desk("Carl", "Jensen", "carl.jensen", "left", "America/Chicago", active=False),
    ),
    territory=_territory,
    deals=Deals(6 / 80, 16 / 80, 22 / 80),
    history=True,
    unowned=0.5,
    in_salesforce=0.85,
    hot=5.0,
)
