"""Function × level → buying role."""

from __future__ import annotations

import pytest

from syncd.agreement import load, title_words
from syncd.agreement.terms import RoleRule
from syncd.model import TitleReading
from syncd.rules.roles import role_of
from syncd.rules.titles import lexicon_of, read_title

SHIPPED = load()


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("CFO", "Economic Buyer"),
        ("President & CEO", "Executive Sponsor"),
        ("VP of Information Technology", "Technical Buyer"),
        ("Chief Risk Officer", "Decision Maker"),
        ("Director of Fraud", "Champion"),
        ("Loan Operations Manager", "Champion"),
        ("VP Marketing", "Influencer"),
        ("BSA Analyst", "Business User"),
        ("CEO & CFO", "Economic Buyer"),  # the first rule that fits wins
        ("Director of Human Resources", None),
        ("Assistant to the CFO", None),
        ("Former CFO", None),
        ("Marketing", None),  # no level
        ("Vice President", None),  # no function
        ("", None),
    ],
)
def test_role_of_a_title(title: str, role: str | None) -> None:
    assert role_of(read_title(title, lexicon_of(SHIPPED, title_words())), SHIPPED) == role


def reading(*functions: str, level: str | None = None, former: bool = False) -> TitleReading:
    return TitleReading(functions, level, (), 1.0, former)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        (reading("IT", level="VP"), "both"),
        (reading("IT"), "function"),
        (reading(level="VP"), "level"),
        (reading("sales", "IT", level="manager"), "function"),
        (reading(), "anybody"),
        (reading("IT", level="VP", former=True), None),
    ],
)
def test_a_rule_asks_only_for_what_it_names(title: TitleReading, role: str | None) -> None:
    rules = (
        RoleRule(role="both", functions=("IT",), levels=("VP",)),
        RoleRule(role="function", functions=("IT",)),
        RoleRule(role="level", levels=("VP",)),
        RoleRule(role="anybody"),
    )
    assert role_of(title, SHIPPED.model_copy(update={"roles": rules})) == role
