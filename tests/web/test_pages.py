"""Health, metrics and status over HTTP: what probes, Prometheus and operators are told."""

import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from connectors.base import Page, Record
from syncd.errors import ConfigError
from syncd.model.runs import Ending, RunOutcome
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.web import Access, Server, application
from tests import ledger
from tests.web import houses

KNOWN = (("hubspot", "contacts"), ("salesforce", "Contact"))
BUDGETS = {"hubspot": {"calls": 7, "daily_remaining": 93}, "salesforce": {"calls": 0, "daily_remaining": None}}
Labels = tuple[tuple[str, str], ...]


@contextmanager
def served(store: Store, pulse: Pulse) -> Iterator[str]:
    """The pages on a free port: their address."""
    with houses.served(houses.house(store, pulse, streams=KNOWN, budgets=BUDGETS)) as address:
        yield address


def read(store: Store, stream: tuple[str, str], *, complete: bool) -> None:
    """One page of a stream is read; complete: to its end."""
    ledger.save(store, *stream, Page([Record("1", None, False, {"id": "1"})], "behind it"))
    if complete:
        ledger.complete(store, *stream)


def figures(address: str) -> dict[str, dict[Labels, float]]:
    """What Prometheus reads: sample → labels → value."""
    text = requests.get(f"{address}/metrics", timeout=10).text
    samples: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            samples.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return samples


def of(stream: tuple[str, str]) -> Labels:
    return (("stream", stream[1]), ("system", stream[0]))


def test_probes_say_that_it_lives_and_that_it_can_work(sqlite_store: Store) -> None:
    with served(sqlite_store, Pulse()) as address:
        answers = {path: requests.get(f"{address}/{path}", timeout=10) for path in ("livez", "readyz")}
    assert {path: (one.status_code, one.text) for path, one in answers.items()} == {
        "livez": (200, "alive\n"),
        "readyz": (200, "ready\n"),
    }


def test_without_its_tables_it_lives_but_cannot_work(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    with served(store, Pulse()) as address:
        assert requests.get(f"{address}/livez", timeout=10).ok
        answer = requests.get(f"{address}/readyz", timeout=10)
    store.close()
    assert answer.status_code == 503
    assert "syncd migrate" in answer.text


@pytest.mark.parametrize("begun", [False, True], ids=["never begun", "broken off"])
def test_a_stream_that_was_never_read_to_its_end_is_older_than_any_alert_allows(
    sqlite_store: Store, begun: bool
) -> None:
    read(sqlite_store, KNOWN[0], complete=True)
    if begun:
        read(sqlite_store, KNOWN[1], complete=False)
    with served(sqlite_store, Pulse()) as address:
        ages = figures(address)["syncd_stream_age_seconds"]
        shown = requests.get(f"{address}/api/status", timeout=10).json()["streams"]
    assert 0 <= ages[of(KNOWN[0])] < 60
    assert ages[of(KNOWN[1])] == math.inf
    assert [(one["system"], one["stream"], one["records"], one["age_seconds"] is None) for one in shown] == [
        ("hubspot", "contacts", 1, False),
        ("salesforce", "Contact", int(begun), True),
    ]


def test_runs_and_allowances_are_counted(sqlite_store: Store) -> None:
    pulse = Pulse()
    with served(sqlite_store, pulse) as address:
        assert figures(address)["syncd_last_success_timestamp_seconds"] == {(): 0}
        for outcome in (RunOutcome.INCOMPLETE, RunOutcome.DONE, RunOutcome.FAILED):
            with sqlite_store.writing() as unit:
                unit.runs.finish(unit.runs.start("cycle"), Ending(outcome, 0), {})
        pulse.missed = 2
        samples = figures(address)
        budgets = requests.get(f"{address}/api/status", timeout=10).json()["budgets"]
    assert samples["syncd_runs_total"] == {(("outcome", one),): 1 for one in ("incomplete", "done", "failed")}
    assert samples["syncd_missed_runs_total"] == {(): 2}
    assert samples["syncd_last_success_timestamp_seconds"][()] == pytest.approx(datetime.now(UTC).timestamp(), abs=60)
    assert samples["syncd_api_calls_total"] == {(("system", "hubspot"),): 7, (("system", "salesforce"),): 0}
    assert samples["syncd_api_daily_remaining"] == {(("system", "hubspot"),): 93}, "only where the system says so"
    assert budgets == BUDGETS


def test_a_port_that_is_taken_is_told(sqlite_store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        pages = application(houses.house(sqlite_store), Access(houses.OneToken(), loopback=True))
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}"), Server(pages, "127.0.0.1", port):
            pytest.fail("it cannot listen there")
