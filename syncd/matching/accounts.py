"""When two accounts are one: evidence is weighed in its order, and an ambiguous one tells nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from syncd.matching.customs import Customs
from syncd.matching.evidence import EXPLICIT, Token
from syncd.matching.names import ALIKE, FAR_APART, company_name, place
from syncd.matching.sightings import Candidate, Row, Sighting
from syncd.matching.words import plain

EVIDENCE = {
    "key": "its cross-id {}",
    "ref": "its cross-id {}",
    "domain": "the same website {}",
    "place": "the same name, city and state ({})",
}


def recognise_account(
    sighting: Sighting, candidates: Mapping[Token, Sequence[Candidate]], customs: Customs
) -> tuple[Candidate, str] | None:
    """The known account that this record is, with the evidence in words; None for a new one.

    candidates: for each of the record's tokens, in the tokens' order. An ambiguous token (several candidates)
    identifies nobody.
    """
    for (how, value), sharers in candidates.items():
        admitted = [candidate for candidate in sharers if _admits(how, sighting, candidate, customs)]
        if len(admitted) == 1:
            return admitted[0], EVIDENCE[how].format(value)
    return None


def _admits(how: str, sighting: Sighting, candidate: Candidate, customs: Customs) -> bool:
    if how in EXPLICIT:
        return True
    same_stream = f"{sighting.system}.{sighting.stream}" in candidate.streams
    if same_stream and sighting.system in customs.registers:
        return False
    if how == "place":
        return not same_stream or _one_site(sighting.row, candidate.row)
    if same_stream:
        here = place(sighting.row, customs)
        return here is not None and here == place(candidate.row, customs)
    return not _strangers(sighting.row, candidate.row, customs)


def _one_site(a: Row, b: Row) -> bool:
    """Nothing contradicts that two same-named records of one town are one company."""
    return all(not a.get(name) or not b.get(name) or a[name] == b[name] for name in ("domain", "postal_code"))


def _strangers(a: Row, b: Row, customs: Customs) -> bool:
    """A shared website with another name in another town: a group's banks, not one bank."""
    names = a.get("name"), b.get("name")
    if not all(names):
        return False
    left, right = (company_name(str(name), customs) for name in names)
    if fuzz.token_set_ratio(left, right) >= ALIKE:
        return bool(a.get("state") and b.get("state") and a["state"] != b["state"])
    return fuzz.token_sort_ratio(left, right) < FAR_APART or _elsewhere(a, b)


def _elsewhere(a: Row, b: Row) -> bool:
    return bool(
        a.get("city") and b.get("city") and (plain(a["city"]), a.get("state")) != (plain(b["city"]), b.get("state"))
    )
