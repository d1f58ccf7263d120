"""Words in the form in which names are compared."""

from __future__ import annotations

import re
from functools import lru_cache

from unidecode import unidecode


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    """Lower case ASCII words: "Société Générale & Co." → "societe generale and co"."""
    words = unidecode(text).lower().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", words.replace("'", "").replace(".", "")).split())
