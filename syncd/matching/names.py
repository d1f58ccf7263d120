"""Names of companies in the form in which they are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from syncd.matching.customs import Customs
from syncd.matching.words import folded, plain

SHORTEST_SLIP = 4  # letters from which one other letter is a slip of the pen and not another word
SHORTEST_INITIALS = 3  # words of a name whose first letters are a name as well
COLUMNS = frozenset((30, 32, 35, 40, 50, 60, 64, 80))  # characters after which other programs' columns cut a name
_BETWEEN_MARKS = re.compile(r"\s+[-–—|/:]+\s+")
_MARKED = re.compile(r"[*([{<#!]+\s*([^*()\[\]{}<>#!]+?)\s*[*)\]}>#!]+")
_TIED = re.compile(r"(?<=[^\W\d_]{3})[/-](?=[^\W\d_]{3})")
_CYRILLIC = "ИП|ООО|ОАО|ЗАО|ПАО|АО|НКО|ФОП|ТОВ|ТОО|ЕООД|ООД|АД|ЕТ|ДОО"  # in Latin letters some are other words: IP
_CYRILLIC_FORMS = re.compile(rf"^\s*(?:{_CYRILLIC})\s+(?=\S)|(?<=\S)[\s,]+(?:{_CYRILLIC})\s*$")
_IN_FULL = {"株": "株式会社", "有": "有限会社"}
_IN_BRACKETS = re.compile(r"[(（](株|有)[)）]")
_ALSO = re.compile(
    r"\s*[(,]?\s+\(?(?:d\.?/?b\.?/?a\.?|t/a|a/k/a|f/k/a|doing business as|trading as|formerly|vormals)\s+",
    re.IGNORECASE,
)


def company_name(name: str, customs: Customs) -> str:
    """A company's name without a leading "the", trailing legal forms, and those that some countries put in front."""
    if not name.isascii():
        name = _IN_BRACKETS.sub(lambda match: _IN_FULL[match[1]], name)
        name = _CYRILLIC_FORMS.sub("", name)
    words = plain(name).removeprefix("the ").split()
    while size := form_at_end(words, customs):
        words = words[:-size]
    return " ".join(words[form_in_front(words, customs) :])


def form_at_end(words: Sequence[str], customs: Customs) -> int:
    """How many words at the end are a legal form; one word at least is the name."""
    if len(words) < 2:
        return 0
    sizes = customs.ends.get(words[-1], ())
    return next((n for n in sizes if n < len(words) and " ".join(words[-n:]) in customs.legal_forms), 0)


def form_in_front(words: Sequence[str], customs: Customs) -> int:
    """How many words in front are a legal form; one word at least is the name."""
    sizes = customs.fronts.get(words[0], ()) if len(words) > 1 else ()
    return next((n for n in sizes if n < len(words) and " ".join(words[:n]) in customs.leading_forms), 0)


def called(name: str, customs: Customs) -> tuple[str, ...]:
    """What a company is called, each name in the one spelling of all its spellings; none where that is no name.

    "First Natl Bank & Tr. Co." and "1st National Bank and Trust Company" are one. A trade name or a former name beside
    it (d/b/a, t/a, formerly) is a name of its own.
    """
    return _called(name, customs) if name else ()


@lru_cache(maxsize=100_000)
def _called(name: str, customs: Customs) -> tuple[str, ...]:
    name = unmarked(name, customs)
    keys = [
        key
        for each in dict.fromkeys((name, *parts(name), _in_one(name)))
        if (key := _key(each, customs)) not in customs.no_names
    ]
    return tuple(dict.fromkeys(filter(None, keys)))


def _in_one(name: str) -> str:
    """A name whose words a sign ties together, as one word: Köln/Bonn is written KölnBonn as well."""
    return _TIED.sub("", name)


