"""Match: what a rep's conversion of a lead makes. An account made beside the lead's own is that very account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncd.matching import Customs, Sighting, called, is_person
from syncd.sync.batch import Batch
from syncd.sync.doubles import BY_CONVERSION, propose_accounts


def adopt_accounts(batch: Batch, placed: Mapping[str, Sequence[Sighting]], customs: Customs) -> None:
    """Unite accounts that conversions made with the accounts to which the leads belonged.

    placed: golden contact → its records. One name is asked for besides, and that nothing but the conversion's record
    stands behind the new account; where the names differ it is proposed as a likely double.
    """
    converted = {
        golden_id: refs
        for golden_id, sightings in placed.items()
        if (refs := [ref for sighting in sightings for ref in sighting.row.get("converted_account", ())])
    }
    if not converted:
        return
    unit = batch.unit
    homes = unit.golden.homes(converted)
    links = unit.links.find(ref for refs in converted.values() for ref in refs)
    pairs = [
        (home, links[ref].golden_id, ref)
        for golden_id, refs in converted.items()
        for ref in refs
        if ref in links and not links[ref].manual and (home := homes.get(golden_id)) not in (None, links[ref].golden_id)
    ]
    ids = {account_id for home, made, _ in pairs for account_id in (home, made)}
    members, rows = unit.links.members("account", ids), unit.golden.rows("account", ids)
    for home, made, ref in pairs:
        if home not in rows or made not in rows or members.get(made) != [ref]:
            continue
        if is_person(rows[home]) or is_person(rows[made]):
            continue
        if set(called(rows[home]["name"] or "", customs)) & set(called(rows[made]["name"] or "", customs)):
            batch.merge("account", made, home)
            unit.records.unmatch([ref, *members[home]])
            del rows[made]
            members[home].append(ref)
        else:
            propose_accounts(batch, [(home, made, BY_CONVERSION)])
