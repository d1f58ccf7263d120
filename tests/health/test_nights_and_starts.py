"""Health of what comes once a night, and of a daemon that does not start."""

from datetime import timedelta

import pytest
import time_machine

from syncd.errors import ConfigError
from syncd.health import examine
from syncd.health.starts import noted_start
from syncd.model.health import Grade
from syncd.model.runs import Cause, CauseKind, RunOutcome
from syncd.store import Store
from syncd.sync.causes import SPENT
from tests.health.test_examine import NOON, STREAMS, ended, keys, lives, read

DAY = timedelta(days=1)
FULL = Cause(CauseKind.UNAVAILABLE, (), "the disk is full", "nothing: the next run tries it again")


def test_a_prune_that_failed_is_told_since_the_first_in_a_row_and_until_one_ends_well(store: Store) -> None:
    ended(store, NOON - 3 * DAY, RunOutcome.DONE, verb="prune")
    assert keys(examine(store, NOON)) == []
    ended(store, NOON - 2 * DAY, RunOutcome.FAILED, FULL, verb="prune")
    number = ended(store, NOON - DAY, RunOutcome.FAILED, FULL, verb="prune")
    (finding,) = examine(store, NOON).findings
    assert (finding.key, finding.grade, finding.since) == ("prune", Grade.WARNING, NOON - 2 * DAY)
    assert finding.what == "what is over was not let go of, 2 times in a row: the disk is full"
    assert "`syncd prune` lets go of all of it then" in finding.mend
    assert finding.look == f"syncd runs {number}"
    ended(store, NOON, RunOutcome.DONE, verb="prune")
    assert keys(examine(store, NOON)) == []


def test_a_prune_that_somebody_stopped_is_no_fault(store: Store) -> None:
    ended(store, NOON, RunOutcome.STOPPED, verb="prune")
    assert keys(examine(store, NOON)) == []


def test_why_a_daemon_does_not_start_is_told_and_nothing_that_follows_from_it(store: Store) -> None:
    for stream in STREAMS:
        read(store, stream, NOON - 9 * DAY)
    lives(store, ended_at=NOON - 9 * DAY)
    assert keys(examine(store, NOON)) == ["daemon"]
    with time_machine.travel(NOON, tick=False), pytest.raises(ConfigError), noted_start(store):
        raise ConfigError("agreement.yaml:7: nobody signed")
    (finding,) = examine(store, NOON).findings
    assert (finding.key, finding.grade, finding.since) == ("configuration:start", Grade.FAILING, NOON)
    assert finding.what == "the daemon does not start: agreement.yaml:7: nobody signed"
    assert "`syncd run`" in finding.mend
    with noted_start(store):
        pass
    assert "configuration:start" not in keys(examine(store, NOON))


@pytest.mark.parametrize("kind", [CauseKind.CONFIGURATION, CauseKind.DEFECT])
def test_while_cycles_end_before_they_read_anything_no_stream_is_told_as_late(store: Store, kind: CauseKind) -> None:
    for stream in STREAMS:
        read(store, stream, NOON - DAY)
    lives(store)
    ended(store, NOON, RunOutcome.DONE)
    with store.alone():
        assert keys(examine(store, NOON))[-2:] == ["late:hubspot", "late:salesforce"]
        ended(store, NOON, RunOutcome.FAILED, Cause(kind, (), "another portal's", "mend it"))
        assert keys(examine(store, NOON)) == [kind.value]


def test_a_spent_allowance_is_told_once_by_what_the_cycle_met(store: Store) -> None:
    spent = Cause(CauseKind.BUDGET, ("hubspot.contacts", "hubspot.owners"), "the daily allowance is used up", SPENT)
    ended(store, NOON, RunOutcome.INCOMPLETE, spent)
    (finding,) = examine(store, NOON).findings
    assert (finding.key, finding.grade, finding.mend) == ("budget:hubspot", Grade.FAILING, SPENT)
