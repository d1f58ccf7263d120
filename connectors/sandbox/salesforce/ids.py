"""Salesforce record ids: 15 case-sensitive characters, or 18 with a checksum that survives case folding.

Source: Salesforce, "ID Field Type" (SOAP API Developer Guide) and the published checksum algorithm.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable
from functools import lru_cache

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-5]{3})?")


def complete(short: str) -> str:
    """Return the 18-character id of a 15-character one.

    >>> complete("005000000000001")
    '005000000000001AAA'
    """
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place, letter in enumerate(short[start : start + 5]) if "A" <= letter <= "Z")
        suffix += _LETTERS[bits]
    return short[:15] + suffix


@lru_cache(maxsize=1 << 16)
def read(text: Hashable) -> str | None:
    """Return the 18-character id that `text` means, or None where it is no id at all."""
    if not isinstance(text, str) or not _SHAPE.fullmatch(text):
        return None
    whole = complete(text[:15])
    return whole if len(text) == 15 or text[15:].upper() == whole[15:] else None


class Mint:
    """Hands out new ids, in rising order per key prefix and the same in every run."""

    def __init__(self) -> None:
        self._last: defaultdict[str, int] = defaultdict(int)

    def next(self, prefix: str) -> str:
        """Return the next id of that key prefix."""
        self._last[prefix] += 1
        number, digits = self._last[prefix], ""
        while number:
            number, rest = divmod(number, 62)
            digits = _BASE62[rest] + digits
        return complete(f"{prefix}Sb0{digits:0>9}")
