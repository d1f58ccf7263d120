"""The how-to "add a field" is followed to the letter, on a copy of the project: its six files are all there is."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from syncd.mapping.files import WAYS
from syncd.model import kinds
from syncd.store.migration import head
from tests.how_to import files_of, follow, text_of

PAGE = text_of("add-a-field.md")
COPIED = ("syncd", "connectors", "mappings", "migrations", "tests/reference")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the copy answers once the field is in it."""
    copy = tmp_path_factory.mktemp("copy")
    follow(PAGE, copy, COPIED, lambda text: text.replace("0041", head()))
    (copy / "tests" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("a_field_was_added.py")), str(copy)],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_it_takes_at_most_six_files() -> None:
    files = files_of(PAGE)
    assert len(files) == 6
    assert {file.split("/")[0] for file in files} == {"syncd", "mappings", "migrations"}


def test_the_page_names_every_type_with_its_ways_of_reading() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (`.+?`) \| `.+` \| `sa\..+` \|$", PAGE, re.MULTILINE)
    assert {name: tuple(re.findall(r"\w+", ways)) for name, ways in rows} == {
        holds.__name__: ways for holds, ways in WAYS.items()
    }


def test_the_migration_leads_to_the_declared_tables(answers: dict[str, Any]) -> None:
    assert answers["differences"] == []
    assert answers["head"] == "0044"


def test_columns_and_declared_fields_are_equal(answers: dict[str, Any]) -> None:
    assert "department" in answers["columns"]
    assert answers["columns"] == answers["declared"]


def test_both_systems_are_asked_for_it(answers: dict[str, Any]) -> None:
    assert answers["asked"] == ["department", "Department"]


def test_it_stands_in_the_golden_rows_with_its_source(answers: dict[str, Any]) -> None:
    assert answers["rows"] == {
        "Ada": ["Treasury", "hubspot contacts.department"],
        "Bo": ["Lending", "salesforce Contact.Department"],
    }


def test_rules_get_it(answers: dict[str, Any]) -> None:
    assert answers["facts"] == {"Ada": "Treasury", "Bo": "Lending"}


def test_explain_shows_what_the_rule_makes_of_it(answers: dict[str, Any]) -> None:
    (role,) = (gate for gate in answers["explained"]["contacts"][0]["gates"] if gate["name"] == "role")
    assert role["reason"] == "they work in Treasury, no job title is known"


def test_the_reference_names_it(answers: dict[str, Any]) -> None:
    assert "`department`" in answers["reference"]["mapping.md"]
    assert "`department`" in answers["reference"]["tables.md"]


def test_the_field_is_a_new_one() -> None:
    assert "department" not in kinds.read("contact")
