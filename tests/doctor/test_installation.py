"""What doctor finds at home: settings, files, the database, the port."""

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from typer.testing import CliRunner

from syncd.cli import app
from tests.doctor.troubles import Env, Trouble, agreement, environment, examine, mapping, require_found
from tests.faults.leaky_vendors import PRIVATE_KEY
from tests.sync.conftest import Place


def database_at(revision: str) -> Callable[[Place, Env, Path], None]:
    """Let another version have worked on the store."""

    def make(_: Place, env: Env, __: Path) -> None:
        assert CliRunner().invoke(app, ["migrate"], env=env).exit_code == 0
        with closing(sqlite3.connect(env["SYNCD_DATABASE_URL"].removeprefix("sqlite:///"))) as store:
            store.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            store.commit()

    return make


def no_database(_: Place, env: Env, folder: Path) -> None:
    (folder / "notes.txt").write_text("Nobody would take these few lines of text for a database file.")
    env["SYNCD_DATABASE_URL"] = f"sqlite:///{folder}/notes.txt"


def taken_port(place: Place, env: Env, _: Path) -> None:
    env["SYNCD_HTTP_PORT"] = place.sandbox.hubspot_url.rpartition(":")[2]


def no_certificates(_: Place, env: Env, folder: Path) -> None:
    (folder / "ca.pem").write_text("a note instead of a certificate")
    env["SYNCD_CA_FILE"] = str(folder / "ca.pem")


def key_without_user(_: Place, env: Env, __: Path) -> None:
    del env["SYNCD_SALESFORCE_CLIENT_SECRET"]
    env["SYNCD_SALESFORCE_PRIVATE_KEY"] = PRIVATE_KEY


def unreadable_key(place: Place, env: Env, folder: Path) -> None:
    key_without_user(place, env, folder)
    env["SYNCD_SALESFORCE_USERNAME"] = "integration@bank.example"
    env["SYNCD_SALESFORCE_PRIVATE_KEY"] = "a key"


def two_settings_missing(_: Place, env: Env, __: Path) -> None:
    del env["SYNCD_HUBSPOT_TOKEN"], env["SYNCD_SALESFORCE_LOGIN_URL"]


def damaged_register(_: Place, env: Env, folder: Path) -> None:
    (folder / "registers").mkdir()
    with gzip.open(folder / "registers" / "fdic.csv.gz", "wt", encoding="utf-8") as file:
        file.write("CERT,NAME\n1,First Bank\n")
    env["SYNCD_MAPPINGS"] = str(folder)


TROUBLES = [
    Trouble("an unknown authority", lambda p, e, f: e.pop("SYNCD_CA_FILE"), "error", "salesforce"),
    Trouble("a database of a newer syncd", database_at("9999"), "error", "does not know", "SYNCD_DATABASE_URL"),
    Trouble("a database that is none", no_database, "error", "not a database", "SYNCD_DATABASE_URL"),
    Trouble("a port that is taken", taken_port, "error", "port: SYNCD_HTTP_HOST", "SYNCD_HTTP_PORT"),
    Trouble("a CA file without certificates", no_certificates, "error", "SYNCD_CA_FILE", "settings.md"),
    Trouble("a CA file that is not there", lambda p, e, f: e.update(SYNCD_CA_FILE=f"{f}/ca.pem"), "error", "CA_FILE"),
    Trouble("a database of another make", lambda p, e, f: e.update(SYNCD_DATABASE_URL="mysql://h/d"), "error", "mysql"),
    Trouble("a key without a user", key_without_user, "error", "SYNCD_SALESFORCE_USERNAME"),
    Trouble("a key that is none", unreadable_key, "error", "no private key in PEM form", ""),
    Trouble("two settings missing: the first", two_settings_missing, "error", "SYNCD_HUBSPOT_TOKEN"),
    Trouble("two settings missing: the second", two_settings_missing, "error", "SYNCD_SALESFORCE_LOGIN_URL"),
    Trouble(
        "a register that nobody reads",
        lambda p, e, f: agreement(e, f, "register: {name: fdic", "register: {name: ncua"),
        "error",
        "ncua",
        "SYNCD_REGISTERS",
    ),
    Trouble("a register without a mapping", lambda p, e, f: e.update(SYNCD_REGISTERS='["ncua"]'), "error", "ncua"),
    Trouble("a register without its columns", damaged_register, "error", "no column"),
    Trouble(
        "an agreement that says nothing", lambda p, e, f: agreement(e, f, "version:", "verzion:"), "error", "verzion"
    ),
    Trouble(
        "a database that cannot be reached",
        lambda p, e, f: e.update(SYNCD_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"),
        "error",
        "database",
    ),
    Trouble(
        "a folder that is not there",
        lambda p, e, f: e.update(SYNCD_DATABASE_URL=f"sqlite:///{f}/none/syncd.db"),
        "error",
        "database",
    ),
    Trouble(
        "a mapping with a slip",
        lambda p, e, f: mapping(e, f, "hubspot", "as: phone", "as: fone"),
        "error",
        "hubspot.yaml",
    ),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_doctor_finds(place: Place, tmp_path: Path, trouble: Trouble) -> None:
    require_found(trouble, place, tmp_path)


@time_machine.travel(datetime(2026, 11, 30, 12, tzinfo=UTC), tick=True)  # no vendor ends anything soon
def test_a_sound_installation_needs_nothing(place: Place, tmp_path: Path) -> None:
    code, problems = examine(environment(place, tmp_path / "syncd.db"))
    assert problems == []
    assert code == 0
