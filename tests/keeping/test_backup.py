"""A backup is the store in one file, made while others write; restored, it goes on where the world has got to."""

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from connectors.base import Stopped
from syncd.errors import AlreadyRunning, ConfigError, Unavailable
from syncd.model.runs import RunOutcome
from syncd.model.tokens import Token
from syncd.store import Store
from syncd.store.backup import FILE, Backup, read_backup, rotate, write_backup
from syncd.store.migration import migrate
from syncd.store.notes import RESTORED, text_note
from syncd.store.parts import part
from syncd.store.restoring import restore, restored_from
from syncd.sync.apply import push_pending
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.tables import core
from syncd.tables.columns import metadata
from tests.conftest import new_database
from tests.ledger import carried_out
from tests.sync.conftest import NOON, Place, mappings, placed, wired  # noqa: F401

UNCARRIED = {"session"}


def quiet(*_: object) -> None:
    return None


def backed_up(store: Store, to: Path) -> Backup:
    return write_backup(store, to, quiet, lambda: False)


def restored(file: Path, url: str, *, replace: bool = False, counted: Callable[[int], None] = quiet) -> Store:
    restore(file, url, "cli:ann", replace=lambda _: replace, counted=counted)
    return Store(url)


def content(store: Store) -> dict[str, list[str]]:
    """Every row of every table, in no order, but for the traces of making and restoring the backup itself."""
    with store.reading() as unit:
        rows = {
            name: sorted(map(str, unit.connection.execute(select(table)).all()))
            for name, table in metadata.tables.items()
        }
    return rows


@pytest.fixture
def filled(store: Store, mappings: Path, tmp_path: Path) -> Iterator[Store]:  # noqa: F811
    """A store of either kind after a cycle over the tiny world, in which somebody is signed in."""
    with placed(tmp_path / "unused.db", mappings) as place:
        cycle(wired(place, store), Run())
    with store.writing() as unit:
        unit.audit.write("cli:ann", "link", "hubspot.contacts/101")
        stamps = {"begun_at": NOON, "seen_at": NOON}
        values = {"digest": "signed-in-digest", "name": "ann", "right": "view", "source": "s", **stamps}
        unit.connection.execute(insert(core.table_of(_session())).values(values))
    yield store


def _session() -> Any:
    from syncd.tables.entry import SessionRow

    return SessionRow


OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


def fresh(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'restored.db'}"
    return new_database(request.getfixturevalue("postgres"), "template1")


def test_either_database_is_restored_onto_both(filled: Store, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    made = backed_up(filled, tmp_path)
    assert made == read_backup(made.path)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob(".*.part*")] == []
    before = content(filled)
    for kind in ("sqlite", "postgresql"):
        with closing(restored(made.path, fresh(kind, tmp_path, request))) as store:
            store.require_head()
            after = content(store)
            traces = {"wish", "note", "run", "audit_log", *UNCARRIED}  # see below
            assert {name: rows for name, rows in after.items() if name not in traces} == {
                name: rows for name, rows in before.items() if name not in traces
            }
            assert len(after["wish"]) == len(before["wish"])
            assert after["session"] == []
            assert restored_from(store) == made.made_at
            with store.writing() as unit:  # numbers go on
                last = unit.connection.scalar(select(func.max(core.run.c.id)))
                assert unit.runs.start("cycle") == (last or 0) + 1
                unit.audit.write("cli:ann", "pause", "hubspot.contacts/1")
                line = unit.audit.lines(2)
            assert [one.action for one in line] == ["pause", "restore"]
            with pytest.raises(Exception, match="audit"), store.writing() as unit:
                unit.connection.execute(text("DELETE FROM audit_log"))


def test_it_holds_nobody_who_is_signed_in_not_even_in_its_free_pages(filled: Store, tmp_path: Path) -> None:
    made = backed_up(filled, tmp_path)
    assert b"signed-in-digest" not in made.path.read_bytes()


