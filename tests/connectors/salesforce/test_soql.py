"""SOQL text: literals, SELECT, and lists of literals that fit into a URL."""

from datetime import datetime, timedelta, timezone
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.salesforce import soql


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("plain", "'plain'"),
        ("O'Neill", r"'O\'Neill'"),
        ("x' OR Name != '", r"'x\' OR Name != \''"),
        ("back\\slash", r"'back\\slash'"),
        ("line\nbreak", r"'line\nbreak'"),
    ],
)
def test_text_literals_are_quoted(value, literal):
    assert soql.text(value) == literal


def test_stamps_keep_milliseconds_and_are_utc():
    east = datetime(2026, 11, 21, 14, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=2)))
    assert soql.stamp(east) == "2026-11-21T12:00:00.123Z"


def test_a_select_joins_its_conditions_and_leaves_out_none():
    query = soql.select(["Id", "Name"], "Account", "Name = 'a'", None, "Id > 'x'", order=["Name", "Id"], limit=5)
    assert query == "SELECT Id, Name FROM Account WHERE Name = 'a' AND Id > 'x' ORDER BY Name, Id LIMIT 5"


@given(st.lists(st.text(max_size=60), max_size=40), st.integers(100, 2000))
def test_lists_fit_into_a_url_and_lose_nothing(values, room):
    parts = list(soql.lists(values, room))
    assert ",".join(part[1:-1] for part in parts) == ",".join(soql.text(value) for value in values)
    for part in parts:
        assert len(quote_plus(part)) <= room + 6 or "','" not in part  # a single long value stands alone
