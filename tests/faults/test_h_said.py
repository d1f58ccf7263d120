"""What a command says is so: a signature binds content, the unsigned is only tried, and an empty list is empty."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from syncd.agreement import examine, terms_digest
from syncd.errors import AgreementError
from syncd.settings import read
from syncd.store import Store
from tests.cli.conftest import Syncd, begun, shared, syncd, synced  # noqa: F401
from tests.sync.conftest import mappings  # noqa: F401

SHIPPED = (Path(__file__).parents[2] / "mappings" / "agreement.yaml").read_text(encoding="utf-8")
SIGNATURES = """signed:
  - {party: sales, by: Head of Sales, on: 2026-01-05}
  - {party: marketing, by: Head of Marketing, on: 2026-01-05}
"""
assert SIGNATURES in SHIPPED


def digest(text: str) -> str:
    agreement, complaints = examine(text, "agreement.yaml")
    assert agreement is not None, complaints
    return terms_digest(agreement)


# ---- a signature binds content -----------------------------------------------------------------------------------

SAME = {
    "a comment": SHIPPED + "\n# a comment\n",
    "no comments": "\n".join(line for line in SHIPPED.splitlines() if not line.lstrip().startswith("#")),
    "another spelling of a number": SHIPPED.replace("500_000_000", "500000000"),
    "quotes": SHIPPED.replace("stage: Qualification", "stage: 'Qualification'"),
    "names in another order": SHIPPED.replace("{per_rep_per_week: 8}", "{per_rep_per_week: 8}\n\ncaucus2: x").replace(
        "\n\ncaucus2: x", ""
    ),
    "another day": SHIPPED.replace("2026-01-05", "2026-01-06"),
    "another name": SHIPPED.replace("name: Fraud and lending", "name: Our fraud and lending"),
}
OTHER = {
    "an amount": SHIPPED.replace("amount: 60_000", "amount: 61_000"),
    "a bound": SHIPPED.replace("min: 500_000_000", "min: 400_000_000"),
    "a word": SHIPPED.replace("[fraud, AML, BSA, suspicious]", "[fraud, AML, BSA]"),
    "a stage": SHIPPED.replace("stage: Qualification", "stage: Prospecting"),
    "lines in another order": SHIPPED.replace(
        """  - {role: Economic Buyer, functions: [finance], levels: [C-level]}
  - {role: Executive Sponsor, functions: [executive], levels: [C-level]}
""",
        """  - {role: Executive Sponsor, functions: [executive], levels: [C-level]}
  - {role: Economic Buyer, functions: [finance], levels: [C-level]}
""",
    ),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_is_no_term_changes_no_digest(text: str) -> None:
    assert digest(text) == digest(SHIPPED)


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_every_other_term_is_another_digest(text: str) -> None:
    assert text != SHIPPED
    assert digest(text) != digest(SHIPPED)


def test_the_same_version_with_other_terms_is_refused(store: Store) -> None:
    with store.writing() as unit:
        unit.judgements.use_agreement("rules 1", "2026.1", SHIPPED, "terms 1", None)
        unit.judgements.use_agreement("rules 2", "2026.1", f"{SHIPPED}#", "terms 1", None)  # an upgrade, a comment
    with store.writing() as unit, pytest.raises(AgreementError, match=r"2026\.1 was signed with other terms"):
        unit.judgements.use_agreement("rules 3", "2026.1", SHIPPED, "terms 2", None)
    with store.writing() as unit:
        unit.judgements.use_agreement("rules 3", "2026.2", SHIPPED, "terms 2", None)


def test_a_cycle_by_the_same_version_with_other_terms_is_refused_before_anything(
    synced: Syncd,  # noqa: F811
    tmp_path: Path,
) -> None:
    file = tmp_path / "agreement.yaml"
    file.write_text(OTHER["an amount"], encoding="utf-8")
    before, opportunities = synced.place.written(), synced.place.ours()
    for command in (("cycle",), ("judge",), ("resync", "--stream", "owners"), ("agreement", "check"), ("doctor",)):
        answer = synced(*command, SYNCD_AGREEMENT=str(file))
        assert answer.code == 2, command
        shown = answer.out + answer.err
        assert "2026.1 was signed with other terms on 5 January 2026: give it a new version" in shown, command
    assert (synced.place.written(), synced.place.ours()) == (before, opportunities)
    file.write_text(OTHER["an amount"].replace('"2026.1"', '"2026.2"'), encoding="utf-8")
    assert "agreement 2026.2 is new" in synced.done("cycle", SYNCD_AGREEMENT=str(file)).out
    assert synced("cycle").code == 0  # the old terms under the old version stay what they were


# ---- what nobody signed ------------------------------------------------------------------------------------------

UNSIGNED = {
    "nobody": SHIPPED.replace(SIGNATURES, "signed: []\n"),
    "no word of it": SHIPPED.replace(SIGNATURES, ""),
    "one party": SHIPPED.replace("  - {party: sales, by: Head of Sales, on: 2026-01-05}\n", ""),
}


@pytest.mark.parametrize("text", UNSIGNED.values(), ids=UNSIGNED)
def test_what_nobody_signed_is_tried_and_nothing_comes_of_it(
    shared: Syncd,  # noqa: F811
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
    assert (shared.place.written(), kept(shared)) == (written, wishes)


def test_explain_says_unsigned(shared: Syncd, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "agreement.yaml"
    file.write_text(UNSIGNED["nobody"], encoding="utf-8")
    bank = shared.place.ours()[0]["AccountId"]
    assert "(agreement 2026.1, unsigned)" in shared.done("explain", bank, SYNCD_AGREEMENT=str(file)).out
    assert shared.done("explain", bank, "--json", SYNCD_AGREEMENT=str(file)).json["agreement"] == "2026.1, unsigned"


def kept(syncd: Syncd) -> list[object]:  # noqa: F811
    """What stands in the store of judging."""
    with closing(sqlite3.connect(syncd.database)) as database:
        return [
            database.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
            for table in ("wish", "judgement", "agreement_version")
        ]


def test_check_says_whom_a_segment_admits_among_those_who_are_known(shared: Syncd) -> None:  # noqa: F811
    out = shared.done("agreement", "check").out
    (line,) = (line for line in out.splitlines() if " known accounts (" in line)
    judged = shared.done("status", "--json").json["standings"]
    assert line.startswith(f"mid-size US banks admits {judged['in']:,} of {sum(judged.values()):,} known accounts")
    assert f"unknown of {judged['unknown']:,} accounts, for want of: " in out


# ---- no register -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", " ", ","])
def test_an_empty_list_of_registers_is_none(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCD_REGISTERS", value)
    assert read().registers == ()
    monkeypatch.setenv("SYNCD_REGISTERS", "fdic, ours")
    assert read().registers == ("fdic", "ours")
    monkeypatch.delenv("SYNCD_REGISTERS")
    assert read().registers == ("fdic",)


def test_an_installation_without_any_register_runs(begun: Syncd) -> None:  # noqa: F811
    begun.done("cycle", SYNCD_REGISTERS="")
    streams = begun.done("status", "--json").json["streams"]
    assert {stream["system"] for stream in streams} == {"hubspot", "salesforce"}
