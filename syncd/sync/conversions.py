"""Match: what a rep's conversion of a lead makes. An account made beside the lead's own is that very account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncd.matching import Customs, Sighting, called
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
    for golden_id, refs in converted.items():
        home = homes.get(golden_id)
        for ref in refs:
            made = links[ref].golden_id if ref in links else None
            if home is None or made is None or home == made or links[ref].manual:
                continue
            members = unit.links.members("account", [home, made])
            rows = unit.golden.rows("account", [home, made])
            if len(rows) < 2 or members.get(made) != [ref]:
                continue
            if set(called(rows[home]["name"] or "", customs)) & set(called(rows[made]["name"] or "", customs)):
                batch.merge("account", made, home)
                unit.records.unmatch([ref, *members[home]])
            else:
                propose_accounts(batch, [(home, made, BY_CONVERSION)])
