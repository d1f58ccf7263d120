"""Findings that only the daemon can make: kept in the store when they change, so that a restart loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import orjson

from connectors.scrubber import scrub
from syncd.model.health import Finding, FindingKind
from syncd.store.unit import UnitOfWork

NOTE = "finding "  # what the notes begin with that hold one; its key follows
LATELY = timedelta(days=1)
PASSING = frozenset({FindingKind.CLOCK, FindingKind.LEASE, FindingKind.BUDGET})  # over by themselves after a day


def keep(unit: UnitOfWork, kinds: Collection[FindingKind], findings: Iterable[Finding]) -> None:
    """Keep what is wrong of these kinds, in the place of what was; who is known already stays known since then."""
    before = {finding.key: finding for finding in _all(unit) if finding.kind in kinds}
    after = {finding.key: finding for finding in findings}
    for key in before.keys() - after.keys():
        unit.notes.drop(NOTE + key)
    for key, finding in after.items():
        known = before.get(key)
        lasting = known is not None and finding.kind not in PASSING
        since = known.since if known and lasting else finding.since
        kept_now = finding._replace(since=since)
        if kept_now != known:
            unit.notes.keep(NOTE + key, scrub(orjson.dumps(kept_now.plain()).decode()))


def read_kept(unit: UnitOfWork, now: datetime) -> list[Finding]:
    """What the daemon found; of what passes by itself only what was lately."""
    return [each for each in _all(unit) if each.kind not in PASSING or not each.since or now - each.since < LATELY]


def _all(unit: UnitOfWork) -> list[Finding]:
    texts = [unit.notes.read(name) for name in unit.notes.names(NOTE)]
    return [Finding.read(orjson.loads(text)) for text in texts if text]
