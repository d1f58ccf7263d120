"""Whose word counts where the records of one account, contact or user differ."""

from __future__ import annotations

from collections.abc import Sequence

from syncd.matching.customs import Customs
from syncd.matching.sightings import Row, Sighting
from syncd.model import RemoteRef

UNITED = {"emails", "registers"}  # all systems' values together


def survive(kind: str, sightings: Sequence[Sighting], customs: Customs) -> tuple[Row, dict[str, RemoteRef]]:
    """The golden row of records that are one, and the record that each field came from.

    Field by field the preferred system's first non-blank value; within a system the smallest remote id (the oldest).
    """
    if len(sightings) == 1:
        return _alone(sightings[0])
    prefer = customs.prefer.get(kind, {})
    default = [*prefer.get("default", ())]
    ordered: dict[tuple[str, ...], list[Sighting]] = {}
    golden: Row = {}
    sources: dict[str, RemoteRef] = {}
    for name in sorted({name for sighting in sightings for name in sighting.row}):
        order = prefer.get(name, default)
        systems = tuple(default if order == "any" else order)
        if systems not in ordered:
            ordered[systems] = sorted(sightings, key=lambda sighting: _rank(sighting, systems, customs.forerunners))
        holders = [sighting for sighting in ordered[systems] if sighting.row.get(name) is not None]
        first = (
            next((sighting for sighting in holders if sighting.row[name]), holders[0]) if order == "any" else holders[0]
        )
        golden[name] = (
            list(dict.fromkeys(value for sighting in holders for value in sighting.row[name]))
            if name in UNITED
            else first.row[name]
        )
        sources[name] = first.ref
    return golden, sources


def _alone(sighting: Sighting) -> tuple[Row, dict[str, RemoteRef]]:
    """What most golden records are: one remote record, and nothing to choose from."""
    united = {name: list(dict.fromkeys(sighting.row[name])) for name in UNITED if name in sighting.row}
    return {**sighting.row, **united}, dict.fromkeys(sighting.row, sighting.ref)


def _rank(sighting: Sighting, systems: tuple[str, ...], forerunners: frozenset[str]) -> tuple[int, bool, str, str]:
    preferred = systems.index(sighting.system) if sighting.system in systems else len(systems)
    turned = f"{sighting.system}.{sighting.stream}" in forerunners
    return preferred, turned, f"{len(sighting.remote_id):03}", sighting.remote_id
