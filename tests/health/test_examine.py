"""Health out of the store: what is wrong, since when, what mends it, where to look; one cause, one finding."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from syncd.health import examine
from syncd.health.life import Life
from syncd.model.health import Finding, FindingKind, Grade, Health
from syncd.model.runs import Cause, CauseKind, Ending, RunOutcome
from syncd.store import Store
from tests import ledger

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
REVOKED = Cause(CauseKind.CONFIGURATION, ("hubspot.contacts", "hubspot.owners"), "token refused", "mend the token")
DOWN = Cause(CauseKind.UNAVAILABLE, ("salesforce.Contact",), "HTTP 503", "nothing")
STREAMS = (("hubspot", "contacts"), ("salesforce", "Contact"))


def ended(store: Store, at: datetime, outcome: RunOutcome, *causes: Cause, verb: str = "cycle") -> int:
    """A run that ended so at that time."""
    with time_machine.travel(at, tick=False), store.writing() as unit:
        number = unit.runs.start(verb)
        unit.runs.finish(number, Ending(outcome, 0, causes), {})
    return number


def lives(store: Store, **changed: object) -> None:
    """A daemon keeps its record."""
    life = Life(NOON - timedelta(days=3), NOON, "process 7 on host", 15, streams=STREAMS)
    with store.writing() as unit:
        Life(**{**{name: getattr(life, name) for name in life.__dataclass_fields__}, **changed}).keep(unit)  # type: ignore[arg-type]


def keys(health: Health) -> list[str]:
    return [finding.key for finding in health.findings]


def test_a_new_store_is_well(store: Store) -> None:
    assert examine(store, NOON).plain() == {"state": "well", "since": None, "findings": []}


def test_a_row_of_failed_cycles_is_told_since_the_first_that_had_the_cause(store: Store) -> None:
    ended(store, NOON - 4 * QUARTER, RunOutcome.DONE)
    ended(store, NOON - 3 * QUARTER, RunOutcome.INCOMPLETE, DOWN)
    ended(store, NOON - 2 * QUARTER, RunOutcome.INCOMPLETE, DOWN, REVOKED)
    number = ended(store, NOON - QUARTER, RunOutcome.INCOMPLETE, REVOKED)
    ended(store, NOON, RunOutcome.STOPPED)
    health = examine(store, NOON)
    assert health.state == "failing"
    (finding,) = health.findings
    assert finding == Finding(
        FindingKind.CONFIGURATION,
        ("hubspot.contacts", "hubspot.owners"),
        "token refused",
        "mend the token",
        Grade.FAILING,
        NOON - 2 * QUARTER,
        f"syncd runs {number}",
        0,
        "hubspot",
    )
    assert Finding.read(finding.plain()) == finding
    ended(store, NOON + QUARTER, RunOutcome.DONE)
    assert examine(store, NOON + QUARTER).state == "well"


@pytest.mark.parametrize(("times", "state"), [(1, "warning"), (2, "warning"), (3, "failing")])
def test_what_passes_by_itself_is_failing_once_it_has_not(store: Store, times: int, state: str) -> None:
    for number in range(times):
        ended(store, NOON + number * QUARTER, RunOutcome.INCOMPLETE, DOWN)
    health = examine(store, NOON + times * QUARTER)
    assert (health.state, keys(health)) == (state, ["unavailable:salesforce"])


def test_what_a_person_stopped_or_named_wrongly_is_no_fault(store: Store) -> None:
    ended(store, NOON, RunOutcome.STOPPED)
    ended(store, NOON, RunOutcome.CANCELLED)
    ended(store, NOON, RunOutcome.FAILED, Cause(CauseKind.NOT_FOUND, (), "no account", ""), verb="resync")
    assert examine(store, NOON).state == "well"


def test_a_stream_is_late_against_its_target_and_nothing_else_tells_why(store: Store) -> None:
    with time_machine.travel(NOON - timedelta(hours=3), tick=False):
        ledger.complete(store, *STREAMS[0])
    lives(store)
    ended(store, NOON, RunOutcome.DONE)
    with store.alone():
        health = examine(store, NOON)
    assert keys(health) == ["late:hubspot", "late:salesforce"]


def test_a_store_that_is_away_is_the_one_finding(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'none.db'}")
    (finding,) = examine(store, NOON).findings
    assert (finding.kind, finding.grade) == (FindingKind.DATABASE, Grade.FAILING)
    assert "no store at" in finding.what
    store.close()
