"""The daemon in its own process's threads: what breaks is told, closed and counted, and the clock goes on."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from connectors.base import Budget, Page, Record, Stopped
from syncd.daemon import Daemon
from syncd.errors import AgreementError, ConfigError
from syncd.store import Store
from syncd.store.notes import ASKED_PLANS, PAUSED
from syncd.sync.apply import apply_asked, request
from syncd.sync.cycle import Wiring
from syncd.sync.run import Run
from tests.ledger import answered, ask, carried_out, keep_note, last_runs, open_requests, outcomes
from tests.sync.test_drafts import planned, wish

NIGHT = clock_time(3)


@dataclass
class Broken:
    """A connector with a defect that nobody foresaw."""

    system: str = "salesforce"
    budget: Budget = field(default_factory=Budget)

    def tenant(self) -> None:
        raise ZeroDivisionError("a defect\nwith details")

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        raise ZeroDivisionError("a defect")

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


def test_a_defect_in_the_night_s_full_read_cancels_neither_prune_nor_backup(broken: Wiring, tmp_path: Path) -> None:
    night = replace(broken, backups=tmp_path)
    daemon = Daemon(night, interval_minutes=60, reconcile_at=NIGHT, stop=threading.Event())
    with capture_logs() as lines:
        daemon._reconcile()
    ends = [(run["verb"], run["outcome"]) for run in last_runs(broken.store)]
    assert sorted(ends) == [("backup", "done"), ("prune", "done"), ("reconcile", "failed")]
    assert [line["job"] for line in lines if line["event"] == "broken"] == ["reconcile"]


def test_a_defect_closes_the_run_as_failed_and_surfaces(broken: Wiring) -> None:
    with pytest.raises(ZeroDivisionError, match="a defect"):
        carried_out(broken)
    (run,) = last_runs(broken.store)
    assert run["outcome"] == "failed"
    assert re.fullmatch(r"ZeroDivisionError at syncd/sync/tenants\.py:\d+ in admit", run["error"])
    assert run["finished_at"] is not None
    assert run["exit_code"] == 1
    (cause,) = run["causes"]
    assert (cause["kind"], cause["what"]) == ("defect", run["error"])
    assert "salesforce" not in run["counts"]["calls"], "what is zero is not kept"


def test_a_defect_is_counted_and_the_clock_goes_on(broken: Wiring) -> None:
    with working(broken) as daemon:
        eventually(lambda: outcomes(broken.store) == ["failed"])

        def failed_again() -> bool:  # asked for until it comes: while a job ends it is not begun anew
            daemon._scheduler.modify_job("cycle", next_run_time=datetime.now(UTC))
            return len(outcomes(broken.store)) > 1

        eventually(failed_again)
    assert {*outcomes(broken.store)} == {"failed"}


@pytest.mark.parametrize(("day", "versions"), [(date(2027, 3, 1), set()), (date(2027, 3, 2), {"v1", "v2", "v3"})])
def test_the_end_of_an_api_version_is_in_the_log_half_a_year_before(
    wiring: Wiring, day: date, versions: set[str]
) -> None:
    later = replace(wiring, clock=lambda: datetime.combine(day, clock_time(12), UTC))
    daemon = Daemon(later, interval_minutes=60, reconcile_at=NIGHT, stop=threading.Event())
    with capture_logs() as logs:
        daemon.watch.look_ahead()
    assert {entry["where"].removeprefix("hubspot API ") for entry in logs} == versions
    assert all(entry["log_level"] == "warning" and entry["mend"] for entry in logs)


def test_a_request_that_breaks_is_answered_and_not_tried_for_ever(broken: Wiring) -> None:
    store = broken.store
    number = ask(store, "cli", "resync", {"system": "salesforce", "stream": "Contact"})
    with working(broken):
        eventually(lambda: answered(store, number) is not None)
    answer = answered(store, number) or ""
    assert re.fullmatch(r"failed: ZeroDivisionError at syncd/sync/tenants\.py:\d+ in admit", answer)
    assert open_requests(store) == []


def test_a_plan_that_is_asked_for_twice_is_carried_out_twice_and_kept_no_longer(wiring: Wiring) -> None:
    wish(wiring)
    plan, store = planned(wiring), wiring.store
    first, second = request(store, plan, force=False), request(store, plan, force=True)
    assert len(plans_kept(store)) == 2
    for options in (first, second):
        assert apply_asked(wiring, options, Run()).outcome == "done"
    assert plans_kept(store) == []


def test_a_plan_that_could_not_be_carried_out_is_not_kept(wiring: Wiring) -> None:
    """It shows people by name and address."""
    wish(wiring)
    options = request(wiring.store, planned(wiring), force=False)
    unsigned = wiring.agreement.model_copy(update={"signed": ()})
    with pytest.raises(AgreementError):
        apply_asked(replace(wiring, book=replace(wiring.book, agreement=unsigned)), options, Run())
    assert plans_kept(wiring.store) == []
    with pytest.raises(ConfigError, match="not kept any more"):
        apply_asked(wiring, options, Run())


def test_a_plan_that_a_stop_broke_off_is_kept_for_the_next_start(wiring: Wiring) -> None:
    wish(wiring)
    options = request(wiring.store, planned(wiring), force=False)
    (stop := threading.Event()).set()
    with pytest.raises(Stopped):
        apply_asked(wiring, options, Run(stop))
    assert apply_asked(wiring, options, Run()).outcome == "done"


def plans_kept(store: Store) -> list[str]:
    with store.reading() as unit:
        return list(unit.notes.read_all(ASKED_PLANS))


def test_a_request_nobody_knows_is_answered_too(wiring: Wiring) -> None:
    number = ask(wiring.store, "web", "dance", {})
    keep_note(wiring.store, PAUSED, True)
    with working(wiring):
        eventually(lambda: answered(wiring.store, number) is not None)
        assert len(last_runs(wiring.store)) == 1, "a paused daemon starts no cycle"
    assert (answered(wiring.store, number) or "").startswith("failed: this syncd cannot dance; it can cycle, ")


def test_requests_by_hand_are_carried_out_in_their_order(wiring: Wiring) -> None:
    store = wiring.store
    keep_note(store, PAUSED, True)
    asked = [
        ask(store, "cli", "resync", {"system": "fdic"}),
        ask(store, "cli", "resync", {"system": "hubspot", "stream": "contacts"}),
        ask(store, "cli", "resync", {"account": "no such bank"}),
    ]
    with working(wiring):
        eventually(lambda: answered(store, asked[-1]) is not None)
    assert [answered(store, number) for number in asked] == [
        "done",
        "done",
        "failed: no account answers to 'no such bank': give an id, e-mail address, name, domain or remote id",
    ]
    ended = [(run["id"], run["verb"], run["outcome"], run["exit_code"]) for run in last_runs(store)]
    assert ended == [(3, "resync", "failed", 6), (2, "resync", "done", 0), (1, "resync", "done", 0)]
