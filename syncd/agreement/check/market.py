"""What makes a served-market statement one that nobody can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from syncd.agreement.check.codes import check_codes
from syncd.agreement.check.likely import likely_country, unknown_currency
from syncd.agreement.check.register import check_register
from syncd.agreement.industries import Industries
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.sectors import Sectors
from syncd.agreement.standards import COUNTRIES, CURRENCIES, STATES
from syncd.agreement.terms import MONEY, Segment, Size
from syncd.document import Path

RANK_LIST = re.compile(
    r"\b(?:global|fortune|forbes(?: global)?|inc\.?|ftse|dax|s&p|cac|russell|nikkei|stoxx|top|largest) ?\d{2,}\b"
    r"|\bfortune (?:one|five) hundred\b",
    re.IGNORECASE,
)
ADD = "add a size with bounds, or industry codes"


def check_market(partial: PartialAgreement, industries: Industries, sectors: Sectors) -> Iterator[Mistake]:
    """Every problem of every segment."""
    base: Path = ("served_market", "segments")
    segments = partial.agreement.served_market.segments
    country = partial.agreement.served_market.assume.country
    if country is not None and country not in COUNTRIES:
        what = f"{country!r} is no ISO 3166 country code"
        yield Mistake(("served_market", "assume", "country"), what, likely_country(country))
    if not segments:
        yield Mistake(base, "the served market has no segment", "say who is served: a size, industry codes, countries")
    for index, segment in enumerate(segments):
        path: Path = (*base, index)
        yield from _statement(path, segment)
        yield from _words(path, segment, sectors)
        if segment.size:
            yield from _size((*path, "size"), segment.size)
        if segment.industries:
            yield from check_codes((*path, "industries"), segment, industries)
        yield from _places(path, segment)
        if segment.register_:
            yield from check_register((*path, "register"), segment.name, segment.register_)


def _statement(path: Path, segment: Segment) -> Iterator[Mistake]:
    """Whether the criteria leave anybody out, and whether each can be looked up in an account's record."""
    name = f"segment {segment.name!r}"
    if not segment.name.strip():
        yield Mistake((*path, "name"), "a segment has no name", "name it as both teams do")
    drawn = segment.size or (segment.industries and segment.industries.codes) or segment.register_
    placed = segment.countries or segment.states
    if segment.rank_list and not segment.register_:
        what = f"{segment.rank_list!r} is a rank list without a register: nobody can look an account up in it"
        yield Mistake(
            (*path, "rank_list"), what, "add the register that lists its accounts, with the count you agree on"
        )
    elif segment.languages:
        alone = "" if drawn or placed else " alone is no served market, and it"
        what = f"{name}: a language{alone} stands in no account's record"
        yield Mistake((*path, "languages"), what, f"name the countries, and {ADD}" if alone else "name the countries")
    elif not drawn and placed:
        part = "country" if segment.countries else "state"
        yield Mistake(path, f"{name}: a {part} alone is no served market", ADD)
    elif not drawn:
        yield Mistake(path, f"{name} admits everyone: it has neither size nor industry codes nor a register", ADD)
    if segment.industries and not segment.industries.codes:
        yield Mistake(
            (*path, "industries", "codes"), f"{name} lists no industry codes", "list them, or leave industries out"
        )


def _words(path: Path, segment: Segment, sectors: Sectors) -> Iterator[Mistake]:
    """What the name and statement say that the criteria do not."""
    for key, text in (("name", segment.name), ("statement", segment.statement)):
        rank_list = RANK_LIST.search(text)
        if rank_list and not segment.register_ and not segment.rank_list:
            what = f"{rank_list[0]!r} is a rank list without a register: nobody can look an account up in it"
            yield Mistake((*path, key), what, "add the register that lists its accounts, with the count you agree on")
    if segment.industries or segment.register_:
        return
    for key, text in (("name", segment.name), ("statement", segment.statement)):
        if sector := _sector(text, sectors):
            words, codes = sector
            yield Mistake(
                (*path, key), f"{words!r} is a whole sector without codes", f"say which industries: likely {codes}"
            )
            return


def _sector(text: str, sectors: Sectors) -> tuple[str, str] | None:
    matches = ((pattern.search(text), codes) for pattern, codes in sectors)
    return next(((match[0], codes) for match, codes in matches if match), None)


def _size(path: Path, size: Size) -> Iterator[Mistake]:
    money = size.measure in MONEY
    if size.min is not None and size.max is not None and size.min > size.max:
        yield Mistake(
            (*path, "min"), f"the bounds are inverted: {size.min:,f} to {size.max:,f}", "exchange min and max"
        )
    elif _excludes_nobody(size):
        yield Mistake(path, "the bounds exclude nobody", "give a min that some do not reach, or a max")
    elif size.max is not None and size.max <= 0:
        yield Mistake((*path, "max"), "the bounds admit nobody", "give a max above zero")
    if money and size.currency is None:
        yield Mistake(path, f"{size.measure} without a currency", "add currency, such as USD")
    if size.currency is not None and size.currency not in CURRENCIES:
        yield Mistake((*path, "currency"), *unknown_currency(size.currency))
    if not money and size.currency is not None:
        yield Mistake((*path, "currency"), "employees have no currency", "leave the currency out")


# Whoever is in business at all has one employee and takes in a unit of money; nobody has this many or owns this much.
LEAST = {"employees": Decimal(1), "money": Decimal(1)}
MOST = {"employees": Decimal(10**7), "money": Decimal(10**14)}


def _excludes_nobody(size: Size) -> bool:
    measure = "money" if size.measure in MONEY else "employees"
    from_all = size.min is None or size.min <= LEAST[measure]
    return from_all and (size.max is None or size.max >= MOST[measure])


def _places(path: Path, segment: Segment) -> Iterator[Mistake]:
    for index, country in enumerate(segment.countries):
        if country not in COUNTRIES:
            yield Mistake(
                (*path, "countries", index), f"{country!r} is no ISO 3166 country code", likely_country(country)
            )
    for index, state in enumerate(segment.states):
        if state not in STATES:
            yield Mistake(
                (*path, "states", index), f"{state!r} is no USPS state code", "two capital letters, such as NY"
            )
    if segment.states and segment.countries and "US" not in segment.countries:
        yield Mistake(
            (*path, "states"), "the states are American, the countries are not", "add US, or leave the states out"
        )
