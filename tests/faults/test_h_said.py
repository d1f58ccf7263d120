"""What a command says is so: a signature binds content, the unsigned is only tried, and an empty list is empty."""

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from syncd.agreement import examine, terms_digest
from syncd.agreement.standards import COUNTRIES
from syncd.cli.commands import COMMANDS
from syncd.cli.plan import _difference
from syncd.errors import AgreementError
from syncd.mapping import load_all
from syncd.rules.forecast import _why_so_much
from syncd.settings import read
from syncd.store import Store
from tests.cli.conftest import Syncd, begun, shared, syncd, synced  # noqa: F401
from tests.rules.agreements import changed, complaints
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
    by_hand = (("push",), ("apply",), ("resync", "--stream", "owners"))
    for command in (("cycle",), ("judge",), *by_hand, ("agreement", "check"), ("doctor",)):
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
    assert "unsigned" in shared.done("plan", **unsigned).out
    assert (shared.place.written(), kept(shared)) == (written, wishes)


def test_what_is_signed_for_a_day_to_come_is_not_in_force_yet(shared: Syncd, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "agreement.yaml"
    signed_later = SHIPPED.replace("by: Head of Sales, on: 2026", "by: Head of Sales, on: 2099")
    file.write_text(signed_later.replace('"2026.1"', '"2099.1"'), encoding="utf-8")
    written, wishes = shared.place.written(), kept(shared)
    for command in (("agreement", "check"), ("cycle",), ("judge",), ("push",), ("apply",), ("doctor",)):
        answer = shared(*command, SYNCD_AGREEMENT=str(file))
        assert answer.code == 2, command
        assert "signed on 2099-01-05, a day that is still to come" in answer.out + answer.err, command
    assert (shared.place.written(), kept(shared)) == (written, wishes)


def test_explain_says_unsigned(shared: Syncd, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "agreement.yaml"
    file.write_text(UNSIGNED["nobody"], encoding="utf-8")
    bank = shared.place.ours()[0]["AccountId"]
    assert "(agreement 2026.1, unsigned)" in shared.done("explain", bank, SYNCD_AGREEMENT=str(file)).out
    assert shared.done("explain", bank, "--json", SYNCD_AGREEMENT=str(file)).json["agreement"] == "2026.1, unsigned"


ON_A_STORE = (  # each command that works on a store, but those that refuse what is unsigned: they stand above
    ("judge",),
    ("match",),
    ("plan",),
    ("status",),
    ("explain", "BANK"),
    ("quarantine", "list"),
    ("quarantine", "retry"),
    ("pause",),
    ("resume",),
    ("doubles",),
    ("title",),
    ("title", "Head of Sparkle"),
    ("title", "--unread"),
    ("link", "hubspot.contacts/1", "nobody at all"),
    ("unlink", "hubspot.contacts/1"),
    ("erase", "nobody at all", "--yes"),
    ("lag",),
    ("waterfall",),
    ("calendar",),
    ("report", "explorers"),
    ("queue",),
    ("caucus", "BANK"),
    ("audit",),
    ("lessons",),
    ("answer", "nobody at all"),
)
BY_NO_AGREEMENT = {"demo", "sandbox", "migrate", "salesforce", "hubspot", "health", "pull"}
REFUSED_OR_CHECKED = {"agreement", "doctor", "run", "cycle", "push", "apply", "resync"}


def test_every_command_is_among_those_that_say_unsigned_or_judges_by_no_agreement() -> None:
    assert {command[0] for command in ON_A_STORE} | BY_NO_AGREEMENT | REFUSED_OR_CHECKED == COMMANDS.keys()


def test_every_command_by_an_unsigned_agreement_says_so(shared: Syncd, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "agreement.yaml"
    file.write_text(UNSIGNED["one party"], encoding="utf-8")
    bank = shared.place.ours()[0]["AccountId"]
    for command in ON_A_STORE:
        words = [bank if word == "BANK" else word for word in command]
        answer = shared(*words, SYNCD_AGREEMENT=str(file))
        assert f"{file}: version 2026.1, unsigned: sales did not sign" in answer.err, command
        assert "unsigned" not in shared(*words).err, command


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
    (counted,) = (line for line in out.splitlines() if "accounts of the register fdic stand in it" in line)
    assert counted.endswith(" against 1,301 agreed")


def test_every_judgement_names_the_version_and_the_terms_that_it_was_made_by(shared: Syncd) -> None:  # noqa: F811
    with closing(sqlite3.connect(shared.database)) as database:
        bodies = [json.loads(body) for (body,) in database.execute("SELECT body FROM judgement")]
        (bound,) = database.execute("SELECT DISTINCT terms FROM agreement_version").fetchone()
    assert {(body["agreement"], body["terms"]) for body in bodies} == {("2026.1", bound)}
    assert bound == digest(SHIPPED)


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


# ---- a bound that everybody passes -------------------------------------------------------------------------------

EVERYBODY = {
    "one employee": {"size": {"measure": "employees", "min": 1}},
    "a cent": {"size": {"measure": "total_assets", "currency": "USD", "min": "0.01"}},
    "no more than there are": {"size": {"measure": "employees", "max": 50_000_000}},
    "a trillion times": {"size": {"measure": "annual_revenue", "currency": "USD", "min": 0, "max": 10**15}},
    "one employee in every country": {"size": {"measure": "employees", "min": 1}, "countries": sorted(COUNTRIES)},
}


@pytest.mark.parametrize("segment", EVERYBODY.values(), ids=EVERYBODY)
def test_a_bound_that_everybody_passes_is_refused_like_everyone(segment: dict[str, Any]) -> None:
    text = changed(served_market={"segments": [{"name": "a", **segment}]})
    assert any("the bounds exclude nobody" in complaint for complaint in complaints(text))


@pytest.mark.parametrize("least", [2, 10])
def test_a_bound_that_some_do_not_reach_is_one(least: int) -> None:
    segment = {"name": "a", "size": {"measure": "employees", "min": least}, "countries": ["US"]}
    assert complaints(changed(served_market={"segments": [segment]})) == []


SECTORS = {
    "NAICS 2022 521 to 525": ("NAICS", 2022, ["521", "522", "523", "524", "525"], "52 Finance and Insurance"),
    "all of construction": ("NAICS", 2022, ["236", "237", "238"], "23 Construction"),
    "every leaf of a SIC group": ("SIC", 1987, ["7361", "7363", "737", "7311"], None),
    "SIC 601 to 609": ("SIC", 1987, ["601", "602", "603", "606", "608", "609"], "60 "),
    "a part of it": ("NAICS", 2022, ["521", "522", "523", "524"], None),
}


@pytest.mark.parametrize(("system", "year", "codes", "sector"), SECTORS.values(), ids=SECTORS)
def test_codes_that_add_up_to_a_sector_are_refused_like_the_sector(
    system: str, year: int, codes: list[str], sector: str | None
) -> None:
    segment = {"name": "a", "industries": {"system": system, "year": year, "codes": codes}, "countries": ["US"]}
    lines = [line for line in complaints(changed(served_market={"segments": [segment]})) if "whole sector" in line]
    assert bool(lines) is (sector is not None)
    assert all(f"together are a whole sector ({sector}" in line for line in lines)


# ---- what a plan shows -------------------------------------------------------------------------------------------

LONG = "in the served market: mid-size US banks 1 of 1 MQLs for Fraud detection, 1 needed MQLs in required roles: "


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, "Economic Buyer", "Economic Buyer"),
        ("A", "B", "A → B"),
        (10, 20, "10 → 20"),
        (
            f"{LONG}Economic Buyer",
            f"{LONG}Champion",
            "…required roles: Economic Buyer → …required roles: Champion",
        ),
        ("", "x", " → x"),
    ],
)
def test_a_plan_s_table_shows_the_difference(before: object, after: object, shown: str) -> None:
    assert _difference(before, after) == shown


