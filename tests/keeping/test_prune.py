"""What is kept by days goes when these are over, and nothing that a rule decides by goes with it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, insert, select, update

from connectors.base import Page, Record
from syncd.model import RemoteRef
from syncd.model.keeping import Keep
from syncd.model.runs import Ending, RunOutcome
from syncd.planning.lasting import needed_days
from syncd.store import Store
from syncd.store.notes import FORGOTTEN_BEFORE
from syncd.sync.cycle import Wiring
from syncd.sync.judge import judge
from syncd.sync.match import match
from syncd.sync.prune import PAGE, kept_days, prune
from syncd.sync.pull import pull
from syncd.sync.run import Run
from syncd.tables import core
from syncd.tables.columns import metadata
from tests.ledger import carried_out
from tests.sync.conftest import NOON, Place, mappings, placed, wired  # noqa: F401

SHORT = Keep(runs=30, failed_runs=60, gone=30, activities=30, snapshots=30, replayed=0)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, mappings: Path) -> Iterator[Place]:  # noqa: F811
    """A place that nobody works on."""
    with placed(tmp_path_factory.mktemp("prune") / "unused.db", mappings) as tiny:
        yield tiny


@pytest.fixture
def wiring(standing: Place, store: Store) -> Wiring:
    """syncd on either database, that keeps nothing for long."""
    return replace(wired(standing, store), keep=SHORT)


@pytest.fixture
def cycled(standing: Place, sqlite_store: Store) -> Wiring:
    """The same, with the tiny world in its store; nothing of it is written to the systems."""
    wiring, run = replace(wired(standing, sqlite_store), keep=SHORT), Run()
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, run)
    match(wiring.store, wiring.readers, run)
    wiring.use_agreement()
    judge(wiring.store, wiring.book, wiring.today(), run)
    return wiring


def later(wiring: Wiring, days: int) -> Wiring:
    return replace(wiring, clock=lambda: NOON + timedelta(days=days))


def rows(store: Store) -> dict[str, int]:
    with store.reading() as unit:
        return {
            name: unit.connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }


def age(store: Store, **stamps: Any) -> int:
    """Insert a run that ended then."""
    with store.writing() as unit:
        number = unit.runs.start(stamps.pop("verb", "cycle"))
        unit.runs.finish(number, Ending(stamps.pop("outcome"), 0), {})
        unit.connection.execute(update(core.run).where(core.run.c.id == number).values(stamps))
    return number


def numbers(store: Store) -> set[int]:
    with store.reading() as unit:
        return set(unit.connection.execute(select(core.run.c.id)).scalars())


def test_runs_go_by_how_they_ended_and_the_last_of_each_stays(wiring: Wiring) -> None:
    store = wiring.store
    old, older = NOON - timedelta(days=31), NOON - timedelta(days=61)
    gone = [
        age(store, outcome=RunOutcome.DONE, finished_at=old),
        age(store, outcome=RunOutcome.FAILED, finished_at=older),
    ]
    stay = [
        age(store, outcome=RunOutcome.FAILED, finished_at=old),
        age(store, outcome=RunOutcome.DONE, finished_at=old),
        age(store, outcome=RunOutcome.FAILED, finished_at=older, verb="reconcile"),
    ]
    ended = carried_out(wiring, "prune")
    assert ended.summary.counts.pruned["run"] == 2
    assert numbers(store) == {*stay, ended.number}
    assert not numbers(store) & {*gone}


def test_who_only_looks_is_told_what_would_go_and_nothing_goes(wiring: Wiring) -> None:
    for _ in range(3):
        age(wiring.store, outcome=RunOutcome.DONE, finished_at=NOON - timedelta(days=31))
    before = rows(wiring.store)
    assert prune(wiring, Run(), dry=True).counts.pruned == {"run": 2}
    assert rows(wiring.store) == before


def test_zero_days_keep_for_ever(cycled: Wiring) -> None:
    wiring = cycled
    for _ in range(3):
        age(wiring.store, outcome=RunOutcome.DONE, finished_at=NOON - timedelta(days=4_000))
    forever = replace(later(wiring, 4_000), keep=Keep(0, 0, 0, 0, 0))
    assert not prune(forever, Run()).counts.pruned


def save(store: Store, count: int, *, deleted: bool) -> None:
    records = [Record(str(number), NOON, deleted, {"id": str(number)}) for number in range(count)]
    with store.writing() as unit:
        unit.records.save("hubspot", "contacts", Page(records, "1"))
        unit.connection.execute(update(core.source_record).values(unmatched=False))


def test_records_that_are_gone_go_after_their_days_page_by_page(wiring: Wiring) -> None:
    save(wiring.store, 2 * PAGE + 3, deleted=True)
    assert not prune(wiring, Run()).counts.pruned  # their time begins when they are found gone
    assert not prune(later(wiring, 29), Run()).counts.pruned
    assert prune(later(wiring, 31), Run()).counts.pruned == {"source_record": 2 * PAGE + 3}
    assert rows(wiring.store)["source_record"] == 0


def test_a_record_that_came_back_has_its_time_anew(wiring: Wiring) -> None:
    save(wiring.store, 1, deleted=True)
    prune(wiring, Run())
    save(wiring.store, 1, deleted=False)
    assert not prune(later(wiring, 31), Run()).counts.pruned
    save(wiring.store, 1, deleted=True)
    prune(later(wiring, 32), Run())
    assert not prune(later(wiring, 40), Run()).counts.pruned
    assert prune(later(wiring, 63), Run()).counts.pruned == {"source_record": 1}


def test_a_record_that_a_wish_knows_stays_when_it_is_gone(wiring: Wiring) -> None:
    save(wiring.store, 1, deleted=True)
    row = {"system": "hubspot", "object": "contact", "key": "k", "wanted": "{}", "wanted_digest": "", "reason": ""}
    with wiring.store.writing() as unit:
        unit.connection.execute(insert(core.wish).values(row | {"remote_id": "0"}))
    prune(wiring, Run())
    assert not prune(later(wiring, 90), Run()).counts.pruned


def test_what_waits_beside_a_record_that_is_no_more_goes(wiring: Wiring) -> None:
    with wiring.store.writing() as unit:
        unit.quarantine.keep("match", {RemoteRef("hubspot", "contacts", "404"): "unreadable"})
        unit.quarantine.keep("push", {RemoteRef("hubspot", "wish:contact", "k"): "refused"})
    ended = carried_out(wiring, "prune")
    assert ended.summary.counts.pruned == {"quarantine": 1}
    with wiring.store.reading() as unit:
        assert unit.runs.read(ended.number)["counts"]["counts"] == {"pruned": {"quarantine": 1}}


def test_a_stopped_prune_is_gone_on_with_by_the_next_one(wiring: Wiring) -> None:
    save(wiring.store, 2 * PAGE, deleted=True)
    prune(wiring, Run())
    run = Run()
    stopping = replace(run, progress=lambda *_: run.stop.set())
    summary = prune(later(wiring, 31), stopping)
    assert summary.outcome is RunOutcome.STOPPED
    assert rows(wiring.store)["source_record"] == PAGE
    assert prune(later(wiring, 31), Run()).counts.pruned == {"source_record": PAGE}


# ---- what people did -------------------------------------------------------------------------------------------------


def aged(wiring: Wiring, days: int) -> None:
    """Let all that was done lie so many days further back, here and in what it was read from."""
    with wiring.store.writing() as unit:
        for row in unit.connection.execute(select(core.activity.c.id, core.activity.c.at)).all():
            at = row.at - timedelta(days=days)
            unit.connection.execute(update(core.activity).where(core.activity.c.id == row.id).values(at=at))


def decided(wiring: Wiring, today: Any) -> Mapping[str, Any]:
    """What the rules decide of every account, without how strongly, how often, and of what somebody spoke."""
    from syncd import rules

    said = {}
    with wiring.store.reading() as unit:
        users = unit.groups.users()
        for ids in unit.groups.pages(200):
            for group in unit.groups.of(ids, users):
                said_of_it = rules.judge(group, wiring.book, today)
                said[group.account.id] = (
                    said_of_it.standing,
                    said_of_it.segment,
                    [(call.offer, call.qualified, call.key, call.amount, call.delegates) for call in said_of_it.calls],
                    [
                        (
                            contact.contact_id,
                            contact.mql,
                            contact.role,
                            contact.ask,
                            [(gate.name, gate.ruling) for gate in contact.gates],
                            contact.interest.rung,
                            sorted(contact.interest.kinds),
                            contact.interest.last_at,
                            contact.interest.last_by_offer,
                            contact.interest.responded,
                            contact.interest.first_response,
                            round(contact.interest.strength, 1),
                            contact.interest.favourite,
                        )
                        for contact in said_of_it.contacts
                    ],
                    [(wish.object, wish.key) for wish in said_of_it.wishes],
                )
    return said


@pytest.mark.parametrize("days", [0, 900])
def test_nothing_that_is_decided_changes_when_old_activities_go(cycled: Wiring, days: int) -> None:
    """With what was done lying so many days back, by everything that a judgement says."""
    wiring = cycled
    aged(wiring, days)
    before, today = rows(wiring.store)["activity"], wiring.today()
    said = decided(wiring, today)
    pruned = prune(wiring, Run()).counts.pruned["activity"]
    assert decided(wiring, today) == said
    assert rows(wiring.store)["activity"] <= before - pruned
    assert (pruned > 0) == (days > 0)


def test_the_agreement_says_how_far_back_is_looked(wiring: Wiring) -> None:
    assert needed_days(wiring.agreement, 0) == 366  # stale_days: 365
    assert kept_days(wiring) == 366  # however short the setting
    assert kept_days(replace(wiring, keep=Keep())) == 1_095
    assert kept_days(replace(wiring, keep=replace(SHORT, activities=0))) == 0


def test_evidence_of_what_was_reached_stays(cycled: Wiring) -> None:
    wiring = cycled
    with wiring.store.reading() as unit:
        bodies = unit.connection.execute(select(core.milestone.c.evidence)).scalars().all()
        named = {name for body in bodies for name in orjson.loads(body)}
        before = set(unit.connection.execute(select(core.activity.c.id)).scalars()) & named
    aged(wiring, 900)
    prune(wiring, Run())
    with wiring.store.reading() as unit:
        after = set(unit.connection.execute(select(core.activity.c.id)).scalars()) & named
    assert before
    assert after == before


def test_a_full_read_does_not_bring_back_what_was_forgotten(cycled: Wiring) -> None:
    wiring, much_later, run = cycled, later(cycled, 700), Run()
    assert prune(much_later, Run()).counts.pruned["activity"]
    left = rows(wiring.store)
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, run, mode="full")
    match(wiring.store, wiring.readers, run)
    after = rows(wiring.store)
    assert after["activity"] == left["activity"]
    assert after["source_record"] == left["source_record"]
    assert not run.counts.swept.total()
    with wiring.store.reading() as unit:
        assert unit.notes.read(FORGOTTEN_BEFORE)
