"""§9: which opportunity enters the forecast, at which weight, amount and date, once for ever, and hands off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.agreement.terms import Amount, AmountBand
from syncd.model import Account, Band, Call, GateName, Opportunity, Rung, Standing
from syncd.rules.amounts import amount_of
from syncd.rules.days import plus_business
from syncd.rules.forecast import make_calls, probability
from tests.rules.builders import (
    NOON,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_assessment,
    an_interest,
    an_opportunity,
    exactly,
    judged,
)

AGREEMENT = an_agreement()
FRAUD, LENDING = "fraud-detection", "digital-lending"
OURS = an_opportunity(
    id="opportunity-9", key=f"bank/{FRAUD}", offer=FRAUD, remote_id="0069", text="First Invented Bank – Fraud"
)


def supporter(id: str = "ann", role: str = "Economic Buyer", rung: Rung = Rung.MOBILIZATION, **strengths: float):
    """An MQL who stands for fraud detection unless strengths say otherwise; "_" stands for "-" in an offer's name."""
    by_offer = {offer.replace("_", "-"): value for offer, value in strengths.items()} or {FRAUD: 2.0}
    return judged(id, role, interest=an_interest(rung=rung, by_offer=by_offer))


def calls(
    *supporters,
    opportunities: tuple[Opportunity, ...] = (),
    agreement=AGREEMENT,
    account: Account | None = None,
    **fields: Any,
):
    people = supporters or (supporter(),)
    contacts = [a_contact(one.contact_id) for one in people]
    group = a_group(contacts, opportunities=opportunities, account=account or an_account())
    return make_calls(an_assessment(group, people, agreement, **fields))


def call(*supporters, **fields: Any) -> Call:
    (only,) = calls(*supporters, **fields)
    return only


# ---- the bar -----------------------------------------------------------------------------------------------------


def test_a_group_that_meets_the_bar_is_opened_with_everything_that_says_why() -> None:
    opened = call()
    assert (opened.decision, opened.qualified, opened.key) == ("open", True, f"bank/{FRAUD}")
    assert (opened.stage, opened.probability, opened.amount) == ("Qualification", Decimal("12.00"), Decimal(60_000))
    assert (opened.close_date, opened.currency) == (TODAY + timedelta(days=120), "USD")
    assert (opened.owner, opened.delegates) == (REP.id, ("ann",))
    assert opened.next_step
    assert opened.reasons == (
        "in the served market: mid-size US banks",
        "1 of 1 MQLs for Fraud detection, 1 needed",
        "MQLs in required roles: Economic Buyer",
        "supporters at mobilization or beyond: 1",
        "weight 12%: its delegates fill 20% of the roles, the whole group 20%",
        "amount 60,000 USD by total assets of 1,000,000,000 USD",
    )


BARS = {
    "only read so far": ([supporter(rung=Rung.MESSAGING)], {}, "supporters at mobilization or beyond: 0"),
    "a hand-raise is beyond mobilization": ([supporter(rung=Rung.MONEY)], {}, None),
    "a role of another offer": ([supporter(role="Influencer")], {}, "MQLs in required roles: none"),
    "one mobilized supporter is enough": ([supporter(), supporter("bob", rung=Rung.MESSAGING)], {}, None),
    "the agreement wants two in a required role": (
        [supporter()],
        {"forecast": {"bar": {"mqls_in_required_role": 2}}},
        "MQLs in required roles: Economic Buyer",
    ),
}


@pytest.mark.parametrize(("people", "sections", "missing"), BARS.values(), ids=BARS.keys())
def test_the_bar(people: list, sections: dict[str, Any], missing: str | None) -> None:
    made = call(*people, agreement=an_agreement(**sections))
    assert made.decision == ("skip" if missing else "open")
    assert made.qualified is (missing is None)
    assert missing is None or made.reasons[0].startswith(missing)


def test_without_mqls_there_is_no_call() -> None:
    assert calls(judged("ann", "Economic Buyer", closed=[GateName.RESPONDED])) == ()


def test_each_viable_offer_gets_a_call_in_the_agreements_order() -> None:
    made = calls(supporter("ann", treasury_analytics=2), supporter("bob"), supporter("cat", digital_lending=1))
    assert [one.offer for one in made] == [FRAUD, LENDING, "treasury-analytics"]
    assert {one.decision for one in made} == {"open"}


