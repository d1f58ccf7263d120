"""When a user of one system is one of another: by the address, and never two of one system."""

from __future__ import annotations

from collections.abc import Iterable, Set

from syncd.matching.sightings import Candidate, Sighting


def recognise_user(
    sighting: Sighting, candidates: Iterable[Candidate], own: str | None, live: Set[str]
) -> Candidate | None:
    """The known user that this record is; None where it stands for itself.

    candidates: who has the same address. live: the streams whose users stand for themselves, as those of the system
    that sales works in. Somebody who left is nobody else: an address is given to the next one. Where two who are active
    have one address, nothing says which of them is meant.
    """
    if not sighting.row.get("active", True):
        return None
    stream = sighting.ref.qualified_stream
    fitting = [
        candidate
        for candidate in {candidate.id: candidate for candidate in candidates}.values()
        if candidate.row.get("active") and candidate.streams & live
        if candidate.id == own or stream not in candidate.streams
    ]
    if len(fitting) == 1:
        return fitting[0]
    return next((candidate for candidate in fitting if candidate.id == own), None)
