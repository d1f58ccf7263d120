"""Merges in the remote systems: who took in whom, followed to the end of the chain in whatever order it comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncd.mapping.paths import value_at
from syncd.matching import Sighting
from syncd.model import RemoteRef
from syncd.store.links import Link
from syncd.store.records import StoredRecord
from syncd.sync.batch import Batch
from syncd.sync.reader import Readers

TOOK_IN = "merged into"  # the evidence of a link to the record that took another one in


@dataclass(frozen=True)
class End:
    """The record at the end of a chain of merges; fault: why nobody can be followed there."""

    ref: RemoteRef
    fault: str = ""


def ends(batch: Batch, readers: Readers, gone: Sequence[Sighting]) -> dict[RemoteRef, End]:
    """Where each of the records that are gone went, as far as their system says that another one took them in.

    A master that was merged itself is followed on. One that no pull has shown, or a chain that bites its own tail,
    leads nowhere; who stands behind a master that was deleted afterwards went with it, and is left out.
    """
    masters = {sighting.ref: master for sighting in gone if (master := _master(sighting))}
    known: dict[RemoteRef, StoredRecord | None] = {}
    frontier = set(masters.values()) - masters.keys()
    while frontier:
        known |= dict.fromkeys(frontier) | {record.ref: record for record in batch.unit.records.named(frontier)}
        further = {ref: master for ref in frontier if (master := _stored_master(readers, known[ref]))}
        masters |= further
        frontier = set(further.values()) - masters.keys() - known.keys()
    chains = {sighting.ref: _end(sighting.ref, masters, known) for sighting in gone if sighting.ref in masters}
    return {ref: end for ref, end in chains.items() if end is not None}


def _end(
    ref: RemoteRef, masters: Mapping[RemoteRef, RemoteRef], known: Mapping[RemoteRef, StoredRecord | None]
) -> End | None:
    passed = {ref}
    end = masters[ref]
    while end in masters and end not in passed:
        passed.add(end)
        end = masters[end]
    if end in passed:
        return End(end, f"it and {end} were merged into each other")
    record = known.get(end)
    if record is None:
        return End(end, f"it was merged into {end}, which cannot be read")
    return None if record.deleted else End(end)


def _master(sighting: Sighting) -> RemoteRef | None:
    master = sighting.row.get("merged_into")
    return RemoteRef(sighting.system, sighting.stream, master) if master else None


def _stored_master(readers: Readers, record: StoredRecord | None) -> RemoteRef | None:
    if record is None or not record.deleted:
        return None
    path = readers.mappings[record.ref.system].streams[record.ref.stream].merged_into
    master = value_at(path)(record.raw) if path else None
    return RemoteRef(record.ref.system, record.ref.stream, master) if master else None


def came_back(readers: Readers, link: Link) -> bool:
    """Whether the link of a living record is the one that a merge made: somebody took it out of the recycle bin again.

    Only a system that marks a merged record as deleted can give it back.
    https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_undelete.htm
    """
    stream = readers.mappings[link.ref.system].streams[link.ref.stream]
    return stream.merged_into is not None and link.evidence.startswith(TOOK_IN)


def claims(batch: Batch, readers: Readers, live: Iterable[Sighting]) -> dict[RemoteRef, list[RemoteRef]]:
    """Whom each of the records says that it took in.

    Of two that say it of one another the older one is believed: it has taken in the other, not the other way round.
    Where it was matched before, it is matched again after the younger one, and takes it in once more.
    """
    claimed = {sighting.ref: refs for sighting in live if (refs := _merged(sighting))}
    others = {ref for refs in claimed.values() for ref in refs}
    if not others:
        return {}
    living = [record for record in batch.unit.records.named(others - claimed.keys()) if not record.deleted]
    theirs = claimed | {one.ref: refs for one in readers.sightings(living) if (refs := _merged(one))}
    older = {one for ref, refs in claimed.items() for one in refs if _disowned(ref, one, theirs)}
    batch.unit.records.unmatch(older - claimed.keys())
    return {ref: [one for one in refs if not _disowned(ref, one, theirs)] for ref, refs in claimed.items()}


def _disowned(ref: RemoteRef, other: RemoteRef, claimed: Mapping[RemoteRef, Sequence[RemoteRef]]) -> bool:
    return ref in claimed.get(other, ()) and _age(other) < _age(ref)


def _age(ref: RemoteRef) -> tuple[int, str]:
    return len(ref.id), ref.id


def _merged(sighting: Sighting) -> list[RemoteRef]:
    refs = [RemoteRef(sighting.system, sighting.stream, one) for one in sighting.row.get("merged_ids", ())]
    return [ref for ref in refs if ref != sighting.ref]