def test_it_is_one_moment_of_a_store_that_others_write_into(filled: Store, tmp_path: Path) -> None:
    """Two rows that are always written together stand in it together, and whoever writes does not wait for it."""
    over, written = threading.Event(), []

    def write() -> None:
        while not over.is_set():
            name = f"pair {len(written)}"
            with filled.writing() as unit:
                unit.notes.keep(text_note(f"first {name}"), "x" * 2_000)
                unit.notes.keep(text_note(f"second {name}"), "x" * 2_000)
            written.append(name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not written:
            pass
        made = [backed_up(filled, tmp_path / f"{number}.backup") for number in range(3)]
        during = len(written)
    finally:
        over.set()
        writer.join()
    assert during > 3
    for backup in made:
        with closing(sqlite3.connect(backup.path)) as connection:
            counted = [
                connection.execute("SELECT count(*) FROM note WHERE name LIKE ?", (f"{which} pair %",)).fetchone()[0]
                for which in ("first", "second")
            ]
        assert counted[0] == counted[1]


def test_one_that_is_stopped_leaves_nothing(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        write_backup(filled, tmp_path / "x.backup", quiet, lambda: True)
    assert not list(tmp_path.glob("*.backup*")) + list(tmp_path.glob(".*part*"))


def test_it_is_stopped_at_every_step_also_while_it_is_sealed_and_looked_at(filled: Store, tmp_path: Path) -> None:
    for step in range(1, 100):
        looks = iter(range(1, 10_000))
        with suppress(Stopped):
            write_backup(filled, tmp_path / "x.backup", quiet, lambda: next(looks) == step)  # noqa: B023
            break
        assert not list(tmp_path.glob("*.backup*")) + list(tmp_path.glob(".*part*"))
    assert step > 3  # copied, sealed, looked at
    read_backup(tmp_path / "x.backup")
    with pytest.raises(Stopped):
        read_backup(tmp_path / "x.backup", lambda: True)


DIES = """
import os, sys
from pathlib import Path
from syncd.store.parts import part

with part(Path(sys.argv[1])) as file:
    file.write_text("everybody")
    file.with_name(file.name + "-journal").write_text("everybody")
    os._exit(1)
"""


def test_what_a_kill_left_of_one_goes_with_the_next_and_one_in_the_making_stays(
    sqlite_store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / ".another.0123456789abcdef.part").touch()
    assert subprocess.run([sys.executable, "-c", DIES, str(folder)], check=False).returncode == 1
    assert len(list(folder.glob(".syncd-*"))) == 2
    with part(folder) as making:
        assert [path.name for path in folder.glob(".syncd-*")] == [making.name]
        made = backed_up(sqlite_store, folder)
        assert making.exists()
    assert {path.name for path in folder.iterdir()} == {made.path.name, ".another.0123456789abcdef.part"}


# ---- where it goes, and where it must not ----------------------------------------------------------------------------


@pytest.fixture
def made(sqlite_store: Store, tmp_path: Path) -> Backup:
    folder = tmp_path / "backups"
    folder.mkdir()
    with sqlite_store.writing() as unit:
        unit.notes.keep(text_note("who"), "the first")
    return backed_up(sqlite_store, folder)


def test_nothing_but_an_older_backup_is_written_over(sqlite_store: Store, made: Backup, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ConfigError, match="not written over"):
        backed_up(sqlite_store, tmp_path / "letter.txt")
    assert backed_up(sqlite_store, made.path).made_at > made.made_at
    with pytest.raises(ConfigError, match="cannot be written"):
        backed_up(sqlite_store, tmp_path / "nowhere" / "x.backup")


def test_of_a_folder_the_newest_are_kept_and_what_is_others_stays(made: Backup, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    days = [folder / FILE.format(at=datetime(2026, 11, day, tzinfo=UTC)) for day in range(1, 6)]
    later = folder / FILE.format(at=datetime(2099, 1, 1, tzinfo=UTC))
    for path in (*days, later):
        path.write_bytes(made.path.read_bytes())
    strange = [folder / FILE.format(at=datetime(2026, 10, day, tzinfo=UTC)) for day in (1, 2)]
    strange[0].touch()  # no backup
    strange[1].mkdir()
    (folder / "before-the-upgrade.backup").touch()
    others = {later, *strange, folder / "before-the-upgrade.backup"}
    assert rotate(folder, 2, days[-1]) == ([days[2], days[1], days[0]], [later])
    assert {*folder.iterdir()} == {*days[-2:], *others}
    assert rotate(folder, 0, days[-1]) == ([days[-2]], [later])
    assert {*folder.iterdir()} == {days[-1], *others}, "what was just made is never taken away"
    assert rotate(folder, 1, days[-1]) == ([], [later])


def flip(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    at = whole.rfind(b"the first")
    whole[at : at + 9] = b"the third"
    path.write_bytes(whole)


SPOILT: dict[str, Callable[[Path], Any]] = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "no database": lambda path: path.write_bytes(b"%PDF-1.7" * 500),
    "a page of zeros": lambda path: path.write_bytes(
        path.read_bytes()[:8192] + bytes(4096) + path.read_bytes()[12288:]
    ),
    "another word in it": flip,
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_backup_is_refused_and_nothing_is_touched(made: Backup, tmp_path: Path, spoil: Any) -> None:
    target = f"sqlite:///{tmp_path / 'syncd.db'}"
    spoil(made.path)
    before = content(Store(target))
    with pytest.raises(ConfigError):
        restored(made.path, target, replace=True)
    with pytest.raises(ConfigError):
        restored(made.path, f"sqlite:///{tmp_path / 'new.db'}")
    assert content(Store(target)) == before
    assert not (tmp_path / "new.db").exists()


def test_another_programs_file_and_a_bare_store_are_no_backups(sqlite_store: Store, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
    for name in ("other.db", "syncd.db"):
        with pytest.raises(ConfigError, match="no backup"):
            restored(tmp_path / name, f"sqlite:///{tmp_path / 'new.db'}")


def test_a_server_that_does_not_answer_is_said_to_be_away(made: Backup) -> None:
    with pytest.raises(Unavailable, match="cannot be used now"):
        restored(made.path, "postgresql://127.0.0.1:1/syncd")


def test_one_of_a_newer_syncd_is_refused(made: Backup, tmp_path: Path) -> None:
    with closing(sqlite3.connect(made.path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(ConfigError):
        restored(made.path, f"sqlite:///{tmp_path / 'new.db'}")
    assert not (tmp_path / "new.db").exists()


def test_a_store_that_is_there_is_replaced_only_where_somebody_says_so(
    made: Backup, sqlite_store: Store, tmp_path: Path
) -> None:
    with sqlite_store.writing() as unit:
        unit.notes.keep(text_note("who"), "the second")
    url = f"sqlite:///{tmp_path / 'syncd.db'}"
    with pytest.raises(ConfigError, match="--replace"):
        restored(made.path, url)
    with closing(restored(made.path, url, replace=True)) as store, store.reading() as unit:
        assert unit.notes.read(text_note("who")) == "the first"


def test_a_store_that_a_daemon_works_on_is_not_replaced(made: Backup, sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite_store.alone(), pytest.raises(AlreadyRunning):
        restored(made.path, f"sqlite:///{tmp_path / 'syncd.db'}", replace=True)


def test_what_a_killed_store_left_behind_does_not_speak_to_the_restored_one(made: Backup, tmp_path: Path) -> None:
    """Its file was taken away alone: SQLite plays the log that lies beside it into whatever file has the name."""
    path, beside = tmp_path / "killed.db", {}
    with closing(Store(f"sqlite:///{path}")) as store:
        store.migrate()
        for number in range(20):
            with store.writing() as unit:
                unit.notes.keep(text_note(f"later {number}"), "x" * 500)
        beside = {ending: Path(f"{path}{ending}").read_bytes() for ending in ("-wal", "-shm")}
    path.unlink()
    for ending, left in beside.items():
        Path(f"{path}{ending}").write_bytes(left)
    with closing(restored(made.path, f"sqlite:///{path}")) as store, store.reading() as unit:
        assert unit.notes.read(text_note("who")) == "the first"
        assert not any(unit.notes.read(text_note(f"later {number}")) for number in range(20))
        assert unit.connection.scalar(text("PRAGMA integrity_check")) == "ok"
    assert restored_from(store) == made.made_at


def test_where_a_daemon_still_works_whose_file_was_taken_away_nothing_is_put(made: Backup, tmp_path: Path) -> None:
    path = tmp_path / "gone.db"
    with closing(Store(f"sqlite:///{path}")) as store:
        store.migrate()
        with store.alone():
            path.unlink()
            with pytest.raises(AlreadyRunning):
                restored(made.path, f"sqlite:///{path}")
    assert not path.exists()


class Killed(BaseException):
    """A process that ends in the middle."""


def test_killed_in_the_middle_the_old_store_stands(made: Backup, database_factory: Callable[[], str]) -> None:
    url = database_factory()
    with closing(Store(url)) as store:
        with store.writing() as unit:
            unit.notes.keep(text_note("who"), "the second")
        before = content(store)

        def die(_: int) -> None:
            raise Killed

        with pytest.raises(Killed):
            restored(made.path, url, replace=True, counted=die)
        after = content(store)
    for rows in (before, after):  # that somebody held it for a while is noted
        rows["note"] = [row for row in rows["note"] if "held by" not in row]
    assert after == before


# ---- what somebody else put into it ----------------------------------------------------------------------------------

TOKEN = (
    'INSERT OR IGNORE INTO token (digest, name, "right", made_at, made_by, expires_at) VALUES '
    "('planted', 'ci', 'administer', '2026-11-01 00:00:00.000000', 'cli:root', '2099-01-01 00:00:00.000000');"
)


def changed(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_trigger_in_it_neither_fires_nor_lives_on(made: Backup, tmp_path: Path) -> None:
    changed(
        made.path,
        f'CREATE TRIGGER "ti""dy" AFTER INSERT ON audit_log BEGIN {TOKEN} END',
        f"CREATE TRIGGER tidy2 AFTER DELETE ON session BEGIN {TOKEN} END",
        "CREATE TABLE more (x)",
        "CREATE INDEX longer ON note (value)",
    )
    with closing(sqlite3.connect(tmp_path / "syncd.db")) as connection:
        schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"
        as_made = connection.execute(schema).fetchall()
    changed(made.path, "DROP TABLE more")
    with closing(restored(made.path, f"sqlite:///{tmp_path / 'new.db'}")) as store, store.writing() as unit:
        unit.audit.write("cli:ann", "pause", "x")
        assert unit.tokens.all() == []
        assert unit.notes.read(text_note("who")) == "the first"
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute(schema).fetchall() == as_made


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"
STRANGE = {
    "a view that never ends": (
        "DROP TABLE backup",
        f"CREATE VIEW backup (made_at, made_by, source, rows, digest) AS {ENDLESS} x, x, x, x, x FROM n WHERE x < 0",
    ),
    "a view in the place of a table": ("DROP TABLE note", f"CREATE VIEW note AS {ENDLESS} x FROM n WHERE x < 0"),
    "a view that is called a table": (
        f"CREATE VIEW v AS {ENDLESS} x FROM n WHERE x < 0",
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET type = 'table' WHERE name = 'v'",
    ),
    "a trigger that is called an index": (
        f"CREATE TRIGGER t AFTER INSERT ON audit_log BEGIN {TOKEN} END",
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET type = 'index' WHERE name = 't'",
    ),
    "a virtual table": ("CREATE VIRTUAL TABLE f USING fts5(x)",),
}


@pytest.mark.parametrize("statements", STRANGE.values(), ids=STRANGE)
def test_what_no_backup_holds_is_not_even_read(made: Backup, tmp_path: Path, statements: tuple[str, ...]) -> None:
    changed(made.path, *statements)
    with pytest.raises(ConfigError, match=r"damaged|no backup"):
        restored(made.path, f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(ConfigError):
        backed_up(Store(f"sqlite:///{tmp_path / 'syncd.db'}"), made.path)
    assert [path.name for path in tmp_path.iterdir() if "new.db" in path.name or ".part" in path.name] == []


def test_a_token_that_was_revoked_since_stays_so(database_factory: Callable[[], str], tmp_path: Path) -> None:
    url = database_factory()
    ends = NOON + timedelta(days=9_000)
    with closing(Store(url)) as store:
        store.migrate()
        with store.writing() as unit:
            for name in ("gone", "kept"):
                unit.tokens.keep(
                    f"secret of {name}", Token(name, "view", NOON - timedelta(days=900), "cli:ann", ends, None)
                )
        made = backed_up(store, tmp_path / "x.backup")
        with store.writing() as unit:
            unit.tokens.revoke("gone")
            unit.audit.write("cli:ann", "token revoke", "gone")
    for _ in range(2):  # the store that was restored knows of it, too
        with closing(restored(made.path, url, replace=True)) as store, store.reading() as unit:
            assert [one.name for one in unit.tokens.all()] == ["kept"]


# ---- older stores ----------------------------------------------------------------------------------------------------


def test_one_of_an_older_syncd_is_brought_forward(tmp_path: Path) -> None:
    """A backup says itself of which revision it is; every table that it holds is summed up as it stands."""
    from syncd.store import backup as module

    old = Store(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(old.database, "0038")
    with old.database.writing() as connection:
        connection.execute(text("INSERT INTO note (name, value) VALUES ('who', 'the oldest')"))
    old.close()
    (tmp_path / "old.backup").write_bytes((tmp_path / "old.db").read_bytes())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "head", lambda: "0038")
        module._seal(tmp_path / "old.backup", "sqlite")
    with closing(restored(tmp_path / "old.backup", f"sqlite:///{tmp_path / 'new.db'}")) as store:
        store.require_head()
        with store.reading() as unit:
            assert unit.notes.read(text_note("who")) == "the oldest"


# ---- the first cycle behind it ---------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, mappings: Path) -> Iterator[Place]:  # noqa: F811
    with placed(tmp_path / "unused.db", mappings) as tiny:
        yield tiny


def made_by_us(place: Place) -> dict[str, list[Any]]:
    """What stands in the simulators, by what would show a double."""
    tasks = place.rows("Task")
    return {
        "opportunities": sorted(str(row["Syncd_Key__c"]) for row in place.ours()),
        "tasks": sorted(str(row.get("Syncd_Key__c")) for row in tasks if row.get("Syncd_Key__c")),
        "contacts": sorted(str(row.get("Email")) for row in place.rows("Contact")),
        "accounts": sorted(row["Name"] for row in place.rows("Account")),
        "roles": sorted(f"{row['OpportunityId']}/{row['ContactId']}" for row in place.rows("OpportunityContactRole")),
    }


def touched(store: Store) -> list[tuple[str, str]]:
    """What of our records is held to be a person's."""
    columns = (core.wish.c.remote_id, core.wish.c.touched)
    with store.reading() as unit:
        rows = unit.connection.execute(select(*columns).where(core.wish.c.touched != "[]")).all()
    return sorted((row[0], row[1]) for row in rows)


def until_quiet(wiring: Wiring) -> None:
    for _ in range(6):
        if not carried_out(wiring, "cycle").summary.written:
            return


def test_what_was_made_after_the_backup_is_neither_doubled_nor_lost(
    place: Place, sqlite_store: Store, tmp_path: Path
) -> None:
    wiring = wired(place, sqlite_store)
    made = backed_up(sqlite_store, tmp_path / "empty.backup")  # before anything was written
    until_quiet(wiring)
    later = backed_up(sqlite_store, tmp_path / "later.backup")
    person = next(
        row for row in place.portal("contacts") if row["properties"].get("email") and row["properties"].get("lastname")
    )
    place.submit(person["properties"]["email"], "demo", NOON - timedelta(hours=2))
    until_quiet(wiring)
    stood, taken = made_by_us(place), touched(sqlite_store)
    assert stood["opportunities"]
    assert stood["tasks"]
    for number, backup in enumerate((made, later)):
        with closing(restored(backup.path, f"sqlite:///{tmp_path / f'restored{number}.db'}")) as store:
            again = wired(place, store)
            with pytest.raises(Unavailable, match="everything is read before"):
                push_pending(again, Run(), force=False)
            summary = carried_out(again, "cycle").summary
            assert any("restored from the backup" in note for note in summary.notes)
            assert restored_from(store) is None
            until_quiet(again)
            stands = made_by_us(place)
            more = {name: [one for one in stands[name] if one not in stood[name]] for name in stood}
            less = {name: [one for one in stood[name] if one not in stands[name]] for name in stood}
            assert (number, more, less) == (number, {name: [] for name in stood}, {name: [] for name in stood})
            assert stands == stood
            if backup is later:  # what syncd wrote itself since is nobody's touch, of what the backup knew
                assert touched(store) == taken


def test_while_not_everything_could_be_read_nothing_is_written(
    place: Place, sqlite_store: Store, tmp_path: Path
) -> None:
    wiring = wired(place, sqlite_store)
    made = backed_up(sqlite_store, tmp_path / "x.backup")
    assert wiring
    with closing(restored(made.path, f"sqlite:///{tmp_path / 'restored.db'}")) as store:
        again = wired(place, store)
        place.fault({"kind": "status", "system": "hubspot", "path": "*compan*", "status": 503})
        summary = carried_out(again, "cycle").summary
        assert summary.outcome is RunOutcome.INCOMPLETE
        assert summary.written == 0
        assert place.ours() == []
        assert restored_from(store) is not None
        with store.reading() as unit:
            assert unit.notes.read(RESTORED)
