"""Milestones: appended once, never changed; merges rename what is read, and an erasure takes the person alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert

from syncd.model.milestones import Milestone, Source, Stage
from syncd.store import Store
from syncd.tables.core import account, alias, contact

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
MQL = Milestone(
    Stage.MQL, AT, "a/1", "c/ann", "Core banking", None, "2026.1", "d1", ("hubspot.forms/7",), segment="banks"
)
SQO = Milestone(
    Stage.SQO,
    AT + timedelta(days=3),
    "a/1",
    None,
    "Core banking",
    "o/1",
    "2026.1",
    "d1",
    ("c/ann", "c/bob"),
    Source.HISTORY,
    amount=Decimal("50000.00"),
    currency="USD",
)


def stand(store: Store, *contacts: tuple[str, str]) -> None:
    with store.writing() as unit:
        for account_id in sorted({account_id for _, account_id in contacts}):
            unit.connection.execute(insert(account).values(id=account_id, sources="{}"))
        for contact_id, account_id in contacts:
            unit.connection.execute(insert(contact).values(id=contact_id, account_id=account_id, sources="{}"))


def add(store: Store, *milestones: Milestone) -> int:
    with store.writing() as unit:
        return unit.milestones.add(milestones)


def everything(store: Store) -> list[Milestone]:
    with store.reading() as unit:
        return list(unit.milestones.stream())


def test_what_was_appended_is_read_back_in_its_order(store: Store) -> None:
    assert add(store, SQO, MQL) == 2
    assert everything(store) == [MQL, SQO]
    with store.reading() as unit:
        assert list(unit.milestones.stream(since=SQO.at)) == [SQO]
        assert list(unit.milestones.stream(until=SQO.at)) == [MQL]
        assert unit.milestones.count() == {Stage.MQL: 1, Stage.SQO: 1}


def test_a_milestone_is_kept_once_and_never_changed(store: Store) -> None:
    add(store, MQL)
    assert add(store, replace(MQL, at=AT + timedelta(days=9), agreement="2026.2", key="")) == 0
    assert everything(store) == [MQL]
    assert add(store, replace(MQL, round=2, key="")) == 1


def test_a_merge_renames_what_is_read_and_leaves_what_is_kept(store: Store) -> None:
    stand(store, ("c/ann", "a/1"), ("c/zoe", "a/9"))
    add(store, MQL)
    with store.writing() as unit:
        unit.connection.execute(insert(alias).values(kind="account", old_id="a/1", new_id="a/9"))
        unit.connection.execute(insert(alias).values(kind="contact", old_id="c/ann", new_id="c/zoe"))
        assert unit.milestones.of(["a/9"]) == {"a/9": [replace(MQL, account_id="a/9", contact_id="c/zoe")]}
        assert [one.key for one in unit.milestones.of(["a/9"])["a/9"]] == [MQL.key]
        unit.connection.execute(alias.delete())
    assert everything(store) == [MQL]


def test_whoever_moves_takes_along_what_they_reached(store: Store) -> None:
    stand(store, ("c/ann", "a/2"))
    add(store, MQL, SQO)
    with store.reading() as unit:
        assert unit.milestones.of(["a/2"]) == {"a/2": [MQL]}
        assert unit.milestones.of(["a/1"]) == {"a/1": [MQL, SQO]}
        assert unit.milestones.of(["a/3"]) == {}


def test_an_erasure_takes_the_person_and_leaves_the_count(store: Store) -> None:
    stand(store, ("c/ann", "a/1"), ("c/bob", "a/1"))
    released = replace(MQL, stage=Stage.RELEASED, at=AT + timedelta(days=1), key="")
    add(store, MQL, released, SQO)
    with store.writing() as unit:
        unit.people.erase("c/ann")
    mql, then_released, sqo = everything(store)
    assert (mql.stage, mql.at, mql.account_id, mql.offer) == (Stage.MQL, AT, "a/1", "Core banking")
    assert mql.contact_id == then_released.contact_id, "what somebody reached stays together"
    assert (mql.evidence, sqo.evidence) == ((), (mql.contact_id, "c/bob"))
    assert not any("c/ann" in f"{one.key} {one}" for one in (mql, then_released, sqo))
