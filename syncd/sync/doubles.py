"""Match: what may be one and is not certain. Proposed, never merged; people decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from syncd.matching import TOKENS, Candidate, Customs, Sighting, Token, likely_accounts, likely_person
from syncd.store.doubles import Proposal
from syncd.sync.batch import Batch

Row = dict[str, Any]
BY_CONVERSION = "a lead of it was converted into this one"


def propose_people(batch: Batch, rows: Sequence[Row], customs: Customs) -> None:
    """Compare contacts with the others of their account: one name, and no address that would say more."""
    homes = {row["account_id"] for row in rows if row["account_id"]}
    if not homes:
        return
    changed = {row["id"] for row in rows}
    of_account: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in batch.unit.golden.people_of(homes):
        for letter in {word[:1] for word in (row["last_name"] or "").casefold().split()}:
            of_account[row["account_id"], letter].append(row)
    proposals = [
        Proposal("contact", a["id"], b["id"], evidence)
        for colleagues in of_account.values()
        for a, b in _pairs(colleagues, changed)
        if (evidence := likely_person(a, b, customs))
    ]
    if batch.unit.doubles.propose(proposals, batch.now):
        batch.mark_homes({golden_id for pair in proposals for golden_id in (pair.first_id, pair.second_id)})


def suspects(
    sighting: Sighting, own: Candidate | None, sharing: Mapping[Token, Sequence[Candidate]], customs: Customs
) -> list[tuple[str, str, str]]:
    """Which known accounts a record's own one may be as well, and why. What a register lists twice is two, for good."""

    if own is None or all(sharer.id == own.id for sharers in sharing.values() for sharer in sharers):
        return []  # as nearly always

    def listed(candidate: Candidate) -> set[str]:
        return {stream for stream in candidate.streams if stream.partition(".")[0] in customs.registers}

    return [
        (own.id, candidate.id, evidence)
        for candidate, evidence in likely_accounts(sighting, sharing, customs)
        if candidate.id != own.id and not listed(own) & listed(candidate)
    ]


def withdraw_people(batch: Batch, touched: Iterable[str], customs: Customs) -> None:
    """Take back what was proposed of these contacts and holds no more: another name, another account, gone."""
    pairs = batch.unit.doubles.waiting("contact", touched)
    rows = batch.unit.golden.rows("contact", {golden_id for pair in pairs for golden_id in pair[1:3]})

    def holds(pair: Proposal) -> bool:
        first, second = rows.get(pair.first_id), rows.get(pair.second_id)
        at_one = first and second and first["account_id"] and first["account_id"] == second["account_id"]
        return bool(at_one and first and second and likely_person(first, second, customs))

    ended = [pair for pair in pairs if not holds(pair)]
    batch.unit.doubles.withdraw(ended)
    batch.mark_homes({golden_id for pair in ended for golden_id in pair[1:3]})


def withdraw_accounts(
    batch: Batch,
    touched: Iterable[str],
    sightings_of: Callable[[set[str]], Mapping[str, Sequence[Sighting]]],
    customs: Customs,
) -> None:
    """Take back what was proposed of these accounts and holds no more, looking at every record of both.

    sightings_of: golden ids → the records of each. What a conversion said once stays said.
    """
    pairs = {pair for pair in batch.unit.doubles.waiting("account", touched) if pair.evidence != BY_CONVERSION}
    if not pairs:
        return
    ids = {golden_id for pair in pairs for golden_id in pair[1:3]}
    members, candidates = sightings_of(ids), batch.unit.links.recognisable("account", ids)
    tokens = {
        golden_id: {token for sighting in its_own for token in TOKENS["account"](sighting.row, customs)}
        for golden_id, its_own in members.items()
    }

    def speaks(own: str, other: str) -> bool:
        """Whether a record of the one may be the other."""
        if own not in tokens or other not in tokens or other not in candidates:
            return False
        sharing = {token: [candidates[other]] for token in tokens[own] & tokens[other]}
        return any(
            suspects(sighting, candidates.get(own), _its_own(sighting, sharing, customs), customs)
            for sighting in members[own]
        )

    ended = [
        pair for pair in pairs if not (speaks(pair.first_id, pair.second_id) or speaks(pair.second_id, pair.first_id))
    ]
    batch.unit.doubles.withdraw(ended)
    batch.stale.update(golden_id for pair in ended for golden_id in pair[1:3])


def _its_own(
    sighting: Sighting, sharing: Mapping[Token, Sequence[Candidate]], customs: Customs
) -> dict[Token, Sequence[Candidate]]:
    return {token: sharing[token] for token in TOKENS["account"](sighting.row, customs) if token in sharing}


def propose_accounts(batch: Batch, pairs: Iterable[tuple[str, str, str]]) -> None:
    """Keep pairs of accounts that may be one: two golden ids, and what speaks for it."""
    new = batch.unit.doubles.propose((Proposal("account", *pair) for pair in pairs), batch.now)
    batch.stale.update(new)


def _pairs(colleagues: Sequence[Row], changed: set[str]) -> Iterator[tuple[Row, Row]]:
    """Each pair of which one changed, once."""
    for at, row in enumerate(colleagues):
        if row["id"] in changed:
            for place, other in enumerate(colleagues):
                if place > at or (place < at and other["id"] not in changed):
                    yield row, other
