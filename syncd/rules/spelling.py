"""A job title as words: lower case, without accents, genders and signs, abbreviations written out.

Japanese has no blanks between words: what the word list knows of it is put in English words, the rest says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from unidecode import unidecode

Tokens = tuple[str, ...]

LONGEST = 400  # characters of a title that are read: what follows is no title any more

GENITIVE = "0s0"  # stands at the end of a word in the genitive: "President's Club"
_FEMALE = "innen|in|es|e|as|a|o|ra|nes|ne|t?rices?|euses?|ses?|i?eres?|ka"  # what follows the base form
_NOISE = (
    (re.compile(r"&amp;"), "&"),
    (re.compile(r"\(?\b(?:[mwvdfhkx]/[mwvdfhkx](?:/[mwvdfhkx])?|all genders|gn)\b\)?"), " "),  # the genders of a job ad
    (re.compile(r"\be-(?=[a-z])"), "e"),  # e-commerce
    (re.compile(rf"(?<=[a-z]{{3}})(?:\((?:{_FEMALE})\)|[/*:_]-?(?:{_FEMALE})\b)"), ""),  # Leiter*in, Director/a
    (re.compile(r"(?<=[a-z]{3})[.-](?:t?rices?|euses?|i?eres?|nes?|ses?|es?)\b"), ""),  # directeur.rice, chargé.e
    (re.compile(r"'s?(?= [a-z])|'s\b"), GENITIVE),
    (re.compile(r"\b(?:\d{1,2}[./-]){1,2}(?=(?:19|20)\d\d\b)"), ""),  # 31.12.2023
    (re.compile(r"\b((?:19|20)\d\d)[^\S\n]?[-/][^\S\n]?(?=(?:19|20)\d\d\b)"), r"\1 "),  # 2019-2023
    (re.compile(r"\br ?& ?d\b"), "research and development"),
    (re.compile(r"\bm ?& ?a\b"), "mergers and acquisitions"),
    (re.compile(r"\bl ?& ?d\b"), "learning and development"),
    (re.compile(r"\bfp ?& ?a\b"), "fpna"),
)
_BY_CASE = (  # the same letters in other cases stand for other words: A.D., A.I.
    (re.compile(r"(?<=\w),? a\. ?D\.?(?=\s*(?:$|[,;)|]))"), " retired"),  # German "außer Dienst"
    (re.compile(r"(?<=\w),? \(?a\.i\.?(?!\w)"), " interim"),
)
_SPACED = re.compile(r"\b([a-z]\.) (?=[a-z]\.)")  # i. R.
_DOTTED = re.compile(r"\b(?:[a-z]\.-?)+[a-z]\b\.?")  # v.p., i.t., s.e.o., p.-d.g.
_TOKEN = re.compile(r"[a-z0-9]+|[,;|/()\[\]{}:*@&\n]|(?<=\s)[-+]+|-+(?=\s)|--")
_WORD = re.compile(r"[a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af々]+")


def tokens_of(text: str, dotted: Mapping[str, str], glossary: Mapping[str, str]) -> list[str]:
    """The words of a title and the signs that part it, as they follow each other.

    dotted: letters with dots between them, as "i.r.", and what they stand for. glossary: Japanese → English words.
    """
    text = text[:LONGEST]
    for pattern, words in _BY_CASE:
        text = pattern.sub(words, text)
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode()  # lone surrogates are no characters
        text = unidecode(_EAST_ASIAN.sub(lambda run: _in_english(run[0], glossary), text))
    text = text.lower()
    for pattern, substitute in _NOISE:
        text = pattern.sub(substitute, text)
    if "." in text:
        text = _DOTTED.sub(lambda letters: _written_out(letters[0], dotted), _SPACED.sub(r"\1", text))
    return _TOKEN.findall(text.replace("_", " "))


def _written_out(letters: str, dotted: Mapping[str, str]) -> str:
    plain = letters.replace(".", "").replace("-", "")
    return dotted.get(plain, plain)


def _in_english(run: str, glossary: Mapping[str, str]) -> str:
    """The words of the glossary in a run of characters, the longest first; what it lacks parts them."""
    longest = max(map(len, glossary), default=0)
    words: list[str] = []
    at = 0
    while at < len(run):
        size = next((size for size in range(longest, 0, -1) if run[at : at + size] in glossary), 0)
        words.append(glossary[run[at : at + size]] if size else "")
        at += size or 1
    return " " + " ".join(filter(None, words)) + " "


def normal(phrase: str) -> Tokens:
    """A phrase's words in normal form: lower case, without accents."""
    return tuple(_WORD.findall(unidecode(phrase).lower()))


def spellings(phrases: Iterable[str], spelled: Mapping[str, Tokens]) -> set[Tokens]:
    """Normal forms of phrases, umlauts both as a and as ae, abbreviations written out."""
    forms = {normal(form) for phrase in phrases for form in (phrase, phrase.translate(_UMLAUTS))}
    return {tuple(word for token in form for word in spelled.get(token, (token,))) for form in forms if form}


def beginnings(words: Iterable[str]) -> tuple[str, ...]:
    """Parts of words in normal form, umlauts both as a and as ae."""
    return tuple(sorted({"".join(normal(form)) for word in words for form in (word, word.translate(_UMLAUTS))}))
