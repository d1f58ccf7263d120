"""What is looked up anew each time, and of which nothing tells since when: that the daemon notes, beat by beat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from syncd.health.database import disk
from syncd.health.waiting import grown, unaccepted
from syncd.model.health import Finding, FindingKind
from syncd.store import Store, UnitOfWork

LOOKED_UP: Final = (FindingKind.DISK, FindingKind.WISHES, FindingKind.QUARANTINE)


def look_up(store: Store, unit: UnitOfWork, now: datetime) -> Iterator[Finding]:
    """Yield what is wrong of the disk, of wishes and of quarantine at this moment."""
    yield from disk(store)
    yield from unaccepted(unit)
    yield from grown(unit, now)