# ---- weight ------------------------------------------------------------------------------------------------------

WEIGHTS = {
    "nobody in a required role": ([], 10),
    "one of five roles": (["Economic Buyer"], 12),
    "half a role": (["Champion"], 11),
    "the same role twice": (["Economic Buyer", "Economic Buyer"], 12),
    "all": (["Executive Sponsor", "Economic Buyer", "Decision Maker", "Technical Buyer", "Champion", "Champion"], 20),
}


@pytest.mark.parametrize(("roles", "weight"), WEIGHTS.values(), ids=WEIGHTS.keys())
def test_weight_is_of_the_supporters_roles_only(roles: list[str], weight: int) -> None:
    people = [supporter(f"p{number}", role) for number, role in enumerate(roles)] or [supporter(role="Influencer")]
    bystander = judged("zoe", "Decision Maker", closed=[GateName.RESPONDED])
    made = call(*people, bystander, agreement=an_agreement(forecast={"bar": {"mqls_in_required_role": 0}}))
    assert made.probability == weight


TERMS = AGREEMENT.forecast


@given(st.fractions(0, 1))
def test_weight_is_ten_to_twenty_percent(share: Fraction) -> None:
    weight = probability(share, TERMS)
    assert 10 <= weight <= 20
    assert abs(Fraction(weight) - (10 + 10 * share)) <= Fraction(1, 200)


def test_the_agreement_may_narrow_the_bounds() -> None:
    terms = an_agreement(forecast={"probability": {"min": "12.5", "max": 15}}).forecast
    assert [probability(Fraction(share), terms) for share in ("0", "0.4", "1")] == [Decimal("12.5"), 14, 15]


# ---- amount ------------------------------------------------------------------------------------------------------

RULE = AGREEMENT.offers[0].amount
UNTIL = Amount(by="employees", bands=(AmountBand(up_to=Decimal(100), amount=Decimal(5)),))
AMOUNTS = {
    "fixed": ({}, Amount(fixed=Decimal(999)), Decimal(999)),
    "the lowest band": ({"total_assets": exactly(5)}, RULE, Decimal(60_000)),
    "its upper bound is inside": ({"total_assets": exactly(1_000_000_000)}, RULE, Decimal(60_000)),
    "a dollar more": ({"total_assets": exactly(1_000_000_001)}, RULE, Decimal(120_000)),
    "the open band": ({"total_assets": exactly(10**13)}, RULE, Decimal(240_000)),
    "a vendor's band inside one": ({"total_assets": Band(Decimal(5), Decimal(9))}, RULE, Decimal(60_000)),
    "a vendor's band across two": ({"total_assets": Band(Decimal(5), Decimal(10**10))}, RULE, None),
    "an open-ended band": ({"total_assets": Band(Decimal(10**10), None)}, RULE, None),
    "no size": ({"total_assets": None}, RULE, None),
    "another currency": ({"currency": "CAD"}, RULE, None),
    "heads have no currency": ({"currency": "CAD", "employees": exactly(7)}, UNTIL, Decimal(5)),
    "above the last band": ({"employees": exactly(101)}, UNTIL, None),
    "a size that is no number": ({"total_assets": exactly("NaN")}, RULE, None),
    "no rule": ({}, Amount(), None),
}


@pytest.mark.parametrize(("fields", "rule", "amount"), AMOUNTS.values(), ids=AMOUNTS.keys())
def test_an_amount_follows_the_agreements_rule_and_says_why(
    fields: dict[str, Any], rule: Amount, amount: Decimal | None
) -> None:
    found_amount, why = amount_of(an_account(**fields), rule, "USD")
    assert found_amount == amount
    assert why


def test_an_amount_goes_by_the_size_of_the_group_where_the_segment_does() -> None:
    segment = {**AGREEMENT.served_market.segments[0].model_dump(by_alias=True, exclude_unset=True)}
    segment["size"] = {**segment["size"], "of": "group"}
    holding = an_account(id="holding", total_assets=exactly(4_000_000_000))
    made = call(account=an_account(parents=(holding,)), agreement=an_agreement(served_market={"segments": [segment]}))
    assert made.amount == 240_000


def test_never_a_placeholder_without_an_amount_nothing_is_opened() -> None:
    made = call(account=an_account(total_assets=None))
    assert (made.decision, made.amount, made.reasons) == ("skip", None, ("no amount: total assets not known",))


