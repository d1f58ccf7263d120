"""Snapshots: one a day, gaps behind them, drift when the terms change; a cycle takes the first of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from syncd.agreement import Agreement, load_industries, terms_digest, title_words
from syncd.model.snapshots import Gap, Snapshot
from syncd.planning.drift import drift
from syncd.planning.headcount import missing_in_all
from syncd.rules import Rulebook, rulebook_of
from syncd.store import Store
from syncd.store.gaps import Said
from syncd.sync.audits import take_snapshot
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.tables.core import account, contact
from tests.cli.banks import SEGMENT, a_store, fill
from tests.rules.agreements import changed
from tests.rules.builders import DESTINATIONS, TODAY, an_agreement
from tests.sync.conftest import AFTER_A_CYCLE, Place

TOMORROW = TODAY + timedelta(days=1)


def book_of(agreement: Agreement) -> Rulebook:
    return rulebook_of(agreement, title_words(), load_industries(), DESTINATIONS)


BOOK = book_of(an_agreement())
OTHER_OFFERS = [
    offer.model_dump() | {"roles": {"Economic Buyer": 1}} for offer in an_agreement().offers
]  # one person decides about everything
OTHER = book_of(an_agreement(version="2026.2", offers=OTHER_OFFERS))


def taken(store: Store) -> list[Snapshot]:
    with store.reading() as unit:
        return list(unit.snapshots.stream())


def put_in_force(store: Store, text: str, agreement: Agreement) -> None:
    with store.writing() as unit:
        unit.judgements.use_agreement(terms_digest(agreement), agreement.version, text, terms_digest(agreement))


def test_a_day_has_one_snapshot_with_the_digest_of_its_terms(tmp_path: Path) -> None:
    store = a_store(tmp_path / "syncd.db")
    assert take_snapshot(store, BOOK, TODAY)
    assert not take_snapshot(store, BOOK, TODAY)
    (snapshot,) = taken(store)
    assert (snapshot.day, snapshot.terms, snapshot.before) == (TODAY, BOOK.terms, None)
    assert missing_in_all(snapshot.counts) == 11
    assert snapshot.counts[f"{SEGMENT} / register fdic"] == 1
    store.close()


def test_gaps_are_kept_from_the_day_they_were_first_counted_to_that_they_were_no_more(store: Store) -> None:
    fill(store)
    take_snapshot(store, BOOK, TODAY)
    with store.writing() as unit:
        assert unit.gaps.say([Said("first", "Champion", "fairs", "Mia", None)]) == 1
        unit.connection.execute(update(account).where(account.c.id == "second").values(country="CA", state=None))
    take_snapshot(store, BOOK, TOMORROW)
    with store.reading() as unit:
        gaps = list(unit.gaps.open())
        closed = unit.gaps.closed_by_day(TODAY, TOMORROW)
        champion = unit.gaps.of("first", "Champion")
    assert {gap.account_id for gap in gaps} == {"first"}
    assert {gap.since for gap in gaps} == {TODAY}
    assert closed == {TOMORROW: 5}
    assert champion is not None and (champion.missing, champion.source, champion.owner) == (2, "fairs", "Mia")


def test_what_comes_back_is_a_new_gap_of_which_nothing_is_said(tmp_path: Path) -> None:
    store = a_store(tmp_path / "syncd.db")
    for day, emails in ((0, "[]"), (1, '["bob@first.example"]'), (2, "[]")):
        with store.writing() as unit:
            unit.connection.execute(update(contact).where(contact.c.id == "ann").values(emails=emails))
            if day == 1:
                unit.gaps.say([Said("first", "Economic Buyer", "fairs", "Mia", TODAY)])
        take_snapshot(store, BOOK, TODAY + timedelta(day))
    with store.reading() as unit:
        gap = unit.gaps.of("first", "Economic Buyer")
    assert gap is not None
    assert (gap.since, gap.source, gap.owner, gap.due) == (TODAY + timedelta(2), None, None, None)
    store.close()


def test_new_terms_part_from_new_facts(tmp_path: Path) -> None:
    store = a_store(tmp_path / "syncd.db")
    put_in_force(store, changed(), BOOK.agreement)
    take_snapshot(store, BOOK, TODAY)
    with store.writing() as unit:
        unit.connection.execute(update(contact).where(contact.c.id == "bob").values(phones='["+1 212 555 2368"]'))
    take_snapshot(store, OTHER, TOMORROW)
    moved = drift(taken(store))
    assert moved is not None
    name = f"{SEGMENT} / Economic Buyer / missing"
    assert name not in {move.what for move in moved.moves}
    (champions,) = (move for move in moved.moves if move.what == f"{SEGMENT} / Champion / missing")
    assert (champions.first, champions.last, champions.facts, champions.terms) == (4, 0, -1, -3)
    assert moved.agreements == ("2026.1", "2026.2")
    store.close()


def test_terms_of_which_no_text_is_kept_leave_the_drift_unsplit(tmp_path: Path) -> None:
    store = a_store(tmp_path / "syncd.db")
    take_snapshot(store, BOOK, TODAY)
    take_snapshot(store, OTHER, TOMORROW)
    assert taken(store)[1].before is None
    store.close()


@AFTER_A_CYCLE
def test_a_cycle_takes_the_first_snapshot_of_a_day(
    place: Place, wiring: Wiring, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    (snapshot,) = taken(sqlite_store)
    assert snapshot.terms == wiring.book.terms
    assert snapshot.counts[f"{SEGMENT} / accounts"] > 0
    later = wiring.clock() + timedelta(days=1)
    cycle(replace(wiring, clock=lambda: later), Run())
    assert [entry.day for entry in taken(sqlite_store)] == [wiring.today(), wiring.today() + timedelta(days=1)]


def test_a_kill_in_the_middle_leaves_no_snapshot_and_the_next_run_counts_the_same(tmp_path: Path) -> None:
    store = a_store(tmp_path / "syncd.db")
    half = Gap("first", "Champion", "First Bank", SEGMENT, 2, TODAY)
    with store.writing() as unit:
        unit.gaps.count([half], TODAY)  # what stands when it dies behind its first page
    assert taken(store) == []
    assert take_snapshot(store, BOOK, TODAY)
    with store.reading() as unit:
        assert sum(gap.missing for gap in unit.gaps.open()) == missing_in_all(taken(store)[0].counts) == 11
    store.close()
