"""Wishes in the store: what becomes of those that nobody wants any more, and what is kept of how records stand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from syncd.model import Judgement, Standing, Tally, Wish
from syncd.store import Store
from syncd.store.receipts import Settlement
from syncd.tables.core import wish

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
KEYS = ("sent", "doubtful", "new")


def judged(account_id: str, *wishes: Wish) -> Judgement:
    tally = Tally(0, 0, {}, {}, (), ())
    return Judgement(account_id, date(2026, 11, 2), "1", Standing.IN, None, (), (), (), tally, (), wishes, None)


def wished(key: str, object_: str = "opportunity", **fields: Any) -> Wish:
    return Wish("crm", object_, key, fields or {"name": "before"})


def want(store: Store, *judgements: Judgement) -> None:
    with store.writing() as unit:
        unit.wishes.want(judgements)


def rows(store: Store) -> dict[str, Any]:
    with store.reading() as unit:
        return {row.key: row for row in unit.connection.execute(select(wish))}


@pytest.fixture
def wishing(store: Store) -> Store:
    """Two accounts, each with wishes that were sent, are in doubt, and were never sent; all want something else now."""
    accounts = ("a", "b")
    want(store, *(judged(account, *(wished(f"{account}/{key}") for key in KEYS)) for account in accounts))
    with store.writing() as unit:
        pending = {one.key: one for one in unit.wishes.pending("crm", 100, None)}
        unit.receipts.send_off(pending[f"{account}/doubtful"] for account in accounts)
        unit.receipts.settle([Settlement(pending[f"{one}/sent"], f"id-{one}") for one in accounts], NOW)
    return store


def test_what_is_wanted_no_more_goes_stays_as_sent_or_is_looked_up(wishing: Store) -> None:
    """Of one account all at once, by types of records; those of the other one stay."""
    want(wishing, judged("a", wished("a/sent", name="after"), wished("a/task", "task")))
    want(wishing, judged("a"))
    now = rows(wishing)
    assert sorted(now) == ["a/doubtful", "a/sent", "b/doubtful", "b/new", "b/sent"]
    assert (now["a/sent"].wanted, now["a/sent"].wanted_digest) == (now["a/sent"].sent, now["a/sent"].sent_digest)
    assert now["a/doubtful"].wanted == "{}"
    assert now["b/doubtful"].wanted == now["b/new"].wanted != "{}"


def test_a_wish_that_rests_is_pending_and_not_to_be_sent_now(wishing: Store) -> None:
    with wishing.writing() as unit:
        later = NOW + timedelta(hours=1)
        unit.connection.execute(update(wish).where(wish.c.key == "a/new").values(retry_at=later))
        assert unit.wishes.count_pending() == {"crm": {"opportunity": 4}}
        assert unit.wishes.count_pending(NOW) == {"crm": {"opportunity": 3}}
        assert unit.wishes.count_pending(later) == {"crm": {"opportunity": 4}}


def test_how_a_record_stands_is_kept_in_every_wish_that_speaks_of_it(wishing: Store) -> None:
    """After a merge of accounts two may: whichever is asked knows of the touch."""
    with wishing.writing() as unit:
        unit.connection.execute(update(wish).where(wish.c.key == "b/new").values(remote_id="id-a"))
        known = unit.yardsticks.of("crm", ["id-a", "id-b"])
        touched = replace(known["id-a"], fields={"amount": 7}, touched=("amount",), unread=False)
        unit.yardsticks.keep("crm", {"id-a": touched, "id-b": replace(known["id-b"], touched=("owner",))})
        unit.yardsticks.keep("crm", {})
    now = rows(wishing)
    for key in ("a/sent", "b/new"):
        assert (now[key].acknowledged, now[key].touched, now[key].unread) == ('{"amount":7}', '["amount"]', False)
    assert (now["b/sent"].touched, now["b/sent"].unread) == ('["owner"]', True)
    assert now["b/doubtful"].touched == "[]"
