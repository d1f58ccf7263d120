"""Topics in words: what an activity was about, without the addresses that systems keep beside it."""

from __future__ import annotations

import re
from functools import lru_cache

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+|\b(?:[\w-]+\.)+[a-z]{2,}/\S*", re.IGNORECASE)
_PATH = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?[^/?#]*([^?#]*)", re.IGNORECASE)
_WORD = re.compile(r"[a-zà-öø-ÿ]{3,}")  # of a path; marks of a tracker have digits and capitals


@lru_cache(maxsize=20_000)
def topic_in_words(topic: str) -> str:
    """The topic as people say it: a title that stands there twice once, an address alone by the words of its path."""
    parts: list[str] = []
    for part in map(_trimmed, _ADDRESS.split(topic)):
        if part and not any(part.casefold() in other.casefold() for other in parts):
            parts = [other for other in parts if other.casefold() not in part.casefold()] + [part]
    return ", ".join(parts) or " ".join(dict.fromkeys(word for at in _ADDRESS.findall(topic) for word in _path(at)))


def _trimmed(text: str) -> str:
    return " ".join(text.split()).rstrip(" |,;(<[").lstrip(" |,;)>]")


def _path(address: str) -> list[str]:
    """The words of an address's path."""
    match = _PATH.match(address)
    return [word for word in re.split(r"[/_.\-+%]+", match[1] if match else "") if _WORD.fullmatch(word)]
