"""Names of people: read from the fields in which they stand, and compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from syncd.matching.customs import Customs
from syncd.matching.sightings import Row
from syncd.matching.words import folded, legible, plain

# Words that tell father from son, by the generation that they name.
GENERATIONS = {
    **dict.fromkeys(("sr", "senior", "sen", "pere", "padre", "pai", "der altere", "elder"), "first"),
    **dict.fromkeys(
        ("jr", "junior", "jun", "jnr", "fils", "hijo", "filho", "figlio", "younger", "ii", "2nd"), "second"
    ),
    **dict.fromkeys(("iii", "3rd", "neto"), "third"),
    **dict.fromkeys(("iv", "4th"), "fourth"),
}
_COUPLE = re.compile(r"&|\+|\b(?:and|und|et|y|e|og|och|en|i)\b", re.IGNORECASE)
_MAIDEN = re.compile(r"\(.*?\)|\b(?:geb\.?|née|nee|né|born|roz\.|z domu)\s.*", re.IGNORECASE)
_ENDINGS = ("a", "e", "ne", "le", "te", "ie", "nie", "in", "ina", "ine", "ette", "etta", "ella", "elle")
SHORTEST_SOUND = 3  # consonants from which two names that sound alike are one: not Jane and John
SHORTEST_SLIP = 7  # letters from which a first name with another letter is a slip of the pen


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in the form in which it is compared."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    generation: str = ""
    couple: bool = False  # it names two people


def name_of(row: Row, customs: Customs) -> Name:
    """The name that a row states, also where all of it stands in one field."""
    return _read(row.get("first_name") or "", row.get("last_name") or "", customs)


@lru_cache(maxsize=50_000)
def _read(first: str, last: str, customs: Customs) -> Name:
    first, bare = legible(first), _MAIDEN.sub(" ", legible(last))
    if not first and "," in bare:  # Eckhardt, Simone
        head, _, tail = bare.partition(",")
        if _words(tail, customs):
            first, bare = tail, head
    first_words, family = _words(first, customs), _words(bare, customs)
    generations = [GENERATIONS[word] for word in (*family[1:], *first_words[1:]) if word in GENERATIONS]
    first_words = [word for at, word in enumerate(first_words) if not (at and word in GENERATIONS)]
    family = [word for at, word in enumerate(family) if not (at and word in GENERATIONS)]
    if (
        not first_words and len(family) > 1 and family[0] not in customs.particles and family[1].isalpha()
    ):  # Priscilla Nduka
        first_words, family = family[:1], family[1:]
    kept = [word for word in family if word not in customs.particles] or family
    return Name(
        first=tuple(_initials_joined(first_words)),
        last=tuple(re.sub("^mac(?=[a-z]{3})", "mc", word) for word in kept),
        generation=generations[0] if generations else "",
        couple=bool(_COUPLE.search(first)),
    )


def _words(text: str, customs: Customs) -> list[str]:
    return [word for word in map(folded, plain(text).split()) if word not in customs.salutations]


def _initials_joined(words: Sequence[str]) -> Iterable[str]:
    """ "A. M." and "AM" are one word; an initial beside a name stays what it is."""
    return ["".join(words)] if len(words) > 1 and all(len(word) == 1 for word in words) else words


# ---- one name or another -----------------------------------------------------------------------------------------


def first_names_agree(a: Name, b: Name, customs: Customs) -> str:
    """How the first names of two people agree: "same" (also by initials and short forms), "alike", or "" not at all.

    Alike is a spelling or a slip of the pen: enough for one person only where the last names agree as well.
    """
    if a.first == b.first:
        return "same"
    left, right = _forms(a), _forms(b)
    if any(_is_one(x, y, customs) for x in left for y in right) or _by_initials(a, b):
        return "same"
    return "alike" if any(_is_alike(x, y) for x in a.first for y in b.first) else ""


def last_names_agree(a: Name, b: Name) -> bool:
    """Whether two last names are one: any part of a double name, in any spelling."""
    left, right = a.last, b.last
    return "".join(left) == "".join(right) or any(x == y or _is_slip(x, y, 5) for x in left for y in right)


def is_crossed(a: Name, b: Name, customs: Customs) -> bool:
    """Whether one has the other's first name for a last name, and the other way round."""
    ahead, behind = Name(a.last, a.first), b
    return bool(a.first and a.last and b.first and b.last) and (
        first_names_agree(ahead, behind, customs) == "same" and last_names_agree(ahead, behind)
    )


def _forms(name: Name) -> tuple[str, ...]:
    return (*name.first, "".join(name.first)) if len(name.first) > 1 else name.first


def _is_one(a: str, b: str, customs: Customs) -> bool:
    if a == b or b in customs.nicknames.get(a, ()):
        return True
    short, long = sorted((a, b), key=len)
    if not long.startswith(short):
        return False
    return len(short) == 1 or (len(long) - len(short) >= 3 and len(short) >= 3 and long[len(short) :] not in _ENDINGS)


def _by_initials(a: Name, b: Name) -> bool:
    """JB is Jean-Baptiste, AM is Adaeze M."""
    for short, long in ((a.first, b.first), (b.first, a.first)):
        if len(short) == 1 and 2 <= len(short[0]) <= 3 and "".join(word[0] for word in long) == short[0]:
            return True
    return False


def _is_alike(a: str, b: str) -> bool:
    if _is_pair(a, b):
        return False
    heard = _sound(a)
    if len(heard) >= SHORTEST_SOUND and heard == _sound(b):
        return True
    return _is_slip(a, b, SHORTEST_SLIP) or (len(a) > 3 and _is_swapped(a, b))


def _is_pair(a: str, b: str) -> bool:
    """A man's and a woman's form of one name: Giorgio and Giorgia, Jean and Jeanne, Daniel and Daniela."""
    short, long = sorted((a, b), key=len)
    if a[:-1] == b[:-1] or (a[-1] == "a") != (b[-1] == "a"):
        return True
    return long.startswith(short) and long[len(short) :] in _ENDINGS


def _is_slip(a: str, b: str, shortest: int) -> bool:
    return min(len(a), len(b)) >= shortest and OSA.distance(a, b, score_cutoff=1) == 1


def _is_swapped(a: str, b: str) -> bool:
    return sorted(a) == sorted(b) and OSA.distance(a, b, score_cutoff=1) == 1


_SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("dj", "d"),
    ("kh", "h"),
    ("c", "k"),
    ("q", "k"),
    ("v", "f"),
    ("w", "f"),
    ("y", "i"),
    ("z", "s"),
)


@lru_cache(maxsize=20_000)
def _sound(word: str) -> str:
    """A name by its consonants, as it is heard: kathryn and catherine, stephen and steven."""
    for spelled, heard in _SOUNDS:
        word = word.replace(spelled, heard)
    return re.sub(r"(.)\1+", r"\1", word[:1] + re.sub("[aeiouh]", "", word[1:]))
