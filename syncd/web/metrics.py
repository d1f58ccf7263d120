"""Prometheus figures, collected when asked; labels are names of systems, streams and outcomes, never of people."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from syncd.errors import SyncdError
from syncd.health import examine
from syncd.model.health import FindingKind, Grade, Health
from syncd.model.runs import CYCLES, RunOutcome
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.store.status import Stream, read_status


class Figures(Collector):
    """Reads the store and the daemon's pulse at every scrape."""

    def __init__(
        self,
        store: Store,
        pulse: Pulse,
        budgets: Callable[[], dict[str, Any]],
        streams: Sequence[Stream],
        today: Callable[[], date],
    ) -> None:
        self._store, self._pulse, self._budgets, self._known, self._today = store, pulse, budgets, streams, today

    def describe(self) -> Iterator[Metric]:
        """Nothing is known before the first scrape."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All figures of this moment; while the database is away, that it is, and what the daemon knows by itself."""
        report = examine(self._store, datetime.now(UTC), self._pulse)
        away = [finding for finding in report.findings if finding.kind is FindingKind.DATABASE]
        readable = not away or self._pulse.unwritable is not None
        yield GaugeMetricFamily("syncd_database_up", "1 while the database can be read", int(readable))
        yield from _health(report)
        yield from self._calls()
        if readable:
            with suppress(SyncdError, DBAPIError):  # it went away a moment ago
                yield from [*self._of_store()]

    def _of_store(self) -> Iterator[Metric]:
        with self._store.reading() as unit:
            outcomes = unit.runs.count_outcomes(self._pulse.after)
            last = unit.runs.last_finished(RunOutcome.DONE, verbs=CYCLES)
        runs = CounterMetricFamily("syncd_runs", "Runs that ended since the start, by outcome", labels=["outcome"])
        for outcome, number in outcomes.items():
            runs.add_metric([outcome], number)
        yield runs
        yield CounterMetricFamily("syncd_missed_runs", "Runs that came late or failed to start", self._pulse.missed)
        yield GaugeMetricFamily(
            "syncd_last_success_timestamp_seconds",
            "End of the last cycle without failures",
            last.timestamp() if last else 0,
        )
        status = read_status(self._store, datetime.now(UTC), self._today(), known=self._known)
        yield from self._streams(status["streams"])
        yield self._pending(status["pending"])
        yield self._labelled("syncd_accounts", "Judged accounts, by standing", "standing", status["standings"])
        quarantined = GaugeMetricFamily("syncd_quarantined", "Records that cannot be read or written", labels=["step"])
        for step, number in status["quarantined"].items():
            quarantined.add_metric([step], number)
        yield quarantined

    def _streams(self, streams: Sequence[dict[str, Any]]) -> Iterator[Metric]:
        """An age of infinity is older than any alert allows: a stream that was never read must not go unnoticed."""
        age = GaugeMetricFamily(
            "syncd_stream_age_seconds", "Time since a stream was last read to its end", labels=["system", "stream"]
        )
        for stream in streams:
            seconds = stream["age_seconds"]
            age.add_metric([stream["system"], stream["stream"]], math.inf if seconds is None else seconds)
        yield age

    @staticmethod
    def _pending(wishes: dict[str, dict[str, int]]) -> Metric:
        pending = GaugeMetricFamily("syncd_wishes_pending", "Wishes not acknowledged yet", labels=["system", "object"])
        for system, objects in wishes.items():
            for name, number in objects.items():
                pending.add_metric([system, name], number)
        return pending

    def _calls(self) -> Iterator[Metric]:
        calls = CounterMetricFamily("syncd_api_calls", "API calls since the start", labels=["system"])
        left = GaugeMetricFamily("syncd_api_daily_remaining", "API calls left today", labels=["system"])
        for system, budget in self._budgets().items():
            calls.add_metric([system], budget["calls"])
            if budget.get("daily_remaining") is not None:
                left.add_metric([system], budget["daily_remaining"])
        yield calls
        yield left

    @staticmethod
    def _labelled(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
        family = GaugeMetricFamily(name, text, labels=[label])
        for value, number in values.items():
            family.add_metric([value], number)
        return family


def _health(report: Health) -> Iterator[Metric]:
    """How many things are wrong, by kind and grade; none is 0, so that an alert's end is seen."""
    numbers = Counter((finding.kind, finding.grade) for finding in report.findings)
    findings = GaugeMetricFamily("syncd_findings", "Things that are wrong, by kind and grade", labels=["kind", "grade"])
    for kind in FindingKind:
        for grade in Grade:
            findings.add_metric([kind.value, grade.value], numbers[kind, grade])
    yield findings
    yield GaugeMetricFamily("syncd_healthy", "1 while nothing is failing", int(report.state != Grade.FAILING.value))
