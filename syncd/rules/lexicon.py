"""The words of titles, compiled for one agreement: normal form, parts, and phrases found in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from unidecode import unidecode

from syncd.agreement.terms import Agreement
from syncd.agreement.words import TitleWords

Tokens = tuple[str, ...]
V = TypeVar("V")

LONGEST = 400  # characters of a title that are read: what follows is no title any more

_NOISE = (
    (re.compile(r"&amp;"), "&"),
    (re.compile(r"\(?\b(?:[mwdfhx]/[mwdfhx](?:/[mwdfhx])?|all genders|gn)\b\)?"), " "),  # the genders of a job ad
    (re.compile(r"\be-(?=[a-z])"), "e"),  # e-commerce
    (re.compile(r"(?<=[a-z]{3})(?:\((?:in|e|ne|a|t?rice|euse)\)|[/*:_]-?(?:innen|in|e|ne|a|t?rice|euse)\b)"), ""),
    (re.compile(r"'s\b"), ""),
    (re.compile(r"\br ?& ?d\b"), "research and development"),
    (re.compile(r"\bm ?& ?a\b"), "mergers and acquisitions"),
    (re.compile(r"\bl ?& ?d\b"), "learning and development"),
    (re.compile(r"\bfp ?& ?a\b"), "fpna"),
    (
        re.compile(r"\b(?:[a-z]\.)+[a-z]\b\.?"),
        lambda abbreviation: abbreviation[0].replace(".", ""),
    ),  # v.p., i.t., s.e.o.
)
_TOKEN = re.compile(r"[a-z0-9]+|[,;|/()\[\]{}:*@&\n]|(?<=\s)[-+]+|-+(?=\s)|--")
_WORD = re.compile(r"[a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})


class Part(NamedTuple):
    """A stretch of a title without a break; `joined` where only an "and" stands before it."""

    tokens: Tokens
    joined: bool


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

    def find(self, tokens: Tokens) -> list[Hit[V]]:
        """Every phrase in `tokens`, from the left, without overlaps."""
        hits: list[Hit[V]] = []
        at, size = 0, len(tokens)
        while at < size:
            for phrase, value in self._by_first.get(tokens[at], ()):
                if tokens[at : at + len(phrase)] == phrase:
                    hits.append(Hit(at, at + len(phrase), phrase, value))
                    at += len(phrase)
                    break
            else:
                at += 1
        return hits


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What a title reader looks words up in; built once per agreement by `lexicon_of`."""

    words: TitleWords
    level_names: Mapping[str, str]  # the word list's level → the agreement's
    function_names: Mapping[str, str]  # the word list's function → the agreement's
    ranks: Mapping[str, int]  # the agreement's level → rank, 0 the highest
    spelled: Mapping[str, Tokens]
    levels: Phrases[str]
    faint_levels: Phrases[str]
    functions: Phrases[Tokens]  # the agreement's names; empty where it names none of them
    faint_functions: frozenset[Tokens]
    last_functions: Phrases[str]
    lists: Mapping[str, frozenset[str]]  # the single-word lists of titles.yaml, in normal form
    pairs: frozenset[tuple[str, str]]  # words that an "and" does not part

    def parts(self, title: str) -> list[Part]:
        """Cut a title at its punctuation and its "and"s; abbreviations come out written in full."""
        parts: list[Part] = []
        tokens: list[str] = []
        joined = False
        joiners = self.lists["joined_by"]
        raw = _tokens(title)
        for at, token in enumerate(raw):
            if token in joiners or token in "&+":
                pair = (tokens[-1] if tokens else "", raw[at + 1] if at + 1 < len(raw) else "")
                if pair in self.pairs:
                    tokens.append("and")
                    continue
                parts, tokens, joined = _close(parts, tokens, joined, True)
            elif token == "@":
                tokens.append("at")
            elif not token.isalnum():
                parts, tokens, joined = _close(parts, tokens, joined, False)
            else:
                tokens += self.spelled.get(token, (token,))
        return _close(parts, tokens, joined, False)[0]


def _close(parts: list[Part], tokens: list[str], joined: bool, next_joined: bool) -> tuple[list[Part], list[str], bool]:
    if tokens:
        parts.append(Part(tuple(tokens), joined and bool(parts)))
        return parts, [], next_joined
    return parts, [], joined and next_joined


def _tokens(text: str) -> list[str]:
    text = text[:LONGEST]
    if not text.isascii():
        text = unidecode(text.encode("utf-8", "ignore").decode())  # lone surrogates are no characters
    text = text.lower()
    for pattern, substitute in _NOISE:
        text = pattern.sub(substitute, text)
    return _TOKEN.findall(text)


def normal(phrase: str) -> Tokens:
    """A phrase's words in normal form: lower case, without accents."""
    return tuple(_WORD.findall(unidecode(phrase).lower()))


