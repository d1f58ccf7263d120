"""What the daemon alone finds, and keeps: it outlives a restart, and ends when it is over."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from connectors.base import Budget, WriteError
from syncd.health import examine
from syncd.health.backups import of_backups
from syncd.health.daemons import of_daemon
from syncd.health.database import LEAST, disk
from syncd.health.kept import keep, read_kept
from syncd.health.life import Life
from syncd.health.validity import of_certificates
from syncd.health.vendors import Calls, of_budgets
from syncd.model.health import Finding, FindingKind, Grade
from syncd.model.runs import Ending, RunOutcome
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.store.receipts import Settlement
from syncd.store.statements import upsert
from syncd.sync.cycle import Wiring
from syncd.tables import WishRow
from syncd.watch import Watch
from tests import ledger
from tests.health.test_examine import NOON, QUARTER, STREAMS, ended, keys, lives, read

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOCK = Finding(FindingKind.CLOCK, (), "set back", "NTP", Grade.WARNING, NOON, "syncd runs")
SPENT = Finding(FindingKind.BUDGET, ("hubspot",), "spent", "wait", Grade.FAILING, NOON, "", about="hubspot")


def keeping(store: Store, kind: FindingKind, *findings: Finding, untold: tuple[str, ...] = ()) -> None:
    with store.writing() as unit:
        keep(unit, (kind,), findings, untold)


def kept_at(store: Store, now: datetime) -> list[Finding]:
    with store.reading() as unit:
        return read_kept(unit, now)


def test_what_lasts_is_so_since_it_was_first_found_and_ends_when_it_is_over(store: Store) -> None:
    keeping(store, FindingKind.BUDGET, SPENT)
    keeping(store, FindingKind.BUDGET, SPENT._replace(since=NOON + HOUR, what="still spent"))
    assert kept_at(store, NOON) == [SPENT._replace(what="still spent")]
    keeping(store, FindingKind.BUDGET, untold=("hubspot",))
    assert len(kept_at(store, NOON)) == 1, "after a restart nobody has said yet what is left"
    keeping(store, FindingKind.BUDGET)
    assert kept_at(store, NOON) == []


def test_what_happened_once_is_told_for_a_day(store: Store) -> None:
    keeping(store, FindingKind.CLOCK, CLOCK)
    assert keys(examine(store, NOON + DAY - HOUR)) == ["clock"]
    assert keys(examine(store, NOON + DAY)) == []


@pytest.mark.parametrize(("left", "grade"), [(0, "failing"), (99, "warning"), (100, None), (None, None)])
def test_an_allowance_is_told_below_a_tenth(left: int | None, grade: str | None) -> None:
    findings = [*of_budgets({"hubspot": Budget(daily_limit=1_000, daily_remaining=left)}, NOON)]
    assert [finding.grade.value for finding in findings] == ([grade] if grade else [])


def test_a_call_is_told_once_it_is_on_its_way_for_a_minute_by_a_clock_that_nobody_sets() -> None:
    budget, calls = Budget(waiting_since=NOON), Calls()
    assert [*calls.unanswered({"hubspot": budget}, 100)] == []
    budget.retried("timeout")
    assert [*calls.unanswered({"hubspot": budget}, 159)] == []
    (finding,) = calls.unanswered({"hubspot": budget}, 160)
    assert (finding.key, finding.since) == ("unavailable:hubspot", NOON)
    assert "repeated for timeout" in finding.what
    budget.waiting_since = NOON + HOUR  # the next call
    assert [*calls.unanswered({"hubspot": budget}, 300)] == []


def certificate(end: datetime) -> bytes:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(NOON - 900 * DAY).not_valid_after(end)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize(
    ("ends", "grade"),
    [
        ((31 * DAY,), None),
        ((29 * DAY,), "warning"),
        ((-DAY,), "failing"),
        ((-DAY, 90 * DAY), "warning"),
    ],
    ids=str,
)
def test_the_end_of_a_certificate_is_told_a_month_before(ends: tuple[timedelta, ...], grade: str | None) -> None:
    pem = b"".join(certificate(NOON + end) for end in ends)
    findings = [*of_certificates({"SYNCD_CA_FILE": pem, "SYNCD_SALESFORCE_PRIVATE_KEY": b"a key alone"}, NOON)]
    assert [(finding.key, finding.grade.value) for finding in findings] == (
        [("validity:SYNCD_CA_FILE", grade)] if grade else []
    )


@pytest.mark.parametrize(
    ("changed", "held", "key"),
    [
        ({"beat_at": NOON - HOUR}, False, "daemon"),
        ({"beat_at": NOON - HOUR}, True, "schedule"),  # it has the store, and started nothing for days
        ({"ended_at": NOON - HOUR}, False, "daemon"),
        ({"started_at": NOON - QUARTER}, True, None),
        ({"started_at": NOON - HOUR}, True, "schedule"),
        ({"started_at": NOON + 6 * HOUR, "set_at": NOON - QUARTER, "set_by": -6 * 3600.0}, True, None),
        ({"started_at": NOON - 6 * HOUR, "set_at": NOON - QUARTER, "set_by": 5.5 * 3600}, True, None),
    ],
    ids=["gone", "at work", "told to end", "just begun", "begun long ago", "a clock set back", "a clock set on"],
)
def test_a_daemon_that_does_not_run_or_starts_nothing(
    sqlite_store: Store, changed: dict[str, Any], held: bool, key: str | None
) -> None:
    life = replace(Life(NOON - DAY, NOON, "process 7 on host", 15), **changed)
    with sqlite_store.reading() as unit:
        findings = [*of_daemon(unit, life, NOON, held=held)]
    assert [finding.key for finding in findings] == ([key] if key else [])


def test_a_long_load_at_work_is_late_and_nobody_is_called(sqlite_store: Store) -> None:
    for stream in STREAMS:
        read(sqlite_store, stream, NOON - 3 * HOUR)
    lives(sqlite_store)
    ended(sqlite_store, NOON - 3 * HOUR, RunOutcome.DONE)
    with sqlite_store.alone():
        with time_machine.travel(NOON - 2 * HOUR, tick=False), sqlite_store.writing() as unit:
            number = unit.runs.start("reconcile")
        assert examine(sqlite_store, NOON).state == "warning"
        assert examine(sqlite_store, NOON + DAY).state == "failing", "it is stuck"
        with sqlite_store.writing() as unit:
            unit.runs.finish(number, Ending(RunOutcome.STOPPED, 130), {})
        assert examine(sqlite_store, NOON).state == "failing"


def test_a_disk_that_is_nearly_full_is_told_by_what_a_cycle_needs(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for free, grade in ((LEAST, None), (LEAST - 1, "warning"), (60_000_000, "failing")):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        assert [finding.grade.value for finding in disk(sqlite_store)] == ([grade] if grade else [])


def test_a_backup_that_fails_for_two_nights_is_told_and_whoever_asked_for_none_is_left_alone(
    sqlite_store: Store,
) -> None:
    def backup_findings(at: datetime, **changed: Any) -> list[tuple[str, str, datetime | None]]:
        life = replace(Life(NOON - 9 * DAY, at, "process 7 on host", 15), **changed)
        with sqlite_store.reading() as unit:
            return [(finding.key, finding.what, finding.since) for finding in of_backups(unit, life, at)]

    assert backup_findings(NOON) == [], "none is asked for"
    asked = {"backups_since": NOON - DAY}
    assert backup_findings(NOON, **asked) == []
    assert backup_findings(NOON + 2 * DAY, **asked) == [("backup", "no backup was made yet", NOON + DAY)]
    ended(sqlite_store, NOON, RunOutcome.DONE, verb="backup")
    ended(sqlite_store, NOON + DAY, RunOutcome.FAILED, verb="backup")
    assert backup_findings(NOON + 2 * DAY, **asked) == []
    stamp = f"{NOON:%Y-%m-%d %H:%M} UTC"
    assert backup_findings(NOON + 3 * DAY, **asked) == [
        ("backup", f"the last good backup is of {stamp}", NOON + 2 * DAY)
    ]
    jumped = {"set_at": NOON + 3 * DAY + 3 * HOUR, "set_by": 3 * DAY.total_seconds()}
    assert backup_findings(NOON + 3 * DAY + 4 * HOUR, **asked, **jumped) == [], (
        "the clock was set on, and no night was missed"
    )


def test_since_when_backups_are_asked_for_outlives_the_daemon(wiring: Wiring, tmp_path: Path) -> None:
    lives(wiring.store, backups_since=NOON)
    watch = Watch(replace(wiring, backups=tmp_path), Pulse(), 15, every=0.01)
    watch.start()
    watch.end()
    with wiring.store.reading() as unit:
        life = Life.read(unit)
    assert life is not None
    assert life.backups_since == NOON


# ---- the watch ---------------------------------------------------------------------------------------------------


@pytest.fixture
def wiring(sqlite_store: Store) -> Wiring:
    """An installation without systems."""
    readers: Any = SimpleNamespace(mappings={})
    return Wiring(sqlite_store, readers, {}, {}, None, "", "")  # type: ignore[arg-type]


@pytest.fixture
def watch(wiring: Wiring) -> Iterator[Watch]:
    """A watch that has begun."""
    begun = Watch(wiring, Pulse(), 15, every=0.01)
    begun.start()
    yield begun
    begun.end()


def until_kept(store: Store, key: str) -> Finding:
    for _ in range(1_000):
        known = {finding.key: finding for finding in kept_at(store, datetime.now(UTC))}
        if key in known:
            return known[key]
        threading.Event().wait(0.01)
    raise AssertionError(f"{key} was never kept")


def test_a_watch_outlives_its_daemon_in_the_store(watch: Watch, wiring: Wiring) -> None:
    store = wiring.store
    watch.clock_set(timedelta(hours=-6))
    assert "set back by 6:00:00" in until_kept(store, "clock").what
    watch.end()
    assert keys(examine(store, datetime.now(UTC))) == ["daemon", "clock"]
    again = Watch(wiring, Pulse(), 15, every=0.01)
    again.start()
    for _ in range(1_000):
        if keys(examine(store, datetime.now(UTC))) == ["clock"]:
            break
        threading.Event().wait(0.01)
    with store.reading() as unit:
        life = Life.read(unit)
    assert life is not None
    assert life.set_by == -6 * 3600
    again.end()


class Unreadable:
    """A connector whose allowance cannot be told, until it can."""

    system = "hubspot"
    well = False

    @property
    def budget(self) -> Budget:
        if self.well:
            return Budget()
        raise OSError("a device is gone")


def test_a_surprise_in_one_beat_ends_neither_the_next_nor_that_the_daemon_lives(wiring: Wiring) -> None:
    connector = Unreadable()
    watch = Watch(replace(wiring, sources={"hubspot": connector}), Pulse(), 15, every=0.01)  # type: ignore[dict-item]
    with capture_logs() as lines:
        watch.start()
        watch.clock_set(timedelta(hours=-6))
        first = beat_of(wiring.store)
        for _ in range(1_000):
            if beat_of(wiring.store) > first:
                break
            threading.Event().wait(0.01)
        assert beat_of(wiring.store) > first, "it lives, whatever it cannot tell"
        connector.well = True
        assert "set back by 6:00:00" in until_kept(wiring.store, "clock").what, "nothing was lost of what was noted"
        watch.end()
    broken = [line for line in lines if line["event"] == "broken"]
    assert [(line["job"], line["error"].partition(" ")[0]) for line in broken] == [("watch", "OSError")], "told once"


def beat_of(store: Store) -> datetime:
    for _ in range(1_000):
        with store.reading() as unit:
            if (life := Life.read(unit)) is not None:
                return life.beat_at
        threading.Event().wait(0.01)
    raise AssertionError("it never lived")


def test_a_clock_that_was_set_back_while_no_daemon_ran_is_noticed_at_the_start(wiring: Wiring) -> None:
    lives(wiring.store, beat_at=datetime.now(UTC) + 6 * HOUR)
    watch = Watch(wiring, Pulse(), 15, every=0.01)
    with capture_logs() as lines:
        watch.start()
    assert "set back by" in until_kept(wiring.store, "clock").what
    watch.end()
    assert [line["event"] for line in lines] == ["the clock jumped"]


def test_a_killed_daemon_is_told_by_the_store_alone(sqlite_store: Store) -> None:
    lives(sqlite_store, beat_at=NOON - QUARTER)
    (finding,) = examine(sqlite_store, NOON).findings
    assert (finding.key, finding.grade) == ("daemon", Grade.FAILING)
    assert "ended without a word" in finding.what
    assert "`syncd run`" in finding.mend


def test_nothing_personal_and_no_path_but_the_store_s_stands_in_a_finding(sqlite_store: Store, tmp_path: Path) -> None:
    ended(sqlite_store, NOON, RunOutcome.BROKEN_OFF)
    (finding,) = examine(sqlite_store, NOON).findings
    assert finding.key == "broken off"
    assert str(tmp_path) not in str(finding.plain())


def test_wishes_that_are_not_accepted_are_told_since_the_daemon_first_met_them(watch: Watch, wiring: Wiring) -> None:
    store = wiring.store
    row = {"system": "salesforce", "object": "task", "key": "mql/1", "wanted": "{}", "wanted_digest": "w", "reason": ""}
    with store.writing() as unit:
        upsert(unit.connection, WishRow, [row])
    (wish,) = ledger.pending(store, "salesforce")
    ledger.settle(store, Settlement(wish, None, WriteError("retry", "CODE", "why")), NOON)
    first = until_kept(store, "wishes:salesforce").since
    (finding,) = examine(store, datetime.now(UTC)).findings
    assert (finding.key, finding.since, finding.number) == ("wishes:salesforce", first, 1)
    assert "1 task" in finding.what
    assert "`syncd plan`" in finding.mend
