"""The agreement as the rules use it: read once, applied to many groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from syncd.agreement.binding import terms_digest
from syncd.agreement.industries import Industries
from syncd.agreement.segments import terms_for
from syncd.agreement.terms import Agreement, Offer
from syncd.agreement.words import TitleWords
from syncd.model import Destinations, TitleCorrection, TitleReading
from syncd.rules.corrections import Reads, correcting
from syncd.rules.cycles import Cycles
from syncd.rules.engagement import Scale, scale_of
from syncd.rules.mql import GateTerms, gate_terms
from syncd.rules.offers import Recognise, recogniser
from syncd.rules.roles import role_of
from syncd.rules.titles import lexicon_of, read_title

TITLES_KEPT = 16_384


class Read(Protocol):
    """How titles are read. year: the calendar year that it is; None: no year that a title tells is over."""

    def __call__(self, title: str | None, year: int | None = None) -> tuple[TitleReading, str | None]:
        """Return the reading of a title, and the role that it has by the agreement."""
        ...


@dataclass(frozen=True, slots=True)
class Rulebook:
    """An agreement's terms as tables; `read` gives a job title's reading and buying role.

    cycles: how long opportunities took, by offer and segment; empty: the agreement's cycle alone counts.
    segments: by name, those that have terms of their own, with the tables that hold there.
    """

    agreement: Agreement
    terms: str  # their digest
    scale: Scale
    gates: GateTerms
    industries: Industries
    offers: tuple[str, ...]
    recognise: Recognise
    read: Read
    destinations: Destinations
    cycles: Cycles = field(default_factory=dict)
    segments: Mapping[str, Rulebook] = field(default_factory=dict)

    def in_segment(self, name: str | None) -> Rulebook:
        """The rulebook by which the accounts of that segment are judged; None: of none."""
        return self.segments.get(name or "", self)

    def selling(self, offers: Sequence[Offer]) -> Rulebook:
        """The same rulebook, with these offers behind its own: an opportunity stands for them though they went."""
        return _with(self, self.agreement.model_copy(update={"offers": (*self.agreement.offers, *offers)}))

    def closing(self, cycles: Cycles) -> Rulebook:
        """The same rulebook, by which new opportunities close as those before them did."""
        segments = {name: book.closing(cycles) for name, book in self.segments.items()}
        return replace(self, cycles=cycles, segments=segments)

    def corrected(self, corrections: Sequence[TitleCorrection]) -> Rulebook:
        """The same rulebook, but what people say of titles wins over the rules."""
        if not corrections:
            return self
        plain = self.read
        by_hand = correcting(lambda title, year=None: plain(title, year)[0], corrections, self.agreement)
        segments = {name: book.corrected(corrections) for name, book in self.segments.items()}
        return replace(self, read=_reader(by_hand, self.agreement), segments=segments)


def rulebook_of(
    agreement: Agreement, words: TitleWords, industries: Industries, destinations: Destinations
) -> Rulebook:
    """The rulebook of an agreement, with words of titles, industry tables and where wishes go: compiled once."""
    lexicon = lexicon_of(agreement, words)
    book = Rulebook(
        agreement=agreement,
        terms=terms_digest(agreement),
        scale=scale_of(agreement),
        gates=gate_terms(agreement),
        industries=industries,
        offers=tuple(offer.name for offer in agreement.offers),
        recognise=recogniser(agreement.offers),
        read=_reader(lambda title, year=None: read_title(title, lexicon, year), agreement),
        destinations=destinations,
    )
    own = [segment.name for segment in agreement.served_market.segments if segment.terms]
    return replace(book, segments={name: _in_segment(book, name) for name in own}) if own else book


def _in_segment(book: Rulebook, name: str) -> Rulebook:
    agreement = terms_for(book.agreement, name)
    return replace(_with(book, agreement), read=_reader(lambda title, year=None: book.read(title, year)[0], agreement))


def _with(book: Rulebook, agreement: Agreement) -> Rulebook:
    """The rulebook with the terms of another reading of its agreement, but for titles."""
    return replace(
        book,
        agreement=agreement,
        scale=scale_of(agreement),
        gates=gate_terms(agreement),
        offers=tuple(offer.name for offer in agreement.offers),
        recognise=recogniser(agreement.offers),
    )


def _reader(read_plainly: Reads, agreement: Agreement) -> Read:
    @lru_cache(maxsize=TITLES_KEPT)
    def read(title: str | None, year: int | None = None) -> tuple[TitleReading, str | None]:
        reading = read_plainly(title, year)
        return reading, role_of(reading, agreement)

    return read
