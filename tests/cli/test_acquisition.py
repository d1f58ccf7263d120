"""The acquisition list as CSV, out and back in; what is wrong in a file is said at once, with its line."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from syncd.agreement import load_industries, title_words
from syncd.rules import rulebook_of
from syncd.store import Store
from syncd.sync.audits import take_snapshot
from syncd.tables.core import account, user
from tests.cli.banks import a_store, asked
from tests.cli.conftest import Answer
from tests.rules.agreements import changed
from tests.rules.builders import DESTINATIONS, an_agreement

SOURCES = {"sources": [{"name": "fairs", "words": ["trade show"]}, {"name": "=lists", "words": ["purchased list"]}]}
TODAY = datetime.now(UTC).date()
Asking = Callable[..., Answer]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "syncd.db"
    store = a_store(path)
    with store.writing() as unit:
        unit.connection.execute(update(account).where(account.c.id == "second").values(name="=HYPERLINK(1)"))
        unit.connection.execute(user.insert().values(id="mia", name="Mia", email="mia@first.example", sources="{}"))
    count(store)
    store.close()
    return path


def count(store: Store, days: int = 0) -> None:
    book = rulebook_of(an_agreement(audit=SOURCES), title_words(), load_industries(), DESTINATIONS)
    take_snapshot(store, book, TODAY + timedelta(days=days))


@pytest.fixture
def asking(database: Path, tmp_path: Path) -> Asking:
    agreement = tmp_path / "agreement.yaml"
    agreement.write_text(changed(audit=SOURCES), encoding="utf-8")
    return lambda *arguments: asked(database, *arguments, SYNCD_AGREEMENT=str(agreement))


def listed(asking: Asking) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(asking("audit", "--list", "-").out)))


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_list_has_every_gap_with_source_owner_and_day_and_no_formula(asking: Asking) -> None:
    rows = listed(asking)
    assert len(rows) == 9  # four roles at one, five at the other
    assert {row["source"] for row in rows} == {"fairs"}
    assert {row["due"] for row in rows} == {str(TODAY + timedelta(days=30))}
    assert {row["account"] for row in rows} == {"First Bank", "'=HYPERLINK(1)"}
    assert [int(row["rank"]) for row in rows] == [*range(1, 10)]


def test_what_people_fill_in_comes_back_and_stays(asking: Asking, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "gaps.csv"
    assert "9 gaps; fill in" in asking("audit", "--list", str(file)).err
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    rows[3] |= {"source": "'=LISTS", "owner": "Mia", "due": str(TODAY)}
    write(file, rows)
    assert asking("audit", "--read", str(file)).out == "9 gaps read, 1 changed\n"
    assert asking("audit", "--read", str(file)).out == "9 gaps read, 0 changed\n"
    row = listed(asking)[3]
    assert (row["source"], row["owner"], row["due"]) == ("'=lists", "Mia", str(TODAY))
    store = Store(f"sqlite:///{database}")
    with store.writing() as unit:
        unit.connection.execute(update(account).where(account.c.id == "second").values(country="CA", state=None))
    count(store, days=1)
    store.close()
    assert "closed meanwhile" in asking("audit", "--read", str(file)).out
    burnt = asking("audit", "--burn-down", "--json").json
    assert [day["missing"] for day in burnt["days"]] == [11, 5]
    assert sum(burnt["due"].values()) == 5


def test_every_wrong_cell_is_named_with_its_line_and_nothing_is_taken_in(asking: Asking, tmp_path: Path) -> None:
    rows = listed(asking)
    rows[0] |= {"source": "friends"}
    rows[1] |= {"due": "soon"}
    rows[2] |= {"role": "Wizard", "owner": "Mia"}
    write(tmp_path / "gaps.csv", rows)
    answer = asking("audit", "--read", str(tmp_path / "gaps.csv"))
    assert answer.code == 2
    for words in (
        "gaps.csv:2: the agreement lists no source 'friends'",
        "one of fairs, =lists",
        "gaps.csv:3: due 'soon' is no day",
        "gaps.csv:4: no gap Wizard",
        "nothing was taken in",
    ):
        assert words in answer.err, words
    assert not any(row["owner"] for row in listed(asking))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"owner": "nobody@first.example"}, "gaps.csv:3: no user is called 'nobody@first.example'"),
        ({"due": "2020-01-01"}, "gaps.csv:3: due 2020-01-01 is over"),
        ({"due": str(TODAY - timedelta(days=2))}, "write a day from today on"),
        ({"due": "31.12.2099"}, "due '31.12.2099' is no day"),
    ],
)
def test_an_owner_whom_nobody_knows_and_a_day_that_is_over_are_refused(
    asking: Asking, tmp_path: Path, said: dict[str, str], words: str
) -> None:
    rows = listed(asking)
    rows[1] |= said
    write(tmp_path / "gaps.csv", rows)
    answer = asking("audit", "--read", str(tmp_path / "gaps.csv"))
    assert answer.code == 2
    assert words in answer.err
    assert not any(row["owner"] for row in listed(asking))


@pytest.mark.parametrize("owner", ["Mia", "mia@first.example", " MIA "])
def test_an_owner_is_named_as_in_every_other_table(asking: Asking, tmp_path: Path, owner: str) -> None:
    rows = listed(asking)
    rows[1] |= {"owner": owner}
    write(tmp_path / "gaps.csv", rows)
    assert asking("audit", "--read", str(tmp_path / "gaps.csv")).out == "9 gaps read, 1 changed\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("account;role\n", "separate the cells by commas"),
        ("account id,role,source,owner\n", "there is no heading due"),
        ("", "the file is empty"),
        ("account id,role,source,owner,due\na,b\n", ":2: 2 cells, and the headings are 5"),
    ],
)
def test_wrong_columns_say_what_where_and_what_would_mend_it(
    asking: Asking, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "gaps.csv"
    file.write_text(text, encoding="utf-8")
    answer = asking("audit", "--read", str(file))
    assert answer.code == 2 and words in answer.err and str(file) in answer.err


def test_before_the_first_count_it_says_what_counts(tmp_path: Path) -> None:
    a_store(tmp_path / "syncd.db").close()
    for option in (("--list", "-"), ("--burn-down",)):
        answer = asked(tmp_path / "syncd.db", "audit", *option)
        assert answer.code == 2 and "no day was counted yet" in answer.err


def test_options_that_exclude_each_other_are_refused(asking: Asking) -> None:
    assert asking("audit", "--drift", "--burn-down").code == 2
    assert asking("audit", "--list", "/nowhere/gaps.csv").code == 2
