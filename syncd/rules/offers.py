"""Offers recognised by their words: what a topic of an activity, a campaign or an opportunity points at."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from syncd.agreement.terms import Offer

Recognise = Callable[[str], tuple[str, ...]]  # text → names of offers, in the agreement's order

WHOLE_WORD = 3  # words up to so many letters are acronyms: they stand alone ("AML"), longer ones may begin a word


def recogniser(offers: Sequence[Offer]) -> Recognise:
    """A function that names the offers whose words stand in a text.

    Case does not count; "loan" is found in "Loans" and "home-loan", not in "reloan"; the parts of "credit decision"
    may be parted by anything that is no letter or digit, as in a URL.
    """
    return _recogniser(tuple((offer.name, offer.words) for offer in offers))


@lru_cache(maxsize=64)
def _recogniser(table: tuple[tuple[str, tuple[str, ...]], ...]) -> Recognise:
    patterns = [(name, re.compile("|".join(map(_pattern, words)))) for name, words in table if any(map(_parts, words))]

    @lru_cache(maxsize=20_000)
    def recognise(text: str) -> tuple[str, ...]:
        folded = text.casefold()
        return tuple(name for name, pattern in patterns if pattern.search(folded))

    return recognise


def _parts(word: str) -> list[str]:
    return re.findall(r"[^\W_]+", word.casefold())


def _pattern(word: str) -> str:
    parts = _parts(word)
    if not parts:
        return r"(?!)"
    end = r"s?(?![^\W_])" if len(parts[-1]) <= WHOLE_WORD else ""
    return r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, parts)) + end
