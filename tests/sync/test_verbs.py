"""Each verb is declared once: what it asks of an installation, and what it leaves in the audit log."""

from pathlib import Path

import pytest

from syncd.model.verbs import BESIDE, DECLARED, ENTIRE, verb_named
from syncd.store import Store
from syncd.store.runs import state_of
from syncd.sync.cycle import Wiring
from syncd.sync.verbs import VERBS
from tests.ledger import carried_out, last_runs

DRAWN = {"plan", "restore"}  # what has no place among what the daemon can be asked for


def audited(store: Store) -> list[tuple[str, str]]:
    with store.reading() as unit:
        return [(line.action, line.detail) for line in unit.audit.lines()]


def test_what_a_daemon_can_be_asked_for_is_declared() -> None:
    assert VERBS.keys() == DECLARED.keys() - DRAWN
    assert {"cycle", "reconcile", "resync", "retry"} == ENTIRE
    assert not {verb for verb in BESIDE if verb in ENTIRE}


def test_a_verb_of_a_later_syncd_is_believed_to_need_everything() -> None:
    assert verb_named("of tomorrow").needs_hold
    assert verb_named("of tomorrow").audited


@pytest.mark.parametrize("actor", ["cli:ann", "schedule"])
def test_a_backup_by_hand_stands_in_the_audit_log_once_with_its_run(wiring: Wiring, tmp_path: Path, actor: str) -> None:
    to = tmp_path / "made.backup"
    carried_out(wiring, "backup", actor=actor, to=str(to))
    (row,) = last_runs(wiring.store)
    lines = [(action, detail) for action, detail in audited(wiring.store) if action == "backup"]
    assert to.exists()
    assert lines == ([("backup", f"to={to}, run {row['id']}")] if actor == "cli:ann" else [])


def test_who_only_looks_leaves_no_line_and_closes_no_run_that_is_at_work(wiring: Wiring) -> None:
    with wiring.store.writing() as unit:
        number = unit.runs.start("cycle", "schedule")
    before = audited(wiring.store)
    with wiring.store.writing() as unit:
        unit.runs.start("plan", "cli:ann")
        assert unit.runs.read(number)["outcome"] is None
        row, now = unit.runs.read(number), unit.runs.read(number)["started_at"]
    assert audited(wiring.store) == before
    assert state_of(row, now, held=True) == "working"
    assert state_of(row, now, held=False) == "broken off"
    assert state_of(row | {"verb": "plan"}, now, held=False) == "working", "its heartbeat says so, and no hold"
