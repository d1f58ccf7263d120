"""Match: for which account a contact works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from syncd.matching import Customs, Sighting, Token, employer_tokens, person_records
from syncd.model import RemoteRef
from syncd.sync.batch import Batch


def employers(
    batch: Batch, customs: Customs, members: Mapping[str, Sequence[Sighting]], golden_ids: Mapping[RemoteRef, str]
) -> dict[str, str]:
    """Each contact's account: the system's own reference, else the e-mail's domain, else company and place.

    members: golden contact → its records. golden_ids: reference → golden id. Who has none yet waits for it. A person
    account is somebody's only where nothing says for whom they work; what its own records say names no employer.
    """
    persons = batch.unit.golden.persons(golden_ids.values())
    order = [*customs.prefer["contact"]["default"]]
    homes: dict[str, str] = {}
    personal: dict[str, str] = {}
    weak: dict[str, list[Token]] = defaultdict(list)
    waiting: dict[RemoteRef, list[RemoteRef | str]] = {}
    for contact_id, sightings in members.items():
        ranked = sorted(sightings, key=lambda one: order.index(one.system) if one.system in order else len(order))
        refs = [ref for one in ranked for name in ("account", "converted_account") for ref in one.row.get(name, ())]
        known = [golden_ids[ref] for ref in refs if ref in golden_ids]
        if home := next((golden_id for golden_id in known if golden_id not in persons), None):
            homes[contact_id] = home
            continue
        if known:
            personal[contact_id] = known[0]
        private = person_records(ranked)
        for sighting in ranked:
            if sighting.ref not in private:
                weak[contact_id] += employer_tokens(sighting.row, customs)
        refs = [ref for ref in refs if ref not in golden_ids]
        if names := [*refs, *(f"{how}/{value}" for how, value in weak[contact_id])]:
            waiting.update({sighting.ref: names for sighting in ranked})
    batch.unit.links.wait(waiting)
    for how in ("domain", "place"):
        values = [value for tokens in weak.values() for way, value in tokens if way == how]
        accounts = batch.unit.links.goldens_by("account", how, values)
        for contact_id, tokens in weak.items():
            only = [accounts[value] for way, value in tokens if way == how and len(accounts.get(value, ())) == 1]
            if only:
                homes.setdefault(contact_id, only[0][0])
    return {**personal, **homes}
