"""Whose word counts where the records of one account, contact or user differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from syncd.agreement.standards import COUNTRIES
from syncd.matching.customs import Customs
from syncd.matching.mailboxes import is_nobody
from syncd.matching.persons import person_records
from syncd.matching.sightings import Row, Sighting
from syncd.model import RemoteRef, kinds

UNITED = {"emails", "phones", "registers"}  # all systems' values together
CLOSURES = "closures"  # of the addresses and numbers of each record: all of them count
TELLERS = "tellers"  # of a golden row: address or number → the record that says it, where that is not the field's
ASSUMED = "assumed"  # what a row says of itself: the fields that its record does not say → by what they were supplied


def survive(kind: str, sightings: Sequence[Sighting], customs: Customs) -> tuple[Row, dict[str, RemoteRef]]:
    """The golden row of records that are one, and the record that each field came from.

    Field by field the preferred system's first non-blank value; within a system the smallest remote id (the oldest).
    What a record says itself comes before what was supplied for any, and a person account's record after all others of
    somebody. Fields that are one fact together come from one record: a state with its country, a street with its city.
    What stands where no address is known reaches nobody.
    """
    golden, sources = _alone(sightings[0]) if len(sightings) == 1 else _chosen(kind, sightings, customs)
    if emails := golden.get("emails"):
        golden["emails"] = [email for email in emails if not is_nobody(email, customs)]
    return golden, sources


def _chosen(kind: str, sightings: Sequence[Sighting], customs: Customs) -> tuple[Row, dict[str, RemoteRef]]:
    """What stays of several records."""
    prefer = customs.prefer.get(kind, {})
    default = (*prefer.get("default", ()),)
    ordered: dict[tuple[str, ...], list[Sighting]] = {}

    def holders(name: str) -> list[Sighting]:
        order = prefer.get(name, "any")
        systems = default if order == "any" else tuple(order)
        if systems not in ordered:
            ordered[systems] = sorted(
                sightings,
                key=lambda sighting: (sighting.ref in besides, *_rank(sighting, systems, customs.forerunners)),
            )
        if not supplied:
            return ordered[systems]
        return sorted(ordered[systems], key=lambda sighting: name in sighting.row.get(ASSUMED, ()))

    private = person_records(sightings)
    besides = private if len(private) < len(sightings) else ()
    supplied = any(ASSUMED in sighting.row for sighting in sightings)
    golden: Row = {}
    sources: dict[str, RemoteRef] = {}
    assumed: dict[str, str] = {}
    names = {name for sighting in sightings for name in sighting.row} - {ASSUMED}
    wholes = {
        name: source
        for whole in kinds.wholes(kind)
        if not names.isdisjoint(whole)
        for source in [_whole(holders(whole[0]), whole)]
        for name in whole
    }
    for name in sorted(names):
        if name in wholes:
            first = wholes[name]
            if first.row.get(name) is None:
                continue
            golden[name] = first.row[name]
        else:
            having = [sighting for sighting in holders(name) if sighting.row.get(name) is not None]
            first = having[0]
            if prefer.get(name) == "any":
                first = next((sighting for sighting in having if sighting.row[name]), first)
            golden[name] = _united(having, name) if name in UNITED else first.row[name]
            if name == CLOSURES:
                golden[name] = _closures(having)
            elif name in UNITED and len(golden[name]) > len(first.row[name]):
                golden.setdefault(TELLERS, {}).update(_tellers(having[1:], name, first))
        sources[name] = first.ref
        if supplied and name in first.row.get(ASSUMED, ()):
            assumed[name] = first.row[ASSUMED][name]
    if assumed:
        golden[ASSUMED] = assumed
    return golden, sources


def _whole(holders: Sequence[Sighting], names: tuple[str, ...]) -> Sighting:
    """The record that a fact of several fields comes from.

    The first that has the leading field, in words that can be read where anybody's can, else any; of those that agree
    with it in all that it says, the fullest.
    """
    said = [[holder.row.get(name) for name in names] for holder in holders]
    led = [words for words in said if words[0] is not None]
    if names[0] == "country" and len(led) > 1:
        led.sort(key=lambda words: words[0] not in COUNTRIES)
    first = next(iter(led), None) or next(filter(any, said), said[0])
    if None not in first:
        return holders[said.index(first)]
    agreeing = [
        at
        for at, words in enumerate(said)
        if all(ours is None or ours == theirs for ours, theirs in zip(first, words, strict=True))
    ]
    own = [at for at in agreeing if names[0] not in holders[at].row.get(ASSUMED, ())]
    return holders[min(own or agreeing, key=lambda at: (said[at].count(None), at))]


def _united(holders: Iterable[Sighting], name: str) -> list[str]:
    return list(dict.fromkeys(value for sighting in holders for value in sighting.row[name]))


def _closures(holders: Iterable[Sighting]) -> list[tuple[str, str, str, RemoteRef]]:
    """What any record says against an address or number, once each, with the first record that says so."""
    said: dict[tuple[str, str, str], RemoteRef] = {}
    for sighting in holders:
        for closure in sighting.row[CLOSURES]:
            said.setdefault(closure, sighting.ref)
    return [(*closure, ref) for closure, ref in said.items()]


def _tellers(others: Iterable[Sighting], name: str, first: Sighting) -> dict[str, RemoteRef]:
    tellers: dict[str, RemoteRef] = {}
    for sighting in others:
        for value in sighting.row[name]:
            if value not in first.row[name]:
                tellers.setdefault(value, sighting.ref)
    return tellers


def _alone(sighting: Sighting) -> tuple[Row, dict[str, RemoteRef]]:
    """What most golden records are: one remote record, and nothing to choose from."""
    united = {name: list(dict.fromkeys(sighting.row[name])) for name in UNITED if name in sighting.row}
    if CLOSURES in sighting.row:
        united[CLOSURES] = _closures([sighting])
    return {**sighting.row, **united}, dict.fromkeys(sighting.row, sighting.ref)


def _rank(sighting: Sighting, systems: tuple[str, ...], forerunners: frozenset[str]) -> tuple[int, bool, str, str]:
    preferred = systems.index(sighting.system) if sighting.system in systems else len(systems)
    turned = f"{sighting.system}.{sighting.stream}" in forerunners
    return preferred, turned, f"{len(sighting.remote_id):03}", sighting.remote_id
