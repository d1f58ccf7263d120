"""Prometheus figures, collected when asked; what needs whole tables is kept for a minute."""

from __future__ import annotations

import math
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from syncd import __version__
from syncd.errors import SyncdError
from syncd.health import examine
from syncd.health.life import Life
from syncd.model.health import FindingKind, Grade, Health
from syncd.model.runs import RunOutcome
from syncd.model.verbs import ENTIRE
from syncd.pulse import Pulse
from syncd.store import Store, UnitOfWork
from syncd.store.notes import PAUSED
from syncd.store.sizes import bytes_of, count_rows
from syncd.store.status import Stream
from syncd.web.figures import Sample, families

KEPT = 60.0  # seconds
Channels = Callable[[], Mapping[str, tuple[int, int]]]  # of alerts: taken, and attempts that failed


def nobody() -> Mapping[str, tuple[int, int]]:
    """No channel is set."""
    return {}


@dataclass
class Memory:
    """What is kept from one scrape to the next: the figures that are dear, and since when wishes are pending."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    slow: tuple[Sample, ...] = ()
    until: float = 0.0
    pending: dict[tuple[str, str], float] = field(default_factory=dict)


class Figures(Collector):
    """Reads the store and the daemon's pulse at every scrape."""

    def __init__(
        self,
        store: Store,
        pulse: Pulse,
        budgets: Callable[[], dict[str, Any]],
        streams: Sequence[Stream],
        memory: Memory | None = None,
        channels: Channels = nobody,
    ) -> None:
        self._store, self._pulse, self._budgets, self._known = store, pulse, budgets, streams
        self._memory, self._channels = memory or Memory(), channels

    def describe(self) -> Iterator[Metric]:
        """Nothing is known before the first scrape."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All figures of this moment; while the database is away, that it is, and what the daemon knows by itself."""
        return families(self._samples())

    def _samples(self) -> Iterator[Sample]:
        report = examine(self._store, datetime.now(UTC), self._pulse)
        away = [finding for finding in report.findings if finding.kind is FindingKind.DATABASE]
        readable = not away or self._pulse.unwritable is not None
        yield Sample("syncd_database_up", int(readable))
        yield from _of_health(report)
        yield from self._of_process()
        if readable:
            with suppress(SyncdError, DBAPIError), self._memory.lock:  # it went away a moment ago
                yield from [*self._of_store()]

    def _of_process(self) -> Iterator[Sample]:
        yield Sample("syncd_build_info", 1, (__version__,))
        yield Sample("syncd_start_time_seconds", self._pulse.started_at.timestamp())
        yield Sample("syncd_missed_runs_total", self._pulse.missed)
        for system, budget in self._budgets().items():
            yield Sample("syncd_api_calls_total", budget["calls"], (system,))
            yield Sample("syncd_api_waited_seconds_total", budget.get("waited", 0.0), (system,))
            for cause, number in budget.get("retries", {}).items():
                yield Sample("syncd_api_retries_total", number, (system, cause))
            for name in ("daily_limit", "daily_remaining"):
                if budget.get(name) is not None:
                    yield Sample(f"syncd_api_{name}", budget[name], (system,))
        for (system, outcome), number in dict(self._pulse.heard).items():
            yield Sample("syncd_webhook_events_total", number, (system, outcome))
        for channel, (taken, failed) in self._channels().items():
            yield Sample("syncd_alert_messages_total", taken, (channel,))
            yield Sample("syncd_alert_failures_total", failed, (channel,))

    def _of_store(self) -> Iterator[Sample]:
        held, memory, now = self._store.is_held(), self._memory, time.monotonic()
        with self._store.reading() as unit:
            if now >= memory.until:
                memory.slow = (*_of_tables(self._store, unit), *_of_disk(self._store, unit), *_of_last_runs(unit))
                memory.until = now + KEPT
            yield from memory.slow
            yield from self._of_streams(unit)
            yield Sample("syncd_lease_held", int(held))
            yield from self._of_runs(unit)
            yield from self._of_wishes(unit, now)
            yield from _of_meaning(unit)

    def _of_runs(self, unit: UnitOfWork) -> Iterator[Sample]:
        last, life = unit.runs.last_finished(RunOutcome.DONE, verbs=ENTIRE), Life.read(unit)
        for outcome, number in unit.runs.count_outcomes(self._pulse.after).items():
            yield Sample("syncd_runs_total", number, (outcome,))
        yield Sample("syncd_last_success_timestamp_seconds", last.timestamp() if last else 0)
        yield Sample("syncd_runs_waiting", len(unit.runs.waiting()))
        yield Sample("syncd_paused", int(unit.notes.says(PAUSED)))
        if life is not None:
            yield Sample("syncd_stream_target_seconds", life.target.total_seconds())

    def _of_streams(self, unit: UnitOfWork) -> Iterator[Sample]:
        """An age of infinity is older than any alert allows: a stream that was never read must not go unnoticed."""
        now = datetime.now(UTC)
        for (system, stream), at in sorted(unit.streams.completions(self._known).items()):
            age = math.inf if at is None else max(0.0, (now - at).total_seconds())
            yield Sample("syncd_stream_age_seconds", age, (system, stream))

    def _of_wishes(self, unit: UnitOfWork, now: float) -> Iterator[Sample]:
        since: dict[tuple[str, str], float] = {}
        for system, objects in unit.wishes.count_pending().items():
            for name, number in objects.items():
                since[system, name] = self._memory.pending.get((system, name), now)
                yield Sample("syncd_wishes_pending", number, (system, name))
                yield Sample("syncd_wishes_pending_seconds", now - since[system, name], (system, name))
        self._memory.pending = since
        for (system, name), number in unit.wishes.count_unaccepted().items():
            yield Sample("syncd_wishes_unaccepted", number, (system, name))


