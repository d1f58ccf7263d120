"""Who is called and has never seen syncd asks /api/health of the running daemon, and has the cause and the mend.

The table of faults: what breaks, and what the one answer says of it. Each is mended, and told no more.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine
from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from connectors.sandbox.fault_rules import Rule
from connectors.sandbox.relay import Relay
from connectors.sandbox.server import Sandbox
from syncd.daemon import Daemon
from syncd.store import Store
from syncd.store.notes import FIRST_PLAN, PAUSED
from syncd.sync.cycle import Wiring
from syncd.wall import steady
from syncd.watch import Watch
from syncd.web import House
from syncd.wiring import waiter
from tests.conftest import new_database
from tests.ledger import keep_note, last_runs, outcomes
from tests.sync.conftest import *  # noqa: F403 - the tiny world and a syncd wired to it
from tests.sync.conftest import Place, wired
from tests.web import houses

NIGHT = clock_time(3)
OFTEN = 0.01  # minutes from one cycle to the next


@dataclass
class OnCall:
    """A daemon at work, and what whoever is called can ask of it: one address."""

    daemon: Daemon
    address: str

    def health(self) -> dict[str, Any]:
        """The one answer."""
        answer = requests.get(f"{self.address}/api/health", timeout=20)
        content: dict[str, Any] = answer.json()
        assert answer.status_code == (503 if content["state"] == "failing" else 200)
        return content

    def finding(self, key: str) -> dict[str, Any]:
        """The finding of that key, once it is told."""
        self.until(lambda: key in self.keys())
        return next(finding for finding in self.health()["findings"] if finding["key"] == key)

    def mended(self) -> None:
        """Wait until all is well."""
        self.until(lambda: self.health()["state"] == "well")

    def keys(self) -> list[str]:
        return [finding["key"] for finding in self.health()["findings"]]

    def until(self, holds: Callable[[], bool]) -> None:
        end = steady() + 60
        while not holds():
            assert steady() < end, self.health()
            threading.Event().wait(0.05)


@contextmanager
def at_work(wiring: Wiring, stop: threading.Event, interval: float = OFTEN) -> Iterator[OnCall]:
    """A daemon with its pages; it ends clean."""
    watch = partial(Watch, wiring, interval_minutes=interval, every=0.1, patience=0.3)
    daemon = Daemon(wiring, interval_minutes=interval, reconcile_at=NIGHT, stop=stop, watch=watch)
    thread = threading.Thread(target=daemon.run)
    house = House(wiring, daemon.pulse, lambda _: pytest.fail("no plan"))
    with wiring.store.alone(), houses.served(house) as address:
        thread.start()
        try:
            yield OnCall(daemon, address)
        finally:
            daemon.stop.set()
            thread.join(timeout=60)
            assert not thread.is_alive()


@pytest.fixture
def on_call(place: Place, sqlite_store: Store) -> Iterator[OnCall]:
    """A daemon on SQLite that has ended its first cycle well."""
    stop = threading.Event()
    wiring = replace(wired(place, sqlite_store, sleep=quick(stop)), clock=lambda: datetime.now(UTC))
    with at_work(wiring, stop) as daemon:
        daemon.until(lambda: "done" in outcomes(sqlite_store))
        yield daemon


def quick(stop: threading.Event) -> Callable[[float], None]:
    """Waits that are over at once, and end with the daemon."""
    wait = waiter(stop)
    return lambda _: wait(0.001)


# Fault at the vendors, the finding's key, words of it, words of its mend, words of where to look, its grade.
FAULTS: list[tuple[dict[str, Any], str, str, str, str]] = [
    (
        {"kind": "expired", "system": "hubspot"},
        "configuration:hubspot",
        "HubSpot",
        "`syncd doctor` says whether it is mended",
        "failing",
    ),
    (
        {"kind": "unavailable", "system": "hubspot"},
        "unavailable:hubspot",
        "runs in a row)",
        "the next run tries it again",
        "failing",
    ),
    (
        {"kind": "exhausted", "system": "hubspot"},
        "budget:hubspot",
        "daily allowance is used up",
        "wait for the vendor's next day",
        "failing",
    ),
    (
        {"kind": "latency", "seconds": 3.0, "system": "hubspot", "path": "/crm/*"},
        "unavailable:hubspot",
        "a call gets no good answer",
        "the vendor's status page, the network and the proxy",
        "warning",
    ),
    (
        {"kind": "status", "status": 403, "system": "salesforce", "path": "/services/data/*"},
        "refused:salesforce",
        "403",
        "`syncd doctor` asks it for the same",
        "failing",
    ),
]


def test_one_answer_names_each_fault_of_a_vendor_and_its_mend(on_call: OnCall, place: Place) -> None:
    on_call.mended()
    for fault, key, what, mend, grade in FAULTS:
        place.fault(fault)
        on_call.until(lambda: any(f["key"] == key and f["grade"] == grade for f in on_call.health()["findings"]))  # noqa: B023
        finding = on_call.finding(key)
        assert what in finding["what"], finding
        assert mend in finding["mend"], finding
        assert finding["look"].startswith("syncd runs"), finding
        assert datetime.now(UTC) - datetime.fromisoformat(finding["since"]) < timedelta(minutes=2)
        place.fault()
        on_call.mended()


def test_one_answer_names_what_happens_to_the_machine(on_call: OnCall) -> None:
    store = on_call.daemon.wiring.store
    pause(store, "pause", paused=True)
    finding = on_call.finding("paused")
    assert finding["what"].startswith("paused by cli:ann")
    assert "syncd resume" in finding["mend"]
    assert on_call.health()["state"] == "warning"
    pause(store, "resume", paused=False)
    on_call.mended()

    with full(store) as disk:
        finding = on_call.finding("database")
        assert "nothing can be written: " in finding["what"]
        assert "disk is full" in finding["what"]
        assert "free the disk" in finding["mend"]
        disk.clear()
    on_call.mended()

    Path(f"{store.database.url.database}.lock").unlink()
    finding = on_call.finding("lease")
    assert "is taken again" in finding["what"]
    assert finding["grade"] == "warning"


def pause(store: Store, action: str, *, paused: bool) -> None:
    with store.writing() as unit:
        unit.notes.keep(PAUSED, paused)
        unit.audit.write("cli:ann", action, "")


@contextmanager
def full(store: Store) -> Iterator[threading.Event]:
    """A disk on which nothing more can be written, while the event is set."""
    (disk := threading.Event()).set()

    def begin_writing(connection: Connection) -> None:
        if disk.is_set() and connection.get_execution_options().get("syncd_writes"):
            raise OperationalError("BEGIN", None, Exception("database or disk is full"))

    event.listen(store.database.engine, "begin", begin_writing)
    yield disk
    disk.clear()


def test_a_first_plan_that_waits_is_named(place: Place, sqlite_store: Store) -> None:
    stop = threading.Event()
    wiring = wired(place, sqlite_store, sleep=quick(stop))
    with sqlite_store.writing() as unit:
        unit.notes.drop(FIRST_PLAN)
    with at_work(wiring, stop, interval=60) as on_call:
        finding = on_call.finding("first plan")
    assert "nothing is pushed until the first plan is applied" in finding["what"]
    assert (finding["grade"], finding["look"]) == ("warning", "syncd plan")


def test_a_clock_that_is_set_is_named_and_delays_no_cycle(place: Place, sqlite_store: Store) -> None:
    stop = threading.Event()
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        wiring = replace(wired(place, sqlite_store, sleep=quick(stop)), clock=lambda: datetime.now(UTC))
        with at_work(wiring, stop) as on_call:
            for hours, words in ((-6, "set back by 6:00:00"), (6, "set on by 6:00:00")):
                on_call.until(lambda: "done" in outcomes(sqlite_store))
                traveller.shift(timedelta(hours=hours))
                on_call.until(lambda: words in on_call.finding("clock")["what"])  # noqa: B023
                number = last_runs(sqlite_store)[0]["id"]
                on_call.until(lambda: last_runs(sqlite_store)[0]["id"] > number + 2)  # noqa: B023
                on_call.until(lambda: on_call.keys() == ["clock"])


# ---- a database that goes away -----------------------------------------------------------------------------------


@pytest.fixture
def behind(postgres: str, place: Place) -> Iterator[tuple[Sandbox, Store]]:
    """A sandbox before PostgreSQL, and a store that is reached through it."""
    url = make_url(new_database(postgres))
    relay = Relay(f"{url.query['host']}/.s.PGSQL.{url.port or 5432}")
    with Sandbox(hubspot=place.sandbox.hubspot, database=relay) as sandbox:
        host, _, port = sandbox.describe()["database"].partition(":")
        store = Store(url.set(host=host, port=int(port), query={}).render_as_string(hide_password=False))
        yield sandbox, store
        store.close()


def test_a_database_that_is_away_is_the_one_finding_and_told_once(place: Place, behind: tuple[Sandbox, Store]) -> None:
    sandbox, store = behind
    stop = threading.Event()
    wiring = wired(place, store, sleep=quick(stop))
    keep_note(store, PAUSED, True)
    with at_work(wiring, stop) as on_call, capture_logs() as lines:
        on_call.finding("paused")
        sandbox.faults.add(Rule("restart", path="/crm/v3/owners", count=1, seconds=4))
        requests.get(
            f"{sandbox.hubspot_url}/crm/v3/owners", headers={"Authorization": "Bearer sandbox-token"}, timeout=9
        )
        on_call.until(lambda: on_call.daemon.pulse.away_since is not None)
        answers = {path: get(on_call, path) for path in ("/livez", "/readyz", "/api/health", "/metrics")}
        assert {path: one.status_code for path, one in answers.items()} == {
            "/livez": 200,
            "/readyz": 503,
            "/api/health": 503,
            "/metrics": 200,
        }
        (finding,) = answers["/api/health"].json()["findings"]
        assert (finding["key"], finding["grade"]) == ("database", "failing")
        assert finding["since"]
        assert "start the database" in finding["mend"]
        assert "syncd_database_up 0.0" in answers["/metrics"].text
        on_call.until(lambda: on_call.keys() == ["lease", "paused"])
        assert get(on_call, "/readyz").text == "ready\n"
        assert "syncd_database_up 1.0" in get(on_call, "/metrics").text
    events = [line["event"] for line in lines if line["event"].startswith("the database")]
    assert events == ["the database does not answer", "the database answers again"]


def get(on_call: OnCall, path: str) -> requests.Response:
    return requests.get(f"{on_call.address}{path}", timeout=20)
