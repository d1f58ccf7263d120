"""The figures for Prometheus: each declared once, by its conventions, with its type, its help and its labels.

https://prometheus.io/docs/practices/naming/. Labels name systems, streams, verbs and kinds; never an id or a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric


class Figure(NamedTuple):
    """One figure. away: served while the database is away, too; slow: kept for a minute."""

    kind: str  # gauge, or counter
    help: str
    labels: tuple[str, ...] = ()
    away: bool = False
    slow: bool = False


class Sample(NamedTuple):
    """One value of a figure; labels in its order."""

    name: str
    value: float
    labels: tuple[str, ...] = ()


COUNTER, GAUGE = "counter", "gauge"

FIGURES: Final[Mapping[str, Figure]] = {
    "syncd_build_info": Figure(GAUGE, "1, with the version that runs", ("version",), away=True),
    "syncd_start_time_seconds": Figure(GAUGE, "When the daemon started, in Unix time", away=True),
    "syncd_database_up": Figure(GAUGE, "1 while the database can be read", away=True),
    "syncd_healthy": Figure(GAUGE, "1 while nothing is failing", away=True),
    "syncd_findings": Figure(GAUGE, "Things that are wrong, by kind and grade", ("kind", "grade"), away=True),
    "syncd_paused": Figure(GAUGE, "1 while somebody has paused the daemon"),
    "syncd_lease_held": Figure(GAUGE, "1 while a syncd holds the store"),
    "syncd_runs_total": Figure(COUNTER, "Runs that ended since the start, by outcome", ("outcome",)),
    "syncd_missed_runs_total": Figure(COUNTER, "Runs that came late or failed to start", away=True),
    "syncd_runs_waiting": Figure(GAUGE, "Runs that somebody asked for and that have not begun"),
    "syncd_last_success_timestamp_seconds": Figure(GAUGE, "End of the last cycle without failures, 0: none"),
    "syncd_last_run_timestamp_seconds": Figure(GAUGE, "End of the last run of each verb", ("verb",), slow=True),
    "syncd_last_run_duration_seconds": Figure(GAUGE, "How long the last run of each verb took", ("verb",), slow=True),
    "syncd_stream_age_seconds": Figure(
        GAUGE, "Time since a stream was last read to its end; +Inf: never", ("system", "stream")
    ),
    "syncd_stream_target_seconds": Figure(GAUGE, "How old what was read of a stream may be"),
    "syncd_wishes_pending": Figure(GAUGE, "Wishes not acknowledged yet", ("system", "object")),
    "syncd_wishes_unaccepted": Figure(GAUGE, "Wishes that were refused and are tried again", ("system", "object")),
    "syncd_wishes_pending_seconds": Figure(
        GAUGE,
        "Time since such wishes are pending without a break, as seen since the start",
        ("system", "object"),
    ),
    "syncd_queue_waiting": Figure(GAUGE, "People who wait for a rep's week"),
    "syncd_accounts": Figure(GAUGE, "Judged accounts, by standing", ("standing",)),
    "syncd_contacts_to_look_at": Figure(GAUGE, "Contacts of whom the agreement alerts"),
    "syncd_quarantined": Figure(GAUGE, "Records that cannot be read or written, by the step that stopped", ("step",)),
    "syncd_api_calls_total": Figure(COUNTER, "API calls since the start", ("system",), away=True),
    "syncd_api_retries_total": Figure(COUNTER, "API calls that were repeated", ("system", "cause"), away=True),
    "syncd_api_waited_seconds_total": Figure(COUNTER, "Time spent waiting for a rate limit", ("system",), away=True),
    "syncd_api_daily_limit": Figure(GAUGE, "API calls that a day allows, where it was said", ("system",), away=True),
    "syncd_api_daily_remaining": Figure(GAUGE, "API calls left today, where it was said", ("system",), away=True),
    "syncd_webhook_events_total": Figure(
        COUNTER,
        "Events that systems called with since the start, by what became of them",
        ("system", "outcome"),
        away=True,
    ),
    "syncd_announcements_waiting": Figure(GAUGE, "What systems announced and nobody has followed yet"),
    "syncd_alerts_standing": Figure(GAUGE, "Alerts that were told and are not over", ("grade",)),
    "syncd_alert_messages_total": Figure(COUNTER, "Messages that a channel took", ("channel",), away=True),
    "syncd_alert_failures_total": Figure(COUNTER, "Attempts that a channel did not take", ("channel",), away=True),
    "syncd_store_bytes": Figure(GAUGE, "Size of the store", slow=True),
    "syncd_store_rows": Figure(GAUGE, "Rows of the store's tables", ("table",), slow=True),
    "syncd_disk_free_bytes": Figure(GAUGE, "Free on the disk of an SQLite store", slow=True),
}

_FAMILIES: Final = {COUNTER: CounterMetricFamily, GAUGE: GaugeMetricFamily}


def families(samples: Iterable[Sample]) -> Iterator[Metric]:
    """The samples as Prometheus wants them: all of a figure together, in the order of the table."""
    together: dict[str, list[Sample]] = {}
    for sample in samples:
        together.setdefault(sample.name, []).append(sample)
    for name, figure in FIGURES.items():
        if name in together:
            family = _FAMILIES[figure.kind](name.removesuffix("_total"), figure.help, labels=figure.labels)
            for sample in together[name]:
                family.add_metric(sample.labels, sample.value)
            yield family
