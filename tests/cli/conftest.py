"""The command line as people use it: real arguments, a real environment, the sandbox behind it."""

import contextlib
import io
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, World, build
from syncd.cli import main
from tests.ledger import begin_at
from tests.sync.conftest import Place, copied, mappings, placed  # noqa: F401

# What must never be seen: the sandbox takes these as credentials.
SECRETS = ("sandbox-token", "sandbox-secret", "sandbox-admin-token", "sandbox-admin-secret")


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)


@dataclass
class Syncd:
    """`syncd …` in one environment."""

    environment: dict[str, str]
    place: Place
    database: Path

    def __call__(self, *arguments: str, typed: str | bytes = "", **changed: str | None) -> Answer:
        """Run a command in this process; `typed` stands on standard input, `changed` sets variables (None: none)."""
        return ask({**self.environment, **changed}, *arguments, typed=typed)

    def done(self, *arguments: str, typed: str | bytes = "", **changed: str | None) -> Answer:
        """Run a command that must succeed."""
        answer = self(*arguments, typed=typed, **changed)
        assert answer.code == 0, (arguments, answer)
        return answer

    @contextmanager
    def started(self, *arguments: str, **changed: str) -> Iterator[subprocess.Popen[str]]:
        """Run a command in a process of its own; it is killed in the end, if it still runs."""
        process = subprocess.Popen(
            [sys.executable, "-m", "syncd", *arguments],
            env={**_clean(), **self.environment, **changed},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            process.wait()


def ask(environment: Mapping[str, str | None], *arguments: str, typed: str | bytes = "") -> Answer:
    """Run a command in this process. Whatever it shows, it shows no traceback and no credential."""
    out, err = io.StringIO(), io.StringIO()
    with _environment(environment), _process(typed):
        sys.argv = ["syncd", *arguments]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = _exit_code()
    answer = Answer(code, out.getvalue(), err.getvalue())
    shown = answer.out + answer.err
    assert "Traceback" not in shown, shown
    assert not [secret for secret in SECRETS if secret in shown], shown
    return answer


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _clean() -> dict[str, str]:
    return _clean_of(os.environ)


@contextmanager
def _environment(wanted: Mapping[str, str | None]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update({**_clean_of(before), **{name: value for name, value in wanted.items() if value is not None}})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _clean_of(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("SYNCD_")}


@contextmanager
def _process(typed: str | bytes) -> Iterator[None]:
    """A command sets up what belongs to its process: arguments, signals, logs. Give them back."""
    arguments, handlers, keyboard = sys.argv, list(logging.getLogger().handlers), sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(typed.encode() if isinstance(typed, str) else typed))  # nobody sits there
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        sys.argv, sys.stdin = arguments, keyboard
        logging.getLogger().handlers[:] = handlers
        structlog.reset_defaults()
        for number, handler in signals.items():
            signal.signal(number, handler)


def environment(sandbox: Sandbox, database: Path) -> dict[str, str]:
    """What an installation beside this sandbox sets."""
    return {
        "SYNCD_DATABASE_URL": f"sqlite:///{database}",
        "SYNCD_HUBSPOT_URL": sandbox.hubspot_url,
        "SYNCD_HUBSPOT_TOKEN": "sandbox-token",
        "SYNCD_HUBSPOT_SETTLE_SECONDS": "0",
        "SYNCD_SALESFORCE_LOGIN_URL": sandbox.salesforce_url,
        "SYNCD_SALESFORCE_CLIENT_ID": "sandbox-client",
        "SYNCD_SALESFORCE_CLIENT_SECRET": "sandbox-secret",
        "SYNCD_CA_FILE": sandbox.ca_file,
        "SYNCD_HTTP_PORT": "0",
    }


@contextmanager
def _installed(folder: Path, mappings: Path) -> Iterator[Syncd]:  # noqa: F811
    """The tiny world in a prepared sandbox, and a syncd that has not run yet."""
    database = folder / "syncd.db"
    with placed(database, mappings, world=datetime.now(UTC).date()) as place:
        yield _syncd(place, database, mappings)


def _syncd(place: Place, database: Path, mappings: Path) -> Syncd:  # noqa: F811
    return Syncd({**environment(place.sandbox, database), "SYNCD_MAPPINGS": str(mappings)}, place, database)


def world() -> World:
    """The tiny world, ending today as the commands see it."""
    return build(1, datetime.now(UTC).date(), Size.TINY)


@pytest.fixture
def syncd(tmp_path: Path, mappings: Path) -> Iterator[Syncd]:  # noqa: F811
    """A syncd that has not run yet, with a sandbox of its own."""
    with _installed(tmp_path, mappings) as syncd:
        yield syncd


@pytest.fixture
def begun(syncd: Syncd) -> Syncd:
    """The same past its first plan."""
    begin_at(syncd.environment["SYNCD_DATABASE_URL"])
    return syncd


@dataclass(frozen=True)
class Cycled:
    """What a first cycle leaves behind: its database and both simulators, of which each test gets copies."""

    database: Path
    simulators: tuple[Any, Any]

    @contextmanager
    def copy(self, folder: Path, mappings: Path) -> Iterator[Syncd]:  # noqa: F811
        """A syncd after its first cycle, and its own sandbox."""
        database = folder / "syncd.db"
        with closing(sqlite3.connect(self.database)) as past, closing(sqlite3.connect(database)) as here:
            past.backup(here)
        with copied(database, mappings, self.simulators) as place:
            yield _syncd(place, database, mappings)


@pytest.fixture(scope="session")
def cycled(tmp_path_factory: pytest.TempPathFactory, mappings: Path) -> Cycled:  # noqa: F811
    """The tiny world after a first cycle, run once."""
    with _installed(tmp_path_factory.mktemp("cycled"), mappings) as syncd:
        begin_at(syncd.environment["SYNCD_DATABASE_URL"])
        syncd.done("cycle")
        sandbox = syncd.place.sandbox
    return Cycled(syncd.database, (sandbox.hubspot, sandbox.salesforce))


@pytest.fixture
def synced(cycled: Cycled, tmp_path: Path, mappings: Path) -> Iterator[Syncd]:  # noqa: F811
    """A syncd after its first cycle, with a sandbox of its own."""
    with cycled.copy(tmp_path, mappings) as syncd:
        yield syncd


@pytest.fixture(scope="module")
def shared(cycled: Cycled, tmp_path_factory: pytest.TempPathFactory, mappings: Path) -> Iterator[Syncd]:  # noqa: F811
    """A syncd after its first cycle, for tests that only look."""
    with cycled.copy(tmp_path_factory.mktemp("shared"), mappings) as syncd:
        yield syncd


@pytest.fixture
def opportunity(synced: Syncd) -> dict[str, Any]:
    """One opportunity that the first cycle opened."""
    return min(synced.place.ours(), key=lambda row: str(row["Name"]))
