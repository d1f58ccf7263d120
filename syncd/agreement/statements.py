"""What makes a served-market statement one that nobody can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from syncd.agreement.draft import Draft, Finding
from syncd.agreement.industries import DIGITS, SCHEMES, SECTOR_DIGITS, Industries, Scheme
from syncd.agreement.standards import COUNTRIES, LIKELY_COUNTRIES, STATES
from syncd.agreement.terms import Segment, Size
from syncd.document import Path, read
from syncd.model import IndustryCode

RANK_LIST = re.compile(
    r"\b(?:global|fortune|forbes(?: global)?|inc\.?|ftse|dax|s&p|cac|russell|nikkei|stoxx|top|largest) ?\d{2,}\b"
    r"|\bfortune (?:one|five) hundred\b",
    re.IGNORECASE,
)
SHOWN = 6  # likely codes in a message
ADD = "add a size with bounds, or industry codes"
MONEY = ("annual_revenue", "total_assets")


def check_market(draft: Draft, industries: Industries) -> Iterator[Finding]:
    """Every problem of every segment."""
    base: Path = ("served_market", "segments")
    segments = draft.agreement.served_market.segments
    if not segments:
        yield Finding(base, "the served market has no segment", "say who is served: a size, industry codes, countries")
    for index, segment in enumerate(segments):
        path: Path = (*base, index)
        yield from _statement(path, segment)
        yield from _words(path, segment)
        if segment.size:
            yield from _size((*path, "size"), segment.size)
        if segment.industries:
            yield from _codes((*path, "industries"), segment, industries)
        yield from _places(path, segment)


def _statement(path: Path, segment: Segment) -> Iterator[Finding]:
    """Whether the criteria leave anybody out, and whether each can be looked up in an account's record."""
    name = f"segment {segment.name!r}"
    if not segment.name.strip():
        yield Finding((*path, "name"), "a segment has no name", "name it as both teams do")
    drawn = segment.size or (segment.industries and segment.industries.codes) or segment.register_
    placed = segment.countries or segment.states
    if segment.rank_list and not segment.register_:
        what = f"{segment.rank_list!r} is a rank list without a register: nobody can look an account up in it"
        yield Finding(
            (*path, "rank_list"), what, "add the register that lists its accounts, with the count you agree on"
        )
    elif segment.languages:
        alone = "" if drawn or placed else " alone is no served market, and it"
        what = f"{name}: a language{alone} stands in no account's record"
        yield Finding((*path, "languages"), what, f"name the countries, and {ADD}" if alone else "name the countries")
    elif not drawn and placed:
        part = "country" if segment.countries else "state"
        yield Finding(path, f"{name}: a {part} alone is no served market", ADD)
    elif not drawn:
        yield Finding(path, f"{name} admits everyone: it has neither size nor industry codes nor a register", ADD)
    if segment.industries and not segment.industries.codes:
        yield Finding(
            (*path, "industries", "codes"), f"{name} lists no industry codes", "list them, or leave industries out"
        )
    if segment.register_ and segment.register_.count <= 0:
        yield Finding((*path, "register", "count"), f"{name}: the agreed count is not above zero", "agree on a count")
    if segment.register_ and not segment.register_.name.strip():
        yield Finding(
            (*path, "register", "name"), f"{name}: the register has no name", "name its mapping file's system"
        )


def _words(path: Path, segment: Segment) -> Iterator[Finding]:
    """What the name and statement say that the criteria do not."""
    for key, text in (("name", segment.name), ("statement", segment.statement)):
        found = RANK_LIST.search(text)
        if found and not segment.register_ and not segment.rank_list:
            what = f"{found[0]!r} is a rank list without a register: nobody can look an account up in it"
            yield Finding((*path, key), what, "add the register that lists its accounts, with the count you agree on")
    if segment.industries or segment.register_:
        return
    for key, text in (("name", segment.name), ("statement", segment.statement)):
        if sector := _sector(text):
            words, codes = sector
            yield Finding(
                (*path, key), f"{words!r} is a whole sector without codes", f"say which industries: likely {codes}"
            )
            return


@cache
def _sectors() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Pattern of a sector's words → its likely codes."""
    file = resources.files("mappings").joinpath("industries", "sectors.yaml")
    entries = read(file.read_text(encoding="utf-8"), "sectors.yaml").content
    return tuple(
        (
            re.compile(rf"\b(?:{'|'.join(map(re.escape, entry['words']))})\b", re.IGNORECASE),
            "; ".join(f"{system} {', '.join(map(str, entry[system]))}" for system in DIGITS),
        )
        for entry in entries
    )


def _sector(text: str) -> tuple[str, str] | None:
    found = ((pattern.search(text), codes) for pattern, codes in _sectors())
    return next(((match[0], codes) for match, codes in found if match), None)


