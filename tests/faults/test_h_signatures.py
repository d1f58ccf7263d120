"""A signature binds content: the same version with other terms is refused, and what is no term changes nothing."""

from pathlib import Path

import pytest

from syncd.errors import AgreementError
from syncd.store import Store
from tests.cli.conftest import Syncd
from tests.rules.agreements import SHIPPED, digest

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
    synced: Syncd,
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
