"""The daemon: whether it runs, and starts a cycle when one is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from syncd.health.life import LATE, Life
from syncd.model.health import Finding, FindingKind, Grade
from syncd.model.verbs import ENTIRE
from syncd.sign_of_life import SILENT
from syncd.store.unit import UnitOfWork

START = "start it: `syncd run`, or the container; its log says why it ended"
GRACE = timedelta(minutes=2)  # for what the schedule waits behind, besides the intervals it may miss


def of_daemon(unit: UnitOfWork, life: Life | None, now: datetime, *, held: bool) -> Iterator[Finding]:
    """Yield that no daemon runs, or that the one which does starts no cycle. held: whether a syncd has the store.

    Where none ever ran, cycles are started by something else, and the age of the streams tells whether they are.
    """
    if life is None:
        return
    if life.ended_at is not None:
        what = f"the daemon was told to end ({life.process})"
        yield Finding(FindingKind.DAEMON, (), what, START, Grade.WARNING, life.ended_at, "syncd status")
    elif not held and life.age(life.beat_at, now) > SILENT:
        what = f"no daemon runs; the last one ({life.process}) ended without a word"
        yield Finding(FindingKind.DAEMON, (), what, START, Grade.FAILING, life.beat_at, "syncd runs")
    elif (due := _overdue(unit, life, now)) is not None:
        what = f"the daemon runs and starts no cycle, though one is due every {life.interval:g} minutes"
        mend = "restart it, and tell those who make syncd; its log says what became of the schedule"
        yield Finding(FindingKind.SCHEDULE, (), what, mend, Grade.FAILING, due, "syncd runs")


def _overdue(unit: UnitOfWork, life: Life, now: datetime) -> datetime | None:
    """Since when a cycle is due that nobody started; None where one is at work, or was, in time."""
    if unit.runs.is_open():
        return None
    resumed = unit.audit.last("resume")
    stamps = [life.started_at, resumed and resumed.at, unit.runs.last_begun(ENTIRE)]
    last = min((stamp for stamp in stamps if stamp), key=lambda stamp: life.age(stamp, now))
    interval = timedelta(minutes=life.interval)
    return last + interval if life.age(last, now) > LATE * interval + GRACE else None
