"""`syncd status`: how long ago something was, and what became of notifications, in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncd.cli.following import progress_of
from syncd.cli.status import age, why_of
from syncd.cli.summaries import notifications_in_words
from syncd.model.runs import Cause, CauseKind
from syncd.store import Store
from syncd.store.statements import upsert
from syncd.store.status import NOTIFICATIONS, count_notifications
from syncd.tables import WishRow

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "20 seconds ago"),
        (timedelta(seconds=61), "a minute ago"),
        (timedelta(minutes=59, seconds=40), "an hour ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=23, minutes=50), "a day ago"),
        (timedelta(days=9), "9 days ago"),
        (timedelta(seconds=-5), "now"),
    ],
)
def test_an_age_is_told_in_words(passed: timedelta, words: str) -> None:
    assert age((NOW - passed).isoformat(), NOW) == words


def test_what_never_was_has_no_age() -> None:
    assert age(None, NOW) == "never"


WISHES = {
    "by_day": {"retry_at": NOW + timedelta(hours=2)},
    "waiting": {"retry_at": NOW + timedelta(minutes=5), "error_code": "NOT_TRIED", "error": "it does not answer"},
    "sent": {"sent_digest": "wanted", "sent_at": NOW - timedelta(days=6)},
    "unanswered": {"uncertain": True, "error_code": "NO_ANSWER", "error": "no answer"},
    "refused": {"error_code": "STRING_TOO_LONG", "error": "title: data value too large"},
    "sent long ago": {"sent_digest": "wanted", "sent_at": NOW - timedelta(days=8)},
}


def test_each_notification_is_counted_once_by_what_became_of_it(store: Store) -> None:
    same = {"system": "salesforce", "object": "notification", "wanted": "{}", "wanted_digest": "wanted", "reason": "r"}
    with store.writing() as unit:
        for name, fields in WISHES.items():
            upsert(unit.connection, WishRow, [{**same, "key": name, **fields}])
        upsert(unit.connection, WishRow, [{**same, "object": "task", "key": "a task"}])
    with store.reading() as unit:
        assert count_notifications(unit.connection, NOW) == dict.fromkeys(NOTIFICATIONS, 1)


def test_what_became_of_notifications_is_told_without_zeros() -> None:
    nothing = dict.fromkeys(NOTIFICATIONS, 0)
    assert notifications_in_words(nothing) == ""
    words = notifications_in_words({**nothing, "by_day": 2, "sent": 1_200})
    assert words == "notifications of reps: 2 wait for their rep's day, 1,200 sent in the last seven days"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"state": "working", "phase": "match", "done": 1_045, "total": 5_067}, "match: 1,045 of 5,067"),
        ({"state": "working", "phase": "pull", "done": 29, "total": None}, "pull: 29"),
        ({"state": "working", "phase": "audit", "done": 0, "total": None}, "audit"),
        ({"state": "working", "phase": None, "done": None, "total": None}, ""),
        ({"state": "broken off", "phase": "pull", "done": 29, "total": None}, ""),
    ],
)
def test_how_far_a_run_is_is_told_in_words_as_long_as_somebody_works_on_it(row: dict[str, Any], words: str) -> None:
    assert progress_of(row) == words


@pytest.mark.parametrize(
    ("causes", "error", "words"),
    [
        ([], None, ""),
        ([], "it broke", "it broke"),
        ([("configuration", ("hubspot.owners",))], None, "hubspot.owners: refused"),
        ([("configuration", ("hubspot.owners",)), ("unavailable", ())], "x", "hubspot.owners: refused (and 1 more)"),
    ],
)
def test_why_a_run_did_not_end_well_is_its_first_cause(causes: list[Any], error: str | None, words: str) -> None:
    kept = [Cause(CauseKind(kind), where, "refused", "mend it").plain() for kind, where in causes]
    assert why_of({"causes": kept, "error": error}) == words
