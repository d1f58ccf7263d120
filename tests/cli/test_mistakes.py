"""What people get wrong: one clear message that names the place, never its value, and an exit code that means it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from syncd import __version__, cli, errors
from syncd.cli import EXIT_CODES
from syncd.cli.commands import COMMANDS, load
from syncd.store import Store
from tests.cli.conftest import Answer, Syncd

VALUE = "s3cr3t-value"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SYNCD_HTTP_PORT", VALUE),
        ("SYNCD_INTERVAL_MINUTES", "0"),
        ("SYNCD_RECONCILE_AT", VALUE),
        ("SYNCD_LOG_LEVEL", VALUE),
        ("SYNCD_HUBSPOT_URL", VALUE),
        ("SYNCD_SALESFORCE_LOGIN_URL", VALUE),
        ("SYNCD_HUBSPOT_SETTLE_SECONDS", "-1"),
        ("SYNCD_CA_FILE", f"/{VALUE}"),
        ("SYNCD_MAPPINGS", f"/{VALUE}"),
        ("SYNCD_DATABASE_URL", VALUE),
        ("SYNCD_DATABASE_URL", f"mysql://user:{VALUE}@127.0.0.1/syncd"),
    ],
)
def test_a_wrong_setting_is_named_but_never_shown(shared: Syncd, variable: str, value: str) -> None:
    answer = shared("status", **{variable: value})
    assert answer.code == 2
    assert variable in answer.err
    assert VALUE not in answer.out + answer.err


def test_all_wrong_settings_are_named_at_once(shared: Syncd) -> None:
    answer = shared("status", SYNCD_HTTP_PORT="x", SYNCD_LOG_FORMAT="y")
    assert {line.partition(":")[0] for line in answer.err.splitlines()} == {"SYNCD_HTTP_PORT", "SYNCD_LOG_FORMAT"}


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("SYNCD_HUBSPOT_TOKEN", "SYNCD_HUBSPOT_TOKEN_FILE"),
        ("SYNCD_SALESFORCE_LOGIN_URL", "SYNCD_SALESFORCE_LOGIN_URL"),
        ("SYNCD_SALESFORCE_CLIENT_SECRET", "SYNCD_SALESFORCE_PRIVATE_KEY"),
    ],
)
def test_a_missing_credential_is_named(shared: Syncd, missing: str, named: str) -> None:
    answer = shared("cycle", **{missing: None})
    assert answer.code == 2
    assert named in answer.err


def test_a_secret_may_come_from_a_file(shared: Syncd, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("sandbox-token\n", encoding="utf-8")
    for without in (None, ""):  # an image's own default is taken away by an empty value
        from_file = {"SYNCD_HUBSPOT_TOKEN": without, "SYNCD_HUBSPOT_TOKEN_FILE": str(tmp_path / "token")}
        shared.done("pull", "--stream", "owners", **from_file)


def test_a_secret_given_twice_or_in_a_file_that_is_not_there_is_refused(shared: Syncd, tmp_path: Path) -> None:
    twice = shared("status", SYNCD_HUBSPOT_TOKEN_FILE=str(tmp_path / "token"))
    assert twice.code == 2
    assert "keep one" in twice.err
    missing = shared("status", SYNCD_HUBSPOT_TOKEN=None, SYNCD_HUBSPOT_TOKEN_FILE=str(tmp_path / "token"))
    assert missing.code == 2
    assert "SYNCD_HUBSPOT_TOKEN_FILE" in missing.err


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlite:////nowhere/at/all/syncd.db", 2),
        ("sqlite:////etc/passwd", 2),
        ("sqlite://", 2),
        ("sqlite:///", 2),
        ("sqlite:///:memory:", 2),
        (f"postgresql://syncd:{VALUE}@127.0.0.1:9/syncd", 3),
    ],
)
@pytest.mark.parametrize("command", ["status", "migrate", "cycle", "plan"])
def test_a_database_that_cannot_be_opened_ends_in_one_line(shared: Syncd, url: str, code: int, command: str) -> None:
    answer = shared(command, SYNCD_DATABASE_URL=url)
    assert answer.code == code
    assert len(answer.err.splitlines()) == 1
    assert VALUE not in answer.err


def of_another_program(file: sqlite3.Connection) -> None:
    file.execute("CREATE TABLE play (artist TEXT)")


def without_its_revision(file: sqlite3.Connection) -> None:
    store = Store(f"sqlite:///{file.execute('PRAGMA database_list').fetchone()[2]}")
    store.migrate()
    store.close()
    file.execute("DELETE FROM alembic_version")


@pytest.mark.parametrize("spoil", [of_another_program, without_its_revision])
def test_a_file_with_tables_that_syncd_cannot_place_is_refused_by_all(
    shared: Syncd, tmp_path: Path, spoil: Callable[[sqlite3.Connection], None]
) -> None:
    with closing(sqlite3.connect(tmp_path / "some.db")) as file:
        spoil(file)
        file.commit()
    for command in ("status", "migrate", "cycle", "plan", "doctor"):
        answer = shared(command, SYNCD_DATABASE_URL=f"sqlite:///{tmp_path / 'some.db'}")
        assert answer.code == 2
        output = answer.out + answer.err
        assert "SYNCD_DATABASE_URL: " in output
        assert "syncd did not make it, or its revision was lost; name another database, or restore" in output


def test_a_file_with_nothing_in_it_becomes_a_store(shared: Syncd, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "some.db")) as file:
        file.execute("CREATE TABLE alembic_version (version_num TEXT)")
    shared.done("migrate", SYNCD_DATABASE_URL=f"sqlite:///{tmp_path / 'some.db'}")


def test_the_sandbox_names_what_it_cannot_do(shared: Syncd) -> None:
    taken = shared.place.sandbox.hubspot_url.rpartition(":")[2]
    with shared.started("sandbox", "--size", "empty", "--hubspot-port", taken) as sandbox:
        _, err = sandbox.communicate(timeout=30)
    assert sandbox.returncode == 2
    assert "--hubspot-port 0" in err
    assert "Traceback" not in err


WRONG = [("nonsense",), ("cycle", "--nonsense"), ("explain",), ("demo", "--size", "huge")]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_wrong_command_line_ends_with_2(shared: Syncd, arguments: tuple[str, ...]) -> None:
    assert shared(*arguments).code == 2


# ---- help --------------------------------------------------------------------------------------------------------


def commands() -> list[tuple[str, ...]]:
    """Every command, as it is called."""
    calls: list[tuple[str, ...]] = []
    for name in sorted(COMMANDS):
        below = getattr(load(name), "commands", None)
        calls += [(name, one) for one in sorted(below)] if below else [(name,)]
    return calls


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_says_what_it_does_and_shows_an_example(shared: Syncd, command: tuple[str, ...]) -> None:
    shown = " ".join(shared.done(*command, "--help", COLUMNS="200").out.split())
    usage_and_example = 2
    assert command == ("sandbox",) or shown.count(" ".join(("syncd", *command))) >= usage_and_example


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_its_own_help_says_first(name: str) -> None:
    command = load(name)
    assert " ".join(command.help.split("\n\n")[0].split()) == COMMANDS[name].line
    assert command.name == name


def test_every_file_of_a_command_is_listed() -> None:
    held = {
        path.stem for path in Path(cli.__file__).parent.glob("*.py") if f"`syncd {path.stem}" in path.read_text()[:40]
    }
    assert held == {entry.module or name for name, entry in COMMANDS.items()}


def test_help_lists_every_command_and_every_exit_code(shared: Syncd) -> None:
    shown = " ".join(shared.done("--help", COLUMNS="200").out.split())
    for command in commands():
        assert f" {command[0]} " in shown
    for code, meaning in EXIT_CODES.items():
        assert f"{code} {meaning}" in shown


def test_every_known_error_ends_with_a_documented_code() -> None:
    kinds = [errors.SyncdError, *all_kinds(errors.SyncdError)]
    assert {kind.exit_code for kind in kinds} == set(EXIT_CODES) - {0}


def all_kinds(kind: type[errors.SyncdError]) -> list[type[errors.SyncdError]]:
    return [one for below in kind.__subclasses__() for one in (below, *all_kinds(below))]


def test_the_version(shared: Syncd) -> None:
    answer: Answer = shared.done("--version")
    assert answer.out == f"{__version__}\n"
