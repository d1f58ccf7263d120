"""What is wrong before there is a store is said in our words, and leaves nothing behind."""

from pathlib import Path

import pytest

from tests.cli.conftest import ask


@pytest.mark.parametrize("command", ["cycle", "pull"])
def test_a_missing_token_leaves_no_store_behind(tmp_path: Path, command: str) -> None:
    answer = ask({"SYNCD_DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}, command)
    assert answer.code == 2
    assert "SYNCD_HUBSPOT_TOKEN" in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("link", "salesfroce.Account/1", "x"), ("unlink", "salesfroce.Account/1")])
def test_that_there_is_no_store_is_said_first(tmp_path: Path, command: tuple[str, ...]) -> None:
    answer = ask({"SYNCD_DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}, *command)
    assert (answer.code, answer.out) == (2, "")
    assert "no store at" in answer.err


@pytest.mark.parametrize("url", ["sqlite:///x.db?password=gh0st", "sqlite://u:gh0st@host/x.db"])
def test_a_file_has_no_password(url: str) -> None:
    answer = ask({"SYNCD_DATABASE_URL": url}, "status")
    assert answer.code == 2
    assert answer.err == "SYNCD_DATABASE_URL: an SQLite file has no host, user or password; sqlite:///syncd.db\n"


def test_no_library_s_wording_stands_in_a_setting_s_complaint() -> None:
    wrong = {"SYNCD_HUBSPOT_URL": "http://portal.example", "SYNCD_HTTP_PORT": "many", "SYNCD_HUBSPOT_WRITES": "perhaps"}
    answer = ask(wrong, "status")
    assert answer.code == 2
    assert "Value error" not in answer.err
    assert "Input should" not in answer.err
