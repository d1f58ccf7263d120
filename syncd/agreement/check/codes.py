"""Whether a segment's industry codes are codes of the declared classification, and no whole sector."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from syncd.agreement.industries import DIGITS, SCHEMES, SECTOR_DIGITS, Industries, Scheme
from syncd.agreement.partial import Mistake
from syncd.agreement.terms import Segment
from syncd.document import Path
from syncd.model import IndustryCode

SHOWN = 6  # likely codes in a message


def check_codes(path: Path, segment: Segment, industries: Industries) -> Iterator[Mistake]:
    """Every code that the segment's classification lacks, with what it is likely to mean."""
    terms = segment.industries
    if terms is None:
        return
    scheme = (terms.system, terms.year)
    if not industries.knows(*scheme):
        years = ", ".join(str(year) for system, year in SCHEMES if system == terms.system)
        yield Mistake(
            (*path, "year"), f"there is no table of {terms.system} {terms.year}", f"use {terms.system} {years}"
        )
        return
    for index, code in enumerate(terms.codes):
        at: Path = (*path, "codes", index)
        if _is_sector(code, scheme):
            title = industries.title(scheme, code)
            what = f"{code} is a whole sector" + (f" ({title})" if title else "")
            yield Mistake(at, what, f"say which of its industries: {_inside(code, scheme, industries)}")
        elif not industries.leaves(scheme, code):
            yield Mistake(at, *_meaning(code, scheme, industries))
    yield from _added_up(path, terms.codes, scheme, industries)


def _added_up(path: Path, codes: Sequence[str], scheme: Scheme, industries: Industries) -> Iterator[Mistake]:
    """Codes that together are all of a sector: 521 to 525 say no more than 52."""
    if any(_is_sector(code, scheme) for code in codes):
        return  # said already
    served = frozenset[str]().union(*(industries.leaves(scheme, code) for code in codes))
    for sector in sorted(code for code in industries.titles[scheme] if _is_sector(code, scheme)):
        whole = industries.leaves(scheme, sector)
        if len(whole) > 1 and whole <= served:
            inside = [code for code in codes if industries.leaves(scheme, code) & whole]
            what = f"{', '.join(inside)} together are a whole sector ({sector} {industries.title(scheme, sector)})"
            mend = f"leave out those whom you do not serve: {_inside(sector, scheme, industries)}"
            yield Mistake((*path, "codes"), what, mend)


def _is_sector(code: str, scheme: Scheme) -> bool:
    if scheme[0] == "SIC" and code.isalpha() and len(code) == 1:
        return code.upper() in "ABCDEFGHIJK"
    return re.fullmatch(r"\d\d(?:-\d\d)?", code) is not None


def _inside(code: str, scheme: Scheme, industries: Industries) -> str:
    """The likely codes below a sector: NAICS industry groups, SIC industry groups."""
    below = sorted(
        {leaf[: SECTOR_DIGITS + (2 if scheme[0] == "NAICS" else 1)] for leaf in industries.leaves(scheme, code)}
    )
    named = [f"{group} {industries.title(scheme, group)}" for group in below[:SHOWN]]
    return ", ".join(named) + (", …" if len(below) > SHOWN else "") if named else "the industries' own codes"


def _meaning(code: str, scheme: Scheme, industries: Industries) -> tuple[str, str]:
    """What a code that the declared scheme lacks is likely to mean: (what, mend)."""
    system, year = scheme
    padded = f"0{code}"
    if system == "SIC" and len(code) == DIGITS["SIC"] - 1 and industries.leaves(scheme, padded):
        title = industries.title(scheme, padded)
        return f"{code} is no SIC code; it is SIC {padded}, {title}, without its zero", "write the zero"
    others = [other for other in sorted(SCHEMES, key=lambda other: -other[1]) if other != scheme]
    likely = next((other for other in others if industries.leaves(other, code)), None)
    if likely is None:
        return f"{code} is no {system} code, and no other table has it", f"look the code up in {system} {year}"
    edition = likely[0] == system  # the code is one of another year
    declared, meaning = (f"{system} {year}", f"{system} {likely[1]}") if edition else (system, likely[0])
    meant = sorted(industries.translate(IndustryCode(*likely, code), scheme))
    counterpart = f"; {declared} {', '.join(meant[:SHOWN])}{', …' if len(meant) > SHOWN else ''}" if meant else ""
    mend = f"declare {likely[0]} {likely[1]}" + (f", or list the {declared} codes" if meant else "")
    return f"{code} is no {declared} code; it is {meaning} {code}, {industries.title(likely, code)}{counterpart}", mend
