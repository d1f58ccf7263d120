"""A person says what a job title means: kept, listed, and stronger than the rules."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.cli.conftest import Syncd

TITLE = "Head of Sparkle"


@pytest.fixture
def sparkling(synced: Syncd) -> tuple[Syncd, str]:
    """A contact of an account, whose title no word list knows, by their e-mail address."""
    with closing(sqlite3.connect(synced.database)) as database:
        housed = database.execute("SELECT emails FROM contact WHERE account_id IS NOT NULL").fetchall()
    emails = {email for (row,) in housed for email in json.loads(row)}
    contact = next(
        row
        for row in synced.place.portal("contacts")
        if not row["archived"] and row["properties"].get("email") in emails
    )
    synced.place.portal_edit("contacts", contact["id"], jobtitle=TITLE)
    synced.done("cycle", "--full")
    return synced, contact["properties"]["email"]


def reading(syncd: Syncd, email: str) -> dict[str, Any]:
    (contact,) = syncd.done("explain", email, "--json").json["contacts"]
    assert contact["title"] == TITLE
    return {"functions": contact["reading"]["functions"], "level": contact["reading"]["level"], "role": contact["role"]}


def stored(syncd: Syncd) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(syncd.database)) as database:
        return database.execute("SELECT body FROM judgement WHERE body LIKE '%Head of Sparkle%'").fetchall()


def test_a_correction_wins_over_the_rules_and_stays_until_it_is_forgotten(sparkling: tuple[Syncd, str]) -> None:
    syncd, email = sparkling
    assert reading(syncd, email) == {"functions": [], "level": "director", "role": None}
    answer = syncd.done("title", "  head of  SPARKLE ", "--function", "it", "--level", "C-level", "--json").json
    assert (answer["functions"], answer["level"], answer["contacts"]) == (["IT"], "C-level", 1)
    assert answer["words"][0].startswith("corrected by hand on 20")
    for _ in range(2):
        syncd.done("cycle", "--full")
        assert reading(syncd, email) == {"functions": ["IT"], "level": "C-level", "role": "Technical Buyer"}
    assert '"Technical Buyer"' in stored(syncd)[0][0]  # the cycle judged them by it, not explain alone
    syncd.done("title", TITLE, "--forget")
    syncd.done("cycle")
    assert reading(syncd, email) == {"functions": [], "level": "director", "role": None}


def test_corrections_are_listed_and_written_down(synced: Syncd) -> None:
    assert "nobody corrected any" in synced.done("title").out
    synced.done("title", TITLE, "--function", "IT", "--function", "risk")
    synced.done("title", "Chief Happiness Officer", "--level", "none")
    listed = {row["title"]: row for row in synced.done("title", "--json").json}
    assert listed[TITLE]["functions"] == ["IT", "risk"]
    assert (listed[TITLE]["level"], listed[TITLE]["in_force"]) == (None, "yes")
    assert (listed["Chief Happiness Officer"]["level"], listed["Chief Happiness Officer"]["functions"]) == (
        "none",
        None,
    )
    with closing(sqlite3.connect(synced.database)) as database:
        rows = database.execute("SELECT action, detail FROM audit_log ORDER BY id").fetchall()
    assert ("title", f"{TITLE}: function IT, risk") in rows
    assert ("title", "Chief Happiness Officer: level none") in rows


def test_a_title_is_shown_as_it_is_read(shared: Syncd) -> None:
    answer = shared.done("title", "VP of Operations")
    assert "'VP of Operations' reads as operations, VP (vice president, operations) → role Decision Maker" in answer.out
    assert "'Ex-CFO' reads as formerly finance, C-level (cfo) → role none" in shared.done("title", "Ex-CFO").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("title", TITLE, "--function", "sparkle"), "the agreement names no 'sparkle'"),
        (("title", TITLE, "--level", "boss"), "its levels C-level, VP, director"),
        (("title", "--level", "director"), "which title?"),
        (("title", TITLE, "--forget", "--level", "director"), "give it alone"),
    ],
)
def test_what_the_agreement_does_not_name_is_refused(shared: Syncd, arguments: tuple[str, ...], words: str) -> None:
    answer = shared(*arguments)
    assert answer.code == 2
    assert words in answer.err


def test_the_commonest_titles_that_are_not_read_are_listed_until_they_are_corrected(synced: Syncd) -> None:
    rows = synced.done("title", "--unread", "--json").json
    assert rows
    assert all(not (row["functions"] and row["level"]) for row in rows)
    assert [row["contacts"] for row in rows] == sorted((row["contacts"] for row in rows), reverse=True)
    first = rows[0]["title"]
    assert first in synced.done("title", "--unread").out
    synced.done("title", first, "--function", "IT", "--level", "director")
    assert first not in [row["title"] for row in synced.done("title", "--unread", "--json").json]


def test_only_what_was_corrected_is_forgotten(shared: Syncd) -> None:
    assert shared("title", TITLE, "--forget").code == 6
