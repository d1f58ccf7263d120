"""SIGKILL at every statement of one cycle: whoever runs syncd again ends where a calm run ends.

A process that is killed leaves what it had committed and what the systems had taken by then. So every statement of a
calm cycle is a place to die at; of those between two commits with no write between, all leave the same behind. The
test dies at a sample of the places; `--explore --timeout 0` at each that leaves something else behind.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from syncd.settings import Settings
from syncd.store import Store
from syncd.store.at_work import read_runs
from syncd.wiring import wire
from tests.ledger import begin, carried_out
from tests.sync.conftest import NOON, Place, placed
from tests.sync.forked import PROCESSES, rehearse
from tests.sync.remote import tell

SAMPLE = 24  # places in a normal run; about a second each


def one_cycle(settings: Settings, die_at: int | None, places: str | None) -> None:
    """Run a cycle in this process; with `die_at`, until the statement of that number, counted from one.

    places: a file that takes a line for each statement: how many commits stood before it.
    """
    commits, statements = 0, 0
    commits_before: list[int] = []

    def on_commit(connection: object) -> None:
        nonlocal commits
        commits += 1

    def on_statement(*_: object) -> None:
        nonlocal statements
        statements += 1
        commits_before.append(commits)
        if statements == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    store = Store(settings.database_url)
    store.migrate()
    begin(store)
    event.listen(Engine, "commit", on_commit)
    event.listen(Engine, "before_cursor_execute", on_statement)
    carried_out(replace(wire(settings, store, sleep=lambda _: None), clock=lambda: NOON))
    store.close()
    if places:
        Path(places).write_text("\n".join(map(str, commits_before)))


def ran(settings: Settings, die_at: int | None = None, places: str | None = None) -> int:
    """Run a cycle in a process of its own; gives its exit code."""
    rehearse()
    process = PROCESSES.Process(target=one_cycle, args=(settings, die_at, places))
    process.start()
    process.join(120)
    code = process.exitcode
    process.close()
    assert code is not None
    return code


def reached(place: Place) -> list[tuple[object, ...]]:
    """Every milestone that is kept, without its moment."""
    store = Store(place.settings.database_url)
    with store.reading() as unit:
        kept = [(one.key, one.stage, one.account_id, one.offer, one.evidence) for one in unit.milestones.stream()]
    store.close()
    return sorted(kept)


def states(place: Place) -> set[str]:
    """What the runs of the store are at, as they are told before anybody works on it again."""
    store = Store(place.settings.database_url)
    states_of_runs = {row["state"] for row in read_runs(store, 10)}
    store.close()
    return states_of_runs


@contextmanager
def world(folder: Path, mappings: Path) -> Iterator[Place]:
    folder.mkdir()
    with placed(folder / "syncd.db", mappings) as place:
        yield place


def test_killed_at_any_statement_it_ends_where_a_calm_run_ends(
    tmp_path: Path, mappings: Path, request: pytest.FixtureRequest
) -> None:
    with world(tmp_path / "calm", mappings) as calm:
        assert ran(calm.settings, places=str(tmp_path / "places")) == 0
        wanted, milestones = tell(calm), reached(calm)
    assert {"inquiry", "mql", "sqo", "won", "lost"} <= {stage for _, stage, *_ in milestones}
    commits = (tmp_path / "places").read_text().splitlines()
    assert len(commits) > 1_000
    places = [number for number, before in enumerate(commits, 1) if number == 1 or before != commits[number - 2]]
    chosen = places if request.config.getoption("--explore") else places[:: len(places) // SAMPLE]
    killed = 0
    for number in chosen:
        with world(tmp_path / str(number), mappings) as place:
            died = ran(place.settings, die_at=number) == -signal.SIGKILL
            killed += died
            assert states(place) <= ({"broken off", "done"} if died else {"done"}), f"killed at statement {number}"
            assert ran(place.settings) == 0
            assert states(place) <= {"broken off", "done"}
            assert tell(place) == wanted, f"killed at statement {number}"
            assert reached(place) == milestones, f"killed at statement {number}"
    assert killed >= 0.9 * len(chosen)  # streams are read side by side: a run may end a few statements earlier
