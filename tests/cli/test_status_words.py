"""`syncd status`: how long ago something was, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.cli.status import age

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