def unmarked(name: str, customs: Customs) -> str:
    """A name without a colleague's marks: "*KEY* Acme (duplicate?)", "Acme - DO NOT CALL"."""
    bare = _MARKED.sub(lambda match: " " if plain(match[1]) in customs.marks else match[0], name)
    pieces = _BETWEEN_MARKS.split(bare)
    if len(pieces) > 1 and any(plain(piece) in customs.marks for piece in pieces):
        bare = " - ".join(piece for piece in pieces if plain(piece) not in customs.marks)
    return bare if bare.strip() else name


def parts(name: str) -> list[str]:
    """The names within a name: "Hollis LLC d/b/a Brightleaf" is two; the name itself where it is one."""
    names = _ALSO.split(name)
    return [part.rstrip(" )") if "(" not in part else part for part in names] if len(names) > 1 else [name]


def _key(name: str, customs: Customs) -> str:
    head, comma, tail = name.rpartition(",")
    if comma and plain(tail) in customs.behind_comma:
        name = head
    bare = company_name(name, customs)
    for short, full in customs.phrases.items():
        bare = bare.replace(f" {short}", f" {full}") if f" {short} " in f" {bare} " else bare
    words = bare.split()
    replaced = " ".join(customs.words.get(word, word) for word in _joined(words)).split()
    return " ".join(folded(word) for word in replaced if word not in customs.joining)


def _joined(words: Sequence[str]) -> Iterator[str]:
    """Initials that stand apart as one word: j r tolliver → jr tolliver; "and" between them does not count."""
    run = ""
    for at, word in enumerate(words):
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if word == "and" and run and at + 1 < len(words) and len(words[at + 1]) == 1:
            continue
        if run:
            yield run
            run = ""
        yield word
    if run:
        yield run


def own_town_left_off(key: str, row: dict[str, object], customs: Customs) -> str:
    """A name without its own town and state at its end: "bank of the west thomas ok" → "bank of the west"."""
    words = key.split()
    for part in (row.get("state"), row.get("city")):
        ending = folded(plain(str(part or ""))).split()
        if ending and len(words) > len(ending) + 1 and words[-len(ending) :] == ending:
            words = words[: -len(ending)]
    return " ".join(words[:-1] if len(words) > 2 and words[-1] in customs.joining | {"of"} else words)


def is_slip(left: str, right: str) -> bool:
    """Whether two names differ by one slip of the pen in one long word."""
    pairs = list(zip(left.split(), right.split(), strict=False))
    if len(left.split()) != len(right.split()):
        return False
    others = [(a, b) for a, b in pairs if a != b]
    return len(others) == 1 and all(
        min(len(a), len(b)) >= SHORTEST_SLIP and OSA.distance(a, b, score_cutoff=1) == 1 for a, b in others
    )


def are_initials(left: str, right: str) -> bool:
    """Whether one name is made of the first letters of the other's words: "nvk" of "norddeutsches ventil kontor"."""
    short, long = sorted((left, right), key=len)
    words = long.split()
    return len(words) >= SHORTEST_INITIALS and short == "".join(word[0] for word in words)


def is_cut(left: str, right: str) -> bool:
    """Whether one name is the other, cut within a word where a column ends."""
    short, long = sorted((" ".join(name.split()) for name in (left, right)), key=len)
    cut = len(short) in COLUMNS and short[-1:].isalnum() and long[len(short) : len(short) + 1].isalnum()
    return cut and long.casefold().startswith(short.casefold())


def is_office(short: str, rest: str, customs: Customs) -> bool:
    """Whether the rest of a longer name is an office or a department of the shorter one: "stadt brambach", "bauamt"."""
    words = rest.split()
    if any(word in customs.departments or word.endswith(customs.department_endings) for word in words):
        return True
    return short.startswith(customs.authorities) or short.endswith(customs.authority_endings)


def is_telling(key: str, customs: Customs) -> bool:
    """Whether a name tells its company from others: any word that many companies do not carry."""
    return any(word not in customs.common and not word.isdigit() for word in key.split())
