"""States and countries as systems spell them: the tables of places.yaml first, then the names that languages have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

# The languages in which a country's name is known: Unicode CLDR's names, as the package babel has them.
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "ja")


def state(words: str, spelled: Mapping[str, str]) -> str | None:
    """A state's code; what the table lacks stays as it is written, two letters in capitals."""
    words = " ".join(words.split())
    return spelled.get(words.lower()) or _unknown(words)


def country(words: str, spelled: Mapping[str, str]) -> str | None:
    """A country's code (ISO 3166-1 alpha-2) by its name in any of LANGUAGES; what is none stays as it is written."""
    words = " ".join(words.split())
    folded = words.lower()
    return spelled.get(folded) or (len(words) > 2 and _names().get(folded)) or _unknown(words)


def _unknown(words: str) -> str | None:
    return words.upper() if len(words) == 2 else words or None


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    from babel import Locale

    named: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        territories = Locale(language).territories
        named |= {name.lower(): code for code, name in territories.items() if len(code) == 2 and code.isalpha()}
    return named
