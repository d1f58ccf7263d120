"""When two contacts are one person, and when a mailbox is shared by several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from rapidfuzz import fuzz

from syncd.matching.customs import Customs
from syncd.matching.evidence import EXPLICIT, Token
from syncd.matching.names import ALIKE, FAR_APART
from syncd.matching.sightings import Candidate, Row, Sighting
from syncd.matching.words import plain

SALUTATIONS = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "mme", "sr", "sra"))


def recognise_contact(
    sighting: Sighting, candidates: Mapping[Token, Sequence[Candidate]], customs: Customs
) -> list[tuple[Candidate, str]]:
    """Every known contact that this record is, with evidence; more than one means that these are one person.

    candidates: for each of the record's tokens, in the tokens' order. An address that several people share makes no two
    of them one: who writes there without a name of their own is nobody known.
    """
    matches: dict[str, tuple[Candidate, str]] = {}
    for (how, value), sharers in candidates.items():
        explicit = how in EXPLICIT
        evidence = f"its cross-id {value}" if explicit else "the same e-mail address"
        for candidate in sharers if explicit else _owners(sighting, sharers, customs):
            matches.setdefault(candidate.id, (candidate, evidence))
    return list(matches.values())


def _owners(sighting: Sighting, sharers: Sequence[Candidate], customs: Customs) -> Sequence[Candidate]:
    """Those who share an address with the record and may be its person; nobody where they are different people."""
    admitted = [candidate for candidate in sharers if not other_person(sighting.row, candidate.row, customs)]
    if _several(admitted, customs) and sighting.row.get("first_name"):
        admitted = [candidate for candidate in admitted if candidate.row.get("first_name")]
    return () if _several(admitted, customs) else admitted


def _several(candidates: Sequence[Candidate], customs: Customs) -> bool:
    return any(other_person(a.row, b.row, customs) for a, b in combinations(candidates, 2))


def other_person(a: Row, b: Row, customs: Customs) -> bool:
    """Two people share a mailbox: their first names differ, also if one has them in the other's order.

    A family's members share their last name, and who marries changes it: it tells nothing. A first name that is not
    known tells nothing either. Initials, short forms and misspellings are no other name.
    """
    left, right = _first_names(a), _first_names(b)
    if not left or not right or any(_alike(x, y, customs) for x in left for y in right):
        return False
    crossed = [(first, last) for first, last in ((left, _last_names(b)), (right, _last_names(a))) if last]
    return not (crossed and all(_meet(first, last) for first, last in crossed))


def _meet(names: Iterable[str], others: Sequence[str]) -> bool:
    return any(fuzz.ratio(x, y) >= ALIKE for x in names for y in others)


def _first_names(row: Row) -> list[str]:
    return [word for word in plain(row.get("first_name") or "").split() if word not in SALUTATIONS]


def _last_names(row: Row) -> list[str]:
    return plain(row.get("last_name") or "").split()


def _alike(a: str, b: str, customs: Customs) -> bool:
    """One first name in two spellings: an initial or a beginning of it, a short form, or a slip of the pen."""
    begins = a.startswith(b) or b.startswith(a)
    return begins or fuzz.ratio(a, b) >= FAR_APART or b in customs.nicknames.get(a, ())
