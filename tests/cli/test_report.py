"""`syncd report`: in words, as JSON and as CSV; an unknown name is told those there are."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from syncd.planning.reports import REPORTS
from syncd.tables.core import activity, contact
from tests.cli.banks import a_store, asked
from tests.cli.conftest import Answer

Asking = Callable[..., Answer]
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("report") / "syncd.db"
    store = a_store(path)
    with store.writing() as unit:
        run = unit.connection.execute
        run(contact.insert().values(id="=cyd", first_name="=Cyd", emails='["cyd@home.example"]', sources="{}"))
        for name, kind, selling in (("ann", "email_sent", True), ("=cyd", "email_delivered", False)):
            known = {"system": "hubspot", "stream": "emails", "remote_id": name, "contact_id": name, "topic": "News"}
            run(activity.insert().values(id=name, kind=kind, at=YESTERDAY, by_us=True, selling=selling, **known))
        run(update(contact).where(contact.c.id == "ann").values(last_name="Invented"))
    store.close()
    yield path


@pytest.fixture
def asking(database: Path) -> Asking:
    return lambda *arguments: asked(database, *arguments)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_answers_in_words_json_and_csv(asking: Asking, name: str) -> None:
    assert REPORTS[name].title in asking("report", name).out
    rows = asking("report", name, "--json").json
    table = list(csv.DictReader(io.StringIO(asking("report", name, "--csv").out)))
    assert len(rows) == len(table)
    assert all(tuple(row) == REPORTS[name].columns for row in rows)


def test_a_premature_ask_is_named(asking: Asking) -> None:
    (row,) = asking("report", "premature", "--json").json
    assert (row["account"], row["contact"], row["their rung then"]) == ("First Bank", "Ann Invented", "none")
    assert asking("report", "premature", "--since", str((YESTERDAY - timedelta(days=1)).date()), "--json").json == [row]


def test_who_belongs_to_no_account_is_outside_the_list_and_no_formula(asking: Asking) -> None:
    (row,) = csv.DictReader(io.StringIO(asking("report", "outside-list", "--csv").out))
    assert (row["contact id"], row["contact"], row["account"]) == ("'=cyd", "'=Cyd", "(no account)")


def test_an_unknown_name_is_told_those_there_are(asking: Asking) -> None:
    answer = asking("report", "prematures")
    assert answer.code == 2
    assert "premature?" in answer.err and ", ".join(REPORTS) in answer.err


def test_without_a_name_the_reports_are_listed(asking: Asking) -> None:
    assert all(name in asking("report").out for name in REPORTS)
    assert list(asking("report", "--json").json) == list(REPORTS)
