"""An older version's store goes on with the newest one.

`tests/data/store/revision_0003.json.gz` was made by commit 77ea10c from three cycles over the tiny world, a person's
edit of an opportunity and of a contact, and a deleted opportunity in between: the store's rows as SQLite keeps them,
and every write that reached the simulators, in its order. Made again on the same world, the writes give the same
records, and so the systems that the store knows.
"""

import gzip
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Boolean, Date, DateTime, MetaData, Numeric, create_engine, text

from syncd.model import RemoteRef
from syncd.model.milestones import Source, Stage
from syncd.store import Store
from syncd.store.migration import current, head, migrate
from syncd.sync.cycle import cycle
from syncd.sync.run import Run
from tests.ledger import judgement
from tests.sync.conftest import Place, wired
from tests.sync.remote import tell

SAVED = Path(__file__).parents[1] / "data" / "store" / "revision_0003.json.gz"
SANDBOX = {"client_id": "sandbox-client", "client_secret": "sandbox-secret", "grant_type": "client_credentials"}


@pytest.fixture(scope="session")
def saved() -> dict[str, Any]:
    with gzip.open(SAVED, "rt", encoding="utf-8") as file:
        return dict(json.load(file))


def fill(url: str, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Put rows as SQLite keeps them into a store of their own revision, on either database."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    known = MetaData()
    known.reflect(engine)
    with engine.begin() as connection:
        for table in known.sorted_tables:
            rows = tables.get(table.name, ())
            if rows and engine.dialect.name == "sqlite":
                names = ", ".join(f'"{name}"' for name in rows[0])
                signs = ", ".join("?" * len(rows[0]))
                connection.exec_driver_sql(
                    f'INSERT INTO "{table.name}" ({names}) VALUES ({signs})', [tuple(row.values()) for row in rows]
                )
            elif rows:  # ids that the database counts itself are left to it, so that it goes on counting
                kinds = {c.name: c.type for c in table.c if c is not table.autoincrement_column}
                connection.execute(
                    table.insert(), [{name: typed(kinds[name], row[name]) for name in kinds} for row in rows]
                )
    engine.dispose()


def typed(kind: Any, value: Any) -> Any:
    """What SQLite keeps as text or number, as PostgreSQL wants it."""
    match kind:
        case _ if value is None:
            return None
        case Boolean():
            return bool(value)
        case DateTime():
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        case Date():
            return date.fromisoformat(value)
        case Numeric():
            return Decimal(str(value))
        case _:
            return value


def write_again(place: Place, writes: Sequence[Mapping[str, Any]]) -> None:
    """Make the writes of the older version, one after another."""
    sandbox = place.sandbox
    login = requests.post(f"{sandbox.salesforce_http_url}/services/oauth2/token", data=SANDBOX, timeout=10)
    hosts = {
        "salesforce": (sandbox.salesforce_http_url, login.json()["access_token"]),
        "hubspot": (sandbox.hubspot_url, "sandbox-token"),
    }
    for write in writes:
        host, token = hosts[write["system"]]
        headers = {**write["headers"], "Authorization": f"Bearer {token}"}
        url = f"{host}{write['path']}" + (f"?{write['query']}" if write["query"] else "")
        answer = requests.request(write["method"], url, data=write["body"].encode(), headers=headers, timeout=10)
        assert answer.ok, answer.text


def standing(place: Place) -> Counter[tuple[str, str, str | None]]:
    """Every row of the objects that syncd writes, by its id and our key, whatever the rules say of it."""
    objects = ("Account", "Contact", "Opportunity", "OpportunityContactRole", "Task")
    return Counter((name, row["Id"], row.get("Syncd_Key__c")) for name in objects for row in place.rows(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def old_store(request: pytest.FixtureRequest, tmp_path: Path, saved: dict[str, Any]) -> Store:
    sqlite = f"sqlite:///{tmp_path / 'old.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("empty_postgres")
    store = Store(url)
    request.addfinalizer(store.close)
    migrate(store.database, "0003")
    fill(url, saved["tables"])
    return store


def test_a_store_of_revision_0003_goes_on_and_doubles_nothing(
    place: Place, old_store: Store, saved: dict[str, Any]
) -> None:
    """The rules may say something else of somebody than they said then; what stands is known to stand there."""
    write_again(place, saved["writes"])
    before = standing(place)
    old_store.migrate()
    assert current(old_store.database) == head()
    wiring = wired(place, old_store)
    first = cycle(wiring, Run())
    assert first.outcome == "done"
    after = standing(place)
    assert before - after == Counter(), "nothing goes"
    assert all(key for _, _, key in after - before), "what is new is ours"
    assert max(Counter((object_, key) for object_, _, key in after.elements() if key).values()) == 1, "nothing twice"
    what_was_reached_before_is_filled_in(place, old_store)
    everything = tell(place)
    second = cycle(wiring, Run())
    assert (second.outcome, second.written) == ("done", 0)
    assert tell(place) == everything


def what_was_reached_before_is_filled_in(place: Place, store: Store) -> None:
    """Of the tasks and opportunities that the older version made, and of what sales closed before."""
    with store.reading() as unit:
        kept = list(unit.milestones.stream())
        sent = "SELECT key FROM wish WHERE object = 'task' AND key LIKE 'mql/%' AND sent_digest <> ''"
        called = {key.partition("/")[2] for key in unit.connection.execute(text(sent)).scalars()}
    released = {one.contact_id: one.at for one in kept if one.stage is Stage.RELEASED}
    assert released and released.keys() <= called
    mqls = {one.contact_id: one.at for one in kept if one.stage is Stage.MQL}
    assert all(mqls[contact_id] <= at for contact_id, at in released.items() if contact_id in mqls)
    qualified = [one.opportunity_key for one in kept if one.stage is Stage.SQO and one.opportunity_key]
    assert {row["Syncd_Key__c"] for row in place.ours()} <= set(qualified)
    closed = {row["Id"]: row["IsWon"] for row in place.rows("Opportunity") if row["IsClosed"]}
    outcomes = [one for one in kept if one.stage in (Stage.WON, Stage.LOST) and one.opportunity_id]
    assert {RemoteRef.read(str(one.opportunity_id)).id: one.stage is Stage.WON for one in outcomes} == closed
    assert {one.source for one in outcomes} == {Source.HISTORY}


def test_kept_judgements_say_ruling_where_they_said_answer(old_store: Store, saved: dict[str, Any]) -> None:
    judged = [row for row in saved["tables"]["judgement"] if '"answer":' in row["body"]]
    assert judged
    old_store.migrate()
    for row in judged:
        old, new = json.loads(row["body"]), json.loads(judgement(old_store, row["account_id"]) or "{}")
        assert [gate["ruling"] for gate in new["market"]] == [gate["answer"] for gate in old["market"]]


def test_the_saved_store_has_what_an_upgrade_could_lose(saved: dict[str, Any]) -> None:
    wishes = saved["tables"]["wish"]
    assert any('"ref":["deal"' in wish["wanted"] for wish in wishes)
    assert any(wish["touched"] != "[]" for wish in wishes)
    assert {row["stream"] for row in saved["tables"]["source_record"] if row["deleted"]} >= {"Opportunity", "Task"}
    assert len(saved["tables"]["source_record"]) > 500
