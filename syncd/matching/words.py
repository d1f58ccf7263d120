"""Words in the form in which names are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

from unidecode import unidecode

_DIGRAPH = re.compile(r"([aou])e|aa")
_MISREAD = re.compile(r"[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]")  # two bytes of one letter, as two letters
_READ_AS = ("cp1252", "latin-1")


def legible(text: str) -> str:
    """A text as it was meant, where HTML entities or UTF-8 read as Windows-1252 stand in it: MÃ¼ller &amp; Sohn."""
    if "&" in text and ";" in text:
        text = unescape(text)
    if text.isascii() or not _MISREAD.search(text):
        return text
    for encoding in _READ_AS:
        try:
            return text.encode(encoding).decode()
        except UnicodeError:
            continue
    return text


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    """Lower case ASCII words: "Société Générale & Co." → "societe generale and co"."""
    text = legible(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    words = unidecode(text).lower().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", words.replace("'", "").replace(".", "")).split())


@lru_cache(maxsize=200_000)
def folded(words: str) -> str:
    """Plain words with one spelling for ü, ue and u, for å and aa: only to compare them, never to show."""
    return _DIGRAPH.sub(lambda match: match[1] or "a", words)
