"""Every secret and a person are planted, everything goes wrong, and whatever can be looked into is silent."""

import contextlib
import io
import logging
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import structlog
import trustme
from sqlalchemy import create_engine, inspect, text

from connectors.base import ConnectorError
from connectors.sandbox.server import Sandbox
from connectors.scrubber import know
from syncd import logs
from syncd.cli.screen import say
from syncd.errors import SyncdError
from syncd.outlets import guarded
from syncd.settings import Settings, is_secret, read
from syncd.store import Store
from syncd.strangers import outlined, reason_of
from syncd.wiring import wire
from tests.cli.conftest import Answer, Cycled, ask, environment
from tests.cli.every_command import leaves
from tests.cli.test_run import free_port
from tests.faults import canaries
from tests.faults.canaries import OTHERS, PERSON, Disguise, body_of, echo, elsewhere, only, page, require_silent
from tests.faults.leaky_vendors import PRIVATE_KEY, Parrot
from tests.ledger import carried_out, retry_wishes
from tests.sync.conftest import Place

# ---- the cage ----------------------------------------------------------------------------------------------------


@dataclass
class Cage:
    """An installation whose every secret is a canary, and whose records name one person."""

    folder: Path
    variables: dict[str, str]
    hubspot: Disguise
    salesforce: Disguise
    sandbox: Sandbox
    shown: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.folder / "syncd.db"

    def __call__(self, *arguments: str, **changed: str | None) -> Answer:
        """Run a command in this process, and keep what it showed."""
        answer = ask({**self.variables, **changed}, *arguments)
        self.shown += [answer.out, answer.err]
        return answer

    def work(self, verb: str = "cycle", **scope: Any) -> str:
        """Carry a verb out as the daemon does, waiting for nothing; returns its log."""
        heard = io.StringIO()
        with contextlib.redirect_stderr(heard), guarded(), set_to(self.variables):
            logs.configure("debug", "json")
            configured = read()
            store = Store(configured.database_url)
            try:
                retry_wishes(store)
                ended = carried_out(wire(configured, store, sleep=lambda _: None), verb, **scope)
                structlog.get_logger().warning(verb, run=ended.number, **ended.summary.plain())
            except (SyncdError, ConnectorError) as error:
                structlog.get_logger().error(verb, error=reason_of(error))
                say(f"{error}")
            except Exception as error:  # noqa: BLE001 - a defect, as the command line and the daemon tell it
                structlog.get_logger().error("broken", error=reason_of(error), exception=outlined(error))
            finally:
                store.close()
                structlog.reset_defaults()
        self.shown.append(heard.getvalue())
        return heard.getvalue()


