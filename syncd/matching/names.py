"""Names of companies, places and people in the form in which they are compared."""

from __future__ import annotations

from collections.abc import Sequence

from syncd.matching.customs import Customs
from syncd.matching.sightings import Row
from syncd.matching.words import plain

ALIKE = 85.0  # rapidfuzz ratio, 0..100, from which two names are one
FAR_APART = 60.0
SALUTATIONS = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "mme", "sr", "sra"))


def company_name(name: str, customs: Customs) -> str:
    """A company's name without a leading "the", trailing legal forms, and those that some countries put in front."""
    words = plain(name).removeprefix("the ").split()
    while size := _form(words, customs):
        words = words[:-size]
    return " ".join(words[_front(words, customs) :])


def _form(words: Sequence[str], customs: Customs) -> int:
    """How many words at the end are a legal form; one word at least is the name."""
    if len(words) < 2:
        return 0
    sizes = customs.ends.get(words[-1], ())
    return next((n for n in sizes if n < len(words) and " ".join(words[-n:]) in customs.legal_forms), 0)


def _front(words: Sequence[str], customs: Customs) -> int:
    """How many words in front are a legal form; one word at least is the name."""
    sizes = customs.fronts.get(words[0], ()) if len(words) > 1 else ()
    return next((n for n in sizes if n < len(words) and " ".join(words[:n]) in customs.leading_forms), 0)


def place(row: Row, customs: Customs) -> str | None:
    """Name, city and state in one key; None unless all three are known."""
    name, city, state = row.get("name"), row.get("city"), row.get("state")
    return f"{company_name(name, customs)}|{plain(city)}|{state}" if name and city and state else None