def test_a_difference_at_the_very_end_of_a_long_text_is_shown() -> None:
    shown = _difference("same " * 400 + "old", "same " * 400 + "new")
    assert shown.endswith("new")
    assert "old → " in shown


def test_an_opportunity_s_two_shares_have_two_names() -> None:
    """What the field shows is called the whole group; what the weight goes by, the delegates."""
    assert _why_so_much(Decimal("11.00"), Fraction(1, 10), 0.4) == (
        "weight 11.00 %: its delegates fill 10% of the roles, the whole group 40%"
    )


# ---- a portal without HubSpot's own Salesforce integration -------------------------------------------------------


def test_doctor_asks_no_portal_for_the_ids_of_an_integration_that_it_has_not() -> None:
    mapping = load_all()["hubspot"]
    for stream, name in (("contacts", "salesforcecontactid"), ("contacts", "salesforceleadid")):
        assert any(asked.endswith(name) for asked in mapping.asked(stream))
        assert not any(missed.endswith(name) for missed in mapping.missed(stream))
    assert not any(missed.endswith("salesforceaccountid") for missed in mapping.missed("companies"))


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
    shared: Syncd,  # noqa: F811
    options: tuple[str, ...],
    why: str,
) -> None:
    answer = shared("resync", *options)
    assert answer.code == 2
    assert why in answer.err


NO_AGREEMENTS = {
    "nothing": ("", "the file is empty"),
    "comments": ("# our agreement\n", "the file is empty"),
    "a section twice": (
        f"{SHIPPED}\ncaucus: {{viable_percent: 20}}\n",
        "'caucus' stands here twice (the first one is in",
    ),
    "a section misspelt": (SHIPPED.replace("capacity:", "capcity:"), "did you mean capacity?"),
}


@pytest.mark.parametrize(("text", "why"), NO_AGREEMENTS.values(), ids=NO_AGREEMENTS)
def test_what_is_no_agreement_is_refused_with_its_line(
    shared: Syncd,  # noqa: F811
    tmp_path: Path,
    text: str,
    why: str,
) -> None:
    (tmp_path / "agreement.yaml").write_text(text, encoding="utf-8")
    answer = shared("agreement", "check", str(tmp_path / "agreement.yaml"))
    assert answer.code == 2
    assert f"{tmp_path / 'agreement.yaml'}:" in answer.out
    assert why in answer.out


def test_a_folder_of_mappings_that_holds_nothing_is_named(shared: Syncd, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nowhere"):
        answer = shared("status", SYNCD_MAPPINGS=str(folder))
        assert answer.code == 2
        assert answer.err.startswith("SYNCD_MAPPINGS: ")


def test_a_yes_or_no_that_is_neither_is_named(shared: Syncd) -> None:  # noqa: F811
    answer = shared("status", SYNCD_HUBSPOT_WRITES="flase")
    assert answer.code == 2
    assert answer.err.startswith("SYNCD_HUBSPOT_WRITES: ")
