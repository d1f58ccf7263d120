"""When two accounts are one: website, name and place are weighed together, and neither is enough alone.

A merge takes two kinds of evidence: a name that agrees, and besides it a website of the company's own, or the place.
What is less is a likely double, which people decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from syncd.matching.customs import Customs
from syncd.matching.evidence import EXPLICIT, Token
from syncd.matching.forms import exclude_each_other
from syncd.matching.names import (
    are_initials,
    called,
    is_cut,
    is_office,
    is_slip,
    is_telling,
    own_town_left_off,
)
from syncd.matching.places import other_country, same
from syncd.matching.sightings import Candidate, Row, Sighting


class Weight(IntEnum):
    """How well two records fit each other; from `SAME` on they are one."""

    OTHER = 0
    LIKELY = 1
    SAME = 2
    SAME_NAME = 3
    SAME_TOWN = 4
    SAME_EVERYTHING = 5


class AccountFit(NamedTuple):
    """A candidate, how well it fits the record, and by what."""

    candidate: Candidate
    weight: Weight
    evidence: str


def recognise_account(
    sighting: Sighting, candidates: Mapping[Token, Sequence[Candidate]], customs: Customs
) -> tuple[Candidate, str] | None:
    """The known account that this record is, with the evidence in words; None for a new one.

    candidates: for each of the record's tokens, in the tokens' order. Among several that fit the best one counts: the
    identical name before the same town before the only one that is no stranger; of equals none.
    """
    for (how, value), sharers in candidates.items():
        if how in EXPLICIT and len(sharers) == 1:
            return sharers[0], f"its cross-id {value}"
    fits = _fits(sighting, candidates, customs)
    best = max((fit.weight for fit in fits), default=Weight.OTHER)
    first = [fit for fit in fits if fit.weight == best]
    return (first[0].candidate, first[0].evidence) if best >= Weight.SAME and len(first) == 1 else None


def likely_accounts(
    sighting: Sighting, candidates: Mapping[Token, Sequence[Candidate]], customs: Customs
) -> list[tuple[Candidate, str]]:
    """Known accounts that this record may be, for people to decide: each with what speaks for it."""
    if any(how in EXPLICIT and len(sharers) == 1 for (how, _), sharers in candidates.items()):
        return []
    return [(fit.candidate, fit.evidence) for fit in _fits(sighting, candidates, customs) if fit.weight > Weight.OTHER]


def _fits(sighting: Sighting, candidates: Mapping[Token, Sequence[Candidate]], customs: Customs) -> list[AccountFit]:
    sharing: dict[str, dict[str, str]] = {}
    known = {candidate.id: candidate for sharers in candidates.values() for candidate in sharers}
    for (how, value), sharers in candidates.items():
        for candidate in sharers:
            if how not in EXPLICIT:
                sharing.setdefault(candidate.id, {}).setdefault(how, value)
    at_the_website = [known[id] for id, shared in sharing.items() if "domain" in shared]
    return [
        AccountFit(known[id], *_weighed(sighting, known[id], shared, at_the_website, customs))
        for id, shared in sharing.items()
    ]


def _weighed(
    sighting: Sighting,
    candidate: Candidate,
    shared: Mapping[str, str],
    at_the_website: Sequence[Candidate],
    customs: Customs,
) -> tuple[Weight, str]:
    row, other = sighting.row, candidate.row
    same_stream = f"{sighting.system}.{sighting.stream}" in candidate.streams
    if same_stream and sighting.system in customs.registers:
        return Weight.OTHER, ""
    evidence = " and ".join(_told(shared))
    if other_country(row, other):
        return (Weight.LIKELY if _one_name(row, other, customs) else Weight.OTHER), f"{evidence}, in another country"
    listed = any(stream.partition(".")[0] in customs.registers for stream in candidate.streams)
    if "place" in shared:
        weight = _in_one_place(row, other, website="domain" in shared, same_stream=same_stream, listed=listed)
        if weight is Weight.SAME_TOWN and not (listed or _is_named(row, other, customs)):
            weight = Weight.LIKELY
    elif not row.get("name") or not other.get("name"):
        alone = len(at_the_website) == 1 and not same_stream
        weight = Weight.SAME if alone else Weight.LIKELY  # a website alone names its only company, and no other
    else:
        weight = _at_one_website(row, other, at_the_website, customs, listed=listed)
        weight = min(weight, Weight.LIKELY) if same_stream else weight
    if weight >= Weight.SAME and exclude_each_other(str(row.get("name") or ""), str(other.get("name") or ""), customs):
        return Weight.LIKELY, f"{evidence}, in another legal form"
    return weight, evidence


def _told(shared: Mapping[str, str]) -> Iterator[str]:
    if "domain" in shared:
        yield f"the same website {shared['domain']}"
    if "place" in shared:
        yield f"the same name and place ({shared['place'].replace('|', ', ')})"


def _in_one_place(row: Row, other: Row, *, website: bool, same_stream: bool, listed: bool) -> Weight:
    """The name is one, and so is the place: one company, unless something says that there are two of that name.

    Two streets are two sites, also below one postal code; of a register, which lists its companies once, not there.
    """
    if website:
        return Weight.LIKELY if same_stream and same(row, other, "postal_code") is False else Weight.SAME_EVERYTHING
    two_sites = bool(row.get("domain") and other.get("domain"))
    apart = same(row, other, "postal_code") is False or same(row, other, "street") is False
    if same(row, other, "phone") or same(row, other, "street"):
        return Weight.LIKELY if same_stream and two_sites else Weight.SAME_TOWN
    if same_stream and (two_sites or apart):
        return Weight.LIKELY
    elsewhere = same(row, other, "street") is False and not (listed and same(row, other, "postal_code"))
    if elsewhere or (two_sites and apart):
        return Weight.LIKELY
    return Weight.SAME_TOWN


def _is_named(row: Row, other: Row, customs: Customs) -> bool:
    """Whether the name tells more than one word that many carry, or the very street or telephone says the rest."""
    keys = _names(row, customs)
    telling = any(len(key.split()) > 1 or is_telling(key, customs) for key in keys)
    return telling or bool(same(row, other, "phone") or same(row, other, "street"))


def _at_one_website(
    row: Row, other: Row, at_the_website: Sequence[Candidate], customs: Customs, *, listed: bool
) -> Weight:
    """The website is one. The name decides whether the company is, and the town where the name is one of many."""
    in_town = _in_one_town(row, other)
    if name := _one_name(row, other, customs):
        if in_town is not False:
            return Weight.SAME_TOWN if in_town else Weight.SAME_NAME
        if same(row, other, "phone"):
            return Weight.SAME_NAME
        namesakes = [sharer for sharer in at_the_website if _one_name(row, sharer.row, customs)]
        if listed and len(namesakes) == 1:
            return Weight.SAME_NAME  # a register knows the website, and nobody else of that name there
        moved = same(row, other, "state") is not False and is_telling(name, customs)
        return Weight.SAME_NAME if moved else Weight.LIKELY
    if _slip(row, other, customs):
        sure = same(row, other, "street") or same(row, other, "phone") or same(row, other, "postal_code")
        return Weight.SAME if sure else Weight.LIKELY
    if in_town and _is_short_for(row, other, customs):
        return Weight.SAME
    return _like_name(row, other, in_town, len(at_the_website) == 1, customs)


def _like_name(row: Row, other: Row, in_town: bool | None, alone: bool, customs: Customs) -> Weight:
    """One name begins with the other: the same company where nothing tells them apart, a sister elsewhere."""
    likeness = _likeness(row, other, customs)
    if likeness is None:
        near = in_town and (same(row, other, "street") or same(row, other, "phone"))
        return Weight.LIKELY if near or in_town is None else Weight.OTHER
    if in_town is False:
        return Weight.OTHER
    short, rest = likeness
    if is_office(short, rest, customs) or any(f" {word} " in f" {rest} " for word in customs.others):
        return Weight.LIKELY
    return Weight.SAME if alone else Weight.LIKELY


# ---- names and towns ---------------------------------------------------------------------------------------------


def _names(row: Row, customs: Customs) -> tuple[str, ...]:
    return called(str(row.get("name") or ""), customs)


def _one_name(row: Row, other: Row, customs: Customs) -> str | None:
    """The name that both carry, their own town at its end left off where the town is one."""
    left, right = _names(row, customs), _names(other, customs)
    if shared := next((name for name in left if name in right), None):
        return shared
    if not _in_one_town(row, other):
        return None
    bare = {own_town_left_off(name, other, customs) for name in right}
    return next((name for name in left if own_town_left_off(name, row, customs) in bare), None)


def _slip(row: Row, other: Row, customs: Customs) -> bool:
    return any(is_slip(a, b) for a in _names(row, customs) for b in _names(other, customs))


def _is_short_for(row: Row, other: Row, customs: Customs) -> bool:
    """Whether one name is the other's initials, at its very street or telephone, or the other one cut by a column."""
    if is_cut(str(row.get("name")), str(other.get("name"))):
        return True
    initials = any(are_initials(a, b) for a in _names(row, customs) for b in _names(other, customs))
    return initials and bool(same(row, other, "street") or same(row, other, "phone"))


def _likeness(row: Row, other: Row, customs: Customs) -> tuple[str, str] | None:
    """The shorter name, and what the longer one says beyond it where it begins with it; None where it does not."""
    for left in _names(row, customs):
        for right in _names(other, customs):
            short, long = sorted((left, right), key=len)
            if long.startswith(f"{short} "):
                return short, long[len(short) + 1 :]
    return None


def _in_one_town(row: Row, other: Row) -> bool | None:
    """Whether both are in one town: by its name, its postal code, or their street; None where nobody says."""
    answers = [same(row, other, name) for name in ("city", "postal_code", "street")]
    if any(answers):
        return True
    return False if answers[0] is False or answers[1] is False else None
