"""How many required roles too few people fill, how many people are engaged: as opportunities and reports say it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from syncd.agreement import load_industries, title_words
from syncd.model import ContactRole, Judgement, Opportunity
from syncd.planning.reports import REPORTS
from syncd.planning.touches import TouchScene
from syncd.rules import judge, rulebook_of
from tests.rules.builders import DESTINATIONS, TODAY, a_contact, a_group, an_agreement, an_opportunity, mobilized
from tests.rules.builders import judge as judged_and_released

AGREEMENT = an_agreement()
BOOK = rulebook_of(AGREEMENT, title_words(), load_industries(), DESTINATIONS)
SALES = an_opportunity()  # of fraud detection, which needs five roles, two champions
FIVE = ("Executive Sponsor", "Economic Buyer", "Decision Maker", "Technical Buyer", "Champion")


def on(*contact_ids: str | None) -> Opportunity:
    """The opportunity of sales, on which they set these contacts."""
    roles = tuple(ContactRole(f"00K{at}", contact_id, None) for at, contact_id in enumerate(contact_ids))
    return replace(SALES, roles=roles)


CASES: dict[str, tuple[dict[str, str | None], Opportunity, int, int]] = {
    "nobody known": ({}, SALES, 5, 0),
    "one role filled, by title alone": ({"ann": "Economic Buyer"}, SALES, 4, 0),
    "two of one role": ({"ann": "Economic Buyer", "bob": "Economic Buyer"}, SALES, 4, 0),
    "one of two champions is a gap: one is missing": ({"ann": "Champion"}, SALES, 5, 0),
    "every role": ({**dict(zip("abcde", FIVE, strict=True)), "f": "Champion"}, SALES, 0, 0),
    "a role that the offer does not need": ({"ann": "Influencer"}, SALES, 5, 0),
    "somebody without a role": ({"ann": None}, SALES, 5, 0),
    "one person on it": ({"ann": "Economic Buyer"}, on("ann"), 4, 1),
    "the same twice": ({"ann": "Economic Buyer"}, on("ann", "ann"), 4, 1),
    "a row that names nobody": ({"ann": "Economic Buyer"}, on("ann", None), 4, 1),
    "two on it": ({"ann": "Economic Buyer", "bob": None}, on("ann", "bob"), 4, 2),
    "somebody of another account": ({"ann": "Economic Buyer"}, on("ann", "stranger"), 4, 2),
}


def written(judgement: Judgement) -> dict[str, Any]:
    (wish,) = (wish for wish in judgement.wishes if wish.object == "opportunity")
    return dict(wish.fields)


@pytest.mark.parametrize(("people", "opportunity", "gaps", "engaged"), CASES.values(), ids=CASES)
def test_gaps_and_people_of_an_opportunity(
    people: dict[str, str | None], opportunity: Opportunity, gaps: int, engaged: int
) -> None:
    group = a_group([a_contact(name, role) for name, role in people.items()], opportunities=(opportunity,))
    judgement = judge(group, BOOK, TODAY)
    fields = written(judgement)
    assert (fields["gaps"], fields["people"]) == (gaps, engaged)
    assert fields["gaps"] == sum(role.state == "unknown" for role in judgement.pictures[0].roles)
    report = REPORTS["challenge"]
    (row,) = report.rows([TouchScene(group, judgement, BOOK, TODAY, ())])
    assert dict(zip(report.columns, row, strict=True))["single-threaded"] == (fields["people"] <= 1)


def test_of_one_that_is_opened_its_delegates_are_counted_before_their_roles_stand() -> None:
    people = [a_contact("ann"), a_contact("bob", "Champion")]
    group = a_group(people, [*mobilized("ann"), *mobilized("bob")])
    judgement = judged_and_released(group, AGREEMENT, TODAY)
    roles = [wish for wish in judgement.wishes if wish.object == "contact_role"]
    assert (written(judgement)["people"], written(judgement)["gaps"]) == (len(roles), 4)
    assert len(roles) == 2


def test_a_person_who_stands_on_it_already_is_counted_once_among_those_who_come() -> None:
    people = [a_contact("ann"), a_contact("bob", "Champion")]
    offered = replace(on("ann"), text="Fraud platform")
    group = a_group(people, [*mobilized("ann"), *mobilized("bob")], opportunities=(offered,))
    assert written(judged_and_released(group, AGREEMENT, TODAY))["people"] == 2
