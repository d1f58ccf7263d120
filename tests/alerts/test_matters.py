"""What is told of: what health finds, and what the agreement asks a person to look at, by golden ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import orjson

from syncd.alerts.matters import OfAgreement, looking, of_health
from syncd.model.alerts import WARNING, Matter
from syncd.model.health import Finding, FindingKind, Grade, Health
from syncd.model.queue import QueueState
from syncd.model.runs import Ending, RunOutcome
from syncd.pulse import Pulse
from syncd.rules.alerts import LEFT_OUT, NO_OWNER, UNTOUCHED
from syncd.store import Store
from syncd.store.notes import PAUSED
from syncd.tables.core import account, judgement

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)


def put(store: Store, **alerts: list[str]) -> None:
    """An account whose contacts are alerted of so."""
    contacts = [{"contact_id": f"hubspot.contacts/{name}", "alerts": why} for name, why in alerts.items()]
    row = {"account_id": "a", "today": TODAY, "agreement": "1", "standing": "in", "alerts": len(contacts)}
    with store.writing() as unit:
        unit.connection.execute(account.insert().values(id="a", name="Tiny Bank", sources="{}"))
        body = orjson.dumps({"contacts": contacts}).decode()
        unit.connection.execute(judgement.insert().values(**row, body=body))


def run(store: Store) -> None:
    with store.writing() as unit:
        unit.runs.finish(unit.runs.start("cycle"), Ending(RunOutcome.DONE, 0), {})


def test_the_agreements_alerts_are_told_by_ids_with_what_mends_them(sqlite_store: Store) -> None:
    put(sqlite_store, ann=[NO_OWNER, f"explores since 2026-10-01, and {UNTOUCHED}"], bob=[LEFT_OUT])
    dry = {"rep": "Rae Rep", "id": "salesforce.User/005", "week": "2026-11-09", "places": 8, "waiting": 2}
    with sqlite_store.writing() as unit:
        unit.queue.keep(QueueState(dry=(dry, {**dry, "id": ""})))
    matters = tuple(OfAgreement(sqlite_store, lambda: TODAY)())
    assert [(matter.where, matter.what, matter.look) for matter in matters[:3]] == [
        (("hubspot.contacts/ann",), NO_OWNER, "syncd explain hubspot.contacts/ann"),
        (("hubspot.contacts/ann",), UNTOUCHED, "syncd explain hubspot.contacts/ann"),
        (("hubspot.contacts/bob",), LEFT_OUT, "syncd explain hubspot.contacts/bob"),
    ]
    assert {(matter.kind, matter.grade) for matter in matters} == {("agreement", WARNING)}
    assert [matter.where for matter in matters[3:]] == [("salesforce.User/005",), ()]
    assert len({matter.key for matter in matters}) == len(matters)
    assert all(matter.mend for matter in matters)
    assert "Rae" not in str(matters), "who it is, the store says"


def test_the_agreement_is_looked_at_again_once_a_run_has_ended(sqlite_store: Store) -> None:
    look = OfAgreement(sqlite_store, lambda: TODAY)
    assert look() == ()
    put(sqlite_store, ann=[NO_OWNER])
    assert look() == (), "nothing but a run changes it"
    run(sqlite_store)
    assert len(tuple(look())) == 1


def test_a_finding_is_told_as_it_is() -> None:
    finding = Finding(
        *(FindingKind.QUARANTINE, ("hubspot.contacts",), "many: ann@bank.example", "mend", Grade.WARNING, NOW),
        *("syncd quarantine list", 12, "x"),
    )
    (matter,) = of_health(Health.of([finding]))
    assert matter == Matter(
        "quarantine:x", "quarantine", "warning", ("hubspot.contacts",), "many", "mend", "syncd quarantine list", NOW, 12
    )


def test_the_one_who_tells_runs_and_of_a_store_that_is_away_nothing_else_is_told(sqlite_store: Store) -> None:
    from syncd.health.life import Life

    life = Life(NOW, NOW, "process 1", 15.0, ended_at=NOW)
    with sqlite_store.writing() as unit:
        life.keep(unit)
        unit.notes.keep(PAUSED, True)
    look = looking(sqlite_store, Pulse(), lambda: TODAY)
    assert {matter.kind for matter in look()} == {"paused"}
    with sqlite_store.writing() as unit:
        replace(life, ended_at=None).keep(unit)
        unit.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert {matter.kind for matter in look()} == {"database"}
