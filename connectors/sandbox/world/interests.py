"""Who follows what: some companies are hot, some warm, some have cooled, most are cold."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.model import Company, Interest, Person, Title
from connectors.sandbox.world.trade import Trade


class Climate(NamedTuple):
    """Which share of one kind of companies is hot, warm or has cooled, and the least number that is hot."""

    hot: float
    warm: float
    cooled: float
    least_hot: int


CORE = Climate(0.125, 0.20, 0.08, 3)
OTHERS_SERVED = Climate(0.05, 0.08, 0.05, 1)
OUTSIDERS = Climate(0.12, 0.10, 0.05, 1)

# Which mail gateways follow every link before a person can; None looks like a browser.
GATEWAYS = ("Barracuda", "Proofpoint", "Mimecast", "SafeLinks", "browser")
GUARDED = 0.10


def set_climate(dice: Dice, trade: Trade, companies: Sequence[Company]) -> None:
    """Give every company its heat and topics, and its people their interests."""
    for company in dice.some(companies, GUARDED, least=2):
        company.gateway = dice.pick(GATEWAYS)
    peopled = [company for company in companies if company.people]
    _heat(dice, trade, [one for one in peopled if one.core], CORE._replace(hot=CORE.hot * trade.hot))
    _heat(dice, trade, [one for one in peopled if one.kind == trade.served and not one.core], OTHERS_SERVED)
    _heat(dice, trade, [one for one in peopled if one.kind not in {trade.served, "colleague"}], OUTSIDERS)


def _heat(dice: Dice, trade: Trade, companies: Sequence[Company], climate: Climate) -> None:
    many = len(companies)
    hot = max(climate.least_hot, round(climate.hot * many))
    warm = hot + round(climate.warm * many)
    cooled = warm + round(climate.cooled * many)
    for number, company in enumerate(dice.sample(companies, many)[:cooled]):
        company.heat = "hot" if number < hot else "warm" if number < warm else "cooled"
        _stir(dice, trade, company)


def _stir(dice: Dice, trade: Trade, company: Company) -> None:
    """Interest some of the company's people in one topic; a fifth of the hot companies follow two."""
    first = dice.draw(trade.interests)
    second = (first + 1) % len(trade.topics) if company.heat == "hot" and dice.chance(0.2) else first
    company.topics = (first,) if second == first else (first, second)
    for number, person in enumerate(_keenest(dice, trade, company)):
        topic = company.topics[number % len(company.topics)]
        match company.heat:
            case "hot":
                since = dice.within(40, 130)
                person.interest = Interest(topic, number < 3, since, dice.within(0, 20))
            case "warm":
                person.interest = Interest(topic, False, dice.within(40, 150), 0)
            case _:
                person.interest = Interest(topic, number == 0, dice.within(320, 360), dice.within(200, 240))


def _keenest(dice: Dice, trade: Trade, company: Company) -> list[Person]:
    """Return the people who take an interest, the keenest first."""
    many = dice.within(2, 6) if company.heat == "hot" else dice.within(1, 2)
    people = [(_distance(trade, person.title), dice.random(), person) for person in company.people]
    return [person for _, _, person in sorted(people, key=itemgetter(0, 1))[:many]]


def _distance(trade: Trade, title: Title | None) -> int:
    """Return how far a title is from the subject: those who deal with it and decide come first."""
    if title is None or title.department not in trade.keen:
        return 2
    return 1 if title.rank == "staff" else 0
