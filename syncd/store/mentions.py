"""Mentions: who is named in a text, as people and programs write names, addresses and ids there.

An address, or first and last name as whole words behind one another in either order, is certain. A last name alone may
be anybody's, or a word of its own, so that a person must look. What is part of a longer one is somebody else's:
`ann@bank.example` does not stand in `joann@bank.example`, nor `hubspot.contacts/16` in `hubspot.contacts/168`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import ColumnElement, false, func, or_

from syncd.model.addresses import same_address

SHORTEST = 3  # letters of a last name that is looked for alone
# Where a name may begin and end. Before an address: o'ann@ is another one's, 'ann@ stands in quotes.
_BEFORE, _BEHIND = r"(?<![\w.+-])(?<!\w')", r"(?!\w|-\w)"
_BEHIND_ADDRESS = r"(?!\w|[.-]\w)"
_ADDRESS = re.compile(r"[\w.+'-]+@[\w.-]*\w")


@dataclass(frozen=True)
class Names:
    """Ids and addresses of somebody, which are theirs alone; addresses in the one spelling of all theirs."""

    names: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = (re.escape(name) + (_BEHIND_ADDRESS if "@" in name else _BEHIND) for name in self.names)
        return re.compile(f"{_BEFORE}(?:{'|'.join(parts)})", re.IGNORECASE)

    def stand_in(self, words: str) -> bool:
        """Whether one of them stands in a text as a whole."""
        if not self.names:
            return False
        if self._pattern.search(words):
            return True
        return not words.isascii() and any(same_address(one) in self.names for one in _ADDRESS.findall(words))

    def stand_in_json(self, text: str) -> bool:
        """Whether one of them stands in a value or a key of JSON that is kept as text, or in what is none."""
        return any(self.stand_in(words) for _, words in leaves(parsed(text), keys=True))

    def taken_out(self, words: str, instead: str) -> str:
        """A text without them."""
        if not self.names:
            return words
        words = self._pattern.sub(lambda _: instead, words)
        if words.isascii():
            return words
        return _ADDRESS.sub(lambda one: instead if same_address(one[0]) in self.names else one[0], words)

    def taken_out_of_json(self, text: str, instead: str) -> str:
        """JSON that is kept as text without them, or what is none."""
        value = parsed(text)
        if isinstance(value, str):
            return self.taken_out(text, instead)
        return orjson.dumps(_mapped(value, lambda words: self.taken_out(words, instead))).decode()

    def perhaps_in(self, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that holds for every row in which one of them stands, and for some others."""
        needles = dict.fromkeys(map(_needle, self.names))
        lowered = [func.lower(column) for column in columns]
        return or_(false(), *(column.contains(needle, autoescape=True) for needle in needles for column in lowered))


def _needle(name: str) -> str:
    """The part of a name that a database finds in whatever way it is written: of ASCII alone, and in no JSON escaped.

    A domain may stand there in letters of its own: müller.example is xn--mller-kva.example.
    """
    box, at, domain = name.lower().rpartition("@")
    if not at:
        return name.lower()
    plain = box.isascii() and not {'"', "\\"} & {*box}
    return f"{box if plain else ''}@{'' if 'xn--' in domain or not domain.isascii() else domain}"


def parsed(text: str) -> Any:
    """JSON that is kept as text; the text itself where it is none."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value if isinstance(value, dict | list) else text


def leaves(value: Any, path: tuple[str, ...] = (), *, keys: bool = False) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text and whole number in a JSON value, and under which keys it stands; with keys, those as well."""
    match value:
        case str():
            yield path, value
        case bool():
            return
        case int():
            yield path, str(value)
        case dict():
            for key, inner in value.items():
                if keys:
                    yield path, key
                yield from leaves(inner, (*path, key), keys=keys)
        case list():
            for inner in value:
                yield from leaves(inner, path, keys=keys)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value)
        case dict():
            return {change(key): _mapped(inner, change) for key, inner in value.items()}
        case list():
            return [_mapped(inner, change) for inner in value]
    return value


@dataclass(frozen=True, slots=True)
class Named:
    """By what somebody is known."""

    first_name: str
    last_name: str
    emails: frozenset[str] = frozenset()

    def certain(self, text: str) -> bool:
        """Whether the text names them and nobody else."""
        if Names(tuple(self.emails)).stand_in(text):
            return True
        words = _words(text)
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
