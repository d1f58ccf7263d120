"""The hold on the store: that it was lost, and who has it."""

from __future__ import annotations

from datetime import UTC, datetime

from syncd.errors import AlreadyRunning
from syncd.model.health import Finding, FindingKind, Grade

ONE = "run one syncd on a store: stop the other (replicas: 1, strategy Recreate), or give it a store of its own"


def hold_taken_again() -> Finding:
    """The database restarted, or somebody deleted the lock file: what was about to be written is looked at anew."""
    what = "the hold on the store was lost, because the database restarted or its lock file went, and is taken again"
    mend = "nothing, where the database was restarted on purpose"
    return Finding(FindingKind.LEASE, (), what, mend, Grade.WARNING, datetime.now(UTC), "syncd runs")


def hold_lost(error: AlreadyRunning) -> Finding:
    """Another syncd took the store from a daemon that had lost its hold, and which ended then."""
    what = f"a daemon lost its hold on the store to another one, and ended: {error}"
    return Finding(FindingKind.LEASE, (), what, ONE, Grade.WARNING, datetime.now(UTC), "syncd runs")


def refused(error: AlreadyRunning, process: str) -> Finding:
    """A second daemon was started on the store, and ended."""
    what = f"a second daemon ({process}) was started on this store, and ended: {error}"
    return Finding(FindingKind.LEASE, (), what, ONE, Grade.WARNING, datetime.now(UTC), "syncd runs")
