"""PostgreSQL: the plan of every batch statement goes by index, whatever the statistics say of its tables.

The statements are those of a whole first cycle, a second one after people worked, a full read, an erasure and a prune;
their plans are asked for on tables of 20,000 rows.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, event, select, text
from sqlalchemy.dialects import postgresql

from syncd.model import RemoteRef
from syncd.model.keeping import Keep
from syncd.store import Store
from syncd.store.links import Link
from syncd.store.statements import among
from syncd.store.statistics import refresh
from syncd.sync.cycle import cycle
from syncd.sync.prune import prune
from syncd.sync.run import Run
from syncd.tables.columns import metadata
from syncd.tables.core import identifier
from tests.conftest import administer, new_database
from tests.ledger import erase, find
from tests.sync.conftest import NOON, placed, wired

ROWS = 20_000
GROWING = (
    *("source_record", "seen", "link", "identifier", "alias", "waiting", "account", "contact", "likely_double"),
    *("activity", "campaign_member", "opportunity", "stage_change", "contact_role", "judgement", "wish", "quarantine"),
    *("milestone", "candidate", "released", "verdict"),
)
CONSTANT = {"system": "hubspot", "stream": "contacts", "kind": "contact", "how": "email", "object": "contact"}
TEXTS = ("TEXT", "VARCHAR")
QUEUES = {"ix_source_record_unmatched", "ix_account_stale", "ix_wish_pending"}  # hold nothing but what waits
# Once a run, not once a batch: what changed users or agreements touch, full reads, what people ask for, the first look.
ONCE = (
    "UPDATE account SET stale=%(stale)s WHERE account.stale =",
    "UPDATE source_record SET unmatched=%(unmatched)s WHERE source_record.system =",
    "count(",
    "NOT (EXISTS",
    "lower(",
    "SELECT quarantine.",
    "judgement.review_on <=",
    "wish.key LIKE",
    "milestone.evidence LIKE",
    "milestone.stage IN",
    "WHERE candidate.returned_at IS NULL",
    "gone_at",
    "SELECT DISTINCT wish.system",
)
Recorded = dict[str, Any]  # statement → the parameters that it had last


@pytest.fixture(scope="module")
def recorded(
    postgres: str, mappings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Recorded]]:
    """A store after two cycles, a full read and an erasure, and every statement that went through its batches."""
    store, statements = Store(new_database(postgres)), {}

    def keep(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) and "pg_stat" not in statement:
            statements[statement] = parameters[0] if many else parameters

    with store.database.writing() as connection:
        for table in GROWING:
            connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))
    event.listen(store.database.batches, "before_cursor_execute", keep)
    with placed(tmp_path_factory.mktemp("plans") / "unused.db", mappings) as place:
        wiring = wired(place, store)
        cycle(wiring, Run())
        first, second = place.rows("Contact")[:2]
        place.edit("Contact", first["Id"], Title="Chief Financial Officer")
        place.delete("Contact", second["Id"])
        cycle(wiring, Run(), mode="full")
        erase(store, find(store, "contact", first["Id"])[0])
        short = Keep(runs=1, failed_runs=1, gone=1, activities=1, snapshots=1, replayed=0)
        for days in (0, 700):
            prune(replace(wiring, keep=short, clock=lambda days=days: NOON + timedelta(days=days)), Run())
    event.remove(store.database.batches, "before_cursor_execute", keep)
    yield store, statements
    store.close()


def fill(connection: Connection) -> None:
    """Put so many rows into each growing table, beside what stands there and of the same streams and kinds."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))  # references lead nowhere
    for name in GROWING:
        columns = metadata.tables[name].columns
        model = connection.execute(text(f"SELECT * FROM {name} LIMIT 1")).mappings().first() or {}
        values = {column.name: _value(column, model.get(column.name)) for column in columns}
        names = ", ".join(f'"{one}"' for one in values)
        rows = f"SELECT {', '.join(values.values())} FROM generate_series(1, {ROWS}) AS n"
        connection.execute(text(f"INSERT INTO {name} ({names}) {rows}"))


def _value(column: Column[Any], model: Any) -> str:
    """What stands in a column of row `n`: names differ, kinds and streams do not, nothing waits."""
    kind = column.type.compile(postgresql.dialect()).split("(")[0].split()[0]  # type: ignore[no-untyped-call]
    if kind in TEXTS and column.name in CONSTANT:
        return f"'{model or CONSTANT[column.name]}'"
    if kind in TEXTS and (column.primary_key or column.name.endswith(("id", "ref", "key", "owner", "parent"))):
        return "'row/' || n || '/filled'"
    return "'text'" if kind in TEXTS else {"BOOLEAN": "false", "TIMESTAMP": "now()", "DATE": "now()"}.get(kind, "0")


