"""Salesforce's cursors: texts that lead on, or to the start."""

import pytest

from connectors.salesforce.cursor import Cursor


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(),
        Cursor(since="2026-11-21T12:00:00.000Z"),
        Cursor(started="2026-11-21T12:00:00.000Z", at=("2026-11-01T12:00:00.000+0000", "001"), locator="/x-2000"),
        Cursor(since="2026-11-20T12:00:00.000Z", started="2026-11-21T12:00:00.000Z", job="750", skip=2000, asked="ab"),
    ],
)
def test_cursors_are_read_as_they_were_written(cursor):
    assert Cursor.read(cursor.text) == cursor


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{}",
        "nonsense",
        "[1]",
        "7",
        '{"of": "another connector"}',
        '{"at": 5}',
        '{"since": "yesterday"}',
        '{"since": 5}',
    ],
)
def test_an_unreadable_cursor_reads_everything(text):
    assert Cursor.read(text) == Cursor()


def test_a_reading_of_other_fields_gives_its_locator_up_but_not_its_place():
    middle = Cursor("a", "b", ("s", "001"), locator="L", limited=True, job="750", skip=2000, asked="old")
    assert middle.begin("now", "old") == middle
    assert middle.begin("now", "new") == Cursor(since="a", started="b", at=("s", "001"), asked="new")


def test_the_next_reading_starts_where_the_last_one_began():
    assert Cursor(since="a").begin("b", "f").end() == Cursor(since="b")