# ---- exactly one, for ever ---------------------------------------------------------------------------------------


def test_ours_is_kept_with_the_date_as_it_stands() -> None:
    kept = call(opportunities=(OURS,))
    assert (kept.decision, kept.qualified, kept.opportunity_id) == ("keep", True, "opportunity-9")
    assert kept.close_date == OURS.close_date
    assert kept.stage == OURS.stage
    assert kept.amount == 60_000


def test_a_kept_one_without_an_amount_stays() -> None:
    kept = call(opportunities=(replace(OURS, amount=None),), account=an_account(total_assets=None))
    assert (kept.decision, kept.qualified, kept.amount) == ("keep", True, None)
    assert kept.reasons[-1] == "no amount: total assets not known"


def test_once_the_size_is_unknown_a_kept_one_says_that_its_amount_stays_as_it_is() -> None:
    kept = call(opportunities=(replace(OURS, amount=Decimal(60_000)),), account=an_account(total_assets=None))
    assert (kept.qualified, kept.amount) == (True, None)
    why = "no amount can be told now: total assets not known; the one that stands there stays as it is"
    assert kept.reasons[-1] == why


def test_an_account_that_stops_qualifying_is_marked_with_the_reason() -> None:
    kept = call(supporter(rung=Rung.MESSAGING), opportunities=(OURS,))
    assert (kept.decision, kept.qualified) == ("keep", False)
    assert kept.reasons == ("supporters at mobilization or beyond: 0",)
    assert (kept.probability, kept.amount, kept.close_date) == (None, None, None)


def test_nobody_left_in_the_caucus_closes_nothing() -> None:
    kept = call(judged("ann", "Economic Buyer", closed=[GateName.RESPONDED]), opportunities=(OURS,))
    assert (kept.decision, kept.qualified) == ("keep", False)
    assert kept.reasons[0] == "no MQL at the account"


def test_an_account_that_left_the_market_is_told_why() -> None:
    kept = call(
        judged("ann", "Economic Buyer", closed=[GateName.MARKET]),
        opportunities=(OURS,),
        standing=Standing.OUT,
        market=(),
    )
    assert kept.reasons[0] == "out of the served market"


def test_an_old_opportunity_of_sales_that_is_closed_hinders_nothing() -> None:
    assert call(opportunities=(an_opportunity(is_closed=True),)).decision == "open"


def test_a_key_survives_the_merge_of_accounts() -> None:
    merged = replace(OURS, key=f"other-bank/{FRAUD}", offer=None)
    kept = call(opportunities=(merged,))
    assert (kept.decision, kept.key) == ("keep", f"other-bank/{FRAUD}")


def test_two_of_ours_after_a_merge_the_exact_key_is_kept_the_other_told() -> None:
    other = replace(OURS, id="opportunity-0", key=f"other-bank/{FRAUD}", created_at=NOON - timedelta(days=300))
    first, second = calls(opportunities=(other, OURS))
    assert (first.opportunity_id, first.qualified) == ("opportunity-9", True)
    assert (second.opportunity_id, second.decision, second.qualified) == ("opportunity-0", "keep", False)
    assert "close one" in second.reasons[0]


def test_one_of_ours_and_an_adopted_one_after_a_merge_the_adopted_one_is_told_and_qualifies_no_more() -> None:
    adopted = an_opportunity(offer=FRAUD)
    first, second = calls(opportunities=(adopted, OURS))
    assert (first.opportunity_id, first.decision, first.qualified) == ("opportunity-9", "keep", True)
    assert (second.opportunity_id, second.decision, second.qualified) == ("opportunity-1", "adopt", False)
    assert (second.key, second.delegates) == ("opportunity-1", ())
    assert "close one" in second.reasons[0]


@pytest.mark.parametrize("standing", [OURS, an_opportunity(id="opportunity-9", offer=FRAUD)], ids=["ours", "adopted"])
def test_an_open_one_of_sales_that_speaks_of_the_same_offer_is_named(standing: Opportunity) -> None:
    (made,) = calls(opportunities=(standing, an_opportunity(name="Fraud suite")))
    assert made.opportunity_id == "opportunity-9"
    assert made.reasons[-1] == "an open opportunity of sales speaks of it too: Fraud suite"
    assert "too" not in calls(opportunities=(standing,))[0].reasons[-1]


