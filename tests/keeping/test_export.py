"""What is shown of a person is what is taken away of them, over all tables."""

import json
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select

from syncd.model import RemoteRef
from syncd.store import Store
from syncd.store.export import export_account, export_person, export_record, rows_about
from syncd.store.notes import ASKED_PLANS
from syncd.store.somebody import PLACES, WITHIN, Somebody, somebody_of
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.tables import core
from syncd.tables.columns import metadata
from tests.cli.conftest import Syncd, cycled, shared  # noqa: F401
from tests.ledger import erase
from tests.sync.conftest import NOON, Place, mappings, placed, wired  # noqa: F401

Rows = dict[tuple[Any, ...], dict[str, Any]]
# What an erasure writes or wakes besides: its own traces, and the account that is judged anew without them.
BESIDE = {"erased", "audit_log", "account"}
# Lines that stay, with the name taken out: what is told of them goes by the records that they named.
FILLED = {"audit_log"}


@pytest.fixture
def place(tmp_path: Path, mappings: Path) -> Iterator[Place]:  # noqa: F811
    with placed(tmp_path / "unused.db", mappings) as tiny:
        yield tiny


@pytest.fixture
def wiring(place: Place, sqlite_store: Store) -> Wiring:
    return wired(place, sqlite_store)


def everything(store: Store) -> dict[str, Rows]:
    """Every row of every table by its key."""
    dump = {}
    with store.reading() as unit:
        for name, table in metadata.tables.items():
            keys = [column.name for column in table.primary_key]
            rows = unit.connection.execute(select(table)).mappings()
            dump[name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    return dump


def shown(store: Store, who: Somebody) -> dict[str, set[tuple[Any, ...]]]:
    """The keys of the rows that an export shows, by table."""
    keys = {}
    with store.reading() as unit:
        for name in PLACES:
            primary = [column.name for column in metadata.tables[name].primary_key]
            keys[name] = {tuple(row[key] for key in primary) for row in rows_about(unit.connection, name, who)}
    return keys


def taken(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> dict[str, set[tuple[Any, ...]]]:
    """The keys of the rows that went or changed, by table."""
    return {
        name: {key for key, row in rows.items() if after[name].get(key) != row}
        for name, rows in before.items()
        if name not in BESIDE
    }


def people(wiring: Wiring) -> list[str]:
    """Three people of whom the store has much: by how many tables speak of them."""
    with wiring.store.reading() as unit:
        ids = list(unit.connection.execute(select(core.contact.c.id).order_by(core.contact.c.id)).scalars())
        spoken = {one: len(export_person(unit.connection, one)["tables"]) for one in ids}
    return sorted(ids, key=lambda one: -spoken[one])[:3]


def test_what_an_export_shows_is_what_an_erasure_takes_away(wiring: Wiring) -> None:
    cycle(wiring, Run())
    store = wiring.store
    for contact_id in people(wiring):
        with store.writing() as unit:
            unit.audit.write("cli:ann", "link", contact_id)
            unit.quarantine.keep("match", {RemoteRef.read(contact_id): "unreadable"})
            number = unit.runs.start("resync", "cli:ann", {"record": contact_id})
            unit.notes.keep(ASKED_PLANS.of("abc"), f'{{"steps": ["{contact_id}"]}}')
            who = somebody_of(unit.connection, contact_id)
        before, exported = everything(store), shown(store, who)
        assert sum(map(bool, exported.values())) > 9, exported
        erase(store, contact_id)
        after = everything(store)
        gone = taken(before, after)
        assert {name: keys for name, keys in gone.items() if keys - exported.get(name, set())} == {}
        still = {name: keys - gone[name] for name, keys in exported.items() if keys - gone[name]}
        others = [key for key in still.pop("source_record", set()) if RemoteRef(*key) not in who.refs]
        for key in others:  # what somebody else did, and names them besides
            assert any((row["system"], row["stream"], row["remote_id"]) == key for row in after["activity"].values())
        for name in ("verdict", "waiting", "quarantine"):
            still.pop(name, None)  # beside such a record
        assert still == {}
        assert (number,) in exported["run"]
        assert not any(rows for name, rows in shown(store, who).items() if name not in ("source_record", "verdict"))


OTHERS = {  # records that only look as if they spoke of Ann, who is hubspot.contacts/16
    "hubspot.submissions/joann": {"email": "joann@bank.example", "said": "private words of Joann"},
    "hubspot.submissions/longer": {"email": "ann@bank.example.org"},
    "hubspot.owners/16": {"id": "16", "email": "tobias@house.example"},
    "hubspot.surveys/s": {"properties": {"employees": "16", "num_associated_contacts": "16", "hs_object_id": 16}},
    "hubspot.calls/168": {"id": "168", "associations": {"contacts": ["168", "1"], "companies": ["16"]}},
    "other.calls/1": {"associations": {"contacts": ["16"]}},
}
HERS = {
    "hubspot.submissions/ann": {"email": "Ann@Bank.example"},
    "hubspot.submissions/text": {"said": "me\nann@bank.example, or call"},
    "hubspot.calls/1": {"associations": {"contacts": ["5", "16"]}},
    "hubspot.calls/2": {"associations": {"contacts": {"results": [{"id": "16"}]}}},
    "hubspot.marketing_events/1:16": {"contactId": 16},
    "salesforce.Task/1": {"WhoId": None, "Syncd_Key__c": "mql/hubspot.contacts/16"},
    "salesforce.Task/2": {"WhoId": "003Hs000000000QIAQ", "Subject": "Call"},
}


def test_what_looks_like_somebody_and_is_another_is_neither_shown_nor_taken_away(store: Store) -> None:
    ann = ("hubspot.contacts/16", "salesforce.Contact/003Hs000000000QIAQ")
    with store.writing() as unit:
        values = {"id": ann[0], "first_name": "Ann", "last_name": "X"}
        unit.connection.execute(insert(core.contact).values({**required(core.contact), **values}))
        for ref in map(RemoteRef.read, ann):
            link = {"system": ref.system, "stream": ref.stream, "remote_id": ref.id}
            link |= {"kind": "contact", "golden_id": ann[0]}
            unit.connection.execute(insert(core.link).values({**required(core.link), **link}))
        address = {"kind": "contact", "how": "email", "value": "ann@bank.example", "golden_id": ann[0]}
        unit.connection.execute(insert(core.identifier).values({**required(core.identifier), **address}))
        for name, raw in (OTHERS | HERS).items():
            system, stream, remote_id = RemoteRef.read(name)
            record = {"system": system, "stream": stream, "remote_id": remote_id, "gone": ""}
            record["raw"] = orjson.dumps(raw).decode()
            unit.connection.execute(insert(core.source_record).values({**required(core.source_record), **record}))
        hers = unit.runs.start("resync", "cli:bo", {"record": ann[0]})
        others = unit.runs.start("resync", "cli:bo", {"record": "hubspot.contacts/168"})
        unit.runs.start("resync", "cli:bo", {"record": "joann@bank.example"})
        unit.notes.keep(ASKED_PLANS.of("other"), '{"steps": ["hubspot.contacts/168", "joann@bank.example"]}')
    with store.writing() as unit:
        exported = export_person(unit.connection, ann[0])["tables"]
        assert {f"{row['system']}.{row['stream']}/{row['remote_id']}" for row in exported["source_record"]} == {*HERS}
        assert [row["id"] for row in exported["run"]] == [hers]
        assert "note" not in exported
        unit.people.erase(ann[0], "cli:bo")
        left = unit.connection.execute(select(core.source_record)).all()
        assert {f"{row.system}.{row.stream}/{row.remote_id}" for row in left} == {*OTHERS}
        assert unit.runs.read(others)["scope"] == {"record": "hubspot.contacts/168"}


def required(table: Any) -> dict[str, Any]:
    """A value for each column that needs one."""
    blank: dict[type, Any] = {int: 0, bool: False, str: "", object: NOON}  # object: a moment
    needed = [column for column in table.columns if not column.nullable and column.default is None]
    return {column.name: blank[column.type.python_type] for column in needed if column.server_default is None}


def test_every_table_with_text_is_a_place_or_has_a_reason() -> None:
    """A new table in which somebody may stand is looked for by both, or says here why nobody stands in it."""
    nobody = {
        "cursor", "seen", "user", "account", "campaign", "opportunity", "stage_change", "line_item", "title_correction",
        "snapshot", "gap", "agreement_version", "erased", "audit_log", "alert", "alert_message", "token", "session",
        "administrator",
    }  # fmt: skip
    assert metadata.tables.keys() == {*PLACES, *WITHIN} | nobody


def test_an_account_comes_with_its_people_and_its_opportunities(wiring: Wiring, place: Place) -> None:
    cycle(wiring, Run())
    with wiring.store.reading() as unit:
        account_id = unit.connection.scalar(
            select(core.opportunity.c.account_id).where(core.opportunity.c.key.is_not(None)).limit(1)
        )
        content = export_account(unit.connection, str(account_id))
        ours = unit.connection.scalar(
            select(core.opportunity.c.id).where(core.opportunity.c.account_id == account_id).limit(1)
        )
        record = export_record(unit.connection, RemoteRef.read(str(ours)))
    assert {"account", "link", "opportunity", "judgement", "wish", "source_record"} <= content["tables"].keys()
    assert content["people"][0]["tables"]["contact"]
    assert any(person["judgement"] for person in content["people"])
    assert record["tables"]["opportunity"][0]["account_id"] == account_id


def test_a_file_is_new_and_for_its_owner_alone(shared: Syncd, tmp_path: Path) -> None:  # noqa: F811
    person = next(row for row in shared.place.rows("Contact") if row["Email"])
    file = tmp_path / "person.json"
    shared.done("export", person["Email"], "--to", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert person["Email"].lower() in file.read_text().lower()
    printed = json.loads(shared.done("export", person["Email"]).out)
    assert printed["names"] == json.loads(file.read_text())["names"]
    assert shared("export", person["Email"], "--to", str(file)).code == 2
    assert shared("export", "nobody@nowhere.example").code == 6
