"""Every wait ends when syncd is asked to stop, and none is measured by a clock that people set."""

import os
import signal
import threading
import time
from typing import Any

import pytest

from connectors.base import Stopped
from syncd.store import Store
from syncd.wiring import waiter
from tests.cli.conftest import Syncd, syncd  # noqa: F401
from tests.cli.test_run import eventually, rows, runs, tables
from tests.ledger import answered, ask, keep_note, open_requests
from tests.sync.conftest import mappings  # noqa: F401

HANGS: list[dict[str, Any]] = [
    {"kind": "latency", "seconds": 300.0},  # no answer at all
    {"kind": "unavailable"},  # tried again and again
    {"kind": "limited", "retry_after": 60},  # asked to wait
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
    syncd: Syncd,  # noqa: F811
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


def test_a_command_whose_vendor_hangs_says_that_it_is_not_done(syncd: Syncd) -> None:  # noqa: F811
    syncd.place.fault({"kind": "latency", "seconds": 300.0, "system": "hubspot", "path": "/crm/*"})
    with syncd.started("cycle") as cycle:
        eventually(lambda: "cursor" in tables(syncd) and rows(syncd, "cursor") > 0, cycle)
        asked_at = time.monotonic()
        os.kill(cycle.pid, signal.SIGTERM)
        _, err = cycle.communicate(timeout=30)
        assert time.monotonic() - asked_at < SOON
    assert cycle.returncode == 3, err


@pytest.mark.parametrize("kind", ["latency", "unavailable"])
def test_what_was_asked_for_is_carried_out_after_the_next_start(syncd: Syncd, kind: str) -> None:  # noqa: F811
    syncd.done("migrate")
    store = Store(f"sqlite:///{syncd.database}")
    keep_note(store, "paused", "yes")
    number = ask(store, "cli", "resync", {"system": "hubspot", "stream": "owners"})
    syncd.place.fault({"kind": kind, "seconds": 300.0, "system": "hubspot", "path": "/crm/*"})
    with syncd.started("run") as daemon:
        eventually(lambda: bool(syncd.place.sandbox.faults.rules[0].struck), daemon)
        os.kill(daemon.pid, signal.SIGTERM)
        daemon.communicate(timeout=30)
    assert [request.id for request in open_requests(store)] == [number]
    syncd.place.fault()
    with syncd.started("run") as daemon:
        eventually(lambda: answered(store, number) is not None, daemon)
    assert answered(store, number) == "done"
    assert runs(syncd)[-1] == "done"
    store.close()
