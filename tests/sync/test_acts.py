"""Whether an act is done at this moment: whom it tells, of what, and at which hour. Monday noon in New York."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from syncd.model import Ref, User
from syncd.store.wishes import PendingWish
from syncd.sync.acts import LATE, LEFT, Occasion

NOON = datetime(2026, 3, 9, 16, tzinfo=UTC)
REP = User("rae", active=True, time_zone="America/New_York")
TASK = Ref("task", "mql/ann")
CLOSED = "out of date: the task is closed"


def a_wish(**fields: Any) -> PendingWish:
    wanted = {"rep": Ref("user", REP.id), "about": TASK, "zone": "America/New_York", **fields}
    return PendingWish(
        *("salesforce", "notification", "told-mql/ann", "bank", wanted, "digest", {}, True, None, {}, (), {}),
        *(False, 0, None, None, False, "a rep is told"),
    )


def occasion(now: datetime = NOON, **user: Any) -> Occasion:
    return Occasion(now, {REP.id: replace(REP, **user)})


SENSE: dict[str, tuple[Occasion, PendingWish, str]] = {
    "a rep of ours": (occasion(), a_wish(), ""),
    "a rep who left": (occasion(active=False), a_wish(), LEFT),
    "one second too late": (occasion(), a_wish(until=NOON.isoformat()), LATE),
    "a task that is closed": (replace(occasion(), over={TASK: CLOSED}), a_wish(), CLOSED),
    "another task is closed": (replace(occasion(), over={Ref("task", "mql/bob"): CLOSED}), a_wish(), ""),
}


@pytest.mark.parametrize(("occasion", "wish", "why"), SENSE.values(), ids=SENSE)
def test_nobody_is_told_what_has_lost_its_sense(occasion: Occasion, wish: PendingWish, why: str) -> None:
    assert occasion.why_not(wish) == why


HOURS: dict[str, tuple[Occasion, PendingWish, datetime | None]] = {
    "by day": (occasion(), a_wish(), None),
    "at three in the morning": (
        occasion(datetime(2026, 3, 10, 7, tzinfo=UTC)),
        a_wish(),
        datetime(2026, 3, 10, 12, tzinfo=UTC),
    ),
    "in the evening": (occasion(datetime(2026, 3, 9, 23, tzinfo=UTC)), a_wish(), datetime(2026, 3, 10, 12, tzinfo=UTC)),
    "on Saturday": (occasion(datetime(2026, 3, 14, 16, tzinfo=UTC)), a_wish(), datetime(2026, 3, 16, 12, tzinfo=UTC)),
    "a rep who moved since": (occasion(time_zone="Asia/Tokyo"), a_wish(), datetime(2026, 3, 9, 23, tzinfo=UTC)),
    "a rep without a time zone": (
        occasion(time_zone=None),
        a_wish(zone="Asia/Tokyo"),
        datetime(2026, 3, 9, 23, tzinfo=UTC),
    ),
    "a wish of an older version": (Occasion(NOON), a_wish(zone=None), None),
}


@pytest.mark.parametrize(("occasion", "wish", "hour"), HOURS.values(), ids=HOURS)
def test_nobody_is_woken_however_late_a_push_comes(
    occasion: Occasion, wish: PendingWish, hour: datetime | None
) -> None:
    assert occasion.hour(wish) == hour
