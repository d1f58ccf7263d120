"""`syncd audit`: in words, as JSON that streams, as CSV; it only looks."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.model.snapshots import Snapshot
from tests.cli.banks import SEGMENT, a_store, asked
from tests.cli.conftest import Answer

Asking = Callable[..., Answer]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("audit") / "syncd.db"
    a_store(path).close()
    yield path


@pytest.fixture
def asking(database: Path) -> Asking:
    return lambda *arguments: asked(database, *arguments)


def test_words_have_the_matrix_the_register_and_who_is_unknown_for_what(asking: Asking) -> None:
    out = asking("audit").out
    for words in (
        "accounts: 2 in, 0 out, 1 unknown",
        f"{SEGMENT}: 2 accounts",
        "every seat is taken at 0 of 2 accounts to sell to; 11 people are missing",
        "register fdic: 1 of its accounts stand in the segment, -1,300 against 1,301 agreed: which does not hold",
        "1 stand in the segment, and not in the register: Second Bank",
        "1 accounts are unknown for want of their size: Third Bank",
        "likely doubles that wait for a decision: 1 of accounts",
    ):
        assert words in out, (words, out)


def test_json_has_each_account_and_what_they_add_up_to(asking: Asking) -> None:
    answer = asking("audit", "--segment", SEGMENT, "--json").json
    missing = {account["name"]: account["missing"] for account in answer["accounts"]}
    assert missing == {"First Bank": 5, "Second Bank": 6}
    (segment,) = answer["segments"]
    assert segment["segment"] == SEGMENT
    assert sum(role["missing"] for role in segment["roles"]) == sum(missing.values())
    cells: list[dict[str, Any]] = segment["cells"]
    (cell,) = (cell for cell in cells if (cell["function"], cell["level"]) == ("finance", "C-level"))
    assert (cell["have"], cell["by_mail"], cell["by_phone"], cell["missing"]) == (1, 1, 0, 1)


def test_csv_has_a_row_for_each_account_and_role(asking: Asking) -> None:
    rows = list(csv.DictReader(io.StringIO(asking("audit", "--csv").out)))
    assert len(rows) == 10
    (champion,) = (row for row in rows if (row["account"], row["role"]) == ("First Bank", "Champion"))
    assert (champion["needed"], champion["have"], champion["reachable"], champion["missing"]) == ("2", "1", "0", "2")


def test_a_segment_that_there_is_not_is_told_those_there_are(asking: Asking) -> None:
    answer = asking("audit", "--segment", "banks")
    assert answer.code == 2 and SEGMENT in answer.err


def test_it_only_looks(database: Path, asking: Asking) -> None:
    before = database.read_bytes()
    asking("audit")
    assert database.read_bytes() == before


def test_drift_is_split_into_facts_and_terms(tmp_path: Path) -> None:
    path = tmp_path / "syncd.db"
    store, today = a_store(path), datetime.now(UTC).date()
    with store.writing() as unit:
        counts = [(3, 10, "a", None), (2, 7, "a", None), (1, 20, "b", {"banks / missing": 6})]
        for days, missing, terms, before in counts:
            unit.snapshots.add(
                Snapshot(today - timedelta(days), f"2026.{terms}", terms, {"banks / missing": missing}, before)
            )
    store.close()
    (move,) = asked(path, "audit", "--drift", "--json").json["moves"]
    assert (move["first"], move["last"], move["facts"], move["terms"]) == (10, 20, -4, 14)
    out = asked(path, "audit", "--drift").out
    assert "by the agreement 2026.a, then 2026.b" in out and "+14" in out


def test_without_two_days_it_says_what_keeps_them(asking: Asking) -> None:
    assert "the first complete run of each day keeps its counts" in asking("audit", "--drift").out


@pytest.mark.parametrize("wrong", [("--since", "2026-01-01"), ("--drift", "--since", "monday")])
def test_days_that_cannot_be_meant_are_refused(asking: Asking, wrong: tuple[str, ...]) -> None:
    assert asking("audit", *wrong).code == 2
