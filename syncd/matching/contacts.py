"""When two contacts are one person, and when a mailbox is shared by several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from syncd.matching.customs import Customs
from syncd.matching.evidence import EXPLICIT, Token
from syncd.matching.mailboxes import is_family
from syncd.matching.people import Name, first_names_agree, is_crossed, last_names_agree, name_of
from syncd.matching.places import same
from syncd.matching.sightings import Candidate, Row, Sighting
from syncd.matching.words import folded, plain


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
        for candidate in sharers if explicit else _owners(sighting, value, sharers, customs):
            matches.setdefault(candidate.id, (candidate, evidence))
    return list(matches.values())


def _owners(sighting: Sighting, email: str, sharers: Sequence[Candidate], customs: Customs) -> Sequence[Candidate]:
    """Those who share an address with the record and may be its person; nobody where they are different people."""
    admitted = [candidate for candidate in sharers if not other_person(sighting.row, candidate.row, customs)]
    if _several(admitted, customs) and sighting.row.get("first_name"):
        admitted = [candidate for candidate in admitted if candidate.row.get("first_name")]
    if _several(admitted, customs):
        return ()
    return [candidate for candidate in admitted if _is_theirs(email, sighting.row, candidate.row, customs)]


def _several(candidates: Sequence[Candidate], customs: Customs) -> bool:
    return any(other_person(a.row, b.row, customs) for a, b in combinations(candidates, 2))


def other_person(a: Row, b: Row, customs: Customs) -> bool:
    """Two people share a mailbox: their first names differ, also if one has them in the other's order.

    A family's members share their last name, and who marries changes it: a last name parts nobody whose first name is
    the same. A first name that is not known tells nothing. Initials and short forms are no other name; one that is only
    alike (Kristin, Kristen) is the same person's where the last names agree. Father and son are two.
    """
    left, right = name_of(a, customs), name_of(b, customs)
    if left.couple or right.couple:
        return left != right
    if left.generation and right.generation and left.generation != right.generation:
        return True
    if not left.first or not right.first:
        return False
    match first_names_agree(left, right, customs):
        case "same":
            return _initial_of_another(left, right)
        case "alike":
            return bool(left.last and right.last) and not last_names_agree(left, right)
    return not is_crossed(left, right, customs)


def likely_person(a: Row, b: Row, customs: Customs) -> str | None:
    """What speaks for two contacts of one account being one person, of whom no address says so; None for nothing.

    One name is not enough to merge, and too much to pass by: it is for people to decide.
    """
    left, right = name_of(a, customs), name_of(b, customs)
    if not (left.first and left.last and right.first and right.last) or not last_names_agree(left, right):
        return None
    if not first_names_agree(left, right, customs) or other_person(a, b, customs):
        return None
    return "the same name and telephone at one company" if same(a, b, "phone") else "the same name at one company"


def _initial_of_another(left: Name, right: Name) -> bool:
    """An initial fits many: with another last name it is another person's."""
    initial = any(len(name.first) == 1 and len(name.first[0]) == 1 for name in (left, right))
    both = bool(left.last and right.last)
    return initial and left.first != right.first and both and not last_names_agree(left, right)


def _is_theirs(email: str, a: Row, b: Row, customs: Customs) -> bool:
    """Whether an address says enough.

    A family's box, or one with a tag, needs both first names in full. Where the last names differ the box must be
    called after them: one first name in a box of any name is two colleagues as likely as a marriage.
    """
    left, right = name_of(a, customs), name_of(b, customs)
    named = left.first and right.first and left.last and right.last
    if named and not last_names_agree(left, right) and not is_crossed(left, right, customs):
        box = folded(plain(email.rpartition("@")[0]))
        return any(word in box for word in (*left.last, *right.last, *left.first, *right.first) if len(word) > 2)
    tagged = any("+" in each for row in (a, b) for each in row.get("emails", ())) and not (left.first and right.first)
    if not tagged and not is_family(email, (*left.last, *right.last), customs):
        return True
    return all(any(len(word) > 1 for word in name.first) for name in (left, right))
