"""The log: names that stay, a run's number in every line of it, no person, and little of it."""

from __future__ import annotations

import ast
import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from connectors.transport import ahead
from syncd import logs
from syncd.cli import app
from syncd.cli.spreadsheet import show_csv
from syncd.events import EVENTS, RUN
from syncd.model.runs import Cause, CauseKind
from syncd.sync.cycle import Wiring
from syncd.sync.summary import Summary
from syncd.sync.threads import of_this_run
from syncd.sync.verbs import VERBS
from tests.faults.test_j_settings import STEERS
from tests.sync.test_daemon import eventually, working

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
LOGS = {"log", "structlog.get_logger()"}
BY_VERB = {"act.verb", "verb"}  # the event is the verb


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call that logs, with its file."""
    for file in sorted((ROOT / "syncd").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                yield file.relative_to(ROOT).as_posix(), node


def test_every_event_stands_in_the_vocabulary_with_its_fields() -> None:
    used: dict[str, set[str]] = {}
    for file, call in calls():
        if ast.unparse(call.func).rpartition(".")[0] not in LOGS:
            continue
        name = call.args[0]
        if ast.unparse(name) in BY_VERB:
            continue
        assert isinstance(name, ast.Constant), f"{file}:{call.lineno}: an event has a name that stays"
        used.setdefault(name.value, set()).update(keyword.arg or "" for keyword in call.keywords)
    assert used.keys() == EVENTS.keys()
    assert {name: fields - set(EVENTS[name].fields) for name, fields in used.items()} == {name: set() for name in used}


@contextmanager
def configured() -> Iterator[None]:
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    try:
        logs.configure("info", "json")
        yield
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
        threading.excepthook = threading.__excepthook__


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_what_a_run_logs_bears_its_number_in_every_thread(capsys: pytest.CaptureFixture[str]) -> None:
    def say(_: int) -> None:
        structlog.get_logger().info("late")
        logging.getLogger("connectors.salesforce").warning("left out")

    def pages() -> Iterator[list[int]]:
        say(0)
        yield [1]

    with configured():
        with bound_contextvars(run=7):
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(of_this_run(say), range(4)))
            assert list(ahead(pages())) == [[1]]
        say(0)
        _, err = capsys.readouterr()
    numbers = [line.get("run") for line in lines(err)]
    assert numbers == [7] * (len(numbers) - 2) + [None] * 2


def test_a_daemons_day_is_small_and_names_nobody(wiring: Wiring, capsys: pytest.CaptureFixture[str]) -> None:
    with configured():
        with working(wiring) as daemon:
            eventually(lambda: len(ended(wiring)) == 1)
            daemon._scheduler.modify_job("cycle", next_run_time=datetime.now(UTC))
            eventually(lambda: len(ended(wiring)) == 2)
        _, err = capsys.readouterr()
    cycles = [line for line in err.splitlines() if json.loads(line)["event"] == "cycle"]
    assert len(cycles) == 2
    assert len(cycles[1].encode()) <= 200, cycles[1]
    for line in map(json.loads, cycles):
        assert line.keys() - {"event", "level", "timestamp"} <= set(RUN.fields)
        assert isinstance(line["run"], int)
    for line in lines(err):
        assert line["event"] in EVENTS or line["event"] in VERBS


def test_what_a_vendor_says_of_records_stays_in_the_store() -> None:
    words = "a contact with the address ann@bank.example is there already"
    summary = Summary(set_aside=[Cause(CauseKind.REFUSED, ("salesforce.Contact",), words, "mend it", 3)])
    assert summary.logged()["causes"] == ["refused: salesforce.Contact: 3 records"]


def ended(wiring: Wiring) -> list[dict[str, Any]]:
    with wiring.store.reading() as unit:
        return [run for run in unit.runs.last(9) if run["outcome"]]


@pytest.mark.parametrize("word", ["\x1b[31m", "\u202e", "\u009b31m"], ids=["ESC", "bidi", "CSI"])
def test_nothing_that_is_typed_or_exported_steers_a_terminal(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    for typed in (["runs", f"--{word}"], [f"no{word}"], ["runs", word], ["quarantine", f"x{word}"]):
        with pytest.raises(SystemExit):
            app(typed)
    out, err = capsys.readouterr()
    assert not STEERS.search(out + err)
    show_csv(("name",), [(f"Tiny{word}\r=1", 7)])
    out, err = capsys.readouterr()
    assert not STEERS.search(out.replace("\r\n", "\n"))
    assert out.endswith("7\r\n")
