"""Health out of the store: what is wrong, since when, what mends it, where to look; one cause, one finding."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from connectors.base import Page, Record
from syncd.health import examine
from syncd.health.life import Life
from syncd.model.health import Finding, FindingKind, Grade, Health
from syncd.model.runs import Cause, CauseKind, Ending, RunOutcome
from syncd.store import Store
from syncd.store.notes import PAUSED
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


def read(store: Store, stream: tuple[str, str], at: datetime) -> None:
    """A stream is read to its end at that time."""
    with time_machine.travel(at, tick=False):
        ledger.save(store, *stream, Page([Record("1", None, False, {"id": "1"})], "behind it"))
        ledger.complete(store, *stream)


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
    read(store, STREAMS[0], NOON - timedelta(hours=3))
    lives(store)
    ended(store, NOON, RunOutcome.DONE)
    with store.alone():
        health = examine(store, NOON)
    assert keys(health) == ["late:hubspot", "late:salesforce"]
    assert "contacts was read 3 hours ago" in health.findings[0].what
    assert "Contact was never read to its end" in health.findings[1].what
    assert health.findings[0].since == NOON - timedelta(hours=2), "since it is older than an hour"


def test_a_store_that_is_away_is_the_one_finding(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'none.db'}")
    (finding,) = examine(store, NOON).findings
    assert (finding.kind, finding.grade) == (FindingKind.DATABASE, Grade.FAILING)
    assert "no store at" in finding.what
    store.close()


PREMISE = Cause(CauseKind.PREMISE, ("salesforce premise roles",), "the picklist lacks Champion", "add it", 3)
VALVE = Cause(CauseKind.UNSAFE, ("push",), "300 contacts, 50 may be", "")
SWEPT = Cause(CauseKind.UNSAFE, ("hubspot.contacts",), "half of them are gone", "")
HIDDEN = Cause(CauseKind.PREMISE, ("salesforce.Task WhoId", "salesforce.Task Subject"), "hidden from us", "grant it")
DECLINED = Cause(CauseKind.REFUSED, ("salesforce.Task",), "403", "")
BY_RECORD = Cause(CauseKind.REFUSED, ("salesforce.task",), "a validation rule", "mend it", 5)
UNREADABLE = Cause(CauseKind.UNREADABLE, ("hubspot.contacts",), "no number", "mend it", 5)


@pytest.mark.parametrize(
    ("outcome", "cause", "expected"),
    [
        (RunOutcome.INCOMPLETE, PREMISE, ("premise:salesforce premise roles", "warning", "syncd runs 1")),
        (RunOutcome.INCOMPLETE, HIDDEN, ("premise:salesforce", "warning", "syncd runs 1")),
        (RunOutcome.UNSAFE, VALVE, ("unsafe", "failing", "syncd plan")),
        (RunOutcome.INCOMPLETE, SWEPT, ("unsafe:hubspot", "failing", "syncd runs 1")),
        (RunOutcome.INCOMPLETE, DECLINED, ("refused:salesforce", "failing", "syncd runs 1")),
        (RunOutcome.INCOMPLETE, BY_RECORD, None),  # the wishes themselves are told, which rest between two runs
        (RunOutcome.INCOMPLETE, UNREADABLE, None),  # quarantine tells them, once there are many
    ],
    ids=["premise", "hidden fields", "valve", "sweep", "a stream refused", "records refused", "records set aside"],
)
def test_each_kind_of_cause_has_its_key_and_grade(
    store: Store, outcome: RunOutcome, cause: Cause, expected: tuple[str, str, str] | None
) -> None:
    ended(store, NOON, outcome, cause)
    findings = examine(store, NOON).findings
    assert [(each.key, each.grade.value, each.look) for each in findings] == ([expected] if expected else [])
    assert all(each.mend for each in findings)


def test_what_follows_from_a_cause_is_not_told_besides(store: Store) -> None:
    """While a token is refused nobody is told as well that the streams behind it are late."""
    for stream in STREAMS:
        read(store, stream, NOON - timedelta(hours=3))
    lives(store)
    ended(store, NOON, RunOutcome.INCOMPLETE, REVOKED)
    with store.alone():
        assert keys(examine(store, NOON)) == ["configuration:hubspot", "late:salesforce"]
        with store.writing() as unit:
            unit.notes.keep(PAUSED, True)
            unit.audit.write("cli:ann", "pause", "")
        assert keys(examine(store, NOON)) == ["configuration:hubspot", "paused"]
