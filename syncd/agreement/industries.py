"""Industry classifications: which codes exist, what they are called, and what a code of one is in another.

The tables stand in `mappings/industries/` (see SOURCES.md there). A code covers every code below it; the leaves are
SIC's four-digit and NAICS's six-digit industries. Translations go by NAICS 2017, for which all concordances are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from syncd import sheet, shipped
from syncd.document import Complaint
from syncd.errors import ConfigError
from syncd.model import IndustryCode

Scheme = tuple[str, int]  # system and year
Pairs = Mapping[str, frozenset[str]]

SIC: Scheme = ("SIC", 1987)
HUB: Scheme = ("NAICS", 2017)
SCHEMES: tuple[Scheme, ...] = (SIC, ("NAICS", 2012), HUB, ("NAICS", 2022))
DIGITS = {"SIC": 4, "NAICS": 6}  # of a leaf
SECTOR_DIGITS = 2
CONCORDANCES: tuple[tuple[Scheme, Scheme], ...] = (
    (SIC, HUB),
    (("NAICS", 2012), HUB),
    (HUB, ("NAICS", 2022)),
)


@dataclass(frozen=True, eq=False)
class Industries:
    """The tables in memory: titles by scheme and code, leaves below each code, and the concordances both ways."""

    titles: Mapping[Scheme, Mapping[str, str]]
    concordances: Mapping[tuple[Scheme, Scheme], Pairs]
    _below: dict[tuple[Scheme, str], frozenset[str]] = field(default_factory=dict)

    def knows(self, system: str, year: int) -> bool:
        """Whether there is a table of that system and year."""
        return (system, year) in self.titles

    def leaves(self, scheme: Scheme, code: str) -> frozenset[str]:
        """The industries that a code covers; empty where the scheme has no such code."""
        if (scheme, code) not in self._below:
            size = DIGITS[scheme[0]]
            low, _, high = code.partition("-")
            starts = [str(number) for number in range(int(low), int(high) + 1)] if high else [code]
            known = code in self.titles[scheme] or (scheme == SIC and len(code) == 3)
            self._below[scheme, code] = frozenset(
                leaf for leaf in self.titles[scheme] if known and len(leaf) == size and leaf.startswith(tuple(starts))
            )
        return self._below[scheme, code]

    def title(self, scheme: Scheme, code: str) -> str:
        """What a code is called; a SIC industry group, which has no title here, by its first industry and "…"."""
        if title := self.titles[scheme].get(code):
            return title
        below = sorted(self.leaves(scheme, code))
        return f"{self.titles[scheme][below[0]]}{', …' if len(below) > 1 else ''}" if below else ""

    def read(self, code: IndustryCode) -> str | None:
        """A code as its table writes it: without blanks, vendors' extra digits cut, a lost leading zero put back.

        None where the table has no such code, or there is no table. D&B's SIC of six or eight digits begins with the
        official one; other countries' codes of five digits do not. A rounded code (7370, 1400) is the group it names.
        """
        scheme = (code.system, code.year)
        if scheme not in self.titles:
            return None
        text, size = code.code.strip(), DIGITS[code.system]
        if text.isdigit() and len(text) in (size + 2, size + 4):
            text = text[:size]
        candidates = [text, f"0{text}"] if code.system == "SIC" and len(text) == 3 else [text]
        if spelling := next((spelling for spelling in candidates if spelling in self.titles[scheme]), None):
            return spelling
        return next((group for group in _rounded(text, size) if self._is_group(scheme, group)), None)

    def _is_group(self, scheme: Scheme, text: str) -> bool:
        return text.isdigit() and bool(self.leaves(scheme, text))

    def translate(self, code: IndustryCode, scheme: Scheme) -> frozenset[str]:
        """Every leaf of `scheme` that the code can be there; several mean that we do not know which one holds.

        Empty where the code or the scheme is unknown, or has no counterpart.
        """
        text = self.read(code)
        if text is None or scheme not in self.titles:
            return frozenset()
        source = (code.system, code.year)
        leaves = self.leaves(source, text)
        for start, end in _route(source, scheme):
            pairs = self.concordances[start, end]
            leaves = frozenset(other for leaf in leaves for other in pairs.get(leaf, ()))
        return leaves


def _rounded(text: str, size: int) -> Iterator[str]:
    """A code itself, and where it is a full one that ends in zeros, what it is rounded from: 1400 from 14."""
    yield text
    while len(text) > SECTOR_DIGITS and text.endswith("0") and len(text) <= size:
        text = text[:-1]
        yield text


def _route(source: Scheme, target: Scheme) -> list[tuple[Scheme, Scheme]]:
    if source == target:
        return []
    return [step for step in ((source, HUB), (HUB, target)) if step[0] != step[1]]


def load_industries(folder: Path | None = None) -> Industries:
    """The tables, the folder's own before the shipped; raises ConfigError where one cannot be used."""
    return _industries(*(shipped.read_text(name, folder) for name in TABLES))


