"""Every wait ends when syncd is asked to stop, and none is measured by a clock that people set."""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine

from connectors.base import Budget, Stopped
from connectors.transport import Meter, Throttle
from syncd.daemon import _due
from syncd.store import Store
from syncd.store.notes import PAUSED
from syncd.sync.cycle import Wiring
from syncd.wall import Jumps, steady
from syncd.wiring import waiter
from tests.cli.conftest import Syncd
from tests.cli.test_run import eventually, rows, runs, tables
from tests.ledger import answered, ask, keep_note, open_requests
from tests.sync.conftest import *  # noqa: F403 - the tiny world and a syncd wired to it
from tests.sync.test_daemon import working

HANGS: list[dict[str, Any]] = [
    {"kind": "hang"},  # no answer at all
    {"kind": "unavailable"},  # tried again and again
    {"kind": "limited", "retry_after": 3600},  # asked to wait
    {"kind": "drip", "seconds": 300.0},  # an answer without an end
]
SOON = 10  # seconds, after which a container is killed


def test_a_wait_ends_with_stopped() -> None:
    stop = threading.Event()
    waiter(stop)(0.001)
    stop.set()
    with pytest.raises(Stopped):
        waiter(stop)(300)


@pytest.mark.parametrize("fault", HANGS, ids=lambda fault: fault["kind"])
@pytest.mark.parametrize("system", ["hubspot", "salesforce"])
def test_a_daemon_whose_vendor_hangs_is_down_within_ten_seconds(
    syncd: Syncd,
    system: str,
    fault: dict[str, Any],
) -> None:
    path = "/crm/*" if system == "hubspot" else "/services/data/*"
    syncd.place.fault(fault | {"system": system, "path": path})
    with syncd.started("run") as daemon:
        eventually(lambda: "cursor" in tables(syncd) and rows(syncd, "cursor") > 0, daemon)
        asked_at = time.monotonic()
        os.kill(daemon.pid, signal.SIGTERM)
        _, err = daemon.communicate(timeout=30)
        assert time.monotonic() - asked_at < SOON
    assert daemon.returncode == 0, err
    assert '"event": "stopped"' in err
    assert all(line.startswith('{"') for line in err.splitlines()), err
    assert "Traceback" not in err


def test_a_command_whose_vendor_hangs_says_that_it_is_not_done(syncd: Syncd) -> None:
    syncd.place.fault({"kind": "latency", "seconds": 300.0, "system": "hubspot", "path": "/crm/*"})
    with syncd.started("cycle") as cycle:
        eventually(lambda: "cursor" in tables(syncd) and rows(syncd, "cursor") > 0, cycle)
        asked_at = time.monotonic()
        os.kill(cycle.pid, signal.SIGTERM)
        _, err = cycle.communicate(timeout=30)
        assert time.monotonic() - asked_at < SOON
    assert cycle.returncode == 130, err


@pytest.mark.parametrize("kind", ["latency", "unavailable"])
def test_what_was_asked_for_is_carried_out_after_the_next_start(begun: Syncd, kind: str) -> None:
    store = Store(f"sqlite:///{begun.database}")
    keep_note(store, PAUSED, True)
    number = ask(store, "cli", "resync", {"system": "hubspot", "stream": "owners"})
    begun.place.fault({"kind": kind, "seconds": 300.0, "system": "hubspot", "path": "/crm/*"})
    with begun.started("run") as daemon:
        eventually(lambda: bool(begun.place.sandbox.faults.rules[0].struck), daemon)
        os.kill(daemon.pid, signal.SIGTERM)
        daemon.communicate(timeout=30)
    assert [request.id for request in open_requests(store)] == [number]
    begun.place.fault()
    with begun.started("run") as daemon:
        eventually(lambda: answered(store, number) is not None, daemon)
    assert answered(store, number) == "done"
    assert runs(begun)[-1] == "done"
    store.close()


# ---- clocks that are set -----------------------------------------------------------------------------------------


@dataclass
class Clocks:
    """A wall clock that somebody sets, and one that goes on."""

    wall: float = 1_795_000_000.0
    passed: float = 50.0

    def go_on(self, seconds: float, *, set_by: float = 0) -> None:
        self.wall += seconds + set_by
        self.passed += seconds