@contextlib.contextmanager
def set_to(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update({name: value for name, value in before.items() if not name.startswith("SYNCD_")} | variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def cage(cycled: Cycled, mappings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cage]:
    folder = tmp_path_factory.mktemp("cage")
    with closing(sqlite3.connect(cycled.database)) as past, closing(sqlite3.connect(folder / "syncd.db")) as here:
        past.backup(here)
    portal, org = (Disguise(simulator) for simulator in deepcopy(cycled.simulators))
    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path_factory.mktemp("temporary"))
    with Sandbox(hubspot=portal, salesforce=org) as sandbox:
        variables = environment(sandbox, folder / "syncd.db") | canaries.secrets() | {"SYNCD_MAPPINGS": str(mappings)}
        place = Place(sandbox, Settings())
        contact = place.portal("contacts")[0]
        place.portal_edit("contacts", str(contact["id"]), **PERSON)
        yield Cage(folder, variables, portal, org, sandbox)
    tempfile.tempdir = before


def test_every_secret_there_is_is_planted() -> None:
    planted = {**canaries.secrets(), **OTHERS}
    assert [name for name in Settings.model_fields if is_secret(name) and f"SYNCD_{name.upper()}" not in planted] == []


# ---- what vendors do ---------------------------------------------------------------------------------------------

TOKEN, DATA = "/services/oauth2/token", "/services/data"
VENDORS: dict[str, tuple[str, Any]] = {
    **{
        f"hubspot repeats it with {status}": ("hubspot", echo(status)) for status in (400, 401, 403, 404, 409, 429, 500)
    },
    **{
        f"salesforce repeats it with {status}": ("salesforce", only(DATA, echo(status)))
        for status in (400, 403, 404, 503)
    },
    "the sign-in repeats it with 400": ("salesforce", only(TOKEN, echo(400))),
    "the sign-in repeats it with 500": ("salesforce", only(TOKEN, echo(500))),
    "a session that is never accepted": ("salesforce", only(DATA, echo(401))),
    "hubspot points elsewhere": ("hubspot", elsewhere(307)),
    "the sign-in points elsewhere": ("salesforce", only(TOKEN, elsewhere(302))),
    "salesforce points elsewhere": ("salesforce", only(DATA, elsewhere(308))),
    "a gateway's page before hubspot": ("hubspot", page(502)),
    "a gateway's page before salesforce": ("salesforce", page(403)),
    "hubspot answers with no JSON": ("hubspot", body_of(lambda words: words.encode())),
    "hubspot answers with half a JSON": ("hubspot", body_of(lambda words: f'{{"results": ["{words[:300]}'.encode())),
    "salesforce answers with no JSON": ("salesforce", only(DATA, body_of(lambda words: words.encode()))),
    "salesforce answers with another form": ("salesforce", only(DATA, body_of(lambda words: b'{"canary-": 1}'))),
    "hubspot answers with another form": ("hubspot", body_of(lambda words: b'{"results": {"canary-key": 1}}')),
    "hubspot answers in no encoding": ("hubspot", body_of(lambda words: b"\xff\xfe" + words.encode("utf-16"), 400)),
    "writes are refused by rows": ("salesforce", only("composite/sobjects", echo(400))),
    "batches are refused": ("hubspot", only("batch/update", echo(400))),
}
CUTS = ("cut_before", "cut_after", "cut_during", "empty", "truncated", "wrong_type", "expired", "exhausted")


@pytest.mark.parametrize("what", VENDORS)
def test_whatever_a_vendor_says_the_log_is_silent(cage: Cage, what: str) -> None:
    system, spoiler = VENDORS[what]
    vendor = cage.hubspot if system == "hubspot" else cage.salesforce
    before, vendor.spoil = vendor.struck, spoiler
    try:
        log = cage.work()
    finally:
        vendor.spoil = None
    assert vendor.struck > before or "written" not in what, "it did not strike"
    require_silent([log])


def test_whatever_becomes_of_the_line_the_log_is_silent(cage: Cage) -> None:
    rules = [
        {"kind": kind, "system": system, "count": 1, "skip": n}
        for n, kind in enumerate(CUTS)
        for system in ("hubspot", "salesforce")
    ]
    cage.sandbox.faults.load({"rules": rules})
    try:
        log = cage.work("reconcile")
    finally:
        cage.sandbox.faults.load({"rules": []})
    require_silent([log])


def test_a_wrong_authority_and_an_address_where_nobody_listens_show_nothing(cage: Cage, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    shown = [cage("doctor", SYNCD_CA_FILE=str(tmp_path / "ca.pem"))]
    shown += [
        cage("alert", "test"),
        cage("doctor", "--json", HTTPS_PROXY="http://ann:canary-proxy-password@127.0.0.1:9"),
    ]
    require_silent(answer.out + answer.err for answer in shown)


# ---- what people set ---------------------------------------------------------------------------------------------

WRONG: dict[str, Callable[[str], str]] = {
    "of two lines": lambda value: f"{value}\n{value}",
    "with a blank": lambda value: f"{value} {value}",
    "with what nobody sees": lambda value: f"{value}\x1b[2J",
    "with a euro": lambda value: f"{value}\u20ac",
}
SECRET_VARIABLES = sorted(f"SYNCD_{name.upper()}" for name in Settings.model_fields if is_secret(name))


@pytest.mark.parametrize("variable", SECRET_VARIABLES)
def test_a_secret_that_is_set_wrongly_is_named_and_not_shown(cage: Cage, variable: str) -> None:
    value = {**canaries.secrets(), **OTHERS}[variable]
    for spoil in WRONG.values():
        answer = cage("status", **{variable: spoil(value)})
        require_silent([answer.out + answer.err])
        assert answer.code in (0, 2)
    as_path = cage("status", **{variable: None, f"{variable}_FILE": value.splitlines()[-1]})
    twice = cage("status", **{variable: value, f"{variable}_FILE": "/dev/null"})
    empty = cage("status", **{variable: None, f"{variable}_FILE": "/dev/null"})
    require_silent([as_path.out + as_path.err, twice.out + twice.err])
    assert (as_path.code, twice.code, empty.code) == (2, 2, 2)


DATABASES = {
    "where nobody listens": "postgresql://syncd:canary-database-password@127.0.0.1:9/syncd",
    "with a slash in it": "postgresql://syncd:canary-database/password@127.0.0.1:9/syncd",
    "in the query": "postgresql:///syncd?host=127.0.0.1&port=9&password=canary-database-password",
    "with a port that is none": "postgresql://syncd:canary-database-password@127.0.0.1:port/syncd",
    "of another kind": "mysql://syncd:canary-database-password@127.0.0.1/syncd",
    "of a file": "sqlite://syncd:canary-database-password@host/syncd.db",
    "misspelt": "postgresql//syncd:canary-database-password@127.0.0.1",
}


@pytest.mark.parametrize("where", DATABASES)
def test_a_database_that_cannot_be_used_shows_no_password(cage: Cage, where: str) -> None:
    commands = ("status", "cycle", "doctor") if where == "where nobody listens" else ("status",)
    for command in commands:
        answer = cage(command, SYNCD_DATABASE_URL=DATABASES[where])
        assert answer.code != 0
        require_silent([answer.out + answer.err])


def test_no_command_shows_a_setting_that_is_broken(cage: Cage) -> None:
    """Every command there is, with a token of two lines."""
    broken = {"SYNCD_HUBSPOT_TOKEN": "canary-first-line-0123\ncanary-second-line-0123"}
    for leaf in leaves():
        if leaf.path not in ("demo", "sandbox", "health"):  # which read no settings, or start something
            answer = cage(*leaf.path.split(), *("1" for param in leaf.command.params if param.required), **broken)
            require_silent([answer.out + answer.err])


def test_commands_that_only_look_show_no_secret(cage: Cage) -> None:
    for command in (
        ("status", "--json"),
        ("runs", "--json"),
        ("quarantine", "list", "--json"),
        ("audit-log", "--json"),
    ):
        answer = cage(*command)
        require_silent([answer.out + answer.err], named=True)


# ---- what breaks within ------------------------------------------------------------------------------------------


def test_what_libraries_threads_and_destructors_say_is_silent() -> None:
    secret = "canary-of-a-library-0123"
    know(secret)
    heard = io.StringIO()

    class Broken:
        def __del__(self) -> None:
            raise ValueError(secret)

    def crash() -> None:
        raise ValueError(f"Invalid header value b'Bearer {secret}'")

    hook = threading.excepthook
    with contextlib.redirect_stderr(heard), warnings.catch_warnings(), guarded():
        warnings.simplefilter("always")
        for style in ("json", "text"):
            logs.configure("debug", style)
            warnings.warn(f"a warning of {secret}", ResourceWarning, stacklevel=1)
            for name in ("urllib3.connectionpool", "uvicorn.error", "apscheduler.scheduler", "sqlalchemy", "zeep"):
                logging.getLogger(name).error("%s broke", {"Authorization": f"Bearer {secret}"})
                logging.getLogger(name).error("no such %d", secret)  # which the log itself cannot write
                try:
                    crash()
                except ValueError:
                    logging.getLogger(name).exception("Exception in ASGI application")
                    structlog.get_logger().exception(
                        "broken", sent=[secret, {"in": secret}], text=b64encode(secret.encode())
                    )
            thread = threading.Thread(target=crash)
            thread.start()
            thread.join()
            del_me = Broken()
            del del_me
        sys.stderr.write(f"Traceback of {secret}")
    threading.excepthook = hook
    structlog.reset_defaults()
    said = heard.getvalue()
    assert "a thread broke" in said
    assert "ResourceWarning" in said
    assert "ValueError" in said
    require_silent([said])


# ---- over HTTP ---------------------------------------------------------------------------------------------------


def test_the_daemon_shows_nothing_over_http_in_its_log_or_in_the_list_of_processes(cage: Cage) -> None:
    """In a process of its own, whose vendor hangs while it is told to end."""
    port = free_port()
    cage.hubspot.spoil = echo(403)
    cage.sandbox.faults.load({"rules": [{"kind": "hang", "system": "salesforce", "skip": 2}]})
    variables = cage.variables | {"SYNCD_HTTP_PORT": str(port)}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SYNCD_")}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    daemon = subprocess.Popen([sys.executable, "-m", "syncd", "run"], env={**clean, **variables}, **pipes)
    try:
        answers = _asked(f"http://127.0.0.1:{port}", daemon)
        processes = subprocess.run(["ps", "-ww", "-eo", "args"], check=True, capture_output=True, text=True).stdout
        daemon.send_signal(signal.SIGTERM)
        out, err = daemon.communicate(timeout=30)
    finally:
        daemon.kill()
        cage.hubspot.spoil = None
        cage.sandbox.faults.load({"rules": []})
    cage.shown += [out, err]
    assert daemon.returncode == 0, err
    assert "syncd" in processes
    require_silent([*answers, out, err, processes])


def _asked(address: str, daemon: "subprocess.Popen[str]") -> list[str]:
    """Every operation that looks, by nobody, a stranger, and the holder of the token."""
    from syncd.web.table import TABLE

    end = time.monotonic() + 30
    while True:
        try:
            requests.get(f"{address}/livez", timeout=10)
            break
        except requests.ConnectionError:
            assert daemon.poll() is None, daemon.communicate()
            assert time.monotonic() < end
            time.sleep(0.1)
    answers = []
    for authorization in (None, "Bearer canary-of-a-stranger-0123", f"Bearer {canaries.secrets()['SYNCD_HTTP_TOKEN']}"):
        headers = {"authorization": authorization} if authorization else {}
        for operation in TABLE:
            path = operation.path.replace("{number:int}", "1")
            if not operation.costly and (
                operation.method == "GET" or authorization is None or "stranger" in authorization
            ):
                answer = requests.request(operation.method, f"{address}{path}", headers=headers, timeout=20)
                named = operation.path in ("/api/quarantine", "/api/audit-log")
                answers += [] if named and answer.ok else [f"{answer.headers} {answer.text}"]
                assert canaries.betrayals(answer.text) == []
    return answers


# ---- what is left ------------------------------------------------------------------------------------------------


def test_a_full_disk_shows_nothing(cage: Cage, tmp_path: Path) -> None:
    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 17, 1 << 17))

    clean = {name: value for name, value in os.environ.items() if not name.startswith("SYNCD_")}
    variables = {**clean, **cage.variables, "SYNCD_DATABASE_URL": f"sqlite:///{tmp_path / 'syncd.db'}"}
    ended = subprocess.run(
        [sys.executable, "-m", "syncd", "cycle"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=little_room,
    )
    assert ended.returncode in (2, 3)
    require_silent([ended.stdout, ended.stderr, *canaries.files_below(tmp_path)])


def test_no_postgresql_column_keeps_a_secret(mappings: Path, empty_postgres: str, tmp_path: Path) -> None:
    parrot = Parrot(400)
    with Sandbox(hubspot=parrot, salesforce=parrot) as sandbox:
        variables = environment(sandbox, tmp_path / "unused.db") | canaries.secrets()
        variables |= {"SYNCD_DATABASE_URL": empty_postgres, "SYNCD_MAPPINGS": str(mappings)}
        ask(variables, "migrate")
        ask(variables, "cycle")
    engine = create_engine(empty_postgres.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        rows = [str(row) for table in tables for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
    engine.dispose()
    assert any("hubspot" in row for row in rows)
    require_silent(rows)


def test_nothing_that_is_left_behind_holds_a_secret(cage: Cage) -> None:
    """The store byte by byte, what SQLite keeps beside it, a backup, temporary files; and no person in its words."""
    cage.work()
    backup = cage("backup", str(cage.folder / "backup.db"))
    assert backup.code == 0, backup.err
    with closing(sqlite3.connect(cage.database)) as opened, closing(sqlite3.connect(cage.folder / "copy.db")) as copy:
        opened.backup(copy)
        tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        worded = [
            str(row)
            for table in tables & {"run", "quarantine", "alert", "alert_message", "note", "audit_log"}
            for row in opened.execute(f'SELECT * FROM "{table}"')
        ]
        worded += [str(row) for row in opened.execute("SELECT error, error_code FROM wish WHERE error IS NOT NULL")]
        planted = opened.execute("SELECT count(*) FROM source_record WHERE raw LIKE '%Kanarienvogel%'").fetchone()
    assert planted[0] > 0, "the person is in the books, and in no word about them"
    assert worded
    require_silent(canaries.files_below(cage.folder, Path(tempfile.gettempdir())), named=True)
    require_silent(worded)
    require_silent(cage.shown, named=True)


def test_the_search_finds_what_it_looks_for() -> None:
    secret = "canary-hubspot-token-0123"
    forms = (
        secret,
        f"x{secret}y",
        b64encode(f"an-app:{secret}".encode()).decode(),
        b64encode(secret.encode()).decode(),
    )
    assert all(canaries.betrayals(form) for form in forms)
    assert canaries.betrayals(f"{secret[:4]}\n{secret[4:]}")
    assert canaries.betrayals(PRIVATE_KEY)
    assert canaries.people("Ida KANARIENVOGEL") and canaries.people("call 212-555-0147")
    assert not canaries.betrayals("a bird") and not canaries.people("a bird")
