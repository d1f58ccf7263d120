"""Findings that only the daemon can make: kept in the store when they change, so that a restart loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from syncd.model.health import Finding, FindingKind
from syncd.store.notes import FINDINGS
from syncd.store.unit import UnitOfWork

LATELY = timedelta(days=1)
EVENTS = frozenset({FindingKind.CLOCK, FindingKind.LEASE})  # what happened once, and is told for a day


def keep(
    unit: UnitOfWork, kinds: Collection[FindingKind], findings: Iterable[Finding], untold: Collection[str] = ()
) -> None:
    """Keep what is wrong of these kinds, in the place of what was; what was wrong already is so since then.

    untold: about what nothing can be said now: what stands of it stays.
    """
    before = {each.key: each for each in _all(unit) if each.kind in kinds and each.about not in untold}
    after = {finding.key: finding for finding in findings}
    for key in before.keys() - after.keys():
        unit.notes.drop(FINDINGS.of(key))
    for key, finding in after.items():
        known = before.get(key)
        lasting = known is not None and finding.kind not in EVENTS
        as_kept = finding._replace(since=known.since) if known and lasting else finding
        if as_kept != known:
            unit.notes.keep(FINDINGS.of(key), as_kept)


def read_kept(unit: UnitOfWork, now: datetime) -> list[Finding]:
    """What the daemon found; of what happened once, only what did within a day."""
    return [each for each in _all(unit) if each.kind not in EVENTS or not each.since or now - each.since < LATELY]


def _all(unit: UnitOfWork) -> list[Finding]:
    return list(unit.notes.read_all(FINDINGS).values())
