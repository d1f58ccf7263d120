"""Words in the form in which names are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from unidecode import unidecode

_DIGRAPH = re.compile(r"([aou])e|aa")


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    """Lower case ASCII words: "Société Générale & Co." → "societe generale and co"."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    words = unidecode(text).lower().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", words.replace("'", "").replace(".", "")).split())


@lru_cache(maxsize=200_000)
def folded(words: str) -> str:
    """Plain words with one spelling for ü, ue and u, for å and aa: only to compare them, never to show."""
    return _DIGRAPH.sub(lambda match: match[1] or "a", words)
