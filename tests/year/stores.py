"""How the faults of the year that concern the store strike, on SQLite and on PostgreSQL, and how they are mended."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from syncd.composition import alone
from syncd.errors import AlreadyRunning, SyncdError
from syncd.store import Store
from syncd.tables.columns import metadata
from syncd.wiring import wire
from tests.health.test_on_call import full as filled
from tests.ledger import carried_out
from tests.year.site import Site
from tests.year.strikes import until

NO_ROOM = 'could not extend file "base/16384/16402": No space left on device'


@contextmanager
def full(site: Site) -> Iterator[None]:
    """Its disk takes nothing more: SQLite says so as it begins, PostgreSQL where a table would grow."""
    if site.is_sqlite:
        with filled(site.store) as disk:
            yield
            disk.clear()
    else:
        make, drop = _FULL
        carry_out(site, make)
        yield
        carry_out(site, drop)
    site.beat()


_FULL = (
    [
        "CREATE FUNCTION extend() RETURNS trigger LANGUAGE plpgsql AS "
        f"'BEGIN RAISE EXCEPTION ''{NO_ROOM}'' USING ERRCODE = ''disk_full'', HINT = ''Check free disk space.''; END'",
        *(
            f'CREATE TRIGGER extending BEFORE INSERT OR UPDATE ON "{name}" FOR EACH STATEMENT EXECUTE FUNCTION extend()'
            for name in metadata.tables
        ),
    ],
    ["DROP FUNCTION extend() CASCADE"],
)


def carry_out(site: Site, statements: list[str]) -> None:
    """Change the database behind syncd's back."""
    with site.store.writing() as unit:
        for statement in statements:
            unit.connection.execute(text(statement))


@contextmanager
def away(site: Site) -> Iterator[None]:
    site.sandbox({"now": [{"kind": "restart", "seconds": 600.0}]})
    yield
    site.sandbox({"now": [{"kind": "restart", "seconds": 0.0}]})
    until(lambda: answers(site.store))


@contextmanager
def restart(site: Site) -> Iterator[None]:
    site.sandbox({"now": [{"kind": "restart", "seconds": 0.0}]})
    until(lambda: answers(site.store))
    yield


def answers(store: Store) -> bool:
    with suppress(SyncdError, DBAPIError):
        store.database.ping()
        return True
    return False


@contextmanager
def unlocked(site: Site) -> Iterator[None]:
    Path(f"{site.store.database.url.database}.lock").unlink()
    yield


@contextmanager
def second_daemon(site: Site) -> Iterator[None]:
    other = Store(url_of(site))
    with pytest.raises(AlreadyRunning), alone(other):
        pass
    other.close()
    yield


def url_of(site: Site) -> str:
    return site.store.database.url.render_as_string(hide_password=False)


@contextmanager
def no_deletes(site: Site) -> Iterator[None]:
    make, drop = _REFUSING["sqlite" if site.is_sqlite else "postgresql"]
    carry_out(site, make)
    yield
    carry_out(site, drop)
    site.night()


_REFUSING = {
    "sqlite": (
        [
            "CREATE TRIGGER refusing BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'the table is read-only'); END",
        ],
        ["DROP TRIGGER refusing"],
    ),
    "postgresql": (
        [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE EXCEPTION ''the table is read-only''; END'",
            "CREATE TRIGGER refusing BEFORE DELETE ON run FOR EACH ROW EXECUTE FUNCTION refuse()",
        ],
        ["DROP TRIGGER refusing ON run", "DROP FUNCTION refuse()"],
    ),
}


@contextmanager
def killed(site: Site) -> Iterator[None]:
    """A process that works on the store is killed as it commits, and another one starts."""
    commits = 5 + site.daemon.wiring.today().day  # another place in the work each time
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the one that forks is the one that goes on
        child = os.fork()
    if not child:
        _die_within(site, commits)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), status
    assert os.WTERMSIG(status) == signal.SIGKILL
    site.holding.close()
    site.hold()
    yield


def _die_within(site: Site, commits: int) -> None:
    try:
        signal.alarm(120)
        store = Store(url_of(site))
        left = [commits]

        def die(_: Any) -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(store.database.engine, "commit", die)
        wiring = replace(wire(site.settings, store, sleep=lambda _: None), clock=lambda: datetime.now(UTC))
        while True:
            carried_out(wiring, "reconcile")
    finally:
        os._exit(3)