def _spellings(phrases: Iterable[str], spelled: Mapping[str, Tokens]) -> set[Tokens]:
    """Normal forms of phrases, umlauts both as a and as ae, abbreviations written out."""
    forms = {normal(form) for phrase in phrases for form in (phrase, phrase.translate(_UMLAUTS))}
    return {tuple(word for token in form for word in spelled.get(token, (token,))) for form in forms if form}


Terms = tuple[tuple[str, Tokens], ...]  # an agreement's functions or levels: name and keywords


def lexicon_of(agreement: Agreement, words: TitleWords) -> Lexicon:
    """The lexicon of an agreement, compiled once for the word list and its functions, levels, keywords and `vp_is`.

    A function or level that the word list does not have is shown by its keywords and by its own name.
    """
    functions = tuple(
        (name, own.keywords if words.function(name) in words.functions else (*own.keywords, name))
        for name, own in agreement.functions.items()
    )
    levels = tuple(
        (name, own.keywords if words.level(name) in words.levels else (*own.keywords, name))
        for name, own in agreement.levels.items()
    )
    return _compile(words, functions, levels, agreement.titles.vp_is)


@lru_cache(maxsize=32)
def _compile(words: TitleWords, functions: Terms, levels: Terms, vp_is: str) -> Lexicon:
    spelled = {token: normal(full) for token, full in words.spelled.items()}
    level_names = {words.level(name): name for name, _ in levels}
    level_entries = _level_entries(words, levels, vp_is, spelled)
    function_entries = _function_entries(words, functions, spelled)
    named = {words.function(name): name for name, _ in functions}
    keywords = {form for _, own in functions for form in _spellings(own, spelled)}
    return Lexicon(
        words=words,
        level_names=level_names,
        function_names=named,
        ranks={name: rank for rank, name in enumerate(_order(words, [name for name, _ in levels]))},
        spelled=spelled,
        levels=Phrases(level_entries),
        faint_levels=Phrases((form, key) for key, own in words.faint.items() for form in _spellings(own, spelled)),
        functions=Phrases(function_entries.items()),
        faint_functions=frozenset(_spellings(words.faint_functions, spelled)) - keywords,
        last_functions=Phrases(
            (form, named[key])
            for key, own in words.last_functions.items()
            if key in named
            for form in _spellings(own, spelled)
        ),
        lists={
            name: frozenset(form[0] for form in _spellings(value, spelled) if len(form) == 1)
            for name in TitleWords.model_fields
            if isinstance(value := getattr(words, name), tuple) and all(isinstance(entry, str) for entry in value)
        },
        pairs=frozenset(
            (phrase[at - 1], phrase[at + 1])
            for phrase in function_entries
            for at in range(1, len(phrase) - 1)
            if phrase[at] == "and"
        ),
    )


def _level_entries(
    words: TitleWords, levels: Terms, vp_is: str, spelled: Mapping[str, Tokens]
) -> list[tuple[Tokens, str]]:
    """Phrase → the word list's level; an agreement's own keywords come last and win."""
    entries = [(form, key) for key, own in words.levels.items() for form in _spellings(own, spelled)]
    entries += [(form, level) for phrase, level in words.bare.items() for form in _spellings([phrase], spelled)]
    entries += [(form, words.level(vp_is)) for form in _spellings(words.vice_presidents, spelled)]
    entries += [(form, words.level(name)) for name, own in levels for form in _spellings(own, spelled)]
    return entries


def _function_entries(words: TitleWords, functions: Terms, spelled: Mapping[str, Tokens]) -> dict[Tokens, Tokens]:
    """Phrase → the agreement's function names; an agreement's own keywords win over the word list's."""
    named = {words.function(name): name for name, _ in functions}
    entries: dict[Tokens, Tokens] = {}

    def add(form: Tokens, keys: Sequence[str]) -> None:
        entries[form] = tuple(dict.fromkeys((*entries.get(form, ()), *(named[key] for key in keys if key in named))))

    for key, own in words.functions.items():
        for form in _spellings(own, spelled):
            add(form, [key])
    for office, keys in words.offices.items():
        add(normal(office), keys)
    for form in _spellings(words.no_function, spelled):
        add(form, [])
    own_entries: dict[Tokens, Tokens] = {}
    for name, own in functions:
        for form in _spellings(own, spelled):
            own_entries[form] = (*own_entries.get(form, ()), name)
    return entries | own_entries


def _order(words: TitleWords, names: list[str]) -> list[str]:
    """The agreement's levels, highest first: as it lists them, unless that turns the word list's order round."""
    known = list(words.levels)
    listed = [known.index(words.level(name)) for name in names if words.level(name) in known]
    if listed == sorted(listed):
        return names
    return sorted(names, key=lambda name: known.index(words.level(name)) if words.level(name) in known else len(known))
