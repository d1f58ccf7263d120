"""One syncd works on a store, whatever becomes of the server or the file in which its hold stands."""

import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time as clock_time
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import create_engine, text

import syncd
from syncd.daemon import Daemon
from syncd.doctor import machine
from syncd.errors import AlreadyRunning
from syncd.model import RemoteRef
from syncd.private import open_private
from syncd.store import Store
from syncd.store.links import Link
from syncd.store.notes import PAUSED, text_note
from syncd.sync.apply import in_summary, push_pending
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.names import golden
from syncd.sync.run import Run
from syncd.sync.verbs import act_of
from tests.cli.conftest import ask as asked
from tests.cli.every_command import leaves
from tests.ledger import answered, ask, keep_note
from tests.sync.conftest import *  # noqa: F403 - the tiny world and a syncd wired to it
from tests.sync.conftest import wired


@pytest.fixture
def postgres_url(postgres: str, empty_postgres: str) -> str:
    """A migrated PostgreSQL store: its URL."""
    store = Store(empty_postgres)
    store.migrate()
    store.close()
    return empty_postgres


def restart(url: str) -> None:
    """End every session, as a server does that restarts."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        until = time.monotonic() + 30
        while connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {others}")):
            assert time.monotonic() < until, "a session outlives its end"
            time.sleep(0.01)
    engine.dispose()


@pytest.fixture(params=["postgresql", "sqlite"])
def lose(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A store's URL, and what makes it forget who holds it."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        yield url, lambda: restart(url)
        return
    url = f"sqlite:///{tmp_path / 'held.db'}"
    store = Store(url)
    store.migrate()
    store.close()
    yield url, (tmp_path / "held.db.lock").unlink


@contextmanager
def held(url: str) -> Iterator[Store]:
    store = Store(url)
    try:
        with store.alone():
            yield store
    finally:
        store.close()


Losing = tuple[str, Callable[[], None]]


def test_a_hold_that_a_restart_took_away_is_taken_again(lose: Losing) -> None:
    url, restart_it = lose
    with held(url) as first:
        assert first.require_alone() is False
        restart_it()
        assert first.require_alone() is True
        assert first.require_alone() is False
        with pytest.raises(AlreadyRunning), held(url):
            pass
    with held(url):
        pass


def test_a_second_syncd_that_came_between_stops_the_first(lose: Losing) -> None:
    url, restart_it = lose
    with held(url) as first:
        restart_it()
        with held(url) as second:
            with pytest.raises(AlreadyRunning, match="another syncd works on"):
                first.require_alone()
            assert second.require_alone() is False
        assert first.require_alone() is True


def test_a_second_syncd_is_told_who_holds_the_store_and_since_when(lose: Losing) -> None:
    url, _ = lose
    with held(url), pytest.raises(AlreadyRunning) as raised, held(url):
        pass
    holder = rf"\(it is process {os.getpid()} on \S+ since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC\)"
    assert re.search(holder, str(raised.value))


def test_a_hold_that_is_gone_is_given_back_without_a_word(lose: Losing) -> None:
    url, restart_it = lose
    with held(url):
        restart_it()
    with held(url):
        pass


def test_nobody_pushes_who_no_longer_holds_the_store(wiring: Wiring, place: Place) -> None:  # noqa: F405
    lock = Path(f"{wiring.store.database.url.database}.lock")
    other, before = FileLock(lock, timeout=0), place.written()

    def lose_it_in_judge(what: str, _: int) -> None:
        if what.startswith("judge") and not other.is_locked:
            lock.unlink()
            other.acquire()

    with wiring.store.alone(), pytest.raises(AlreadyRunning):
        cycle(wiring, Run(progress=lose_it_in_judge), force=True)
    other.release()
    assert place.written() == before


def test_who_is_frozen_between_two_calls_of_a_push_asks_for_the_hold_before_the_next(place: Place) -> None:  # noqa: F405
    """The wait before a second attempt stands for SIGSTOP: when it ends another syncd works on the store."""
    store = Store(place.settings.database_url)
    store.migrate()
    lock = Path(f"{store.database.url.database}.lock")
    other = FileLock(lock, timeout=0)

    def frozen(seconds: float) -> None:
        (rule,) = place.sandbox.faults.rules
        if rule.struck and not other.is_locked:
            lock.unlink()
            other.acquire()

    place.fault({"kind": "limited", "system": "hubspot", "path": "/crm/objects/2026-09/*/batch/up*", "count": 1})
    with store.alone(), pytest.raises(AlreadyRunning):
        cycle(wired(place, store, sleep=frozen), Run(), force=True)
    other.release()
    (rule,) = place.sandbox.faults.rules
    assert (rule.struck, rule.seen) == (1, 1), "the call is not tried again"
    place.fault()
    store.close()


def test_a_hold_lost_in_the_middle_of_a_push_ends_it_though_nobody_else_came(place: Place) -> None:  # noqa: F405
    store = Store(place.settings.database_url)
    store.migrate()
    lock = Path(f"{store.database.url.database}.lock")

    def frozen(seconds: float) -> None:
        (rule,) = place.sandbox.faults.rules
        if rule.struck == rule.seen == 1:
            lock.unlink(missing_ok=True)

    place.fault({"kind": "limited", "system": "hubspot", "path": "/crm/objects/2026-09/*/batch/up*", "count": 1})
    with store.alone():
        summary = cycle(wired(place, store, sleep=frozen), Run(), force=True)
        (rule,) = place.sandbox.faults.rules
        assert rule.seen == 1
        assert any("hold on the store was lost" in reason for reason in summary.failures.values())
        place.fault()
        assert cycle(wired(place, store), Run(), force=True).failures == {}
    store.close()


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_hold_lost_while_one_system_is_written_to_ends_the_push_into_all(place: Place, by_hand: bool) -> None:  # noqa: F405
    """What the others are to get passed the valve before the gap, in which another syncd may have come and gone."""
    store = Store(place.settings.database_url)
    store.migrate()
    wiring = wired(place, store)
    lock = Path(f"{store.database.url.database}.lock")
    pushed: list[str] = []

    def lose_it(what: str, _: int) -> None:
        if what.startswith("push"):
            pushed.append(what)
            lock.unlink(missing_ok=True)

    place.fault({"kind": "latency", "seconds": 0.0, "system": "hubspot", "path": "/crm/objects/2026-09/*/batch/up*"})
    (rule,) = place.sandbox.faults.rules
    with store.alone():
        if by_hand:
            judged_alone(wiring)
            ended = in_summary(push_pending(wiring, run := Run(progress=lose_it), force=True), run)
        else:
            ended = cycle(wiring, Run(progress=lose_it), force=True)
        assert (len(pushed), rule.seen, ended.outcome) == (1, 0, "incomplete")
        assert any("hold on the store was lost" in reason for reason in ended.failures.values())
        assert cycle(wiring, Run(), force=True).failures == {}
        assert rule.seen > 0
    store.close()


def judged_alone(wiring: Wiring) -> None:
    """A cycle without its push."""
    for verb in ("pull", "match", "judge"):
        act_of(verb)(wiring, {}, Run())


def test_a_daemon_whose_store_another_took_stops_aloud(wiring: Wiring, postgres_url: str) -> None:
    store = Store(postgres_url)
    keep_note(store, PAUSED, True)
    daemon = Daemon(
        replace(wiring, store=store), interval_minutes=60, reconcile_at=clock_time(3), stop=threading.Event()
    )
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with store.alone():
                daemon.run()
        except AlreadyRunning as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    number = ask(store, "cli", "resync", {"account": "no such bank"})
    eventually(lambda: answered(store, number) is not None)  # it works
    restart(postgres_url)
    number = ask(store, "cli", "resync", {"account": "no such bank"})
    eventually(lambda: answered(store, number) is not None)  # and goes on
    with held_at_last(postgres_url):
        thread.join(30)
        assert not thread.is_alive()
    (error,) = errors
    assert str(error).startswith("another syncd works on this database; wait for it or stop it (it is process ")
    store.close()


@contextmanager
def held_at_last(url: str) -> Iterator[Store]:
    """Take the store from who holds it: a restart, and be the quicker one."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        restart(url)
        try:
            with held(url) as store:
                yield store
                return
        except AlreadyRunning:
            continue
    raise AssertionError("the other one was always quicker")


