"""What the database or the system does not let us do: told with what would mend it, or heeded."""

import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from syncd.errors import ConfigError
from syncd.store import Store
from syncd.store.migration import head
from syncd.sync.halving import by_halves
from tests.cli.conftest import *  # noqa: F403
from tests.cli.conftest import Syncd
from tests.conftest import administer


@pytest.fixture
def read_only(empty_postgres: str) -> str:
    """A migrated PostgreSQL store, as a user sees it who may only read: its URL."""
    with closing(Store(empty_postgres)) as store:
        store.migrate()
    reader = f"reader_{empty_postgres.partition('?')[0].rpartition('/')[2]}"
    administer(empty_postgres, f"CREATE ROLE {reader} LOGIN")
    administer(empty_postgres, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}")
    return empty_postgres.replace("postgresql://postgres:", f"postgresql://{reader}:", 1)


@pytest.mark.parametrize(
    "statement", ["UPDATE run SET outcome = 'done'", "DELETE FROM run", "CREATE TABLE more (a int)"]
)
def test_a_user_without_the_right_is_told_what_to_grant(read_only: str, statement: str) -> None:
    refused = pytest.raises(ConfigError, match=r"permission denied.*GRANT SELECT, INSERT")
    with closing(Store(read_only)) as store, refused, store.database.writing() as connection:
        connection.execute(text(statement))


def test_a_right_that_lacks_is_no_record_s_fault(read_only: str) -> None:
    aside: list[str] = []
    refused = pytest.raises(ConfigError, match="permission denied")
    with closing(Store(read_only)) as store, refused, store.database.writing() as connection:
        by_halves(
            connection,
            ["1", "2"],
            lambda _: connection.execute(text("DELETE FROM run")),
            lambda thing, _: aside.append(thing),
        )
    assert aside == []


@pytest.mark.parametrize("command", ["cycle", "doctor", "pause", "status"])
def test_no_command_breaks_for_want_of_a_right(syncd: Syncd, read_only: str, command: str) -> None:
    answer = syncd(command, SYNCD_DATABASE_URL=read_only)
    assert "syncd broke" not in answer.err + answer.out
    assert "Error at" not in answer.err + answer.out
    if command != "status":
        assert answer.code == 2
        assert "GRANT" in answer.err + answer.out


def test_a_file_that_may_only_be_read_is_told_so(tmp_path: Path) -> None:
    refused = pytest.raises(ConfigError, match="may be written")
    with closing(Store(f"sqlite:///{tmp_path / 'syncd.db'}")) as store:
        store.migrate()
        with refused, store.database.writing() as connection:
            connection.execute(text("PRAGMA query_only = 1"))
            connection.execute(text("DELETE FROM run"))


def test_two_migrations_at_once_of_an_empty_database_both_end_well(empty_postgres: str) -> None:
    stores, stands = [Store(empty_postgres) for _ in range(3)], list[str]()
    threads = [threading.Thread(target=lambda store=store: stands.append(store.migrate())) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for store in stores:
        store.close()
    assert stands == [head()] * 3


KEEPS = """
import os, signal, sys, threading
from syncd.signals import stop_on_signals
if sys.argv[1] == "ignored":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
else:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
stop = threading.Event()
stop_on_signals(stop)
os.kill(os.getpid(), signal.SIGHUP)
print(stop.wait(0.3))
"""


@pytest.mark.parametrize(("inherited", "stops"), [("ignored", "False"), ("not ignored", "True")])
def test_a_hangup_that_was_ignored_at_the_start_stays_so(inherited: str, stops: str) -> None:
    out = subprocess.check_output([sys.executable, "-c", KEEPS, inherited], text=True, timeout=30)
    assert out.strip() == stops
