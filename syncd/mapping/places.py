"""States and countries as systems spell them: the tables of places.yaml first, then the names that languages have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from unicodedata import combining, normalize

from syncd.agreement.standards import COUNTRIES

# The languages in which a country's name is known: Unicode CLDR's names, as the package babel has them.
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "ja")


def state(words: str, spelled: Mapping[str, str]) -> str | None:
    """A state's code; what the table lacks stays as it is written, two letters in capitals."""
    words = " ".join(words.split())
    return spelled.get(words.lower()) or _unknown(words)


def country(words: str, spelled: Mapping[str, str]) -> str | None:
    """A country's code (ISO 3166-1 alpha-2) by its name in any of LANGUAGES; what is none stays as it is written.

    What stays so is no country that anybody can read, and tells no rule whether a company is elsewhere.
    """
    words = " ".join(words.split())
    return spelled.get(words.lower()) or (len(words) > 2 and _names().get(_folded(words))) or _unknown(words)


def _unknown(words: str) -> str | None:
    return words.upper() if len(words) == 2 else words or None


def _folded(name: str) -> str:
    """A name without accents, full stops and article: the Åland Islands are Aland Islands."""
    plain = "".join(char for char in normalize("NFKD", name.lower()) if not combining(char))
    plain = " ".join(plain.replace(".", "").replace(" & ", " and ").split())
    return plain.removeprefix("the ").replace("saint ", "st ")


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """By their names, and by their codes of three letters (ISO 3166-1 alpha-3), which CLDR has as aliases."""
    from babel import Locale
    from babel.core import get_global

    aliases = get_global("territory_aliases").items()
    named = {name.lower(): codes[0] for name, codes in aliases if len(name) == 3 and codes[0] in COUNTRIES}
    for language in reversed(LANGUAGES):
        territories = Locale(language).territories
        named |= {_folded(name): code for code, name in territories.items() if len(code) == 2 and code.isalpha()}
    return named
