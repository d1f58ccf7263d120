"""The how-to "add a rule" is followed to the letter on a copy of the project: it is in order, and its tests pass."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.how_to import ROOT, files_of, follow, text_of

PAGE = text_of("add-a-rule.md")
COPIED = ("syncd", "connectors", "mappings", "migrations", "tests", "docs")
EVERY_TERM = "tests/rules/test_every_term_has_an_effect.py"
COMMANDS = {
    "ruff check": ("ruff", "check", "--no-cache", *sorted(files_of(PAGE))),
    "ruff format": ("ruff", "format", "--no-cache", "--check", *sorted(files_of(PAGE))),
    "the gate's test": ("pytest", "tests/rules/test_mql.py", "-k", "location or stand_in_their_order"),
    "every term's test": ("pytest", EVERY_TERM, "-k", "contact_countries or terms_that or term_that_an_agreement"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the rule in it."""
    copy = tmp_path_factory.mktemp("copy")
    follow(PAGE, copy, COPIED)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def run(copy: Path, *command: str) -> str:
    """What a module's command says in the copy; fails where it does."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_takes_four_files_and_two_tests() -> None:
    files = files_of(PAGE)
    assert len([file for file in files if file.startswith("syncd/")]) == 4
    assert len([file for file in files if file.startswith("tests/")]) == 2
    assert len(files) == 6


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_the_copy_is_in_order(copy: Path, command: tuple[str, ...]) -> None:
    run(copy, *command)


def test_the_reference_names_the_term(copy: Path) -> None:
    run(copy, "tests.reference")
    assert "contact_countries" in (copy / "docs" / "reference" / "agreement.md").read_text(encoding="utf-8")