@cache
def _industries(*texts: tuple[str, str]) -> Industries:
    tables = dict(zip(TABLES, texts, strict=True))
    titles = {scheme: dict(_titles(*tables[_file(_name(scheme))], scheme)) for scheme in SCHEMES}
    concordances: dict[tuple[Scheme, Scheme], Pairs] = {}
    for old, new in CONCORDANCES:
        forward: dict[str, set[str]] = {}
        for old_code, new_code in _pairs(*tables[_file(_concordance(old, new))], old, new):
            forward.setdefault(old_code, set()).add(new_code)
        if old[0] == new[0]:  # a code that no concordance names has not changed
            size = DIGITS[old[0]]
            forward |= {leaf: {leaf} for leaf in titles[old] if len(leaf) == size and leaf not in forward}
        backward: dict[str, set[str]] = {}
        for old_code, new_codes in forward.items():
            for new_code in new_codes:
                backward.setdefault(new_code, set()).add(old_code)
        concordances[old, new] = {code: frozenset(others) for code, others in forward.items()}
        concordances[new, old] = {code: frozenset(others) for code, others in backward.items()}
    return Industries(titles, concordances)


def _name(scheme: Scheme) -> str:
    return f"{scheme[0].lower()}{scheme[1]}"


def _concordance(old: Scheme, new: Scheme) -> str:
    return f"{_name(old)}_{_name(new)}"


def _file(name: str) -> str:
    return f"industries/{name}.csv"


TABLES = (*(_file(_name(scheme)) for scheme in SCHEMES), *(_file(_concordance(old, new)) for old, new in CONCORDANCES))


CODES = {"SIC": re.compile(r"\d\d|\d{4}"), "NAICS": re.compile(r"\d{2,6}|\d\d-\d\d")}
MEND = "write all its digits, and a zero that leads: a spreadsheet takes it away"


def _titles(text: str, file: str, scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Each code of a classification with its title."""
    row = None
    for row in sheet.rows(text, file, ("code", "title")):
        code, title = row.cells
        if not CODES[scheme[0]].fullmatch(code):
            raise _error(file, row.line, f"{code!r} is no {scheme[0]} code", MEND)
        yield code, title
    if row is None:
        raise _error(file, 1, "there is no code below the headings", "take the file away, and the shipped one is used")


def _pairs(text: str, file: str, old: Scheme, new: Scheme) -> Iterator[tuple[str, str]]:
    """The leaves of two classifications that mean the same."""
    for row in sheet.rows(text, file, (_name(old), _name(new))):
        for (system, _), code in zip((old, new), row.cells, strict=True):
            if len(code) != DIGITS[system] or not code.isdecimal():
                raise _error(file, row.line, f"{code!r} is no {system} code of {DIGITS[system]} digits", MEND)
        yield row.cells[0], row.cells[1]


def _error(file: str, line: int, what: str, mend: str) -> ConfigError:
    return ConfigError(str(Complaint(file, line, what, mend)))
