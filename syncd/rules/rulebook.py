"""The agreement as the rules use it: read once, applied to many groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from syncd.agreement.binding import terms_digest
from syncd.agreement.industries import Industries
from syncd.agreement.terms import Agreement
from syncd.agreement.words import TitleWords
from syncd.model import Destinations, TitleCorrection, TitleReading
from syncd.rules.corrections import correcting
from syncd.rules.engagement import Scale, scale_of
from syncd.rules.mql import GateTerms, gate_terms
from syncd.rules.offers import Recognise, recogniser
from syncd.rules.roles import role_of
from syncd.rules.titles import lexicon_of, read_title

TITLES_KEPT = 16_384


@dataclass(frozen=True, slots=True)
class Rulebook:
    """An agreement's terms as tables; `read` gives a job title's reading and buying role."""

    agreement: Agreement
    terms: str  # their digest
    scale: Scale
    gates: GateTerms
    industries: Industries
    offers: tuple[str, ...]
    recognise: Recognise
    read: Callable[[str | None], tuple[TitleReading, str | None]]
    destinations: Destinations

    def corrected(self, corrections: Sequence[TitleCorrection]) -> Rulebook:
        """The same rulebook, but what people say of titles wins over the rules."""
        if not corrections:
            return self
        plain = self.read
        by_hand = correcting(lambda title: plain(title)[0], corrections, self.agreement)

        @lru_cache(maxsize=TITLES_KEPT)
        def read(title: str | None) -> tuple[TitleReading, str | None]:
            reading = by_hand(title)
            return reading, role_of(reading, self.agreement)

        return replace(self, read=read)


def rulebook_of(
    agreement: Agreement, words: TitleWords, industries: Industries, destinations: Destinations
) -> Rulebook:
    """The rulebook of an agreement, with words of titles, industry tables and where wishes go: compiled once."""
    lexicon = lexicon_of(agreement, words)

    @lru_cache(maxsize=TITLES_KEPT)
    def read(title: str | None) -> tuple[TitleReading, str | None]:
        reading = read_title(title, lexicon)
        return reading, role_of(reading, agreement)

    return Rulebook(
        agreement=agreement,
        terms=terms_digest(agreement),
        scale=scale_of(agreement),
        gates=gate_terms(agreement),
        industries=industries,
        offers=tuple(offer.name for offer in agreement.offers),
        recognise=recogniser(agreement.offers),
        read=read,
        destinations=destinations,
    )
