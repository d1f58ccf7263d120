"""Invented companies, as many and as different as a small market needs: by size, industry, country and group."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from connectors.sandbox.world.companies import slug, states
from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import Company, Country, State, Title

GERMANY = Country("DE", "Germany", "Deutschland", "EUR")
# Cities with numbers that are kept free for fiction: see contacts.fictitious_phone
_GERMAN = (
    ("Berlin", State("Berlin", "BE", "30"), "10115"),
    ("Hamburg", State("Hamburg", "HH", "40"), "20095"),
    ("Frankfurt am Main", State("Hessen", "HE", "69"), "60311"),
    ("München", State("Bayern", "BY", "89"), "80331"),
    ("Köln", State("Nordrhein-Westfalen", "NW", "221"), "50667"),
)
_STREETS = {"US": ("Industrial Pkwy", "Mill Rd", "Foundry St", "Commerce Blvd"), "DE": ("Werkstraße", "Industriering")}
_GERMAN_NAMES = (
    *("Ahornbrücker", "Birkenhaider", "Buchenfurter", "Eibenhofer", "Erlengrunder"),
    *("Falkensteger", "Fichtenquelle", "Haselbrücker", "Kiesbacher", "Lerchenstetter"),
    *("Mühlquelle", "Ottersteger", "Quellenhaider", "Rotbuchner", "Schieferbrücker"),
    *("Silberfurter", "Tannenquelle", "Ulmensteger", "Wacholdergrunder", "Weidenquelle"),
)


class Industry(NamedTuple):
    """What a company makes: its SIC and NAICS codes, HubSpot's word, and what its name ends in by country."""

    sic: str
    naics: str
    word: str
    endings: dict[str, tuple[str, ...]]


class Market(NamedTuple):
    """How invented companies are spread: industries with their weights, countries, states, and employees."""

    kind: str
    industries: Weights[Industry]
    countries: Weights[Country]
    states: tuple[str, ...]
    employees: tuple[int, int]  # within; the smaller ones are more frequent
    revenue: tuple[int, int]  # a head, in the country's currency
    classified: float  # of those in Salesforce: whose code somebody has looked up
    groups: float  # how many belong to a group


@cache
def _words() -> dict[str, tuple[str, ...]]:
    text = (files("connectors.sandbox.world") / "data" / "outsiders.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {kind: tuple(words) for kind, *words in lines}


@cache
def _by_code() -> dict[str, State]:
    return {state.code: state for state in states().values()}


def titles_of(table: str, weights: dict[tuple[str, str], int]) -> Weights[tuple[Title, ...]]:
    """The titles of a table (title, department, rank; a line each), by the weight of their slot."""
    by_slot: dict[tuple[str, str], list[Title]] = {slot: [] for slot in weights}
    for text, department, rank in csv.reader(io.StringIO(table.strip()), skipinitialspace=True):
        by_slot[department, rank].append(Title(text, department, rank))
    return Weights((tuple(by_slot[slot]), weight) for slot, weight in weights.items())


def makers(dice: Dice, market: Market, wanted: int, core: Sequence[str]) -> Iterator[Company]:
    """Yield the companies that make things; `core`: the codes (SIC or NAICS) of those that the vendor courts most."""
    german = iter(_GERMAN_NAMES * (1 + wanted // len(_GERMAN_NAMES)))
    parent: Company | None = None
    taken: set[str] = set()
    for number in range(wanted):
        company = _maker(dice, market, german, taken, number)
        company.core = (company.sic in core or company.naics in core) and company.employees in range(150, 3_000)
        if parent is not None and parent.country == company.country:
            company.parent, parent = parent, None
        elif dice.chance(market.groups):
            company.employees = dice.within(3_500, 9_000)
            company.revenue = company.employees * market.revenue[1]
            parent = company
        if not dice.chance(market.classified):
            company.sic = company.naics = None
        yield company


def _maker(dice: Dice, market: Market, german: Iterator[str], taken: set[str], number: int) -> Company:
    country, industry = dice.draw(market.countries), dice.draw(market.industries)
    low, high = market.employees
    employees = int(low * (high / low) ** (dice.random() ** 1.15))
    ending = dice.pick(industry.endings[country.code])
    if country == GERMANY:
        city, state, code = dice.pick(_GERMAN)
        name = f"{next(german)} {ending}"
    else:
        state = _by_code()[dice.pick(market.states)]
        city, code = dice.pick(_words()["town"]), f"{dice.within(10001, 99499)}"
        name = _american(dice, ending, taken)
    host = f"{slug(name)}-{number}.example"
    return Company(
        kind=market.kind,
        name=name,
        street=f"{dice.pick(_STREETS['DE'])} {dice.within(1, 90)}"
        if country == GERMANY
        else f"{dice.within(1, 9800)} {dice.pick(_STREETS['US'])}",
        city=city,
        state=state,
        zip=code,
        website=f"https://www.{host}",
        mail=host,
        country=country,
        employees=employees,
        revenue=employees * dice.within(*market.revenue),
        sic=industry.sic,
        naics=industry.naics,
        industry=industry.word,
    )


def _american(dice: Dice, ending: str, taken: set[str]) -> str:
    words = _words()
    while (name := f"{dice.pick(words['first'])} {dice.pick(words['second'])} {ending}") in taken:
        pass
    taken.add(name)
    return name


def bystanders(dice: Dice, wanted: int, kinds: Weights[tuple[str, str, str]], own: Company) -> Iterator[Company]:
    """Yield the vendor's own company, and others outside its market: kind, relation and ending by weight."""
    yield own
    words, fifty = _words(), [state for state in states().values() if len(state.code) == 2]
    for number in range(1, wanted):
        kind, relation, ending = dice.draw(kinds)
        name = f"{dice.pick(words['first'])} {dice.pick(words['second'])} {ending}"
        host = f"{slug(name)}-x{number}.example"
        employees = dice.within(10, 400)
        yield Company(
            kind=kind,
            name=name,
            street=f"{dice.within(1, 9800)} {dice.pick(_STREETS['US'])}",
            city=dice.pick(words["town"]),
            state=dice.pick(fifty),
            zip=f"{dice.within(10001, 99499)}",
            website=f"https://www.{host}",
            mail=host,
            employees=employees,
            revenue=employees * 150_000,
            relation=relation,
        )
