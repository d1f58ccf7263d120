"""Drift: how the audit's counts moved from one day to another, and how much of it is the facts' and the terms' doing.

From one snapshot to the next, under the same terms, all of the change is the facts'. Where the terms changed between
them, the later day was counted by the earlier terms as well: what these say of the new facts, against the earlier day,
is the facts' part; the rest is the terms'. Steps add up, so that any two days can be compared. A step whose earlier
terms can be read no more is in neither part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from syncd.model.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class CountMove:
    """How one count moved: first + facts + terms + unsplit = last."""

    what: str
    first: int
    last: int
    facts: int
    terms: int
    unsplit: int


@dataclass(frozen=True, slots=True)
class Drift:
    """What moved between two days; moves are those of counts that differ, or that two causes moved against each other.

    agreements: the versions by which they were counted, in their order.
    """

    first: date
    last: date
    agreements: tuple[str, ...]
    moves: tuple[CountMove, ...]


def drift(snapshots: Iterable[Snapshot]) -> Drift | None:
    """The drift from the first of these to the last, the oldest first; None where there are not two."""
    parts: dict[str, Counter[str]] = {"facts": Counter(), "terms": Counter(), "unsplit": Counter()}
    first = last = None
    versions: dict[str, None] = {}
    for snapshot in snapshots:
        versions[snapshot.agreement] = None
        if last is not None:
            _step(last, snapshot, parts)
        first, last = first or snapshot, snapshot
    if first is None or last is None or first.day == last.day:
        return None
    names = dict.fromkeys((*first.counts, *last.counts, *(name for part in parts.values() for name in part)))
    moves = (
        CountMove(name, first.counts.get(name, 0), last.counts.get(name, 0), *(parts[part][name] for part in parts))
        for name in names
    )
    return Drift(first.day, last.day, tuple(versions), tuple(move for move in moves if _moved(move)))


def _step(earlier: Snapshot, later: Snapshot, parts: Mapping[str, Counter[str]]) -> None:
    if later.terms == earlier.terms:
        _add(parts["facts"], earlier.counts, later.counts)
    elif later.before is None:
        _add(parts["unsplit"], earlier.counts, later.counts)
    else:
        _add(parts["facts"], earlier.counts, later.before)
        _add(parts["terms"], later.before, later.counts)


def _add(part: Counter[str], earlier: Mapping[str, int], later: Mapping[str, int]) -> None:
    for name in {*earlier, *later}:
        part[name] += later.get(name, 0) - earlier.get(name, 0)


def _moved(move: CountMove) -> bool:
    return bool(move.facts or move.terms or move.unsplit)
