"""A store that was opened for reading: the database itself refuses whatever would write."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from syncd.errors import NoStore, OnlyRead, SyncdError
from syncd.store import Store
from syncd.store.notes import text_note
from syncd.store.readiness import require_ready
from tests.empty_stores import empty_sqlite

KEPT = text_note("kept")
WRITES = {
    "a row more": "INSERT INTO note (name, value) VALUES ('more', '1')",
    "a row changed": "UPDATE note SET value = 'changed'",
    "a row less": "DELETE FROM note",
    "a table more": "CREATE TABLE more (id INTEGER)",
    "a table less": "DROP TABLE note",
    "a table emptied": "DELETE FROM contact",
}


@pytest.fixture
def looked_at(store: Store) -> Iterator[Store]:
    """The same store, opened for reading; one note stands in it."""
    with store.writing() as unit:
        unit.notes.keep(KEPT, "1")
    looked_at = Store(store.database.url.render_as_string(hide_password=False), read_only=True)
    yield looked_at
    looked_at.close()


@pytest.mark.parametrize("statement", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("engine", ["engine", "batches"])
def test_no_statement_writes(store: Store, looked_at: Store, statement: str, engine: str) -> None:
    opened = getattr(looked_at.database, engine)
    with pytest.raises(DBAPIError), opened.connect() as connection, connection.begin():
        connection.execute(text(statement))
    with store.reading() as unit:
        assert unit.notes.read(KEPT) == "1"
        assert unit.connection.scalar(text("SELECT count(*) FROM note")) == 1


@pytest.mark.parametrize("statement", WRITES.values(), ids=WRITES)
def test_no_unit_of_work_that_reads_writes(looked_at: Store, statement: str) -> None:
    with pytest.raises((SyncdError, DBAPIError)), looked_at.reading() as unit:
        unit.connection.execute(text(statement))
    with looked_at.reading() as unit:
        assert unit.notes.read(KEPT) == "1"


def test_there_is_no_unit_of_work_that_writes(looked_at: Store) -> None:
    with pytest.raises(OnlyRead), looked_at.writing():
        pass


def test_what_is_written_meanwhile_is_read(store: Store, looked_at: Store) -> None:
    with store.writing() as unit:
        unit.notes.keep(KEPT, "2")
    with looked_at.reading() as unit:
        assert unit.notes.read(KEPT) == "2"


def test_who_looks_whether_somebody_holds_it_makes_no_file(tmp_path: Path) -> None:
    url = empty_sqlite(tmp_path / "syncd.db")
    looked_at = Store(url, read_only=True)
    assert not looked_at.is_held()
    assert not (tmp_path / "syncd.db.lock").exists()
    writes = Store(url)
    with writes.alone():
        assert looked_at.is_held()
    assert not looked_at.is_held()
    looked_at.close()
    writes.close()


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    looked_at = Store(f"sqlite:///{tmp_path}/new.db", read_only=True)
    with pytest.raises(NoStore):
        require_ready(looked_at)
    looked_at.close()
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("name", ["a b.db", "ä#b.db"])
def test_the_file_is_the_one_that_is_named(tmp_path: Path, name: str) -> None:
    empty_sqlite(tmp_path / "plain.db")
    (tmp_path / "plain.db").rename(tmp_path / name)
    looked_at = Store(f"sqlite:///{tmp_path}/{name}", read_only=True)
    require_ready(looked_at)
    looked_at.close()
