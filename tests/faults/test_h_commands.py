"""What a command says is so: the unsigned is only tried, and an order that cannot be meant is refused."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Syncd
from tests.rules.agreements import SHIPPED, digest

SIGNATURES = """signed:
  - {party: sales, by: Head of Sales, on: 2026-01-05}
  - {party: marketing, by: Head of Marketing, on: 2026-01-05}
"""
assert SIGNATURES in SHIPPED


# ---- what nobody signed ------------------------------------------------------------------------------------------

UNSIGNED = {
    "nobody": SHIPPED.replace(SIGNATURES, "signed: []\n"),
    "no word of it": SHIPPED.replace(SIGNATURES, ""),
    "one party": SHIPPED.replace("  - {party: sales, by: Head of Sales, on: 2026-01-05}\n", ""),
}


@pytest.mark.parametrize("text", UNSIGNED.values(), ids=UNSIGNED)
def test_what_nobody_signed_is_tried_and_nothing_comes_of_it(
    shared: Syncd,
    tmp_path: Path,
    text: str,
) -> None:
    file = tmp_path / "agreement.yaml"
    file.write_text(text.replace("amount: 60_000", "amount: 61_000"), encoding="utf-8")
    unsigned = {"SYNCD_AGREEMENT": str(file)}
    written, wishes = shared.place.written(), kept(shared)
    assert "version 2026.1, unsigned" in shared.done("agreement", "check", **unsigned).out
    assert "did not sign" in shared.done("agreement", "check", **unsigned).out
    tried = shared.done("judge", **unsigned)
    assert "nothing of it was kept" in tried.err
    assert "judged" in tried.out
    for command in (("cycle",), ("push",), ("apply",), ("run",), ("resync", "--stream", "owners")):
        answer = shared(*command, **unsigned)
        assert answer.code == 2, command
        assert "unsigned" in answer.err, command
    assert "unsigned" in shared("doctor", **unsigned).out
    assert "unsigned" in shared.done("plan", **unsigned).out
    assert (shared.place.written(), kept(shared)) == (written, wishes)


def test_what_is_signed_for_a_day_to_come_is_not_in_force_yet(shared: Syncd, tmp_path: Path) -> None:
    file = tmp_path / "agreement.yaml"
    signed_later = SHIPPED.replace("by: Head of Sales, on: 2026", "by: Head of Sales, on: 2099")
    file.write_text(signed_later.replace('"2026.1"', '"2099.1"'), encoding="utf-8")
    written, wishes = shared.place.written(), kept(shared)
    for command in (("agreement", "check"), ("cycle",), ("judge",), ("push",), ("apply",), ("doctor",)):
        answer = shared(*command, SYNCD_AGREEMENT=str(file))
        assert answer.code == 2, command
        assert "signed on 2099-01-05, a day that is still to come" in answer.out + answer.err, command
    assert (shared.place.written(), kept(shared)) == (written, wishes)


def test_explain_says_unsigned(shared: Syncd, tmp_path: Path) -> None:
    file = tmp_path / "agreement.yaml"
    file.write_text(UNSIGNED["nobody"], encoding="utf-8")
    bank = shared.place.ours()[0]["AccountId"]
    assert "(agreement 2026.1, unsigned)" in shared.done("explain", bank, SYNCD_AGREEMENT=str(file)).out
    assert shared.done("explain", bank, "--json", SYNCD_AGREEMENT=str(file)).json["agreement"] == "2026.1, unsigned"


def kept(syncd: Syncd) -> list[object]:
    """What stands in the store of judging."""
    with closing(sqlite3.connect(syncd.database)) as database:
        return [
            database.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
            for table in ("wish", "judgement", "agreement_version")
        ]


def test_check_says_whom_a_segment_admits_among_those_who_are_known(shared: Syncd) -> None:
    out = shared.done("agreement", "check").out
    (line,) = (line for line in out.splitlines() if " known accounts (" in line)
    judged = shared.done("status", "--json").json["standings"]
    assert line.startswith(f"mid-size US banks admits {judged['in']:,} of {sum(judged.values()):,} known accounts")
    assert f"unknown of {judged['unknown']:,} accounts, for want of: " in out
    (counted,) = (line for line in out.splitlines() if "accounts of the register fdic stand in it" in line)
    assert counted.endswith(" against 1,301 agreed")


def test_every_judgement_names_the_version_and_the_terms_that_it_was_made_by(shared: Syncd) -> None:
    with closing(sqlite3.connect(shared.database)) as database:
        bodies = [json.loads(body) for (body,) in database.execute("SELECT body FROM judgement")]
        (bound,) = database.execute("SELECT DISTINCT terms FROM agreement_version").fetchone()
    assert {(body["agreement"], body["terms"]) for body in bodies} == {("2026.1", bound)}
    assert bound == digest(SHIPPED)


# ---- orders that name nothing, or two things ---------------------------------------------------------------------

ORDERS = {
    "a stream misspelt": (("--stream", "contcats"), "did you mean hubspot.contacts?"),
    "a qualified stream misspelt": (("--stream", "hubspot.contcats"), "did you mean hubspot.contacts?"),
    "a record and everything": (("--full", "--record", "hubspot.contacts/1"), "--full is for streams"),
    "an account and everything": (("--full", "--account", "x"), "--full is for streams"),
    "a record and a stream": (("--stream", "contacts", "--record", "hubspot.contacts/1"), "keep one of them"),
    "a record and an account": (("--account", "x", "--record", "hubspot.contacts/1"), "keep one of them"),
}


@pytest.mark.parametrize(("options", "why"), ORDERS.values(), ids=ORDERS)
def test_an_order_that_cannot_be_meant_is_refused(
    shared: Syncd,
    options: tuple[str, ...],
    why: str,
) -> None:
    answer = shared("resync", *options)
    assert answer.code == 2
    assert why in answer.err


NO_AGREEMENTS = {
    "nothing": ("", "the file is empty"),
    "comments": ("# our agreement\n", "the file is empty"),
    "half a character": ('version: "1"\nname: "\\ud83d"\n', "2: half a character stands here (write the character"),
    "a section twice": (
        f"{SHIPPED}\ncaucus: {{viable_percent: 20}}\n",
        "'caucus' stands here twice (the first one is in",
    ),
    "a section misspelt": (SHIPPED.replace("capacity:", "capcity:"), "did you mean capacity?"),
}


@pytest.mark.parametrize(("text", "why"), NO_AGREEMENTS.values(), ids=NO_AGREEMENTS)
def test_what_is_no_agreement_is_refused_with_its_line(
    shared: Syncd,
    tmp_path: Path,
    text: str,
    why: str,
) -> None:
    (tmp_path / "agreement.yaml").write_text(text, encoding="utf-8")
    answer = shared("agreement", "check", str(tmp_path / "agreement.yaml"))
    assert answer.code == 2
    assert f"{tmp_path / 'agreement.yaml'}:" in answer.out
    assert why in answer.out


def test_a_folder_of_mappings_that_holds_nothing_is_named(shared: Syncd, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nowhere"):
        answer = shared("status", SYNCD_MAPPINGS=str(folder))
        assert answer.code == 2
        assert answer.err.startswith("SYNCD_MAPPINGS: ")


def test_a_yes_or_no_that_is_neither_is_named(shared: Syncd) -> None:
    answer = shared("status", SYNCD_HUBSPOT_WRITES="flase")
    assert answer.code == 2
    assert answer.err.startswith("SYNCD_HUBSPOT_WRITES: ")
