"""Two runs at once: each is stopped, counted and told by itself, and a plan is a run like any other."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from connectors.transport import Meter
from syncd.errors import Interrupted
from syncd.store import Store
from syncd.sync.beat import Pace
from syncd.sync.cycle import Wiring
from syncd.sync.door import Act, Door, Ended, cancel
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.threads import of_this_run
from syncd.sync.verbs import act_of, draw
from syncd.wiring import waiter
from tests.ledger import carried_out, last_runs, run_of
from tests.sync.conftest import Place, wired
from tests.sync.test_daemon import eventually

QUICK = Pace(look=0.02, tell=0.02, patience=0.2)
HASTY = Pace(look=0.02, tell=0.02, patience=0.0)
FEW = 5  # calls
SOON = 5  # seconds
ASKED = {"system": "salesforce", "path": "/services/data/*"}
HANGS: list[dict[str, Any]] = [{"kind": "latency", "seconds": 300.0}, {"kind": "limited", "retry_after": 3600}]


@pytest.fixture
def ending() -> threading.Event:
    return threading.Event()


@pytest.fixture
def both(place: Place, sqlite_store: Store, ending: threading.Event) -> Iterator[Wiring]:
    """An installation that a daemon has for itself; its waits are those of who calls. Much is to be written."""
    wiring = wired(place, sqlite_store, sleep=waiter(ending))
    with sqlite_store.alone():
        for verb in ("pull", "match", "judge"):
            carried_out(wiring, verb)
        yield wiring


@contextmanager
def beside(work: Callable[[], Any]) -> Iterator[list[Any]]:
    """Something at work in a thread of its own: what it returns or raises stands in the list."""
    came: list[Any] = []

    def call() -> None:
        try:
            came.append(work())
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            came.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    yield came
    thread.join(30)
    assert not thread.is_alive()


def at_work(store: Store, verb: str) -> int:
    """The number of the run of this verb that works, once there is one."""
    numbers: list[int] = []

    def begun() -> bool:
        rows = (row for row in last_runs(store) if row["verb"] == verb and row["outcome"] is None)
        numbers.extend(row["id"] for row in rows)
        return bool(numbers)

    eventually(begun)
    return numbers[0]


def struck(place: Place) -> bool:
    return bool(place.sandbox.faults.rules[0].struck)


@pytest.mark.parametrize("fault", HANGS, ids=lambda fault: fault["kind"])
def test_a_plan_whose_vendor_hangs_is_cancelled(
    place: Place, both: Wiring, ending: threading.Event, fault: dict[str, Any]
) -> None:
    place.fault(fault | ASKED)
    door = Door(both, ending, QUICK)
    with beside(lambda: draw(door, both, "api:grafana")) as came:
        eventually(lambda: struck(place))
        asked_at = time.monotonic()
        number = at_work(both.store, "plan")
        assert cancel(both.store, number, "cli:bob") == "working"
        eventually(lambda: bool(came))
        assert time.monotonic() - asked_at < SOON
    row = run_of(both.store, number)
    assert (row["outcome"], row["exit_code"], row["cancel_by"]) == ("cancelled", 130, "cli:bob")
    assert isinstance(came[0], Interrupted)


@pytest.mark.parametrize("fault", HANGS, ids=lambda fault: fault["kind"])
def test_the_end_of_the_process_ends_a_plan(
    place: Place, both: Wiring, ending: threading.Event, fault: dict[str, Any]
) -> None:
    place.fault(fault | ASKED)
    door = Door(both, ending, QUICK)
    with beside(lambda: draw(door, both, "api:grafana")) as came:
        eventually(lambda: struck(place))
        asked_at = time.monotonic()
        ending.set()
        eventually(lambda: bool(came))
        assert time.monotonic() - asked_at < SOON
    assert last_runs(both.store)[0]["outcome"] == "stopped"


@pytest.mark.parametrize("cancelled", ["plan", "pull"])
def test_who_cancels_a_run_leaves_the_one_beside_it_alone(
    place: Place, both: Wiring, ending: threading.Event, cancelled: str
) -> None:
    """What both ask lies on the same connections, on its way to the same vendor."""
    door, pull = Door(both, ending, HASTY), Act("pull", "cli:ann", {"system": "salesforce"})
    list(both.sources["salesforce"].check({}))  # who signs in first, signs in for both
    place.fault(ASKED | {"kind": "latency", "seconds": 0.5})
    with (
        beside(lambda: draw(door, both, "api:grafana")) as plan,
        beside(lambda: door.carry_out(pull, lambda run: act_of("pull")(both, pull.scope, run))) as pulling,
    ):
        numbers = {verb: at_work(both.store, verb) for verb in ("plan", "pull")}
        eventually(lambda: place.sandbox.faults.rules[0].struck > FEW)
        cancel(both.store, numbers[cancelled], "cli:bob")
        eventually(lambda: bool(plan if cancelled == "plan" else pulling))
        assert not (plan and pulling), "the other one is at work"
        place.sandbox.faults.rules[0].seconds = 0.05
        eventually(lambda: bool(plan and pulling))
    ends = {verb: run_of(both.store, number) for verb, number in numbers.items()}
    assert ends.pop(cancelled)["outcome"] == "cancelled"
    (other,) = ends.values()
    assert (other["outcome"], other["causes"], other["counts"].get("retries")) == ("done", [], None)


def test_each_of_two_runs_is_credited_with_its_own_calls(both: Wiring, ending: threading.Event) -> None:
    door, ready, counts = Door(both, ending, QUICK), threading.Barrier(2), dict[str, int]()
    meter = Meter(both.sources["hubspot"].budget)

    def work(calls: int) -> Callable[[Run], Summary]:
        def call(run: Run) -> Summary:
            ready.wait(30)
            with ThreadPoolExecutor(2) as pool:
                for _ in range(calls):
                    pool.submit(of_this_run(meter.called)).result()
                    meter.waited(0.5)
                meter.retried(f"cause {calls}")
            ready.wait(30)
            return Summary(counts=run.counts)

        return call

    def carry_out(verb: str, calls: int) -> Ended:
        return door.carry_out(Act(verb), work(calls))

    before = both.sources["hubspot"].budget.calls
    with beside(lambda: carry_out("plan", 3)) as first, beside(lambda: carry_out("pull", 70)) as second:
        pass
    for came, calls in ((first, 3), (second, 70)):
        counts = {"calls": came[0].summary.calls["hubspot"], "waited": came[0].summary.waited["hubspot"]}
        assert counts == {"calls": calls, "waited": calls * 0.5}
        assert came[0].summary.retries == {"hubspot": {f"cause {calls}": 1}}
    assert both.sources["hubspot"].budget.calls - before == 73, "the process counts both"


def test_a_plan_costs_what_it_costs_whatever_is_at_work_beside_it(both: Wiring, ending: threading.Event) -> None:
    door, pull = Door(both, ending, QUICK), Act("reconcile")
    draw(door, both, "api:grafana")  # what is asked once is asked
    draw(door, both, "api:grafana")
    alone = last_runs(both.store)[0]["counts"]["calls"]
    with beside(lambda: door.carry_out(pull, lambda run: act_of("pull")(both, {}, run))):
        draw(door, both, "api:grafana")
    (drawn,) = [row for row in last_runs(both.store, 2) if row["verb"] == "plan"]
    assert drawn["counts"]["calls"] == alone


def test_how_far_a_plan_is_is_told_while_it_is_drawn(place: Place, both: Wiring, ending: threading.Event) -> None:
    door = Door(both, ending, QUICK)
    with both.store.reading() as unit:
        pending = sum(sum(objects.values()) for objects in unit.wishes.count_pending().values())
    place.fault(ASKED | {"kind": "latency", "seconds": 0.3})
    steps: list[tuple[str, int, int]] = []
    with beside(lambda: draw(door, both, "api:grafana")) as came:
        number = at_work(both.store, "plan")

        def looked() -> bool:
            row = run_of(both.store, number)
            if row["heartbeat_at"] and row["total"]:
                steps.append((row["phase"], row["done"], row["total"]))
            return bool(came)

        eventually(looked)
    assert {phase for phase, _, _ in steps} == {"plan"}
    assert {total for _, _, total in steps} == {pending}
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    assert any(0 < done < pending for _, done, _ in steps)


def test_a_plan_that_cannot_be_closed_when_it_ends_is_closed_once_the_store_is_back(
    both: Wiring, ending: threading.Event
) -> None:
    """Whoever keeps the next run closes it: no plan has a door of its own."""
    door, away = Door(both, ending, QUICK), threading.Event()

    def begin(_: Connection) -> None:
        if away.is_set():
            raise OperationalError("BEGIN", None, Exception("database or disk is full"))

    def work(run: Run) -> Summary:
        away.set()
        return Summary(counts=run.counts)

    for engine in {both.store.database.engine, both.store.database.batches}:
        event.listen(engine, "begin", begin)
    door.carry_out(Act("plan", "api:grafana"), work)
    away.clear()
    number = last_runs(both.store)[0]["id"]
    assert run_of(both.store, number)["outcome"] is None
    carried = door.carry_out(Act("match"), lambda run: Summary(counts=run.counts))
    assert carried.number > number
    assert run_of(both.store, number)["outcome"] == "done"


def test_who_waits_for_anothers_sign_in_is_ended_by_itself(place: Place, both: Wiring, ending: threading.Event) -> None:
    """One signs in for all: where the vendor hangs there, the others wait for a lock."""
    fresh = wired(place, both.store, sleep=waiter(ending))
    place.fault({"kind": "latency", "seconds": 300.0, "system": "salesforce", "path": "/services/oauth2/*"})
    door, pull = Door(fresh, ending, QUICK), Act("pull", "cli:ann", {"system": "salesforce"})
    with beside(lambda: door.carry_out(pull, lambda run: act_of("pull")(fresh, pull.scope, run))) as pulling:
        eventually(lambda: struck(place))
        with beside(lambda: draw(door, fresh, "api:grafana")) as plan:
            number = at_work(both.store, "plan")
            asked_at = time.monotonic()
            cancel(both.store, number, "cli:bob")
            eventually(lambda: bool(plan))
            assert time.monotonic() - asked_at < SOON
            assert not pulling
        ending.set()
        eventually(lambda: bool(pulling))
    assert run_of(both.store, number)["outcome"] == "cancelled"