def eventually(holds: Callable[[], bool]) -> None:
    """Look until it holds: the daemon's clock is the real one."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


# ---- whose the file is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [0o022, 0o000, 0o077])
def test_a_new_store_is_its_owner_s_alone(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        store = Store(f"sqlite:///{tmp_path / 'syncd.db'}")
        store.migrate()
        with store.alone(), store.writing() as unit:
            unit.notes.keep(text_note("a"), "b")
            files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert files == dict.fromkeys(("syncd.db", "syncd.db-wal", "syncd.db-shm", "syncd.db.lock"), 0o600)


def test_doctor_names_a_store_that_others_may_read(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'syncd.db'}")
    store.migrate()
    assert not [problem for problem in machine.database(store) if "read by others" in problem.what]
    (tmp_path / "syncd.db").chmod(0o644)
    (tmp_path / "syncd.db.lock").touch(mode=0o644)
    (tmp_path / "syncd.db.2026-11-30").touch(mode=0o600)
    (problem,) = [problem for problem in machine.database(store) if "read by others" in problem.what]
    assert (problem.level, problem.mend) == ("warning", f"chmod 600 {tmp_path / 'syncd.db'}*")
    assert problem.what.startswith("syncd.db, syncd.db.lock may be read")
    assert [*machine.readers(store)] == [problem], "the daemon says the same at its start"
    store.close()


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("before", [None, 0o644, 0o666])
def test_what_is_written_for_people_is_its_owner_s_alone(tmp_path: Path, mask: int, before: int | None) -> None:
    file = tmp_path / "gaps.csv"
    if before is not None:
        file.write_text("what stood there before, and was longer")
        file.chmod(before)
    old = os.umask(mask)
    try:
        with open_private(file) as opened:
            opened.write("new")
    finally:
        os.umask(old)
    assert (stat.S_IMODE(file.stat().st_mode), file.read_text()) == (0o600, "new")


def test_who_holds_the_old_file_open_reads_nothing_new_and_no_link_is_followed(tmp_path: Path) -> None:
    file, link, other = tmp_path / "gaps.csv", tmp_path / "link.csv", tmp_path / "other"
    file.write_text("old")
    other.write_text("precious")
    link.symlink_to(other)
    with file.open() as held:
        for path in (file, link):
            with open_private(path) as opened:
                opened.write("new")
        assert held.read() == "old"
    assert (file.read_text(), link.read_text(), other.read_text()) == ("new", "new", "precious")
    with pytest.raises(ZeroDivisionError), open_private(file) as opened:
        opened.write(str(1 // 0))
    assert file.read_text() == "new"
    assert {*tmp_path.iterdir()} == {file, link, other}


def test_a_pipe_is_written_to_as_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    with open_private(Path("/dev/stdout")) as opened:
        opened.write("a line")
    assert capfd.readouterr().out == "a line"


def test_no_module_writes_a_file_that_others_may_read() -> None:
    """By construction: a file that is written is opened by `private`, made by `mkstemp`, or a mapping to edit."""
    writing = re.compile(r"""\.open\(\s*["'][wax]|\bopen\([^)]*["'][wax]b?["']|write_text|write_bytes""")
    files = [file for file in (Path(syncd.__file__).parent).rglob("*.py") if writing.search(file.read_text("utf-8"))]
    assert {file.name for file in files} <= {"shipped.py"}, "syncd.private.open_private closes a file to others"


def test_no_option_takes_a_secret() -> None:
    """Whoever lists the machine's processes reads what stands on a command's line."""
    sounding = re.compile("token|secret|password|key$", re.IGNORECASE)
    words = [
        f"{leaf.path} {word}"
        for leaf in leaves()
        for param in leaf.command.params
        for word in (*param.opts, str(param.metavar or ""))
        if sounding.search(word) and not getattr(param, "is_flag", False)
    ]
    assert words == []


# ---- no store where none was made --------------------------------------------------------------------------------


def test_commands_in_an_empty_folder_make_no_store_and_say_so(tmp_path: Path) -> None:
    """All commands: tests/cli/test_looking.py."""
    for path in (tmp_path / "syncd.db", tmp_path / "typo" / "syncd.db"):
        for command in (("pause",), ("status",), ("quarantine", "list")):
            answer = asked({"SYNCD_DATABASE_URL": f"sqlite:///{path}"}, *command)
            assert answer.code == 2
            assert answer.err.startswith(f"no store at {path}")
    assert list(tmp_path.iterdir()) == []


# ---- a name that is one record -----------------------------------------------------------------------------------


def test_a_qualified_name_is_that_record_and_no_other(sqlite_store: Store) -> None:
    """hubspot.contacts/101 beside a register's row 101."""
    refs = {"contact": RemoteRef("hubspot", "contacts", "101"), "account": RemoteRef("fdic", "institutions", "101")}
    with sqlite_store.writing() as unit:
        for kind, ref in refs.items():
            unit.links.put([Link(ref, kind, str(ref), "a test", manual=False)])
        for kind, ref in refs.items():
            assert golden(unit, str(ref), "contact", "account") == (kind, str(ref))
