"""The how-to "add a field" is followed to the letter, on a copy of the project: its six files are all there is."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from syncd.model import kinds
from syncd.store.migration import head

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "how-to" / "add-a-field.md").read_text(encoding="utf-8")
CHANGE = re.compile(r"^```diff\n--- (?P<file>\S+)\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
NEW = re.compile(r"^```python\n# (?P<file>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COPIED = ("syncd", "connectors", "mappings", "migrations", "tests/reference")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the copy answers once the field is in it."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "registers"))
    (copy / "tests" / "__init__.py").touch()
    for match in CHANGE.finditer(PAGE):
        change(copy / match["file"], match["lines"].splitlines())
    for match in NEW.finditer(PAGE):
        (copy / match["file"]).write_text(match["text"].replace("0041", head()), encoding="utf-8")
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


def change(file: Path, lines: list[str]) -> None:
    """Put the lines marked + where the lines around them stand, once and nowhere else."""
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines)
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file.name}: {text.count(before)} places fit:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_it_takes_at_most_six_files() -> None:
    files = {match["file"] for match in (*CHANGE.finditer(PAGE), *NEW.finditer(PAGE))}
    assert len(files) == 6
    assert {file.split("/")[0] for file in files} == {"syncd", "mappings", "migrations"}


def test_the_migration_leads_to_the_declared_tables(answers: dict[str, Any]) -> None:
    assert answers["differences"] == []
    assert answers["head"] == "0042"


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
