"""Push: which wishes would write at a person account. Judging withdraws them; what became one since is found here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from syncd.mapping import SystemMapping, WriteRule
from syncd.model import Ref, RemoteRef
from syncd.store import UnitOfWork
from syncd.store.wishes import PendingWish


def at_persons(
    unit: UnitOfWork,
    mapping: SystemMapping,
    rule: WriteRule,
    wishes: Sequence[PendingWish],
    known: Mapping[str, str],
    remote_ids: Mapping[Ref, str],
) -> Set[str]:
    """The keys of wishes of a person account, at one of its records, or pointing at one.

    known: key → remote id, of what was looked up. remote_ids: what references stand for. Only a system whose mapping
    tells person accounts has any.
    """
    if not mapping.tells_persons:
        return frozenset()
    homes = unit.golden.persons(wish.account_id for wish in wishes if wish.account_id)
    stream = mapping.stream_written(rule) or rule.object
    places: dict[str, list[RemoteRef]] = {}
    for wish in wishes:
        target = wish.remote_id or known.get(wish.key)
        places[wish.key] = [RemoteRef(mapping.system, stream, target)] if target else []
        for ref in wish.refs:
            if ref in remote_ids and (live := mapping.live(ref.kind)):
                places[wish.key].append(RemoteRef(mapping.system, live, remote_ids[ref]))
    records = unit.persons.among([place for of_wish in places.values() for place in of_wish])
    return frozenset(
        wish.key for wish in wishes if wish.account_id in homes or not records.isdisjoint(places[wish.key])
    )
