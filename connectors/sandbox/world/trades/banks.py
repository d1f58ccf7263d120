"""A vendor of software for US banks: real institutions of the FDIC's list, invented people."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.sandbox.world.companies import banks, outsiders
from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import Company
from connectors.sandbox.world.opportunities import DEALS
from connectors.sandbox.world.people import titles
from connectors.sandbox.world.portal import INDUSTRIES
from connectors.sandbox.world.staff import STAFF
from connectors.sandbox.world.topics import NEWSLETTER, PLAIN_ASKS, PLAIN_PRODUCTS, TOPICS
from connectors.sandbox.world.trade import Trade

OUTSIDERS = 0.06  # invented companies, per bank
_TERRITORIES = {
    "east": frozenset({"ME", "NH", "VT", "MA", "RI", "CT", "NY", "NJ", "PA"}),
    "south": frozenset({"TX", "OK", "LA", "AR", "NM", "AZ", "NV", "CA"}),
}


def _companies(dice: Dice, wanted: int) -> Iterator[Company]:
    yield from banks(dice, wanted)
    yield from outsiders(dice, max(5, round(OUTSIDERS * wanted)))


def _territory(company: Company) -> str:
    return next((name for name, codes in _TERRITORIES.items() if company.state.code in codes), "central")


BANKS = Trade(
    domain="syncd-demo.example",
    served="bank",
    companies=_companies,
    titles=lambda _: titles(),
    keen=frozenset({"risk", "lending", "operations", "finance", "IT", "executive"}),
    topics=TOPICS,
    interests=Weights(((0, 5), (1, 4), (2, 2))),
    newsletter=NEWSLETTER,
    letter="What community banks talked about this month",
    conferences=("Midwest Bankers Days", "Bank Technology Week", "Lone Star Bankers", "Risk Forum"),
    plain_products=PLAIN_PRODUCTS,
    plain_asks=PLAIN_ASKS,
    industries=INDUSTRIES,
    sectors={"bank": "Banking", "insurer": "Insurance"},
    desks=STAFF,
    territory=_territory,
    deals=DEALS,
)