@pytest.mark.parametrize("jump", [-3600, -6, 6, 86_400])
def test_a_clock_that_is_set_is_noticed_once(jump: int) -> None:
    clocks = Clocks()
    jumps = Jumps(lambda: clocks.wall, lambda: clocks.passed)
    clocks.go_on(1)
    assert not jumps.since()
    clocks.go_on(1, set_by=jump)
    assert jumps.since() == timedelta(seconds=jump)
    clocks.go_on(1)
    assert not jumps.since()


def test_a_clock_that_is_corrected_by_and_by_is_left_alone() -> None:
    clocks = Clocks()
    jumps = Jumps(lambda: clocks.wall, lambda: clocks.passed)
    for _ in range(100):
        clocks.go_on(1, set_by=-0.5)
        assert not jumps.since()


@pytest.mark.parametrize("set_by", [timedelta(hours=-5), timedelta(days=-40), timedelta(days=3)], ids=str)
def test_a_daemon_works_on_when_the_wall_clock_is_set(wiring: Wiring, set_by: timedelta) -> None:
    store = wiring.store
    keep_note(store, PAUSED, True)
    with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=UTC), tick=True) as traveller, working(wiring) as daemon:
        before = ask(store, "cli", "resync", {"account": "no such bank"})
        by_hand(lambda: answered(store, before) is not None)
        with structlog.testing.capture_logs() as lines:
            traveller.shift(set_by)
            by_hand(lambda: any(line["event"] == "the clock jumped" for line in lines))
        after = ask(store, "cli", "resync", {"account": "no such bank"})
        by_hand(lambda: answered(store, after) is not None)
        due = {job.id: job.next_run_time for job in daemon._scheduler.get_jobs()}
        now = datetime.now(UTC)
    (jump,) = (line["seconds"] for line in lines if line["event"] == "the clock jumped")
    assert abs(jump - set_by.total_seconds()) < 5
    assert timedelta() < due["cycle"] - now <= timedelta(minutes=60)
    assert timedelta() < due["reconcile"] - now <= timedelta(days=1, hours=1)


def by_hand(holds: Callable[[], bool]) -> None:
    """Look until it holds, by the clock that goes on."""
    end = steady() + 60
    while not holds():
        assert steady() < end, "it never came"
        threading.Event().wait(0.02)


def test_calls_are_not_held_back_until_a_clock_has_caught_up() -> None:
    at, waits = [datetime(2026, 11, 29, 12, tzinfo=UTC)], list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        at[0] += timedelta(seconds=seconds)

    throttle = Throttle(10, 10, clock=lambda: at[0], sleep=sleep, meter=Meter(Budget(), lambda: at[0]))
    for _ in range(5):
        throttle.acquire()
    at[0] -= timedelta(hours=1)
    for _ in range(6):
        throttle.acquire()
    assert sum(waits) <= 11
    at[0] -= timedelta(hours=1)
    throttle.acquire()
    assert sum(waits) <= 21  # what was slept last is not known to have passed: once more at most


QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("left", "jump", "due"),
    [
        (timedelta(minutes=5), timedelta(hours=-6), timedelta(minutes=5)),
        (timedelta(minutes=5), timedelta(hours=6), timedelta(minutes=5)),
        (
            QUARTER + timedelta(hours=6),
            timedelta(hours=6),
            QUARTER,
        ),  # begun by the new clock
        (timedelta(days=40), timedelta(hours=1), timedelta()),
    ],
    ids=["back", "on", "on, and begun since", "by neither clock"],
)
def test_a_job_stays_due_when_the_clock_is_set(left: timedelta, jump: timedelta, due: timedelta) -> None:
    """left: until it is due, by the clock before."""
    with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=UTC), tick=False):
        now = datetime.now(UTC)
        assert _due(now - jump + left, jump, QUARTER) - now == due


@pytest.mark.parametrize("hours", [-6, 6])
def test_calls_are_neither_held_back_nor_let_through_in_a_burst_by_a_wall_clock_that_is_set(hours: int) -> None:
    waits = list[float]()
    with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=UTC), tick=True) as traveller:
        throttle = Throttle(10, 10, sleep=waits.append, meter=Meter(Budget()))
        for _ in range(10):
            throttle.acquire()
        assert not waits
        traveller.shift(timedelta(hours=hours))
        throttle.acquire()
    assert len(waits) == 1
    assert 9 < waits[0] < 10.3
