"""Two processes and one SQLite file: readers never wait, a second writer is told, nobody sees "database is locked"."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from syncd.store import Store
from syncd.store.notes import text_note
from syncd.sync.cycle import Wiring
from syncd.sync.summary import Summary
from tests.ledger import keep_note
from tests.sync.conftest import Place
from tests.sync.test_trust import environment


@contextmanager
def started(place: Place, database: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "syncd", *words]
    process = subprocess.Popen(
        command, env=environment(place, database), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_while_a_cycle_writes_others_read_and_a_second_one_is_refused(
    place: Place, run: Callable[..., Summary], wiring: Wiring, tmp_path: Path
) -> None:
    database = tmp_path / "syncd.db"
    run()
    contact = place.rows("Contact")[0]
    place.fault({"kind": "latency", "system": "hubspot", "seconds": 3})
    with started(place, database, "cycle", "--full", "--json") as busy:
        until = time.monotonic() + 30
        while time.monotonic() < until and place.sandbox.faults.rules[0].struck == 0:
            threading.Event().wait(0.02)
        with (
            started(place, database, "status", "--json") as status,
            started(place, database, "explain", contact["Id"], "--json") as explain,
            started(place, database, "cycle", "--json") as second,
        ):
            said = {name: one.communicate(timeout=60) for name, one in (("status", status), ("second", second))}
            explained = explain.communicate(timeout=60)
            assert busy.poll() is None, "the cycle must still run for this to mean anything"
        assert (status.returncode, explain.returncode) == (0, 0), (said["status"][1], explained[1])
        assert second.returncode == 5
        assert b"another syncd works on" in said["second"][1]
        place.fault()
        out, errors = busy.communicate(timeout=60)
        assert busy.returncode == 0, errors
        assert b'"outcome": "done"' in out
        assert b"locked" not in errors


def test_a_reader_does_not_wait_for_a_writer_nor_a_writer_for_readers(sqlite_store: Store, tmp_path: Path) -> None:
    """WAL: a transaction that is open on one side holds nobody up on the other."""
    other = Store(f"sqlite:///{tmp_path / 'syncd.db'}")
    with sqlite_store.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO note (name, value) VALUES ('a', '1')")
        with other.reading() as unit:
            assert unit.notes.read(text_note("a")) is None
    with other.database.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM note").scalar()
        keep_note(sqlite_store, text_note("b"), "2")
    with other.reading() as unit:
        assert (unit.notes.read(text_note("a")), unit.notes.read(text_note("b"))) == ("1", "2")
    other.close()
