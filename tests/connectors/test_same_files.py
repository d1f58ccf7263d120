"""Two vendors, the same files: who knows one connector finds everything in the other, and in the tests of both."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "add-a-connector.md").read_text(encoding="utf-8")
SHARED = {
    name
    for line in PAGE.partition("## A vendor")[2].splitlines()
    if line.startswith("| `")
    for name in re.findall(r"`(\w+)`", line.split("|")[1])
}


def modules(folder: Path, prefix: str = "") -> set[str]:
    return {file.stem.removeprefix(prefix) for file in folder.glob(f"{prefix}*.py") if file.stem != "__init__"}


def test_the_files_that_both_vendors_have_are_those_that_the_how_to_shows() -> None:
    assert modules(ROOT / "connectors" / "hubspot") & modules(ROOT / "connectors" / "salesforce") == SHARED
    assert len(SHARED) == 12


@pytest.mark.parametrize("vendor", ["hubspot", "salesforce"])
def test_each_job_of_a_vendor_that_both_have_is_tested_under_its_name(vendor: str) -> None:
    tested = modules(Path(__file__).parent / vendor, "test_")
    assert SHARED - tested <= {"connector", "connection", "streams"}
