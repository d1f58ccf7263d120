"""Backups: whether the nightly ones are made, where the settings ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from syncd.health.life import Life
from syncd.model.health import Finding, FindingKind, Grade
from syncd.model.runs import RunOutcome
from syncd.store.unit import UnitOfWork

OLD: Final = timedelta(days=2)  # a night may fail; the next one should not


def of_backups(unit: UnitOfWork, life: Life | None, now: datetime) -> Iterator[Finding]:
    """Yield that the last good backup is older than two days, where SYNCD_BACKUP_DIR is set."""
    if life is None or life.backups_since is None:
        return
    last = unit.runs.last_finished(RunOutcome.DONE, verbs=("backup",))
    since = last or life.backups_since
    if life.age(since, now) <= OLD:
        return
    what = f"the last good backup is of {last:%Y-%m-%d %H:%M} UTC" if last else "no backup was made yet"
    mend = "`syncd runs` says why the nightly one failed: mostly the folder of SYNCD_BACKUP_DIR is full, or not ours"
    yield Finding(FindingKind.BACKUP, (), what, mend, Grade.WARNING, since + OLD, "syncd runs")
