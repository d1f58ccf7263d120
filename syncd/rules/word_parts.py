"""What a single word of a title shows by its beginning, its end, or the parts that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from syncd.agreement.words import TitleEnding, TitleWords
from syncd.rules.spelling import Tokens, beginnings

JOINTS = ("", "s", "n", "en", "es", "e")  # what stands between the parts of a German or Dutch compound


class Compound(NamedTuple):
    """A post in one word: what stands before its end, the level that the end shows, and its function if it has one."""

    first: str
    end: str
    level: str
    function: str | None


@dataclass(frozen=True, eq=False)
class WordFunctions:
    """Parts of words, and the agreement's functions that they show."""

    beginnings: Mapping[str, Tokens]
    ends: Mapping[str, Tokens]
    stems: Mapping[str, Tokens]  # beginnings that only count before the end of a post
    endings: Mapping[str, TitleEnding]  # the ends of posts, the longest first
    ends_of_posts: tuple[str, ...]
    words: Mapping[str, Tokens]  # whole words
    names: Mapping[str, Tokens]  # the word list's function → the agreement's

    def of(self, token: str) -> Tokens | None:
        """The functions of a word that is no phrase by itself."""
        return _of(self, token)

    def look(self, token: str) -> Tokens | None:
        """The same, looked up."""
        if (begun := _longest(self.beginnings, token)) is not None:
            return begun
        if (compound := self.compound(token)) is not None:
            return self._of_compound(compound)
        return self._by_end(token)

    def compound(self, token: str) -> Compound | None:
        """A post in one word."""
        if not token.endswith(self.ends_of_posts):
            return None
        end, ending = next((end, ending) for end, ending in self.endings.items() if token.endswith(end))
        first = token[: -len(end)]
        return Compound(first, end, ending.level, ending.function) if len(first) > 1 else None

    def _of_compound(self, compound: Compound) -> Tokens | None:
        first = compound.first
        wholes = (first.removesuffix(joint) for joint in JOINTS if first.endswith(joint))
        whole = next((self.words[word] for word in wholes if word in self.words), None)
        names = whole or _longest(self.stems, first) or self._by_end(first)
        return names or (self.names.get(compound.function) if compound.function else None)

    def _by_end(self, word: str) -> Tokens | None:
        """What a word shows by its end, with or without a joint: "Regionalverkauf(s)leiter"."""
        plain = word.removesuffix("s")
        return next((names for end, names in self.ends.items() if plain.endswith(end) and plain != end), None)


@lru_cache(maxsize=16_384)
def _of(functions: WordFunctions, token: str) -> Tokens | None:
    return functions.look(token)


def _longest(table: Mapping[str, Tokens], token: str) -> Tokens | None:
    """The entry that a word begins with, the longest one."""
    return next((table[token[:size]] for size in range(len(token), 1, -1) if token[:size] in table), None)


def word_functions(words: TitleWords, entries: Mapping[Tokens, Tokens], named: Mapping[str, Tokens]) -> WordFunctions:
    """The parts of words of a list; entries: its phrases with the agreement's functions."""
    endings = {end: ending for ending in words.endings for end in beginnings(ending.ends)}
    return WordFunctions(
        beginnings=by_word(words.beginnings, named),
        ends=by_word(words.function_ends, named),
        stems=by_word(words.stems, named),
        endings=dict(sorted(endings.items(), key=lambda entry: -len(entry[0]))),
        ends_of_posts=tuple(endings),
        words={phrase[0]: names for phrase, names in entries.items() if len(phrase) == 1 and names},
        names=named,
    )


def by_word(table: Mapping[str, Tokens], named: Mapping[str, Tokens]) -> dict[str, Tokens]:
    """Each beginning or end, and the agreement's functions that it shows: none where the agreement lacks its own."""
    return {part: named.get(key, ()) for key, parts in table.items() for part in beginnings(parts)}
