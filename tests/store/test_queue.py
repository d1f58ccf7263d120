"""The queue in the store: what judge asks for, what was handed over, and what merges and erasures leave of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from syncd.model import Candidate, How, Judgement, Release, Standing, Tally, TaskKind, Wait
from syncd.model.queue import QueueState
from syncd.store import Store
from syncd.tables.core import account, contact

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
MONDAY = date(2026, 11, 2)


@pytest.fixture
def bank(store: Store) -> Store:
    """A store with a bank and two people."""
    with store.writing() as unit:
        unit.connection.execute(insert(account).values(id="bank", sources="{}"))
        for name in ("ann", "bob"):
            unit.connection.execute(insert(contact).values(id=f"x.c/{name}", account_id="bank", sources="{}"))
    return store


def a_candidate(name: str, **fields) -> Candidate:
    contact_id = f"x.c/{name}"
    known = {"key": f"mql/{contact_id}", "kind": TaskKind.MQL, "account_id": "bank", "contact_id": contact_id}
    return Candidate(**{**known, "rank": 1.0, "since": NOW, "rep": "user-1", **fields})


def judged(*candidates: Candidate) -> Judgement:
    tally = Tally(0, 0, {}, {}, (), ())
    return Judgement(
        "bank", MONDAY, "1", Standing.IN, None, (), (), (), tally, (), (), None, candidates=tuple(candidates)
    )


def a_release(name: str, **fields) -> Release:
    contact_id = f"x.c/{name}"
    known = {"key": f"mql/{contact_id}", "kind": TaskKind.MQL, "account_id": "bank", "contact_id": contact_id}
    return Release(**{**known, "rep": "user-1", "at": NOW, "week": MONDAY, "how": How.RANK, **fields})


def take(store: Store, *candidates: Candidate, at: datetime = NOW) -> bool:
    """What judge says of the bank; returns whether the queue must be looked at."""
    with store.writing() as unit:
        unit.queue.keep(QueueState())
        unit.queue.take([judged(*candidates)], at)
        return unit.queue.state()[1]


def entered(store: Store) -> dict[str, datetime]:
    with store.reading() as unit:
        return {entry.candidate.contact_id: entry.entered for entry in unit.queue.waiting()}


def test_who_waits_keeps_their_place_as_long_as_they_are_asked_for(bank: Store) -> None:
    later = NOW + timedelta(days=3)
    assert take(bank, a_candidate("ann"))
    assert not take(bank, a_candidate("ann"), at=later), "the same again changes nothing"
    assert take(bank, a_candidate("ann", rank=2.0), a_candidate("bob"), at=later)
    assert entered(bank) == {"x.c/ann": NOW, "x.c/bob": later}
    assert take(bank, at=later)
    assert entered(bank) == {}


def test_who_went_back_to_marketing_waits_anew(bank: Store) -> None:
    take(bank, a_candidate("ann"))
    with bank.writing() as unit:
        assert unit.queue.give_back({"mql/x.c/ann": "too long"}, NOW) == ["bank"]
        assert unit.queue.returned_of(["bank"])["bank"]["mql/x.c/ann"].why == "too long"
    assert not take(bank), "they rest, and nobody asks for them"
    assert entered(bank) == {}
    again = NOW + timedelta(days=90)
    take(bank, a_candidate("ann"), at=again)
    assert entered(bank) == {"x.c/ann": again}


def test_who_is_handed_over_waits_no_more_and_is_counted(bank: Store) -> None:
    take(bank, a_candidate("ann"), a_candidate("bob"))
    team = ("user-1", "user-2")
    with bank.writing() as unit:
        unit.queue.hand_over([a_release("ann", team=team)])
        unit.queue.hand_over([a_release("ann", rep="user-9")])  # once is once
        assert [(part.rep, part.week, part.how, part.number) for part in unit.queue.taken(NOW)] == [
            ("user-1", MONDAY, How.RANK, 1)
        ]
        assert unit.queue.turns() == {(team, "user-1"): 1}
        unit.queue.tell([Wait("mql/x.c/bob", 1, MONDAY)])
        assert unit.queue.waits() == {"mql/x.c/bob": Wait("mql/x.c/bob", 1, MONDAY)}
    assert set(entered(bank)) == {"x.c/bob"}


def test_a_merge_leaves_one_of_each(bank: Store) -> None:
    take(bank, a_candidate("ann"), a_candidate("bob"))
    with bank.writing() as unit:
        unit.queue.hand_over([a_release("ann")])
        unit.golden.merge("contact", "x.c/ann", "x.c/bob")
    assert entered(bank) == {}, "they were handed over under the other name"
    with bank.reading() as unit:
        assert list(unit.queue.releases_of(["bank"])["bank"]) == ["mql/x.c/bob"]


def test_an_erasure_takes_the_person_and_leaves_the_count(bank: Store) -> None:
    take(bank, a_candidate("bob"))
    with bank.writing() as unit:
        unit.queue.hand_over([a_release("ann")])
        unit.people.erase("x.c/ann")
        unit.people.erase("x.c/bob")
    with bank.reading() as unit:
        assert [part.number for part in unit.queue.taken(NOW)] == [1]
        assert not any("ann" in release.key + release.contact_id for release in unit.queue.releases(MONDAY))
    assert entered(bank) == {}


def test_whoever_moves_takes_along_that_they_wait_or_were_handed_over(bank: Store) -> None:
    take(bank, a_candidate("ann"))
    with bank.writing() as unit:
        unit.queue.hand_over([a_release("bob")])
        unit.connection.execute(insert(account).values(id="other", sources="{}"))
        unit.connection.execute(update(contact).values(account_id="other"))
        assert list(unit.queue.releases_of(["bank", "other"])) == ["other"]
        moved = replace(judged(a_candidate("ann", account_id="other")), account_id="other")
        unit.queue.take([moved, judged()], NOW + timedelta(days=9))
    assert entered(bank) == {"x.c/ann": NOW}
