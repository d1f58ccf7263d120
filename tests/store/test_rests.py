"""How long a wish rests after the remote system did not take it, and that it is tried again by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import WriteError, WriteKind
from syncd.store import Store
from syncd.store.receipts import Settlement
from syncd.store.statements import upsert
from syncd.tables import WishRow
from tests.ledger import pending, quarantined, settle

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)

RESTS = [
    # what kind of error, for the n-th time, how long
    ("retry", 1, timedelta(minutes=1)),
    ("retry", 2, timedelta(minutes=5)),
    ("retry", 3, timedelta(minutes=15)),
    ("retry", 4, timedelta(hours=1)),
    ("retry", 9, timedelta(hours=1)),
    ("refused", 1, timedelta(hours=1)),
    ("refused", 2, timedelta(hours=6)),
    ("refused", 5, timedelta(days=1)),
    ("uncertain", 1, timedelta(0)),
    ("uncertain", 2, timedelta(minutes=5)),
    ("gone", 1, timedelta(days=3650)),
]


@pytest.fixture
def wishing(sqlite_store: Store) -> Store:
    """A store with one wish."""
    row = {
        "system": "salesforce",
        "object": "task",
        "key": "mql/1",
        "wanted": '{"subject": "Call"}',
        "wanted_digest": "w",
    }
    with sqlite_store.writing() as unit:
        upsert(unit.connection, WishRow, [{**row, "reason": ""}])
    return sqlite_store


@pytest.mark.parametrize(("kind", "times", "rest"), RESTS)
def test_what_was_not_taken_rests_and_is_then_tried_again(
    wishing: Store, kind: WriteKind, times: int, rest: timedelta
) -> None:
    for _ in range(times):
        (wish,) = pending(wishing, "salesforce")
        settle(wishing, Settlement(wish, None, WriteError(kind, "CODE", "why")), NOON)
    assert len(pending(wishing, "salesforce", now=NOON + rest)) == 1
    assert pending(wishing, "salesforce", now=NOON + rest - MOMENT) == []
    assert pending(wishing, "salesforce")[0].uncertain == (kind == "uncertain")


def test_what_is_taken_at_last_has_nothing_against_it(wishing: Store) -> None:
    (wish,) = pending(wishing, "salesforce")
    settle(wishing, Settlement(wish, None, WriteError("refused", "CODE", "why")), NOON)
    assert [one["reason"] for one in quarantined(wishing)] == ["CODE: why"]
    (wish,) = pending(wishing, "salesforce")
    settle(wishing, Settlement(wish, "00T1"), NOON)
    assert pending(wishing, "salesforce") == quarantined(wishing) == []


def test_a_clock_that_is_set_back_lengthens_no_rest(wishing: Store) -> None:
    (wish,) = pending(wishing, "salesforce")
    settle(wishing, Settlement(wish, None, WriteError("retry", "CODE", "why")), NOON)
    back = timedelta(hours=6)
    with wishing.writing() as unit:
        unit.receipts.bring_forward(back)
    rest = timedelta(minutes=1)
    assert len(pending(wishing, "salesforce", now=NOON - back + rest)) == 1
    assert pending(wishing, "salesforce", now=NOON - back + rest - MOMENT) == []