def _size(path: Path, size: Size) -> Iterator[Finding]:
    money = size.measure in MONEY
    if size.min is not None and size.max is not None and size.min > size.max:
        yield Finding(
            (*path, "min"), f"the bounds are inverted: {size.min:,f} to {size.max:,f}", "exchange min and max"
        )
    elif (size.min is None or size.min <= 0) and size.max is None:
        yield Finding(path, "the bounds exclude nobody", "give a min above zero, or a max")
    elif size.max is not None and size.max <= 0:
        yield Finding((*path, "max"), "the bounds admit nobody", "give a max above zero")
    if money and size.currency is None:
        yield Finding(path, f"{size.measure} without a currency", "add currency, such as USD")
    if not money and size.currency is not None:
        yield Finding((*path, "currency"), "employees have no currency", "leave the currency out")


def _places(path: Path, segment: Segment) -> Iterator[Finding]:
    for index, country in enumerate(segment.countries):
        if country not in COUNTRIES:
            yield Finding(
                (*path, "countries", index), f"{country!r} is no ISO 3166 country code", likely_country(country)
            )
    for index, state in enumerate(segment.states):
        if state not in STATES:
            yield Finding(
                (*path, "states", index), f"{state!r} is no USPS state code", "two capital letters, such as NY"
            )
    if segment.states and segment.countries and "US" not in segment.countries:
        yield Finding(
            (*path, "states"), "the states are American, the countries are not", "add US, or leave the states out"
        )


def likely_country(country: str) -> str:
    """What mends a country that is no code."""
    upper = country.upper()
    likely = LIKELY_COUNTRIES.get(upper, upper if upper in COUNTRIES else "")
    return f"did you mean {likely}?" if likely else "two capital letters, such as US"


# ---- codes -------------------------------------------------------------------------------------------------------


def _codes(path: Path, segment: Segment, industries: Industries) -> Iterator[Finding]:
    terms = segment.industries
    if terms is None:
        return
    scheme = (terms.system, terms.year)
    if not industries.knows(*scheme):
        years = ", ".join(str(year) for system, year in SCHEMES if system == terms.system)
        yield Finding(
            (*path, "year"), f"there is no table of {terms.system} {terms.year}", f"use {terms.system} {years}"
        )
        return
    for index, code in enumerate(terms.codes):
        at: Path = (*path, "codes", index)
        if _is_sector(code, scheme):
            title = industries.title(scheme, code)
            what = f"{code} is a whole sector" + (f" ({title})" if title else "")
            yield Finding(at, what, f"say which of its industries: {_inside(code, scheme, industries)}")
        elif not industries.leaves(scheme, code):
            yield Finding(at, *_meaning(code, scheme, industries))


def _is_sector(code: str, scheme: Scheme) -> bool:
    if scheme[0] == "SIC" and code.isalpha() and len(code) == 1:
        return code.upper() in "ABCDEFGHIJK"
    return re.fullmatch(r"\d\d(?:-\d\d)?", code) is not None


def _inside(code: str, scheme: Scheme, industries: Industries) -> str:
    """The likely codes below a sector: NAICS industry groups, SIC industry groups."""
    below = sorted(
        {leaf[: SECTOR_DIGITS + (2 if scheme[0] == "NAICS" else 1)] for leaf in industries.leaves(scheme, code)}
    )
    named = [f"{one} {industries.title(scheme, one)}" for one in below[:SHOWN]]
    return ", ".join(named) + (", …" if len(below) > SHOWN else "") if named else "the industries' own codes"


def _meaning(code: str, scheme: Scheme, industries: Industries) -> tuple[str, str]:
    """What a code that the declared scheme lacks is likely to mean: (what, mend)."""
    system, year = scheme
    padded = f"0{code}"
    if system == "SIC" and len(code) == DIGITS["SIC"] - 1 and industries.leaves(scheme, padded):
        title = industries.title(scheme, padded)
        return f"{code} is no SIC code; it is SIC {padded}, {title}, without its zero", "write the zero"
    others = [one for one in sorted(SCHEMES, key=lambda one: -one[1]) if one != scheme]
    likely = next((one for one in others if industries.leaves(one, code)), None)
    if likely is None:
        return f"{code} is no {system} code, and no other table has it", f"look the code up in {system} {year}"
    edition = likely[0] == system  # the code is one of another year
    declared, meaning = (f"{system} {year}", f"{system} {likely[1]}") if edition else (system, likely[0])
    meant = sorted(industries.translate(IndustryCode(*likely, code), scheme))
    counterpart = f"; {declared} {', '.join(meant[:SHOWN])}{', …' if len(meant) > SHOWN else ''}" if meant else ""
    mend = f"declare {likely[0]} {likely[1]}" + (f", or list the {declared} codes" if meant else "")
    return f"{code} is no {declared} code; it is {meaning} {code}, {industries.title(likely, code)}{counterpart}", mend
