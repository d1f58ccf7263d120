"""The words of titles, compiled for one agreement: normal form, parts, and phrases found in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from syncd.agreement.terms import Agreement
from syncd.agreement.words import TitleWords
from syncd.rules.phrases import Phrases
from syncd.rules.spelling import GENITIVE, Tokens, beginnings, normal, spellings, tokens_of
from syncd.rules.word_parts import Compound, WordFunctions, by_word, word_functions

LETTERS = 4  # at most so many single letters are an abbreviation that was typed with blanks
GENERAL = "executive"  # the function of who leads the whole firm, as mappings/titles/ names it


class Part(NamedTuple):
    """A stretch of a title without a break; `joined` where only an "and" stands before it."""

    tokens: Tokens
    joined: bool


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What a title reader looks words up in; built once per agreement by `lexicon_of`."""

    words: TitleWords
    level_names: Mapping[str, str]  # the word list's level → the agreement's
    ranks: Mapping[str, int]  # the agreement's level → rank, 0 the highest
    general: Tokens  # what the agreement calls the lead of a whole firm
    spelled: Mapping[str, Tokens]
    dotted: Mapping[str, str]
    spelled_phrases: Phrases[Tokens]
    no_titles: frozenset[Tokens]
    levels: Phrases[str]
    faint_levels: Phrases[str]
    functions: Phrases[Tokens]  # the agreement's names; empty where it names none of them
    faint_functions: frozenset[Tokens]
    faint_beginnings: tuple[str, ...]
    last_functions: Phrases[Tokens]
    last_words: Mapping[str, Tokens]
    word_functions: WordFunctions
    boards: Phrases[str]
    board_beginnings: tuple[str, ...]
    retired: Phrases[str]
    lists: Mapping[str, frozenset[str]]  # the single-word lists of mappings/titles/, in normal form
    pairs: frozenset[tuple[str, str]]  # words that an "and" does not part

    def parts(self, title: str) -> list[Part]:
        """Cut a title at its punctuation and its "and"s; abbreviations come out written in full."""
        parts: list[Part] = []
        tokens: list[str] = []
        joined = False
        joiners = self.lists["joined_by"]
        raw = self._raw(title)
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

    def _raw(self, title: str) -> list[str]:
        """The title's words and signs, with abbreviations of several words written out."""
        raw = _owned(tokens_of(title, self.dotted, self.words.japanese), self.levels)
        if 1 < len(raw) <= LETTERS and all(len(token) == 1 and token.isalpha() for token in raw):
            raw = ["".join(raw)]  # C E O
        if len(raw) == 1 and raw[0] in self.words.alone:
            return list(normal(self.words.alone[raw[0]]))
        if tuple(raw) in self.no_titles:
            return []
        for hit in reversed(self.spelled_phrases.find(tuple(raw))):
            raw[hit.start : hit.end] = hit.value
        return raw

    def is_faint(self, phrase: Tokens) -> bool:
        """Whether a phrase shows its function only where no other one stands."""
        return phrase in self.faint_functions or (len(phrase) == 1 and phrase[0].startswith(self.faint_beginnings))

    def compound(self, token: str) -> Compound | None:
        """The post that one word is made of, as German, Dutch and the Nordic languages write it."""
        return None if self.levels.word(token) else self.word_functions.compound(token)


def _owned(raw: list[str], levels: Phrases[str]) -> list[str]:
    """Without managing words in the genitive: a "President's Club" and a "Manager's Choice" are no president's."""
    plain = [token.removesuffix(GENITIVE) for token in raw]
    return [word for word, token in zip(plain, raw, strict=True) if word and (word == token or not levels.word(word))]