def scans(plan: dict[str, Any]) -> Iterator[str]:
    """What a plan reads of growing tables without knowing where."""
    table, index = plan.get("Relation Name"), plan.get("Index Name")
    if plan["Node Type"] == "Seq Scan" and table in GROWING:
        yield f"all of {table}"
    elif index and index not in QUEUES and "Index Cond" not in plan and table in GROWING:
        yield f"all of {table}, by {index}"
    elif "Join Filter" in plan and any(f'"Relation Name": "{name}"' in json.dumps(plan) for name in GROWING):
        yield f"every row beside every other: {plan['Join Filter']}"
    for part in plan.get("Plans", ()):
        yield from scans(part)


def explained(connection: Connection, statement: str, parameters: Any) -> dict[str, Any]:
    plans = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar()
    return dict(plans[0]["Plan"])


def faulty(store: Store, statements: Recorded) -> dict[str, list[str]]:
    """The batch statements that read more than they name."""
    with store.database.writing() as connection:
        plans = {
            statement: list(scans(explained(connection, statement, parameters)))
            for statement, parameters in statements.items()
            if not any(words in statement for words in ONCE)
        }
    return {statement: faults for statement, faults in plans.items() if faults}


@pytest.mark.parametrize("state", ["missing", "stale", "fresh", "bloated"])
def test_no_batch_statement_scans_a_table_that_grows(recorded: tuple[Store, Recorded], state: str) -> None:
    """missing: there are no statistics, as after a restore; stale: they are those of a few rows, or of none."""
    store, statements = recorded
    assert len(statements) > 60
    url = store.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with store.database.writing() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in GROWING:
            *_, key = metadata.tables[name].primary_key
            connection.execute(text(f"DELETE FROM {name} WHERE {key.name} LIKE '%/filled'"))
    administer(url, "VACUUM ANALYZE")
    with store.database.writing() as connection:
        if state == "missing":
            connection.execute(text("DELETE FROM pg_statistic"))
            connection.execute(text("UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relkind IN ('r', 'i')"))
        fill(connection)
        if state == "fresh":
            connection.execute(text("ANALYZE"))
        if state == "bloated":
            for _ in range(3):
                connection.execute(text("UPDATE wish SET attempts = attempts + 1"))
    faults = faulty(store, statements)
    assert not faults, "\n".join(f"{statement}: {scanned}" for statement, scanned in faults.items())


# ---- what `= ANY` gave -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[], ["one"], ["one", "one", "two", "two", "two"], ["none"] * 1_000])
def test_a_list_gives_each_row_once_however_often_it_names_it(store: Store, values: list[str]) -> None:
    rows = [{"kind": "contact", "how": how, "value": one, "golden_id": "x"} for how in "ab" for one in ("one", "two")]
    with store.writing() as unit:
        unit.connection.execute(identifier.insert(), rows)
        condition = among(identifier.c.value, values, (identifier.c.kind, "contact"), (identifier.c.how, "a"))
        matching = unit.connection.execute(select(identifier.c.value).where(condition)).scalars().all()
    assert sorted(matching) == sorted({"one", "two"} & set(values))


def test_rows_of_one_key_in_one_batch_end_as_the_last_of_them(store: Store) -> None:
    """A single statement may touch no row twice; row by row, the last one counted."""
    ref = RemoteRef("hubspot", "contacts", "1")
    with store.writing() as unit:
        unit.links.put([Link(ref, "contact", "a", "first"), Link(ref, "contact", "b", "second")])
        assert unit.links.find([ref])[ref].golden_id == "b"


def test_texts_stamps_truths_and_nothing_go_through_a_batch_as_they_are(store: Store) -> None:
    awkward = 'a "quoted", {braced} \\ text\nof two lines, é 😀, NULL'
    row: dict[str, Any] = {"id": "1", "account_id": None, "emails": "[]", "sources": "{}", "title": awkward}
    with store.writing() as unit:
        unit.golden.put("contact", [row | {"marketable": None}, row | {"id": "2", "title": None, "marketable": True}])
        rows = unit.golden.rows("contact", ["1", "2"])
    assert [(rows[id]["title"], rows[id]["marketable"]) for id in "12"] == [(awkward, None), (None, True)]


# ---- statistics ------------------------------------------------------------------------------------------------------


def test_a_table_that_a_load_has_filled_is_looked_at_anew_once(postgres: str) -> None:
    """Also after a restore, and with autovacuum off."""
    with closing(Store(new_database(postgres))) as store:
        with store.database.writing() as connection:
            connection.execute(text("ALTER TABLE contact SET (autovacuum_enabled = off)"))
            fill(connection)
        with store.database.writing() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
        with store.database.writing() as connection:
            assert "contact" in refresh(connection)
            assert connection.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'contact'")) == ROWS
        with store.database.writing() as connection:
            assert refresh(connection) == []
