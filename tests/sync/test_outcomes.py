"""How a run ended has one list: what is kept, shown and documented are its words."""

from pathlib import Path

from syncd.model.runs import Ending, RunOutcome
from syncd.store import Store
from syncd.sync.summary import Summary
from tests.ledger import last_runs

ROOT = Path(__file__).parents[2]


def test_a_run_that_a_kill_left_open_is_told_as_broken_off(sqlite_store: Store) -> None:
    for _ in range(2):
        with sqlite_store.writing() as unit:
            number = unit.runs.start("cycle")
    with sqlite_store.writing() as unit:
        unit.runs.finish(number, Ending(RunOutcome.INCOMPLETE, 3), {})
    assert [run["outcome"] for run in last_runs(sqlite_store)] == ["incomplete", "broken off"]


def test_every_outcome_is_in_the_reference_and_so_is_every_field_of_a_summary() -> None:
    page = (ROOT / "docs" / "reference" / "summary.md").read_text(encoding="utf-8")
    missing = [name for name in (*RunOutcome, *Summary().plain()) if f"`{name}`" not in page]
    assert missing == []


def test_a_summary_is_json_by_plain_words() -> None:
    assert {outcome: type(Summary(outcome=outcome).plain()["outcome"]) for outcome in RunOutcome} == dict.fromkeys(
        RunOutcome, str
    )
