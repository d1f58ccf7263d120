"""What is counted, learned and replayed is the same whichever database holds the past."""

from collections.abc import Iterator
from typing import Any

import pytest

from syncd.planning.reports import REPORTS
from syncd.store import Store
from tests.cli import banks, test_lessons
from tests.cli.conftest import Answer, ask
from tests.conftest import new_database
from tests.empty_stores import empty_sqlite
from tests.rules.agreements import changed

COMMANDS: list[tuple[str, ...]] = [
    ("agreement", "diff", "NEW", "--names"),
    ("lessons",),
    ("audit",),
    ("waterfall", "--per", "week"),
    ("waterfall", "--per", "rep"),
    ("waterfall", "--backwards", "--bookings", "1M", "--by", "2099-12-31", "--amount", "50k"),
    ("lag", "--minimum", "2", "--by", "offer"),
    ("calendar",),
    ("queue",),
    ("doubles",),
    *(("report", name) for name in REPORTS),
]


@pytest.fixture(scope="module")
def databases(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The URLs of two stores with the same past."""
    urls = empty_sqlite(tmp_path_factory.mktemp("both") / "syncd.db"), new_database(postgres)
    for url in urls:
        store = Store(url)
        banks.fill(store)
        test_lessons.fill(store)
        store.close()
    yield urls


@pytest.fixture(scope="module")
def new_terms(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("new") / "new.yaml"
    file.write_text(changed(version="2027.1", caucus={"viable_percent": 50}), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_sqlite_and_postgresql_give_the_same_answer(
    databases: tuple[str, str], new_terms: str, command: tuple[str, ...]
) -> None:
    words = [new_terms if word == "NEW" else word for word in command]
    first, second = (answered(url, *words) for url in databases)
    assert first == second
    assert first not in ({}, None)


def answered(url: str, *words: str) -> Any:
    answer: Answer = ask({"SYNCD_DATABASE_URL": url}, *words, "--json")
    assert answer.code == 0, answer
    return answer.json


def test_the_past_has_something_to_learn_from(databases: tuple[str, str], new_terms: str) -> None:
    assert answered(databases[1], "lessons")["cases"] == 40
    assert answered(databases[1], "agreement", "diff", new_terms)["reproduced"]["kept"] == 40