def _close(parts: list[Part], tokens: list[str], joined: bool, next_joined: bool) -> tuple[list[Part], list[str], bool]:
    if tokens:
        parts.append(Part(tuple(tokens), joined and bool(parts)))
        return parts, [], next_joined
    return parts, [], joined and next_joined


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
    spelled = {token: normal(full) for token, full in words.spelled.items() if token.isalnum()}
    named = _named(words, functions)
    function_entries = _function_entries(words, functions, named, spelled)
    keywords = {form for _, own in functions for form in spellings(own, spelled)}
    return Lexicon(
        words=words,
        level_names={words.level(name): name for name, _ in levels},
        ranks={name: rank for rank, name in enumerate(_order(words, [name for name, _ in levels]))},
        general=named.get(GENERAL, ()),
        spelled=spelled,
        dotted={letters: " ".join(normal(full)) for letters, full in words.dotted.items()},
        spelled_phrases=Phrases(
            (tuple(tokens_of(phrase, {}, {})), normal(full))
            for phrase, full in words.spelled.items()
            if phrase not in spelled
        ),
        no_titles=frozenset(spellings(words.no_titles, {})),
        levels=Phrases(_level_entries(words, levels, vp_is, spelled)),
        faint_levels=Phrases((form, key) for key, own in words.faint.items() for form in spellings(own, spelled)),
        functions=Phrases(function_entries.items()),
        faint_functions=frozenset(spellings((*words.faint_functions, *words.firm_leads), spelled)) - keywords,
        faint_beginnings=beginnings(words.faint_beginnings),
        last_functions=Phrases(
            (form, names)
            for key, own in words.last_functions.items()
            if (names := named.get(key))
            for form in spellings(own, spelled)
        ),
        word_functions=word_functions(words, function_entries, named),
        last_words=by_word(words.last_words, named),
        boards=_set((phrase for phrase in words.boards if not phrase.endswith("*")), spelled),
        board_beginnings=beginnings(phrase for phrase in words.boards if phrase.endswith("*")),
        retired=_set(words.retired, spelled),
        lists={
            name: frozenset(form[0] for form in spellings(value, spelled) if len(form) == 1)
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


def _set(phrases: Iterable[str], spelled: Mapping[str, Tokens]) -> Phrases[str]:
    return Phrases((form, " ".join(form)) for form in spellings(phrases, spelled))


def _named(words: TitleWords, functions: Terms) -> dict[str, Tokens]:
    """The word list's function → the agreement's; one that the agreement lacks goes to what it is a part of."""
    named: dict[str, Tokens] = {words.function(name): (name,) for name, _ in functions}
    wholes = {part: whole for part, whole in words.part_of.items() if part not in named and whole in named}
    return named | {part: named[whole] for part, whole in wholes.items()}


def _level_entries(
    words: TitleWords, levels: Terms, vp_is: str, spelled: Mapping[str, Tokens]
) -> list[tuple[Tokens, str]]:
    """Phrase → the word list's level; an agreement's own keywords come last and win."""
    entries = [(form, key) for key, own in words.levels.items() for form in spellings(own, spelled)]
    entries += [(form, next(iter(words.levels))) for form in spellings(words.firm_leads, spelled)]
    entries += [(form, level) for phrase, level in words.bare.items() for form in spellings([phrase], spelled)]
    entries += [(form, "") for form in spellings(words.no_level, spelled)]
    entries += [(form, words.level(vp_is)) for form in spellings(words.vice_presidents, spelled)]
    entries += [(form, words.level(name)) for name, own in levels for form in spellings(own, spelled)]
    return entries


def _function_entries(
    words: TitleWords, functions: Terms, named: Mapping[str, Tokens], spelled: Mapping[str, Tokens]
) -> dict[Tokens, Tokens]:
    """Phrase → the agreement's function names; an agreement's own keywords win over the word list's."""
    entries: dict[Tokens, Tokens] = {}

    def add(form: Tokens, keys: Iterable[str]) -> None:
        names = (name for key in keys for name in named.get(key, ()))
        entries[form] = tuple(dict.fromkeys((*entries.get(form, ()), *names)))

    for form in spellings(words.firm_leads, spelled):
        add(form, [GENERAL])
    for key, own in words.functions.items():
        for form in spellings(own, spelled):
            add(form, [key])
    for office, keys in words.offices.items():
        add(normal(office), keys)
    for form in spellings(words.no_function, spelled):
        add(form, [])
    own_entries: dict[Tokens, Tokens] = {}
    for name, own in functions:
        for form in spellings(own, spelled):
            own_entries[form] = (*own_entries.get(form, ()), name)
    return entries | own_entries


def _order(words: TitleWords, names: list[str]) -> list[str]:
    """The agreement's levels, highest first: as it lists them, unless that turns the word list's order round."""
    known = list(words.levels)
    listed = [known.index(words.level(name)) for name in names if words.level(name) in known]
    if listed == sorted(listed):
        return names
    return sorted(names, key=lambda name: known.index(words.level(name)) if words.level(name) in known else len(known))