def _of_health(report: Health) -> Iterator[Sample]:
    """How many things are wrong, by kind and grade; none is 0, so that an alert's end is seen."""
    numbers = Counter((finding.kind, finding.grade) for finding in report.findings)
    for kind in FindingKind:
        for grade in Grade:
            yield Sample("syncd_findings", numbers[kind, grade], (kind.value, grade.value))
    yield Sample("syncd_healthy", int(report.state != Grade.FAILING.value))


def _of_meaning(unit: UnitOfWork) -> Iterator[Sample]:
    for standing, number in unit.judgements.count_standings().items():
        yield Sample("syncd_accounts", number, (standing,))
    yield Sample("syncd_contacts_to_look_at", unit.judgements.count_alerts())
    yield Sample("syncd_announcements_waiting", unit.announcements.count_waiting())
    yield Sample("syncd_queue_waiting", unit.queue.state()[0].waiting)
    for step, number in unit.quarantine.count().items():
        yield Sample("syncd_quarantined", number, (step,))
    standing_alerts = unit.alerts.count()
    for grade in Grade:
        yield Sample("syncd_alerts_standing", standing_alerts.get(grade.value, 0), (grade.value,))


def _of_tables(store: Store, unit: UnitOfWork) -> Iterator[Sample]:
    for table, number in count_rows(store, unit).items():
        yield Sample("syncd_store_rows", number, (table,))


def _of_disk(store: Store, unit: UnitOfWork) -> Iterator[Sample]:
    yield Sample("syncd_store_bytes", bytes_of(store, unit.connection))
    if store.database.is_sqlite:
        folder = Path(str(store.database.url.database)).resolve().parent
        yield Sample("syncd_disk_free_bytes", shutil.disk_usage(folder).free)


def _of_last_runs(unit: UnitOfWork) -> Iterator[Sample]:
    for verb, (started_at, finished_at) in unit.runs.last_of_verbs().items():
        yield Sample("syncd_last_run_timestamp_seconds", finished_at.timestamp(), (verb,))
        seconds = max(0.0, (finished_at - started_at).total_seconds())
        yield Sample("syncd_last_run_duration_seconds", seconds, (verb,))
