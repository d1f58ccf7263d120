"""Runs are the one record of work: asked for, at work, ended; and what nobody works on any more is broken off."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import text

from syncd.errors import AlreadyRunning, NotFound
from syncd.model.runs import OF_OUTCOMES, Cause, CauseKind, Ending, RunOutcome, exit_code
from syncd.store import Store
from syncd.store.at_work import read_runs
from syncd.store.runs import Runs, state_of
from tests.ledger import ask, last_runs, open_requests, run_of

DONE = Ending(RunOutcome.DONE, 0)


def start(store: Store, verb: str = "cycle", number: int | None = None) -> int:
    with store.writing() as unit:
        if number is None:
            return unit.runs.start(verb, "cli:ann", {})
        assert unit.runs.begin(number)
        return number


def finish(store: Store, number: int, ending: Ending = DONE) -> None:
    with store.writing() as unit:
        unit.runs.finish(number, ending, {})


def states(store: Store) -> dict[int, str]:
    return {row["id"]: row["state"] for row in read_runs(store, 10)}


def test_what_was_asked_for_waits_in_its_order_is_begun_once_and_ends(store: Store) -> None:
    first, second = (ask(store, "cli:ann", "resync", {"stream": stream}) for stream in ("contacts", "deals"))
    assert [(run.id, run.scope) for run in open_requests(store)] == [
        (first, {"stream": "contacts"}),
        (second, {"stream": "deals"}),
    ]
    with store.alone():
        start(store, number=first)
        assert states(store) == {first: "working", second: "waiting"}
        with store.writing() as unit:
            assert not unit.runs.begin(first), "it is begun already"
        cause = Cause(CauseKind.REFUSED, ("salesforce contact",), "a rule", "mend it", 12)
        finish(store, first, Ending(RunOutcome.INCOMPLETE, 3, (cause,)))
    row = run_of(store, first)
    assert (row["outcome"], row["exit_code"], row["causes"]) == ("incomplete", 3, [cause.plain()])
    assert Cause.read(row["causes"][0]) == cause
    assert [run.id for run in open_requests(store)] == [second]


def test_a_run_whose_process_is_gone_is_broken_off_at_once_and_closed_by_who_comes_next(store: Store) -> None:
    with store.alone():
        number = start(store)
        assert states(store) == {number: "working"}
    assert states(store) == {number: "broken off"}, "nobody holds the store, and nobody has closed it"
    with store.alone():
        row = run_of(store, number)
    assert (row["outcome"], row["exit_code"]) == ("broken off", 3)
    assert row["finished_at"] is not None


def test_what_somebody_asked_for_waits_again_once(store: Store) -> None:
    """So that a run which takes its process with it each time ends at last."""
    number = ask(store, "cli:ann", "resync", {})
    for state in ("waiting", "broken off"):
        with store.alone():
            start(store, number=number)
        with store.alone():
            assert states(store) == {number: state}


def test_who_only_looks_closes_nobody_s_run_and_is_told_by_its_own_beat(store: Store) -> None:
    with store.alone():
        number = start(store)
        plan = start(store, "plan")
        assert states(store) == {number: "working", plan: "working"}
        finish(store, number)
    assert states(store)[plan] == "working", "it needs no hold"


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass
class Case:
    row: dict[str, Any]
    held: bool
    state: str


def row(verb: str = "cycle", **values: Any) -> dict[str, Any]:
    return {"verb": verb, "outcome": None, "started_at": None, "heartbeat_at": None} | values


@pytest.mark.parametrize(
    "case",
    [
        Case(row(), True, "waiting"),
        Case(row(started_at=NOW), True, "working"),
        Case(row(started_at=NOW - timedelta(hours=5)), True, "working"),
        Case(row(started_at=NOW), False, "broken off"),
        Case(row("plan", started_at=NOW), False, "working"),
        Case(row("plan", started_at=NOW - timedelta(minutes=1)), True, "broken off"),
        Case(row("plan", started_at=NOW - timedelta(minutes=9), heartbeat_at=NOW), False, "working"),
        Case(row(started_at=NOW, outcome="done"), False, "done"),
    ],
    ids=str,
)
def test_the_state_of_a_run(case: Case) -> None:
    assert state_of(case.row, NOW, held=case.held) == case.state


def test_a_run_that_waits_is_taken_back_and_one_at_work_hears_of_it(store: Store) -> None:
    waits = ask(store, "cli:ann", "resync", {})
    with store.alone():
        works = start(store)
        with store.writing() as unit:
            assert unit.runs.cancel(waits, "cli:bob") == "cancelled"
            assert unit.runs.cancel(works, "cli:bob") == "working"
            assert unit.runs.cancelled_by(works) == "cli:bob"
            assert not unit.runs.begin(waits)
        finish(store, works)
        with store.writing() as unit:
            assert unit.runs.cancel(works, "cli:bob") == "done", "it has ended"
    assert run_of(store, waits)["exit_code"] == 130


def test_what_is_taken_back_is_never_begun_and_never_waits_again(store: Store) -> None:
    """A cancel that comes while its run stops with its process would be lost by putting it back."""
    number = ask(store, "cli:ann", "resync", {})
    with store.alone():
        start(store, number=number)
        with store.writing() as unit:
            assert unit.runs.cancel(number, "cli:bob") == "working"
            assert not unit.runs.put_back(number)
            assert not unit.runs.begin(number)
    row = run_of(store, number)
    assert (row["outcome"], row["exit_code"], row["cancel_by"]) == ("cancelled", 130, "cli:bob")


def test_who_ended_first_is_right(store: Store) -> None:
    number = start(store)
    finish(store, number, Ending(RunOutcome.FAILED, 1))
    finish(store, number)
    with store.writing() as unit:
        unit.runs.put_back(number)
    assert run_of(store, number)["outcome"] == "failed"


@pytest.mark.parametrize("begun_first", [True, False])
def test_who_takes_a_run_back_while_it_is_begun_waits_for_the_other(empty_postgres: str, begun_first: bool) -> None:
    """On a server both work at one time: who comes second goes by what the first has made of the row."""
    store = Store(empty_postgres)
    store.migrate()
    number = ask(store, "cli:ann", "resync", {})
    answers: list[str | bool] = []

    def begin() -> None:
        with store.writing() as unit:
            answers.append(unit.runs.begin(number))

    def cancel() -> None:
        with store.writing() as unit:
            answers.append(unit.runs.cancel(number, "cli:bob"))

    first, second = (Runs.begin, cancel) if begun_first else (partial(Runs.cancel, actor="cli:bob"), begin)
    thread = Thread(target=second)
    with store.writing() as unit:
        first(unit.runs, number=number)
        thread.start()
        until = time.monotonic() + 30
        while not unit.connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < until and thread.is_alive(), "it does not wait"
            time.sleep(0.01)
    thread.join(30)
    row = run_of(store, number)
    assert answers == (["working"] if begun_first else [False])
    assert (row["outcome"], row["started_at"] is None) == ((None, False) if begun_first else ("cancelled", True))
    store.close()


@pytest.mark.parametrize("number", [0, 99, 10**23])
def test_a_number_that_no_run_has_is_nobody_s(store: Store, number: int) -> None:
    with store.writing() as unit:
        with pytest.raises(NotFound, match=f"no run {number}"):
            unit.runs.read(number)
        with pytest.raises(NotFound):
            unit.runs.cancel(number, "cli:ann")


def test_whether_a_store_is_held_is_told_without_taking_it(database_url: str) -> None:
    mine, other = Store(database_url), Store(database_url)
    assert not other.is_held()
    with mine.alone():
        assert mine.is_held()
        assert other.is_held()
        with pytest.raises(AlreadyRunning), other.alone():
            pass
    assert not other.is_held()
    mine.close()
    other.close()


def test_the_names_of_who_is_erased_go_from_what_was_asked_and_from_how_it_ended(store: Store) -> None:
    name = "hubspot.contacts/16"
    number = ask(store, "cli:ann", "resync", {"record": name})
    other = ask(store, "cli:ann", "resync", {"record": "hubspot.contacts/168"})
    finish(store, number, Ending(RunOutcome.FAILED, 6, (), f"{name}: its system has nothing of that name"))
    with store.writing() as unit:
        unit.runs.forget([name, "ann@bank.example"])
    assert run_of(store, number)["scope"] == {"record": "[forgotten]"}
    assert run_of(store, number)["error"] == "[forgotten]: its system has nothing of that name"
    assert run_of(store, other)["scope"] == {"record": "hubspot.contacts/168"}


def test_figures_count_what_ended_since_a_run_and_know_the_last_that_was_done(store: Store) -> None:
    with store.alone():
        finish(store, start(store))
        with store.reading() as unit:
            after = unit.runs.newest()
        finish(store, start(store), Ending(RunOutcome.FAILED, 1))
        start(store)
    with store.reading() as unit:
        assert unit.runs.count_outcomes(after) == {"failed": 1}
        assert unit.runs.count_outcomes() == {"done": 1, "failed": 1}
        assert unit.runs.last_finished(RunOutcome.DONE, verbs=("cycle",)) == last_runs(store)[-1]["finished_at"]
        assert unit.runs.last_finished(RunOutcome.DONE, verbs=("resync",)) is None


def cause(kind: CauseKind) -> Cause:
    return Cause(kind, (), "", "")


CODES = [
    (RunOutcome.DONE, (), 0),
    (RunOutcome.DONE, (CauseKind.UNREADABLE,), 0),
    (RunOutcome.INCOMPLETE, (CauseKind.UNAVAILABLE,), 3),
    (RunOutcome.INCOMPLETE, (CauseKind.PREMISE, CauseKind.REFUSED), 3),
    (RunOutcome.INCOMPLETE, (CauseKind.UNAVAILABLE, CauseKind.CONFIGURATION), 2),
    (RunOutcome.UNSAFE, (CauseKind.UNSAFE,), 4),
    (RunOutcome.FAILED, (CauseKind.NOT_FOUND,), 6),
    (RunOutcome.FAILED, (CauseKind.RUNNING,), 5),
    (RunOutcome.FAILED, (CauseKind.CONFIGURATION,), 2),
    (RunOutcome.FAILED, (CauseKind.DEFECT,), 1),
    (RunOutcome.STOPPED, (CauseKind.CONFIGURATION,), 130),
    (RunOutcome.CANCELLED, (), 130),
]


@pytest.mark.parametrize(("outcome", "kinds", "code"), CODES)
def test_a_run_ends_with_the_code_of_its_kind(outcome: RunOutcome, kinds: tuple[CauseKind, ...], code: int) -> None:
    assert exit_code(outcome, map(cause, kinds)) == code


def test_every_outcome_has_a_code() -> None:
    assert set(OF_OUTCOMES) == set(RunOutcome)
