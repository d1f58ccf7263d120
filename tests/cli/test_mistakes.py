"""What people get wrong: one clear message that names the place, never its value, and an exit code that means it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib import resources
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
        ("SYNCD_HUBSPOT_API", VALUE),
        ("SYNCD_SALESFORCE_LOGIN_URL", VALUE),
        ("SYNCD_SALESFORCE_VERSION", VALUE),
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


# ---- files of one's own ------------------------------------------------------------------------------------------

MATCHING = """prefer: {account: {default: [salesforce]}}
legal_forms: [inc]
free_mail: [gmail.com]
role_mailboxes: [info]
"""
HUBSPOT = resources.files("mappings").joinpath("hubspot.yaml").read_text(encoding="utf-8")
SIC = "industries/sic1987.csv"
CONCORDANCE = "industries/sic1987_naics2017.csv"
OWN_FILES = [
    ("titles.yaml", "", 1, "the file is empty"),
    ("titles.yaml", "a: [", 1, "expected"),
    ("titles.yaml", "levels:\n\tVP: [vp]\n", 2, "cannot start any token"),
    ("titles.yaml", "[vp]", 1, "a table of names and values is expected"),
    ("titles.yaml", "levels: 5\n", 1, "levels: "),
    ("titles/german.yaml", "jobs: []\nlevels: 5\n", 2, "levels stands in "),
    ("titles/german.yaml", "# ours\njobs: [Koch, []]\n", 2, "jobs.1"),
    ("matching.yaml", "", 1, "the file is empty"),
    ("matching.yaml", "- prefer", 1, "a table of names and values is expected"),
    ("matching.yaml", MATCHING.partition("\n")[2], 1, "prefer: Field required"),
    ("matching.yaml", f"{MATCHING}free_male: []\n", 5, "free_male: Extra inputs"),
    ("matching.yaml", MATCHING.replace("{account: {default: [salesforce]}}", "[a]"), 1, "prefer: "),
    ("matching.yaml", MATCHING.replace("account", "acount"), 1, "prefer.acount"),
    ("matching.yaml", MATCHING.replace("[salesforce]", "salesforce"), 1, "a list of systems is expected"),
    ("matching.yaml", MATCHING.replace("[salesforce]", "any"), 1, "the default is a list of systems"),
    ("matching.yaml", MATCHING.replace("default: ", "default: [], nmae: "), 1, "account has no field 'nmae'"),
    ("matching.yaml", MATCHING.replace("[inc]", "5"), 2, "legal_forms: "),
    ("matching.yaml", MATCHING.replace("[inc]", "[5, ~]"), 2, "legal_forms.1: "),
    ("matching.yaml", MATCHING.replace("[gmail.com]", "gmail.com"), 3, "free_mail: "),
    ("matching.yaml", MATCHING.replace("[info]", "info"), 4, "role_mailboxes: "),
    ("nicknames.csv", "", 1, "the file is empty"),
    ("nicknames.csv", "long,short\nRobert,Bob\n", 1, "no heading name1"),
    ("nicknames.csv", "name1;name2\nRobert;Bob\n", 1, "separate the cells by commas"),
    ("nicknames.csv", "name1,name2\nRobert,Bob\nWilliam\n", 3, "1 cells, and the headings are 2"),
    ("legal_forms.csv", "abbreviation,full_name\ninc,incorporated, or not\n", 2, "in double quotes"),
    ("legal_forms.csv", 'abbreviation,full_name\n"inc,incorporated\n', 2, "this is no CSV"),
    (SIC, "", 1, "the file is empty"),
    (SIC, "code,title\n", 1, "no code below the headings"),
    (SIC, "code\n6021\n", 1, "no heading title"),
    (SIC, "number,words\n6021,Banks\n", 1, "no heading code and no heading title"),
    (SIC, "code,title\n6021,Banks\n111,Wheat\n", 3, "'111' is no SIC code"),
    (CONCORDANCE, "naics2017,naics2022\n111140,111140\n", 1, "no heading sic1987"),
    (CONCORDANCE, "sic1987,naics2017\n0111,11114\n", 2, "no NAICS code of 6 digits"),
    ("industries/sectors.yaml", "banks: [6021]", 1, "a list is expected here"),
    ("industries/sectors.yaml", "- {words: banks}", 1, "0.words: "),
    ("industries/sectors.yaml", "- {words: [banks], ISIC: [64]}", 1, "0.ISIC: Extra inputs"),
    ("industries/hubspot.yaml", "BANKING: {SIC: [0111]}", 1, "put it in quotes"),
    ("industries/hubspot.yaml", "BANKING: 6021", 1, "BANKING: "),
    ("places.yaml", "states: {Iowa: IA}\n", 1, "countries: Field required"),
    ("places.yaml", "states: {Iowa: IA}\ncountries: [DE]\n", 2, "countries: "),
    ("fdic.yaml", "system: fdik\nstreams: {}\n", 1, "a file is called as its system"),
    ("hubspot.yaml", "streams: {}\nsystem: salesforce\n", 2, "a file is called as its system"),
    ("fdic.yaml", "system: fdic\nstreams: {}\n", 1, "a register needs `file`"),
    ("hubspot.yaml", f"{HUBSPOT}\nfile: a.csv\n", 1, "hubspot is no register"),
]


@pytest.mark.parametrize(
    ("name", "text", "line", "what"), OWN_FILES, ids=[f"{name}: {what}" for name, _, _, what in OWN_FILES]
)
def test_a_wrong_file_of_ones_own_is_refused_with_its_line(
    shared: Syncd, tmp_path: Path, name: str, text: str, line: int, what: str
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    for command in ("match", "doctor"):
        answer = shared(command, SYNCD_MAPPINGS=str(tmp_path), COLUMNS="500")
        shown = " ".join((answer.out + answer.err).split())
        assert answer.code == 2, (command, answer)
        assert f"{name}:{line}: " in shown
        assert what in shown


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
        path.stem
        for path in Path(cli.__file__).parent.glob("*.py")
        if f"`syncd {path.stem.replace('_', '-')}" in path.read_text()[:40]
    }
    assert held == {entry.module or name.replace("-", "_") for name, entry in COMMANDS.items()}


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
