"""Every act goes through one door: opened first, told while it works, closed with its kind, code and causes."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from connectors.base import Budget, ConnectorError, Misconfigured, Page, Record, Stopped, TryLater
from syncd.daemon import Daemon
from syncd.errors import ConfigError, NotFound, Unavailable
from syncd.model.runs import SCHEDULE, RunOutcome
from syncd.store import Store
from syncd.store.notes import ASKED_PLANS, PAUSED
from syncd.store.runs import state_of
from syncd.sync.apply import request
from syncd.sync.beat import Pace
from syncd.sync.cycle import Wiring
from syncd.sync.door import Act, Door, ask, cancel
from syncd.sync.plan import Plan
from syncd.sync.run import Halt, Run
from syncd.sync.summary import Summary
from syncd.wiring import waiter
from tests.ledger import carried_out, keep_note, last_runs, outcomes, run_of, save
from tests.sync.conftest import Place, wired
from tests.sync.test_daemon import NIGHT, eventually

QUICK = Pace(look=0.02, tell=0.02, patience=0.2)


@dataclass
class Failing:
    """A connector of which every call fails alike."""

    error: ConnectorError
    system: str = "hubspot"
    budget: Budget = field(default_factory=Budget)

    def tenant(self) -> None:
        raise self.error

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        raise self.error

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> Sequence[Record]:
        raise self.error


def failing(wiring: Wiring, error: ConnectorError) -> Wiring:
    return replace(wiring, sources={**wiring.sources, "hubspot": Failing(error)})


def lines(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as unit:
        return [(line.actor, line.action, line.detail) for line in unit.audit.lines()]


# ---- how a run ends ----------------------------------------------------------------------------------------------


def test_a_token_that_is_refused_is_one_cause_with_all_its_streams_and_ends_with_2(wiring: Wiring) -> None:
    """It showed `incomplete`, an empty column and 3."""
    reasons = iter(range(1, 10_000))

    class Answering(Misconfigured):
        """A refusal with a number of its own in each answer."""

        def __str__(self) -> str:
            return f"HubSpot does not accept the access token: EXPIRED, correlation 0a1b2c3d-{next(reasons):04}"

    ended = carried_out(failing(wiring, Answering()))
    (row,) = last_runs(wiring.store)
    assert (row["outcome"], row["exit_code"], ended.ending.exit_code) == ("incomplete", 2, 2)
    cause = row["causes"][0]
    assert (cause["kind"], cause["what"]) == (
        "configuration",
        "HubSpot does not accept the access token: EXPIRED",
    ), "what differs from one answer to the next is no cause"
    assert len(cause["where"]) > 10
    assert "syncd doctor" in cause["mend"]


def test_a_resync_that_fails_leaves_a_run(wiring: Wiring) -> None:
    with pytest.raises(TryLater):
        carried_out(failing(wiring, TryLater("HubSpot is away")), "resync", actor="cli:ann", stream="contacts")
    (row,) = last_runs(wiring.store)
    assert (row["verb"], row["outcome"], row["exit_code"]) == ("resync", "failed", 3)
    assert (row["actor"], row["scope"]) == ("cli:ann", {"stream": "contacts"})
    assert [(cause["kind"], cause["what"]) for cause in row["causes"]] == [("unavailable", "HubSpot is away")]


def test_a_record_that_nobody_has_is_not_found(wiring: Wiring) -> None:
    with pytest.raises(NotFound):
        carried_out(wiring, "resync", actor="cli:ann", record="hubspot.contacts/999999999")
    (row,) = last_runs(wiring.store)
    assert (row["outcome"], row["exit_code"]) == ("failed", 6)
    assert row["error"].startswith("hubspot.contacts/999999999: its system has nothing of that name")


def test_records_that_are_refused_for_one_reason_are_one_cause_with_their_number(
    place: Place, wiring: Wiring, run: Callable[..., Summary]
) -> None:
    def ask_a_director(name: str, _: Any, __: Any) -> str | None:
        return "Ask a director first" if name == "Opportunity" else None

    place.sandbox.salesforce.org.settings.validation_rules = [ask_a_director]
    summary = run()
    refused = [cause for cause in summary.causes() if cause.kind == "refused"]
    assert [(cause.where, cause.number) for cause in refused] == [(("salesforce opportunity",), 6)]
    assert "Ask a director first" in refused[0].what
    assert "syncd quarantine list" in refused[0].mend
    assert last_runs(wiring.store)[0]["exit_code"] == 3


def test_records_that_cannot_be_read_are_a_cause_of_the_run_that_set_them_aside(
    place: Place, wiring: Wiring, run: Callable[..., Summary]
) -> None:
    for call in place.portal("calls")[:2]:
        place.portal_edit("calls", call["id"], hs_timestamp="2026-13-45T99:00:00Z")
    first = [cause for cause in run().causes() if cause.kind == "unreadable"]
    assert [(cause.where, cause.number) for cause in first] == [(("hubspot.calls",), 2)]
    assert last_runs(wiring.store)[0]["outcome"] == "done"
    assert [cause for cause in run().causes() if cause.kind == "unreadable"] == [], "told once"


# ---- what is kept ------------------------------------------------------------------------------------------------


def test_a_run_of_an_idle_cycle_takes_300_bytes_at_most(wiring: Wiring, run: Callable[..., Summary]) -> None:
    for _ in range(3):
        run()
    size = "+".join(f"coalesce(length(cast({name} as text)), 0)" for name in last_runs(wiring.store)[0])
    with wiring.store.reading() as unit:
        kept = unit.connection.scalar(text(f"SELECT {size} FROM run ORDER BY id DESC LIMIT 1"))
    assert last_runs(wiring.store)[0]["counts"]["calls"]
    assert kept <= 300, last_runs(wiring.store)[0]


def test_who_acts_by_hand_stands_in_the_audit_log_and_the_schedule_does_not(wiring: Wiring) -> None:
    carried_out(wiring)
    carried_out(wiring, actor="cli:ann", force=True)
    number = ask(wiring.store, Act("resync", "api:grafana", {"record": "hubspot.contacts/168"}))
    assert lines(wiring.store) == [
        ("api:grafana", "resync", f"record=hubspot.contacts/168, run {number}"),
        ("cli:ann", "cycle", "--force, run 2"),
    ]


# ---- a run at work -----------------------------------------------------------------------------------------------


@pytest.fixture
def held(store: Store) -> Iterator[Wiring]:
    """As much of an installation as the door itself needs."""
    with store.alone():
        yield cast(Wiring, SimpleNamespace(store=store, sources={}))


def carried_out_beside(
    wiring: Wiring, work: Callable[[Run], Summary], ending: threading.Event | None = None
) -> threading.Thread:
    """An act at work in a thread of its own."""
    door = Door(wiring, ending or threading.Event(), QUICK)
    thread = threading.Thread(target=lambda: door.carry_out(Act("cycle"), work))
    thread.start()
    return thread


def test_how_far_a_run_is_is_told_while_it_works(held: Wiring) -> None:
    store, go_on = held.store, threading.Event()

    def work(run: Run) -> Summary:
        run.enter("pull")
        run.progress("pull hubspot.contacts", 100)
        run.progress("pull hubspot.calls", 23)
        go_on.wait(30)
        return Summary(counts=run.counts)

    thread = carried_out_beside(held, work)
    eventually(lambda: bool(last_runs(store) and last_runs(store)[0]["done"] == 123))
    (row,) = last_runs(store)
    assert (row["phase"], row["outcome"]) == ("pull", None)
    assert row["heartbeat_at"] >= row["started_at"]
    go_on.set()
    thread.join(30)
    (row,) = last_runs(store)
    assert (row["outcome"], row["phase"], row["heartbeat_at"]) == ("done", None, None)


def test_of_how_many_is_told_where_the_store_knows(held: Wiring) -> None:
    left = 5
    page = Page([Record(str(number), None, False, {"id": str(number)}) for number in range(left)], "behind it")
    save(held.store, "hubspot", "contacts", page)
    go_on = threading.Event()

    def work(run: Run) -> Summary:
        run.progress("match hubspot.contacts", 7)
        go_on.wait(30)
        return Summary(counts=run.counts)

    thread = carried_out_beside(held, work)
    eventually(lambda: [row["total"] for row in last_runs(held.store)] == [left + 7])
    go_on.set()
    thread.join(30)


def test_a_run_that_is_cancelled_ends_and_the_next_one_works(held: Wiring) -> None:
    store = held.store
    thread = carried_out_beside(held, lambda run: (run.stop.wait(30), run.breaks_off(), Summary(counts=run.counts))[2])
    eventually(lambda: bool(last_runs(store)))
    number = last_runs(store)[0]["id"]
    assert cancel(store, number, "cli:bob") == "working"
    thread.join(30)
    row = run_of(store, number)
    assert (row["outcome"], row["exit_code"], row["cancel_by"]) == ("cancelled", 130, "cli:bob")
    assert lines(store) == [("cli:bob", "cancel", f"run {number}")]
    assert cancel(store, number, "cli:bob") == "cancelled", "to say it again changes nothing"
    assert len(lines(store)) == 1


HANGS: list[tuple[str, dict[str, Any]]] = [
    ("hubspot", {"kind": "latency", "seconds": 300.0}),
    ("salesforce", {"kind": "drip", "seconds": 300.0}),
    ("salesforce", {"kind": "unavailable"}),
]


@pytest.mark.parametrize(("system", "fault"), HANGS, ids=["no answer", "a drip", "refusals"])
def test_a_run_whose_vendor_hangs_is_cancelled_and_the_daemon_goes_on(
    place: Place, sqlite_store: Store, system: str, fault: dict[str, Any]
) -> None:
    path = "/crm/*" if system == "hubspot" else "/services/data/*"
    place.fault(fault | {"system": system, "path": path})
    stop = threading.Event()
    wiring = wired(place, sqlite_store, sleep=waiter(stop))
    daemon = Daemon(wiring, interval_minutes=60, reconcile_at=NIGHT, stop=stop, pace=QUICK)
    thread = threading.Thread(target=daemon.run)
    with sqlite_store.alone():
        thread.start()
        eventually(lambda: bool(place.sandbox.faults.rules[0].struck))
        asked_at = time.monotonic()
        cancel(sqlite_store, 1, "cli:bob")
        eventually(lambda: outcomes(sqlite_store) == ["cancelled"])
        assert time.monotonic() - asked_at < 5
        place.fault()
        number = ask(sqlite_store, Act("resync", "cli:bob", {"system": "hubspot", "stream": "owners"}))
        eventually(lambda: run_of(sqlite_store, number)["outcome"] == "done")
        daemon.stop.set()
        thread.join(30)
    assert not thread.is_alive()


@pytest.mark.parametrize("how", ["cancelled", "the process ends"])
def test_what_was_done_when_the_stop_came_is_done(held: Wiring, how: str) -> None:
    """It stood as stopped, and what somebody had asked for was carried out a second time."""
    store, ending = held.store, threading.Event()
    number = ask(store, Act("resync", "cli:ann"))

    def work(run: Run) -> Summary:
        if how == "cancelled":
            cancel(store, number, "cli:bob")
            assert run.stop.wait(30)
        else:
            ending.set()
        assert run.stopped
        return Summary(counts=run.counts)

    Door(held, ending, QUICK).carry_out(Act("resync", "cli:ann"), work, number=number)
    row = run_of(store, number)
    assert (row["outcome"], row["exit_code"]) == ("done", 0)


def test_a_run_that_was_asked_for_and_stopped_with_its_process_waits_again(held: Wiring) -> None:
    store, ending = held.store, threading.Event()
    number = ask(store, Act("resync", "cli:ann"))

    def work(run: Run) -> Summary:
        ending.set()
        assert run.breaks_off()
        return Summary(counts=run.counts)

    Door(held, ending).carry_out(Act("resync", "cli:ann"), work, number=number)
    row = run_of(store, number)
    assert (row["outcome"], row["started_at"]) == (None, None)
    assert state_of(row, row["asked_at"], held=True) == "waiting"


def test_a_cancel_that_comes_as_the_process_ends_is_not_lost(held: Wiring) -> None:
    store, ending = held.store, threading.Event()
    scope = request(store, Plan("", ()), force=False)
    number = ask(store, Act("apply", "cli:ann", scope))

    def work(run: Run) -> Summary:
        ending.set()
        cancel(store, number, "cli:bob")
        assert run.breaks_off()
        return Summary(RunOutcome.STOPPED, counts=run.counts)

    Door(held, ending).carry_out(Act("apply", "cli:ann", scope), work, number=number)
    row = run_of(store, number)
    assert (row["outcome"], row["exit_code"]) == ("cancelled", 130)
    with store.reading() as unit:
        assert unit.notes.read(ASKED_PLANS.of(scope["plan"])) is None, "it shows people by name and address"


def test_a_run_that_cannot_be_closed_when_it_ends_is_closed_with_its_cause_once_the_store_is_back(
    held: Wiring,
) -> None:
    """A full disk: the next run would take it for one that a kill left open."""
    store, door, full = held.store, Door(held, threading.Event()), threading.Event()

    def begin(_: Connection) -> None:
        if full.is_set():
            raise OperationalError("BEGIN", None, Exception("database or disk is full"))

    def work(_: Run) -> Summary:
        full.set()
        with store.writing():
            pytest.fail("the disk is full")

    for engine in {store.database.engine, store.database.batches}:
        event.listen(engine, "begin", begin)
    with pytest.raises(Unavailable, match="disk is full"):
        door.carry_out(Act("cycle"), work)
    with pytest.raises(Unavailable):
        door.settle()
    full.clear()
    door.settle()
    (row,) = last_runs(store)
    assert (row["outcome"], row["exit_code"], row["actor"]) == ("failed", 3, SCHEDULE)
    assert "disk is full" in row["causes"][0]["what"]


def test_an_ending_in_words_that_no_database_takes_is_kept(held: Wiring) -> None:
    """PostgreSQL refuses them, and the daemon tried nothing else until it was started anew."""

    def work(_: Run) -> Summary:
        raise ConfigError("a zero \x00 byte")

    door = Door(held, threading.Event())
    with pytest.raises(ConfigError):
        door.carry_out(Act("cycle"), work)
    (row,) = last_runs(held.store)
    assert (row["outcome"], row["exit_code"], row["causes"][0]["kind"]) == ("failed", 2, "configuration")
    assert row["error"] == "a zero \ufffd byte"


def test_an_ending_that_cannot_be_kept_is_kept_without_its_words_and_holds_nothing_up(held: Wiring) -> None:
    """Whatever it is that the store does not take, at once or once it is back."""
    door, away = Door(held, threading.Event()), threading.Event()

    def begin(_: Connection) -> None:
        if away.is_set():
            raise OperationalError("BEGIN", None, Exception("database or disk is full"))

    def work(run: Run, back: bool) -> Summary:
        if not back:
            away.set()
        return Summary(notes=cast(list[str], [object()]), counts=run.counts)

    for engine in {held.store.database.engine, held.store.database.batches}:
        event.listen(engine, "begin", begin)
    for back in (True, False):
        door.carry_out(Act("cycle"), lambda run, back=back: work(run, back))  # type: ignore[misc]
    away.clear()
    door.settle()
    rows = last_runs(held.store)
    assert [(row["outcome"], row["exit_code"], row["counts"]) for row in rows] == [("done", 0, {})] * 2


# ---- what may stop it --------------------------------------------------------------------------------------------


def test_a_halt_is_of_one_run_and_the_end_of_the_process_is_of_all() -> None:
    ending = threading.Event()
    halt, other = Halt(ending), Halt(ending)
    halt.cancel("cli:ann")
    assert halt.is_set()
    assert halt.wait(30)
    with pytest.raises(Stopped):
        halt.sleep(30)
    assert not other.wait(0.01)
    assert other.cancelled_by is None
    ending.set()
    assert other.wait(30)


def test_a_paused_daemon_leaves_no_run(wiring: Wiring) -> None:
    keep_note(wiring.store, PAUSED, True)
    daemon = Daemon(wiring, interval_minutes=60, reconcile_at=NIGHT, stop=threading.Event())
    daemon._cycle()
    assert last_runs(wiring.store) == []
