"""The audit log only grows, whoever writes; whom it names can be forgotten."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from syncd.store import Store
from syncd.sync.door import Act, ask
from tests.ledger import run_of


def write(store: Store, *lines: tuple[str, str, str]) -> None:
    with store.writing() as unit:
        for line in lines:
            unit.audit.write(*line)


def shown(store: Store, limit: int = 50) -> list[tuple[str, str, str]]:
    with store.reading() as unit:
        return [(line.actor, line.action, line.detail) for line in unit.audit.lines(limit)]


LINES = [
    ("cli:ann", "link", "hubspot.contacts/1 to salesforce.Contact/003000000000001AAA"),
    ("api:grafana", "resync", "stream=contacts, --force, run 7"),
]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "DELETE FROM audit_log WHERE id = 1"],
)
def test_the_database_refuses_to_change_a_line_or_to_take_it_away(store: Store, statement: str) -> None:
    write(store, *LINES)
    refused = pytest.raises(DBAPIError, match="the audit log only grows")
    with refused, store.database.writing() as connection:
        connection.execute(text(statement))
    assert shown(store) == LINES[::-1]


def test_postgresql_refuses_to_empty_it_as_well(store: Store) -> None:
    if store.database.is_sqlite:
        return  # it has no such statement
    write(store, *LINES)
    with pytest.raises(DBAPIError, match="only grows"), store.database.writing() as connection:
        connection.execute(text("TRUNCATE audit_log CASCADE"))
    assert len(shown(store)) == 2


def test_the_record_of_who_is_erased_goes_and_the_line_stays(store: Store) -> None:
    write(store, *LINES, ("cli:bob", "unlink", "hubspot.contacts/12"))
    with store.writing() as unit:
        unit.audit.forget(["hubspot.contacts/1"])
    assert shown(store) == [
        ("cli:bob", "unlink", "hubspot.contacts/12"),
        LINES[1],
        ("cli:ann", "link", "[forgotten] to salesforce.Contact/003000000000001AAA"),
    ]
    with store.database.reading() as connection:
        assert "contacts/1 " not in str(connection.execute(text("SELECT * FROM audit_log")).all())


def test_the_latest_lines_come_first(store: Store) -> None:
    write(store, *(("cli:ann", "pause", str(number)) for number in range(5)))
    assert [detail for _, _, detail in shown(store, 2)] == ["4", "3"]


def test_who_is_erased_is_named_by_no_line_and_by_no_run_any_more(store: Store) -> None:
    record = "hubspot.contacts/168"
    write(store, ("cli:ann", "unlink", record))
    number = ask(store, Act("resync", "cli:ann", {"record": record}))
    with store.writing() as unit:
        unit.people.erase(record, "cli:bob")
    assert shown(store) == [
        ("cli:bob", "erase", "0 records of one person"),
        ("cli:ann", "resync", f"record=[forgotten], run {number}"),
        ("cli:ann", "unlink", "[forgotten]"),
    ]
    assert run_of(store, number)["scope"] == {"record": "[forgotten]"}