def test_an_offer_whose_name_begins_like_another_ones_is_not_taken_for_it() -> None:
    agreement = an_agreement(offers=[*_offers(), {**_offers()[0], "name": "fraud", "words": ["cheque"]}])
    made = calls(supporter(fraud=3), opportunities=(OURS,), agreement=agreement)
    assert {(one.offer, one.decision) for one in made} == {("fraud", "open"), (FRAUD, "keep")}


def _offers() -> list[dict[str, Any]]:
    return [offer.model_dump() for offer in AGREEMENT.offers]


# ---- adoption ----------------------------------------------------------------------------------------------------


def test_an_open_opportunity_of_sales_is_adopted_not_doubled() -> None:
    made = call(opportunities=(an_opportunity(),))
    assert (made.decision, made.opportunity_id, made.key) == ("adopt", "opportunity-1", "opportunity-1")
    assert (made.amount, made.probability, made.close_date, made.owner) == (None, None, None, None)
    assert made.delegates == ("ann",)


def test_an_adopted_one_stays_adopted_by_its_offer_field() -> None:
    made = call(opportunities=(an_opportunity(offer=FRAUD, name="Platform", text="Platform"),))
    assert (made.decision, made.opportunity_id) == ("adopt", "opportunity-1")


def test_an_adopted_one_that_stops_qualifying_is_marked() -> None:
    made = call(supporter(rung=Rung.MESSAGING), opportunities=(an_opportunity(offer=FRAUD),))
    assert (made.decision, made.qualified) == ("adopt", False)


def test_nothing_is_adopted_by_a_group_below_the_bar() -> None:
    made = call(supporter(rung=Rung.MESSAGING), opportunities=(an_opportunity(),))
    assert (made.decision, made.opportunity_id) == ("skip", None)


def test_another_offers_opportunity_is_left_alone() -> None:
    made = call(opportunities=(an_opportunity(name="Mortgage platform", text="Mortgage platform"),))
    assert (made.decision, made.opportunity_id) == ("open", None)


def test_the_accounts_own_name_is_no_word() -> None:
    bank = an_account(name="Fraud Fighters Bank")
    made = call(
        account=bank,
        agreement=an_agreement(forecast={"without_offer": "ignore"}),
        opportunities=(an_opportunity(name="FRAUD FIGHTERS BANK – cards", text="Fraud Fighters Bank cards"),),
    )
    assert made.decision == "open"


def test_the_oldest_of_several_is_adopted() -> None:
    older = an_opportunity(id="opportunity-2", created_at=NOON - timedelta(days=90))
    assert call(opportunities=(an_opportunity(), older)).opportunity_id == "opportunity-2"


def test_one_opportunity_stands_for_one_offer_only() -> None:
    both = an_opportunity(name="Mortgage fraud", text="Mortgage fraud")
    fraud, lending = calls(supporter(), supporter("bob", digital_lending=2), opportunities=(both,))
    assert (fraud.decision, fraud.opportunity_id) == ("adopt", "opportunity-1")
    assert (lending.decision, lending.opportunity_id) == ("skip", "opportunity-1")


def test_and_for_the_same_one_tomorrow() -> None:
    adopted = an_opportunity(name="Mortgage fraud", text="Mortgage fraud", offer=LENDING)
    fraud, lending = calls(supporter(), supporter("bob", digital_lending=2), opportunities=(adopted,))
    assert (fraud.decision, lending.decision) == ("skip", "adopt")


# ---- business days -----------------------------------------------------------------------------------------------

BUSINESS_DAYS = {
    "the same day": (date(2026, 3, 11), 0, date(2026, 3, 11)),
    "two days": (date(2026, 3, 11), 2, date(2026, 3, 13)),
    "over the weekend": (date(2026, 3, 12), 2, date(2026, 3, 16)),
    "a week": (date(2026, 3, 11), 5, date(2026, 3, 18)),
    "from a Saturday": (date(2026, 3, 14), 1, date(2026, 3, 16)),
    "a week from a Sunday": (date(2026, 3, 15), 5, date(2026, 3, 20)),
    "no days from a Saturday": (date(2026, 3, 14), 0, date(2026, 3, 16)),
}


@pytest.mark.parametrize(("day", "days", "due"), BUSINESS_DAYS.values(), ids=BUSINESS_DAYS.keys())
def test_business_days(day: date, days: int, due: date) -> None:
    assert plus_business(day, days) == due
