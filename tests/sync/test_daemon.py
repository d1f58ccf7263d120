"""The daemon in its own process's threads: what breaks is told, closed and counted, and the clock goes on."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import time as clock_time

import pytest

from connectors.base import Budget, Page, Record
from syncd.daemon import Daemon
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run

NIGHT = clock_time(3)


@dataclass
class Broken:
    """A connector with a defect that nobody foresaw."""

    system: str = "salesforce"
    budget: Budget = field(default_factory=Budget)

    def tenant(self) -> None:
        return None

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        raise ZeroDivisionError("a defect\nwith details")

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> Sequence[Record]:
        raise ZeroDivisionError("a defect")


@pytest.fixture
def broken(wiring: Wiring) -> Wiring:
    """syncd wired to a Salesforce connector that breaks."""
    return replace(wiring, sources={**wiring.sources, "salesforce": Broken()})


@contextmanager
def working(wiring: Wiring) -> Iterator[Daemon]:
    """A daemon at work in a thread of its own; it ends clean."""
    daemon = Daemon(wiring, interval_minutes=60, reconcile_at=NIGHT, stop=threading.Event())
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        yield daemon
    finally:
        daemon.stop.set()
        thread.join(timeout=60)
        assert not thread.is_alive()


def eventually(holds: Callable[[], bool]) -> None:
    """Look until it holds: APScheduler's clock is the real one."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never came"
        threading.Event().wait(0.02)


def test_a_defect_closes_the_run_as_failed_and_surfaces(broken: Wiring) -> None:
    with pytest.raises(ZeroDivisionError, match="a defect"):
        cycle(broken, Run())
    (run,) = broken.store.last_runs()
    assert (run["outcome"], run["error"]) == ("failed", "ZeroDivisionError: a defect")
    assert run["finished_at"] is not None
    assert run["counts"]["calls"]["salesforce"] == 0


def test_a_defect_is_counted_and_the_clock_goes_on(broken: Wiring) -> None:
    with working(broken) as daemon:
        eventually(lambda: daemon.pulse.runs.get("failed", 0) == 1)
        daemon.wiring.store.ask("cli", "cycle", {})
        eventually(lambda: daemon.pulse.runs.get("failed", 0) == 2)
    assert [run["outcome"] for run in broken.store.last_runs()] == ["failed", "failed"]


def test_a_request_that_breaks_is_answered_and_not_tried_for_ever(broken: Wiring) -> None:
    store = broken.store
    number = store.ask("cli", "resync", {"system": "salesforce", "stream": "Contact"})
    with working(broken):
        eventually(lambda: store.answered(number) is not None)
    assert store.answered(number) == "failed: ZeroDivisionError: look at the log"
    assert store.asked() == []


def test_a_request_nobody_knows_is_answered_too(wiring: Wiring) -> None:
    number = wiring.store.ask("web", "dance", {})
    wiring.store.keep_note("paused", "yes")
    with working(wiring) as daemon:
        eventually(lambda: wiring.store.answered(number) is not None)
        assert daemon.pulse.runs == {}, "a paused daemon starts no cycle"
    assert wiring.store.answered(number) == "failed: this syncd cannot dance"


def test_requests_by_hand_are_carried_out_in_their_order(wiring: Wiring) -> None:
    store = wiring.store
    store.keep_note("paused", "yes")
    asked = [
        store.ask("cli", "cycle", {}),
        store.ask("cli", "resync", {"system": "hubspot", "stream": "contacts"}),
        store.ask("cli", "resync", {"account": "no such bank"}),
    ]
    with working(wiring):
        eventually(lambda: store.answered(asked[-1]) is not None)
    assert [store.answered(number) for number in asked] == [
        "done",
        "done",
        "failed: no account answers to 'no such bank': give its id, its name or a remote id",
    ]
    assert [one["outcome"] for one in store.last_runs()] == ["done", "done"]
