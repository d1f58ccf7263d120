"""What a person writes is read by one door: whatever stands there instead is refused in words, with its line."""

import os
from pathlib import Path

import pytest

from syncd.agreement import unsigned
from syncd.document import Unreadable, read
from syncd.errors import ConfigError
from syncd.settings import read as read_settings
from syncd.text_file import text_of
from syncd.yaml_loaders import MOST_DEEP
from tests.cli.conftest import Syncd

DEEP = "[" * 5_000 + "]" * 5_000
UNREADABLE = {
    "an impossible date": ("a: 1\nsigned: [{on: 2099-13-45}]\n", 2, "'2099-13-45' is no day of the calendar"),
    "an impossible hour": ("a: 1\nat: 2026-11-30 25:61:00\n", 2, "is no day of the calendar"),
    "brackets without end": (f"a: 1\nb: {DEEP}\n", 2, f"more than {MOST_DEEP} deep"),
    "braces without end": ("{a: " * 2_000 + "}" * 2_000, 1, f"more than {MOST_DEEP} deep"),
    "a tag that lies": ("a: 1\nb: !!int ''\n", 2, "cannot be read as !!int"),
    "a tag of a list": ("a: 1\nb: !!set [1]\n", 2, "expected a mapping node"),
    "a tag of Python": ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "could not determine a constructor"),
    "bytes that are none": ("a: 1\nb: !!binary ü\n", 2, "ascii"),
    "a key that is a list": ("a: 1\n? [1]\n: 2\n", 2, "unhashable key"),
    "a control character": ("a: 1\nb: \x07\n", 1, ""),
}


@pytest.mark.parametrize(("text", "line", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_value_that_cannot_be_read_is_told_with_its_line(text: str, line: int, why: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text, "terms.yaml")
    assert refused.value.complaint.line == line
    assert why in refused.value.complaint.what
    assert "Error" not in str(refused.value)
    (tmp_path / "agreement.yaml").write_text(text, encoding="utf-8")
    assert unsigned(tmp_path / "agreement.yaml") is None


@pytest.fixture
def nothing_of_a_person(tmp_path: Path) -> dict[str, Path]:
    """What is no file that a person wrote."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"a" * 101)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xfd")
    return {
        "no regular file": Path("/dev/zero"),
        "no regular file (": tmp_path / "pipe",
        "larger than 100 bytes": tmp_path / "large",
        "no UTF-8": tmp_path / "binary",
        "cannot be read: ": tmp_path / "none",
        "no file's name": Path("a\0b"),
        "regular file": tmp_path,
    }


def test_only_a_regular_file_of_some_size_is_read(nothing_of_a_person: dict[str, Path]) -> None:
    for why, file in nothing_of_a_person.items():
        with pytest.raises(ConfigError) as refused:
            text_of(file, "terms.yaml", 100)
        assert str(refused.value).startswith("terms.yaml: ")
        assert why in str(refused.value)


def test_a_setting_s_file_comes_by_the_same_door_and_a_secret_s_is_not_named() -> None:
    with pytest.raises(ConfigError, match="SYNCD_HTTP_PORT_FILE: /dev/zero: this is no regular file"):
        read_settings({"SYNCD_HTTP_PORT_FILE": "/dev/zero"})
    with pytest.raises(ConfigError, match="SYNCD_HUBSPOT_TOKEN_FILE: the file that it names: this is no regular file"):
        read_settings({"SYNCD_HUBSPOT_TOKEN_FILE": "/dev/zero"})


def test_every_command_refuses_an_agreement_that_cannot_be_read(syncd: Syncd, tmp_path: Path) -> None:
    (tmp_path / "dated.yaml").write_text("version: '1'\non: 2099-13-45\n", encoding="utf-8")
    for command in ("status", "run", "doctor", "cycle"):
        answer = syncd(command, SYNCD_AGREEMENT=str(tmp_path / "dated.yaml"))
        if command == "status":  # it rests on no agreement
            continue
        assert answer.code == 2, (command, answer)
        assert "dated.yaml:2: '2099-13-45' is no day" in answer.out + answer.err
    assert syncd("agreement", "check", "/dev/zero").code == 2


def test_bytes_that_are_no_text_are_refused_on_standard_input(syncd: Syncd) -> None:
    for command in (("admin",), ("salesforce", "deploy", "--sign-in", "-")):
        answer = syncd(*command, typed=b"\xff\xfe\xfd canary\n")
        assert answer.code == 2, answer
        assert "standard input is no UTF-8 text" in answer.err
        assert "canary" not in answer.err
