"""Names of companies, places and people in the form in which they are compared."""

from __future__ import annotations

import re
from functools import lru_cache

from unidecode import unidecode

from syncd.matching.customs import Customs
from syncd.matching.sightings import Row

ALIKE = 85.0  # rapidfuzz ratio, 0..100, from which two names are one
FAR_APART = 60.0
SALUTATIONS = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "mme", "sr", "sra"))


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    """Lower case ASCII words: "Société Générale & Co." → "societe generale and co"."""
    words = unidecode(text).lower().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", words.replace("'", "").replace(".", "")).split())


def company_name(name: str, customs: Customs) -> str:
    """A company's name without a leading "the" and trailing legal forms."""
    words = plain(name).removeprefix("the ").split()
    while len(words) > 1 and (words[-1] in customs.legal_forms or " ".join(words[-2:]) in customs.legal_forms):
        words = words[:-2] if " ".join(words[-2:]) in customs.legal_forms and len(words) > 2 else words[:-1]
    return " ".join(words)


def place(row: Row, customs: Customs) -> str | None:
    """Name, city and state in one key; None unless all three are known."""
    name, city, state = row.get("name"), row.get("city"), row.get("state")
    return f"{company_name(name, customs)}|{plain(city)}|{state}" if name and city and state else None
