"""§9: an open opportunity of sales that names no offer is adopted, asked about first, or ignored, as agreed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from syncd.model import Call, Opportunity, Ref, Wish
from syncd.rules.forecast import make_calls
from syncd.rules.offers import recogniser
from syncd.rules.opportunities import offer_of, sort_by_offer
from syncd.rules.questions import offer_questions, question_candidates
from tests.rules.builders import (
    CENTRAL,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_agreement,
    an_assessment,
    an_interest,
    an_opportunity,
    judge,
    judged,
    mobilized,
    released,
)

FRAUD, LENDING, TREASURY = "fraud-detection", "digital-lending", "treasury-analytics"
UNNAMED = an_opportunity(name="Platform", text="Platform New Business")


def calls(choice: str, *opportunities: Opportunity, **supporters: str) -> dict[str, Call]:
    """What is called for each offer; supporters: contact → the offer that they stand for, fraud detection by default.

    Whose name begins with "still" only reads.
    """
    _, made = _calls(choice, opportunities, supporters)
    return {call.offer: call for call in made}


def _calls(choice: str, opportunities: Any, supporters: dict[str, str]) -> tuple[Any, tuple[Call, ...]]:
    people = [
        judged(
            who,
            "Economic Buyer",
            interest=an_interest(by_offer={offer: 2.0}, rung="messaging" if who[0] == "s" else "mobilization"),
        )
        for who, offer in (supporters or {"ann": FRAUD}).items()
    ]
    group = a_group([a_contact(one.contact_id) for one in people], opportunities=opportunities)
    assessment = an_assessment(group, people, an_agreement(forecast={"without_offer": choice}))
    return assessment, make_calls(assessment)


DECISIONS = {"adopt": "adopt", "ask first": "skip", "ignore": "open"}


@pytest.mark.parametrize(("choice", "decision"), DECISIONS.items())
def test_the_agreement_says_what_becomes_of_it(choice: str, decision: str) -> None:
    assert calls(choice, UNNAMED)[FRAUD].decision == decision


def test_to_ask_first_is_the_default() -> None:
    assert an_agreement().forecast.without_offer == "ask first"


def test_asking_says_so_and_says_what_speaks_for_the_offer() -> None:
    asked = calls("ask first", UNNAMED)[FRAUD]
    assert asked.reasons[0] == (
        "sales has an open opportunity that names no offer: Platform; its owner is asked before one is opened"
    )
    assert "1 of 1 MQLs for Fraud detection, 1 needed" in asked.reasons
    assert (asked.qualified, asked.opportunity_id, asked.asks_about) == (True, "opportunity-1", ("opportunity-1",))


NAMING = {
    "its words name another offer": {"text": "Mortgage platform"},
    "its product is another offer's": {"products": ("Mortgage platform MP-1 Lending",)},
    "the owner answered with another offer's name": {"offer": LENDING},
    "or with its label, in any case": {"offer": "digital Lending "},
    "or that it is for something else": {"offer": "None"},
    "it is closed": {"is_closed": True},
}


@pytest.mark.parametrize("fields", NAMING.values(), ids=NAMING.keys())
def test_nothing_is_asked_where(fields: dict[str, Any]) -> None:
    made = calls("ask first", replace(UNNAMED, **fields))[FRAUD]
    assert (made.decision, made.asks_about) == ("open", ())


@pytest.mark.parametrize("answer", [FRAUD, "Fraud Detection"])
def test_the_owners_answer_adopts_it(answer: str) -> None:
    made = calls("ask first", replace(UNNAMED, offer=answer))[FRAUD]
    assert (made.decision, made.opportunity_id) == ("adopt", "opportunity-1")


PRODUCTS = {
    "a product of the offer": (("Fraud suite",), {FRAUD: "adopt", LENDING: "open"}),
    "its code or family alone": (("Suite 7 AML-7 Compliance",), {FRAUD: "adopt", LENDING: "open"}),
    "two products of two offers, as two names": (("Mortgage suite", "Fraud suite"), {FRAUD: "adopt", LENDING: "skip"}),
    "products of no offer": (("Maintenance", "Training"), {FRAUD: "skip", LENDING: "skip"}),
    "two products whose names make a word together": (("Home credit", "Decision support"), {FRAUD: "skip"}),
    "no product": ((), {FRAUD: "skip", LENDING: "skip"}),
}


@pytest.mark.parametrize(("products", "decisions"), PRODUCTS.values(), ids=PRODUCTS.keys())
def test_its_products_name_offers_as_its_words_do(products: tuple[str, ...], decisions: dict[str, str]) -> None:
    made = calls("ask first", replace(UNNAMED, products=products), ann=FRAUD, bob=LENDING)
    assert {offer: made[offer].decision for offer in decisions} == decisions


def test_two_products_of_two_offers_are_treated_as_two_named_offers() -> None:
    products = calls("ask first", replace(UNNAMED, products=("Mortgage suite", "Fraud suite")), ann=FRAUD, bob=LENDING)
    words = calls("ask first", replace(UNNAMED, text="Mortgage suite, Fraud suite"), ann=FRAUD, bob=LENDING)
    assert products == words
    assert products[LENDING].opportunity_id == words[FRAUD].opportunity_id == "opportunity-1"


def test_what_is_sold_counts_before_what_it_is_called() -> None:
    renewal = an_opportunity(products=("Mortgage suite",))
    account, recognise = a_group().account, recogniser(an_agreement().offers)
    assert offer_of(account, renewal, recognise) == LENDING
    assert offer_of(account, replace(renewal, products=()), recognise) == FRAUD
    assert offer_of(account, replace(renewal, offer=TREASURY), recognise) == TREASURY


def test_an_account_s_own_name_is_a_word_of_its_products() -> None:
    """The bank of that name is no reason to miss what is sold to it."""
    group = a_group(opportunities=[replace(UNNAMED, products=("Fraud suite",))])
    bank = replace(group, account=replace(group.account, name="Fraud"))
    places, _ = sort_by_offer(bank, an_agreement().offers)
    assert [one.id for one in places[FRAUD].adoptable] == ["opportunity-1"]


def test_who_says_none_is_believed_whatever_the_words_say() -> None:
    assert calls("ask first", an_opportunity(offer="none"))[FRAUD].decision == "open"


def test_below_the_bar_nobody_is_asked() -> None:
    made = calls("ask first", UNNAMED, still=FRAUD)[FRAUD]
    assert (made.decision, made.qualified, made.asks_about) == ("skip", False, ())


def test_what_stands_for_an_offer_already_goes_on() -> None:
    ours = an_opportunity(id="opportunity-9", key=f"bank/{FRAUD}", offer=FRAUD)
    made = calls("ask first", ours, UNNAMED, ann=FRAUD, bob=LENDING)
    assert (made[FRAUD].decision, made[FRAUD].asks_about) == ("keep", ())
    assert made[LENDING].asks_about == ("opportunity-1",)


def test_it_is_adopted_for_the_offer_with_the_most_delegates_and_the_others_are_opened() -> None:
    made = calls("adopt", UNNAMED, ann=FRAUD, bob=TREASURY, cat=TREASURY)
    assert {offer: call.decision for offer, call in made.items()} == {FRAUD: "open", TREASURY: "adopt"}


def test_never_for_one_below_the_bar() -> None:
    made = calls("adopt", UNNAMED, ann=FRAUD, still=LENDING, silent=LENDING)
    assert {offer: call.decision for offer, call in made.items()} == {FRAUD: "adopt", LENDING: "skip"}


# ---- the question ------------------------------------------------------------------------------------------------


def questions(*opportunities: Opportunity, **supporters: str) -> list[Wish]:
    assessment, made = _calls("ask first", opportunities, supporters)
    asked = replace(assessment, group=released(assessment.group, question_candidates(assessment, made)))
    return list(offer_questions(asked, made))


def test_the_question_is_a_task_for_the_opportunitys_owner() -> None:
    (task,) = questions(UNNAMED)
    assert (task.object, task.key, task.once) == ("task", "offer/opportunity-1", True)
    assert task.fields["subject"] == "Which offer is Platform for?"
    assert task.fields["owner"] == Ref("user", CENTRAL.id)
    assert task.fields["about"] == Ref("opportunity", "opportunity-1")
    text = str(task.fields["description"])
    assert "Fraud detection qualifies at this account: in the served market" in text
    assert "Fraud detection (fraud-detection); Digital lending (digital-lending)" in text


def test_two_offers_that_wait_make_one_question() -> None:
    (task,) = questions(UNNAMED, ann=FRAUD, bob=LENDING)
    assert "Digital lending qualifies" in str(task.fields["description"])


def test_an_owner_who_has_left_passes_it_to_the_accounts_rep() -> None:
    (task,) = questions(replace(UNNAMED, owner="user-99"))
    assert task.fields["owner"] == Ref("user", REP.id)


def test_a_judgement_asks_and_opens_nothing() -> None:
    group = a_group([a_contact("ann")], mobilized("ann"), opportunities=(UNNAMED,))
    wishes = {(wish.object, wish.key): wish for wish in judge(group, an_agreement(), TODAY).wishes}
    assert ("task", "offer/opportunity-1") in wishes
    pictured = [key for object, key in wishes if object == "opportunity"]
    assert pictured == ["opportunity-1"]
    ours = {"picture", "picture_json", "tally", "gaps", "people"}
    assert set(wishes["opportunity", "opportunity-1"].fields) == ours
