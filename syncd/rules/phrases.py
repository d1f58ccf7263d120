"""Phrases found among the words of a title."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from syncd.rules.spelling import Tokens

V = TypeVar("V")


class Hit(NamedTuple, Generic[V]):
    """A phrase found at tokens[start:end], and what it shows."""

    start: int
    end: int
    phrase: Tokens
    value: V


class Phrases(Generic[V]):
    """Phrases by their first word, the longest first."""

    def __init__(self, entries: Iterable[tuple[Tokens, V]]) -> None:
        self._by_first: dict[str, list[tuple[Tokens, V]]] = {}
        for phrase, value in dict(entries).items():
            self._by_first.setdefault(phrase[0], []).append((phrase, value))
        for candidates in self._by_first.values():
            candidates.sort(key=lambda entry: -len(entry[0]))

    def find(self, tokens: Tokens, otherwise: Callable[[str], V | None] | None = None) -> list[Hit[V]]:
        """Every phrase in `tokens`, from the left, without overlaps.

        otherwise: what a word shows by itself where no phrase begins.
        """
        hits: list[Hit[V]] = []
        if otherwise is None and self._by_first.keys().isdisjoint(tokens):
            return hits
        at, size = 0, len(tokens)
        while at < size:
            for phrase, value in self._by_first.get(tokens[at], ()):
                if tokens[at : at + len(phrase)] == phrase:
                    hits.append(Hit(at, at + len(phrase), phrase, value))
                    at += len(phrase)
                    break
            else:
                if otherwise and (alone := otherwise(tokens[at])) is not None:
                    hits.append(Hit(at, at + 1, (tokens[at],), alone))
                at += 1
        return hits

    def word(self, token: str) -> V | None:
        """What a phrase of this one word shows."""
        return next((value for phrase, value in self._by_first.get(token, ()) if len(phrase) == 1), None)
