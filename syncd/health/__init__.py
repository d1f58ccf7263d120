"""Health: what is wrong with an installation, from its store and from the machine of this moment.

What only the daemon knows (a clock that was set, a hold that was lost, a vendor's allowance, the validity of keys) it
keeps in the store when it changes (`syncd.health.kept`), so that a restart loses nothing and `syncd status` tells the
same as `/api/health`. What follows from something else that is told is not told besides: one cause, one finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from syncd.errors import SyncdError
from syncd.health.backups import of_backups
from syncd.health.cycles import of_cycles
from syncd.health.daemons import of_daemon
from syncd.health.database import away, disk, unwritable
from syncd.health.kept import read_kept
from syncd.health.life import Life
from syncd.health.looked_up import LOOKED_UP, look_up
from syncd.health.prunes import of_prunes
from syncd.health.starts import is_of_start
from syncd.health.streams import of_streams
from syncd.health.validity import of_tokens
from syncd.health.waiting import paused, unheard
from syncd.health.webhooks import of_webhooks
from syncd.model.health import Finding, FindingKind, Health
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.store.readiness import require_ready
from syncd.store.unit import UnitOfWork

__all__ = ["examine"]


def examine(store: Store, now: datetime, pulse: Pulse | None = None) -> Health:
    """Say how syncd is. pulse: what the daemon of this process knows besides. Raises nothing of the database's."""
    try:
        require_ready(store)
        return Health.of([*unwritable(store, pulse), *_of_store(store, now)])
    except (SyncdError, DBAPIError) as error:
        return Health.of([*disk(store), away(error, pulse)])


def _of_store(store: Store, now: datetime) -> Iterator[Finding]:
    held = store.is_held()
    with store.reading() as unit:
        life = Life.read(unit)
        failing = [*of_cycles(unit, life, now)]
        yield from failing
        noted = [*_noted(store, unit, now, {finding.key for finding in failing})]
        yield from noted
        yield from unheard(unit, now)
        yield from of_tokens(unit, now)
        yield from of_prunes(unit)
        refused = any(map(is_of_start, noted))  # which tells why no daemon runs
        missing = [] if refused else [*of_daemon(unit, life, now, held=held)]
        if not (missing or refused):
            yield from of_backups(unit, life, now)
            yield from of_webhooks(unit, life, now)
        stopped = [*paused(unit), *missing]
        yield from stopped
        if not (stopped or refused or any(map(_is_of_whole_cycles, failing))):
            yield from of_streams(unit, life, now, explained={finding.about for finding in failing}, held=held)


def _is_of_whole_cycles(finding: Finding) -> bool:
    """Whether a cycle that has this cause ends before it reads anything."""
    return finding.kind in (FindingKind.CONFIGURATION, FindingKind.DEFECT) and not finding.about


def _noted(store: Store, unit: UnitOfWork, now: datetime, explained: Collection[str]) -> Iterator[Finding]:
    """What the daemon noted. Of what can be looked up now, it noted since when."""
    noted = {finding.key: finding for finding in read_kept(unit, now)}
    for finding in look_up(store, unit, now):
        known = noted.get(finding.key)
        yield finding._replace(since=known.since) if known else finding
    for key, finding in noted.items():
        if finding.kind not in LOOKED_UP and key not in explained:
            yield finding
