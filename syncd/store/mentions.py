"""Mentions: who is named in a free text, as people write names and addresses there.

An address, or first and last name as whole words behind one another in either order, is certain. A last name alone may
be anybody's, or a word of its own, so that a person must look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST = 3  # letters of a last name that is looked for alone


@dataclass(frozen=True, slots=True)
class Named:
    """By what somebody is known."""

    first_name: str
    last_name: str
    emails: frozenset[str] = frozenset()

    def certain(self, text: str) -> bool:
        """Whether the text names them and nobody else."""
        words, plain = _words(text), text.casefold()
        if any(email.casefold() in plain for email in self.emails):
            return True
        first, last = _words(self.first_name), _words(self.last_name)
        return bool(first and last) and (_holds(words, first + last) or _holds(words, last + first))

    def perhaps(self, text: str) -> bool:
        """Whether the text may name them."""
        last = _words(self.last_name)
        long = sum(map(len, last)) >= SHORTEST
        return self.certain(text) or (long and _holds(_words(text), last))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _holds(words: list[str], part: Iterable[str]) -> bool:
    wanted = list(part)
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))
