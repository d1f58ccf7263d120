"""The Monday pack: what stands in it is what the commands show, on one page, in one message, as one JSON."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from syncd.pack.paper import page
from syncd.pack.words import QUIET, subject, text
from tests.cli.conftest import Syncd

LISTS = ("came", "waiting", "overdue", "gaps", "suggestions")
HOSTILE = "<script>alert(1)</script>\"'>&{{7*7}}\u202e\x1b[2J"


def reps(syncd: Syncd) -> list[str]:
    return [week["rep"] for week in syncd.done("queue", "--json").json["reps"]]


def a_pack(**changed: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"number": 0, "rows": [], "more": 0}
    lists = dict.fromkeys(LISTS, nothing) | {"gaps": nothing | {"missing": 0}}
    about = {"title": "The week of 2026-11-30: both leaders", "for": "both leaders", "rep": None, "week": "2026-11-30"}
    made = {"made_at": "2026-11-30T07:00:00+00:00", "agreement": "2026.1", "quiet": True}
    return {**about, **made, "weeks": [], **lists, "waterfall": [], **changed}


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_leaders_pack_has_the_queue_the_gaps_and_the_waterfall_of_the_commands(shared: Syncd) -> None:
    pack = shared.done("pack", "--json").json
    board, gaps = shared.done("queue", "--json").json, shared.done("audit", "--list", "-", "--json").json
    assert pack["weeks"] == board["reps"]
    assert pack["gaps"]["number"] == len(gaps) and pack["gaps"]["rows"] == gaps[:12]
    assert pack["gaps"]["missing"] == sum(row["missing"] for row in gaps)
    assert pack["waiting"]["number"] == len(board["waiting"])
    taken = sum(week["at_once"] + week["others"] + week["over"] for week in board["reps"])
    assert pack["came"]["number"] == taken > 0
    assert not pack["quiet"]
    last = (date.fromisoformat(pack["week"]) - timedelta(days=1)).isoformat()
    until = shared.done("waterfall", "--json", "--until", last, "--since", pack["waterfall"][1]["first"]).json
    of_pack = {stage["stage"]: (stage["reached"], stage["target"]) for stage in pack["waterfall"][1]["stages"]}
    assert of_pack == {stage["stage"]: (stage["reached"], stage["target"]) for stage in until["whole"]["stages"]}


def test_the_packs_of_all_reps_share_out_what_came(shared: Syncd) -> None:
    whole = shared.done("pack", "--json").json
    every = [shared.done("pack", "--rep", rep, "--json").json for rep in reps(shared)]
    assert sum(pack["came"]["number"] for pack in every) == whole["came"]["number"]
    for rep, pack in zip(reps(shared), every, strict=True):
        assert {row["rep"] for row in pack["came"]["rows"]} <= {rep}
        assert [week["rep"] for week in pack["weeks"]] == [rep]
    assert any(pack["suggestions"]["number"] for pack in every), "each says what closes a gap next"


def test_nobody_else_s_pack_is_made(shared: Syncd) -> None:
    answer = shared("pack", "--rep", "nobody@nowhere.example")
    assert (answer.code, answer.out) == (6, "")


def test_a_verdict_is_overdue_once_the_agreed_business_days_are_over(synced: Syncd) -> None:
    before = synced.done("pack", "--json").json
    assert before["overdue"]["number"] == 0
    past = (datetime.now(UTC) - timedelta(days=9)).strftime("%Y-%m-%d %H:%M:%S.000000")
    with closing(sqlite3.connect(synced.database)) as store, store:
        (key,) = store.execute("SELECT key FROM released WHERE outcome = 'open' ORDER BY key LIMIT 1").fetchone()
        store.execute("UPDATE released SET at = ? WHERE key = ?", (past, key))
    (row,) = synced.done("pack", "--json").json["overdue"]["rows"]
    assert row["due_on"] < datetime.now(UTC).date().isoformat()
    (of_rep,) = synced.done("pack", "--rep", row["rep"], "--json").json["overdue"]["rows"]
    assert of_rep == row


def test_the_page_is_one_file_without_script_link_or_picture(shared: Syncd, tmp_path: Path) -> None:
    file = tmp_path / "monday.html"
    answer = shared.done("pack", "--html", str(file))
    assert answer.out == "" and "The week of" in answer.err
    assert file.stat().st_mode & 0o077 == 0, "people stand in it"
    text = file.read_text(encoding="utf-8")
    tags = Tags(text)
    assert not tags.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "a", "svg", "base"}
    assert not {name for name in tags.attributes if name.startswith("on") or name in ("src", "href", "style")}
    assert "@media print" in text and "default-src 'none'" in text
    pack = shared.done("pack", "--json").json
    assert all(row["contact"].partition(" ")[0] in text for row in pack["came"]["rows"])


@pytest.mark.parametrize("name", ["contact", "account", "rep", "offer"])
def test_a_name_is_text_and_no_more(name: str) -> None:
    row = dict.fromkeys(("contact", "account", "for", "offer", "rep", "handed_on", "due_on", "outcome"), "x")
    pack = a_pack(quiet=False, came={"number": 1, "rows": [row | {name: HOSTILE}], "more": 0}, title=HOSTILE)
    made = page(pack)
    assert "<script" not in made and "{{7*7}}" in made
    assert not set("\u202e\x1b") & set(made)
    assert not Tags(made).tags & {"script"}
    words = text(pack)
    assert not set("\u202e\x1b") & set(words)
    assert HOSTILE not in subject(pack)


def test_a_quiet_week_says_so_on_the_page_in_the_message_and_in_its_subject() -> None:
    assert QUIET in text(a_pack())
    assert "A quiet week" in page(a_pack())
    assert subject(a_pack()).endswith("quiet")


def test_the_words_name_the_target_beside_what_was_reached() -> None:
    level = {"stage": "mql", "words": "MQL", "reached": 6, "target": 12.0, "of_target": 0.5}
    period = {"title": "last week", "first": "2026-11-23", "last": "2026-11-29", "stages": [level]}
    pack = a_pack(waterfall=[period])
    assert "  MQL: 6 of 12 (50%)" in text(pack)
    assert re.search(r"<td class=\"n\">12</td><td class=\"n\">50%</td>", page(pack))


def test_a_long_list_says_how_many_more() -> None:
    row = dict.fromkeys(("account", "role", "owner", "due", "source"), "x") | {"missing": 1}
    pack = a_pack(gaps={"number": 1_240, "rows": [row] * 12, "more": 1_228, "missing": 1_300})
    assert "and 1,228 more" in text(pack) and "and 1,228 more" in page(pack)
