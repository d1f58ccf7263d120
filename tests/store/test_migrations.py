"""The revisions lead to exactly the tables that the code declares, on both databases, with data in them."""

from datetime import UTC, date, datetime
from json import loads
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from syncd.errors import ConfigError
from syncd.store import Store
from syncd.store.migration import current, head, migrate
from syncd.tables import metadata
from tests.ledger import cursor, matching


def test_head_equals_the_declared_tables(store: Store) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migrated_store_stands_at_head(store: Store) -> None:
    assert current(store.database) == head()
    store.require_head()


def test_an_empty_database_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    assert store.is_new()
    with pytest.raises(ConfigError, match="syncd migrate"):
        store.require_head()
    store.close()


def test_sqlite_is_opened_with_wal_foreign_keys_and_patience(sqlite_store: Store) -> None:
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}
    with sqlite_store.database.reading() as connection:
        assert {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted} == wanted


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_last_revision_can_be_applied_to_a_store_with_data(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'old.db'}"
    store = Store(sqlite if kind == "sqlite" else request.getfixturevalue("empty_postgres"))
    migrate(store.database, "0001")
    with store.database.writing() as connection:
        connection.execute(text("INSERT INTO cursor (system, stream, value) VALUES ('salesforce', 'Account', 'x')"))
        connection.execute(
            text(
                "INSERT INTO source_record (system, stream, remote_id, digest, raw) "
                "VALUES ('salesforce', 'Account', '1', 'd', '{}')"
            )
        )
    store.migrate()
    assert current(store.database) == head()
    assert cursor(store, "salesforce", "Account") == "x"
    with matching(store, "salesforce", "Account") as batch:
        assert [record.ref.id for record in batch.records] == ["1"]
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_runs_and_what_people_asked_for_become_one_record_and_the_audit_log_keeps_whom_it_names_apart(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'old.db'}"
    store = Store(sqlite if kind == "sqlite" else request.getfixturevalue("empty_postgres"))
    migrate(store.database, "0037")
    day = "2026-11-0{} 09:00:00".format
    record = "hubspot.contacts/168"
    old = [
        *(
            f"INSERT INTO run (verb, started_at, finished_at, outcome, counts) VALUES {row}"
            for row in (
                f"('cycle', '{day(1)}', '{day(1)}', 'incomplete', '{{\"written\": 3}}')",
                f"('reconcile', '{day(3)}', NULL, NULL, '{{}}')",
            )
        ),
        *(
            f"INSERT INTO request (at, actor, verb, options, done_at, outcome) VALUES {row}"
            for row in (
                f"('{day(2)}', 'cli', 'resync', '{{\"account\": \"no such\"}}', '{day(2)}', 'failed: no such account')",
                f"('{day(2)}', 'cli', 'resync', '{{}}', '{day(2)}', 'done')",
                f"('{day(2)}', 'api', 'apply', '{{\"plan\": \"p-1\"}}', NULL, NULL)",
            )
        ),
        f"INSERT INTO audit_log (at, actor, action, detail) VALUES ('{day(1)}', 'cli', 'unlink', '{record}')",
    ]
    with store.database.writing() as connection:
        for statement in old:
            connection.exec_driver_sql(statement)
    store.migrate()
    with store.reading() as unit:
        runs, (line,) = unit.runs.last(), unit.audit.lines()
        waiting = unit.runs.waiting()
        kept = unit.connection.execute(text("SELECT detail FROM audit_log")).scalar()
    store.close()
    assert [(run["id"], run["verb"], run["outcome"], run["exit_code"], run["error"]) for run in reversed(runs)] == [
        (1, "cycle", "incomplete", 3, None),
        (2, "resync", "failed", 1, "no such account"),
        (3, "reconcile", None, None, None),
        (4, "apply", None, None, None),
    ]
    assert runs[-1]["counts"] == {"written": 3}
    assert runs[-1]["started_at"] == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert [(run.id, run.scope, run.actor) for run in waiting] == [(4, {"plan": "p-1"}, "api")]
    assert (line.actor, line.detail) == ("cli", record)
    assert record not in str(kept)


def test_what_closed_everything_closes_everything_until_the_next_match(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(store.database, "0029")
    rows = {
        "1": "'512-555-0142', true, false, '[]', '[]'",
        "2": """NULL, NULL, NULL, '["Event news"]', '["old@bank.example"]'""",
        "3": "NULL, NULL, NULL, '[]', '[]'",
    }
    with store.database.writing() as connection:
        for id, values in rows.items():
            names = "id, sources, emails, phone, opted_out, do_not_call, unsubscribed, bounced"
            connection.execute(text(f"INSERT INTO contact ({names}) VALUES ('{id}', '{{}}', '[]', {values})"))
    migrate(store.database, "0030")
    with store.database.reading() as connection:
        kept = {row.id: row for row in connection.execute(text("SELECT id, phones, closures FROM contact"))}
    store.close()
    assert [loads(kept[id].phones) for id in "123"] == [["512-555-0142"], [], []]
    assert [loads(kept[id].closures) for id in "123"] == [
        [["", "opted_out", "", ""]],
        [["", "unsubscribed", "Event news", ""], ["old@bank.example", "bounced", "", ""]],
        [],
    ]


BOOKMARKS = {
    "Account": ('{"since":"2026-11-02T00:00:00+00:00"}', {"lacking": ["IsPersonAccount"]}),
    "Contact": (
        '{"lacking":["HubSpot_Contact_ID__c"],"lacking_since":"2026-01-01T00:00:00+00:00"}',
        {"lacking": ["HubSpot_Contact_ID__c", "IsPersonAccount"]},
    ),
    "Lead": ('{"since":"2026-11-02T00:00:00+00:00"}', {}),
}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whose_account_is_a_persons_is_read_once_and_every_account_judged_anew(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'old.db'}"
    store = Store(sqlite if kind == "sqlite" else request.getfixturevalue("empty_postgres"))
    migrate(store.database, "0036")
    with store.database.writing() as connection:
        for stream, (value, _) in BOOKMARKS.items():
            connection.execute(
                text("INSERT INTO cursor (system, stream, value) VALUES ('salesforce', :stream, :value)"),
                {"stream": stream, "value": value},
            )
        connection.execute(text("INSERT INTO account (id, sources, stale) VALUES ('a', '{}', false)"))
        connection.execute(text("INSERT INTO contact (id, account_id, sources, emails) VALUES ('c', 'a', '{}', '[]')"))
    store.migrate()
    for stream, (before, marked) in BOOKMARKS.items():
        kept = {name: value for name, value in loads(before).items() if name == "since"}
        assert loads(cursor(store, "salesforce", stream) or "") == kept | marked
    with store.reading() as unit:
        (group,) = unit.groups.of(["a"])
        assert (group.account.person, group.contacts[0].person_records) == (None, ())
        assert unit.groups.count_stale(date(2026, 11, 2)) == 1
    store.close()
