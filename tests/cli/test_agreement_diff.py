"""`syncd agreement diff`: new terms over the stored past, in words and as JSON; nothing is written anywhere."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Syncd, ask
from tests.cli.test_tenants import another_portal

SHIPPED = Path(__file__).resolve().parents[2] / "mappings" / "agreement.yaml"
MANUFACTURERS = SHIPPED.parent / "examples" / "manufacturers" / "agreement.yaml"
Change = tuple[str, str]
SMALLER: Change = ("max: 5_000_000_000", "max: 1_000_000_000")
FEWER: Change = ("per_rep_per_week: 8", "per_rep_per_week: 1")


def a_file(tmp_path: Path, *changes: Change) -> str:
    text = SHIPPED.read_text(encoding="utf-8")
    for before, after in (('version: "2026.1"', 'version: "2027.1"'), *changes):
        assert before in text
        text = text.replace(before, after)
    file = tmp_path / "new.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def diff(syncd: Syncd, *arguments: str) -> Any:
    return syncd.done("agreement", "diff", *arguments, "--json").json


def test_a_smaller_market_is_told_at_each_stage_by_name_and_by_rep(shared: Syncd, tmp_path: Path) -> None:
    answer = diff(shared, a_file(tmp_path, SMALLER), "--names")
    assert next(iter(answer)) == "reproduced"
    reproduced, stages = answer["reproduced"], answer["stages"]
    assert reproduced["kept"] == reproduced["reproduced"] > 0, "facts and terms are those of the first cycle"
    assert [change["term"] for change in answer["terms"]] == ["served_market.segments[mid-size US banks].size.max"]
    market, mqls = stages["market"], stages["mql"]
    assert market["before"] - market["after"] == sum(market["leave"].values()) > 0 and market["enter"] == {}
    assert set(market["leave"]) == {"size"} and set(mqls["leave"]) == {"market"}
    assert mqls["before"] - mqls["after"] == len(
        [one for one in answer["names"] if one["stage"] == "mql" and one["change"] == "leaves"]
    )
    assert not answer["empty"]
    (first, *_) = answer["reps"]
    assert len(first["in_force"]["arrived"]) == len(answer["weeks"]) == 13
    assert sum(sum(rep["in_force"]["arrived"]) for rep in answer["reps"]) > sum(
        sum(rep["new"]["arrived"]) for rep in answer["reps"]
    )


def test_words_begin_with_what_the_terms_in_force_reproduce(shared: Syncd, tmp_path: Path) -> None:
    out = shared.done("agreement", "diff", a_file(tmp_path, SMALLER)).out
    first, second, *_ = out.splitlines()
    assert first.startswith("the terms in force (2026.1) reproduce ") and "MQLs kept since" in first
    assert "replayed on today's facts" in second
    for words in (
        "1 term differs",
        "served_market.segments[mid-size US banks].size.max: 5000000000 → 1000000000",
        "accounts in the served market: ",
        "the account is not in the served market",
        "rejected: 0 of 0 would not have been sent",
        "each rep's week, over the 13 weeks since",
    ):
        assert words in out
    assert "by name" not in out
    assert "by name" in shared.done("agreement", "diff", a_file(tmp_path, SMALLER), "--names").out


def test_the_same_terms_are_empty_and_say_so(shared: Syncd, tmp_path: Path) -> None:
    answer = diff(shared, a_file(tmp_path), "--names")
    assert answer["empty"] and answer["terms"] == [] and answer["names"] == []
    assert answer["stages"]["mql"]["before"] == answer["stages"]["mql"]["after"] > 0
    out = shared.done("agreement", "diff", str(SHIPPED)).out
    assert "no term differs from those in force (2026.1); change one, then ask again" in out


def test_fewer_places_move_nobody_between_stages(shared: Syncd, tmp_path: Path) -> None:
    answer = diff(shared, a_file(tmp_path, FEWER))
    assert [change["term"] for change in answer["terms"]] == ["capacity.per_rep_per_week"]
    assert not any(stage["enter"] or stage["leave"] for stage in answer["stages"].values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "nowhere.yaml"),
        ("version: [", "new.yaml:1"),
        ("hello", "this is no agreement"),
        (SHIPPED.read_text(encoding="utf-8").replace("[US]", "[USSR]"), "new.yaml:17"),
    ],
)
def test_a_file_that_nobody_can_read_is_named_with_what_would_mend_it(
    shared: Syncd, tmp_path: Path, text: str | None, words: str
) -> None:
    file = tmp_path / ("nowhere.yaml" if text is None else "new.yaml")
    if text is not None:
        file.write_text(text, encoding="utf-8")
    answer = shared("agreement", "diff", str(file))
    assert answer.code == 2 and words in answer.err and answer.out == ""


def test_a_day_to_come_and_an_empty_store_are_refused(shared: Syncd, tmp_path: Path) -> None:
    answer = shared("agreement", "diff", str(SHIPPED), "--since", "2999-01-01")
    assert answer.code == 2 and "is still to come: name an earlier day" in answer.err
    url = f"sqlite:///{tmp_path / 'syncd.db'}"
    assert ask({"SYNCD_DATABASE_URL": url}, "migrate").code == 0
    empty = ask({"SYNCD_DATABASE_URL": url}, "agreement", "diff", str(SHIPPED))
    assert empty.code == 6 and "`syncd cycle` fills it" in empty.err


def test_another_portals_store_is_refused(synced: Syncd, tmp_path: Path) -> None:
    another_portal(synced.place)
    answer = synced("agreement", "diff", a_file(tmp_path, SMALLER))
    assert answer.code == 2
    assert all(word in answer.err for word in ("62515", "99", "SYNCD_DATABASE_URL"))
    without = {"SYNCD_HUBSPOT_TOKEN": None}
    assert synced("agreement", "diff", a_file(tmp_path, SMALLER), **without).code == 0, (
        "without credentials nobody knows"
    )


@pytest.mark.parametrize(
    ("agreement", "words"),
    [
        (MANUFACTURERS, ("another company's?", "SYNCD_DATABASE_URL")),
        (None, ("other terms of that version", "a version of their own")),
    ],
)
def test_a_store_that_another_agreement_judged_is_refused(
    shared: Syncd, tmp_path: Path, agreement: Path | None, words: tuple[str, ...]
) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace(*SMALLER)
    (other := tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    changed = {"SYNCD_AGREEMENT": str(agreement or other)}
    answer = shared("agreement", "diff", str(SHIPPED), **changed)
    assert answer.code == 2 and answer.out == ""
    assert all(word in answer.err for word in (*words, "never stood in this store", "nothing was replayed"))
    assert "never stood in this store" in shared("audit", **changed).err, "whoever judges by it says so"
    assert "never stood" not in shared("audit").err


def test_check_holds_the_targets_against_the_places_of_all_reps(shared: Syncd, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    file = tmp_path / "aimed.yaml"
    aims = "targets: {weekly: [{stage: mql, per_week: 9_000}, {stage: sqo, per_week: 8_000}]}\n"
    file.write_text(text.replace('"2026.1"', '"2027.1"') + aims, encoding="utf-8")
    out = shared.done("agreement", "check", str(file)).out
    assert "targets: 9000 mql a week; warning: the " in out and " places a week: the others wait" in out
    assert "sqo a week" not in out
    file.write_text(text.replace('"2026.1"', '"2027.1"') + aims.replace("9_000", "8"), encoding="utf-8")
    refused = shared("agreement", "check", str(file))
    assert refused.code == 2 and "8000 sqo a week: more than the 8 mql a week" in refused.out


def test_who_enters_is_told_with_what_kept_them_out_before(shared: Syncd, tmp_path: Path) -> None:
    (smaller := tmp_path / "smaller.yaml").write_text(
        SHIPPED.read_text(encoding="utf-8").replace(*SMALLER).replace('"2026.1"', '"2025.1"'), encoding="utf-8"
    )
    out = shared.done("agreement", "diff", str(SHIPPED), SYNCD_AGREEMENT=str(smaller)).out
    assert re.search(r"accounts in the served market: \d+ → \d+; \d+ enter \(before: \d+ by their size\)", out), out
