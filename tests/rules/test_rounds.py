"""§9: after a loss a rest and newer evidence, after a win what can be sold again; each round has a key of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Call, Opportunity
from syncd.rules.forecast import make_calls
from syncd.rules.opportunities import Place, key_of, round_of
from syncd.rules.rounds import next_round
from tests.rules.agreements import CONTENT, changed, complaints
from tests.rules.builders import (
    NOON,
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
)
from tests.rules.test_forecast import FRAUD, OURS

LOST = replace(OURS, is_closed=True, staged_at=NOON - timedelta(days=200))
WON = replace(LOST, is_won=True)
SOLD_AGAIN = [{**offer, "sold_again": True} for offer in CONTENT["offers"]]
BEFORE, SINCE = NOON - timedelta(days=201), NOON - timedelta(days=1)


def call(
    *opportunities: Opportunity,
    engaged: datetime = SINCE,
    deleted: Mapping[str, datetime] | None = None,
    **sections: Any,
) -> Call:
    """What is called for fraud detection; `engaged`: when its one supporter last was."""
    interest = an_interest(rung="mobilization", by_offer={FRAUD: 2.0}, last_by_offer={FRAUD: engaged})
    ann = judged("ann", "Economic Buyer", interest=interest)
    group = a_group([a_contact("ann")], opportunities=opportunities, deleted=deleted or {})
    (only,) = make_calls(an_assessment(group, [ann], an_agreement(**sections)))
    return only


def resting(days: int | None) -> dict[str, Any]:
    return {"forecast": {"rest_after_loss_days": days}}


NOT_YET = {
    "lost 200 days ago, 201 agreed": (
        [LOST],
        resting(201),
        SINCE,
        "closed as lost on 2025-08-23: it rests until 2026-03-12",
    ),
    "lost, and nothing new since": ([LOST], {}, BEFORE, "nobody who stands for it was engaged with it since"),
    "lost, and never again was agreed": ([LOST], resting(None), SINCE, "no other one is opened after a loss"),
    "won, and not sold again": ([WON], {}, SINCE, "and Fraud detection is not sold again"),
    "won and sold again, and nothing new since": (
        [WON],
        {"offers": SOLD_AGAIN},
        BEFORE,
        "nobody who stands for it was engaged with it since",
    ),
    "the latest end counts": (
        [replace(LOST, staged_at=NOON - timedelta(days=900)), replace(LOST, id="opportunity-8", key=f"bank/{FRAUD}/2")],
        resting(300),
        SINCE,
        "rests until",
    ),
    "its close date counts where the system does not tell since when it is closed": (
        [replace(LOST, staged_at=None, close_date=TODAY - timedelta(days=10))],
        {},
        SINCE,
        "closed as lost on 2026-03-01: it rests until 2026-08-28",
    ),
    "one of sales that we adopted": (
        [an_opportunity(offer=FRAUD, is_closed=True, staged_at=NOON - timedelta(days=9))],
        {},
        SINCE,
        "rests until",
    ),
}


@pytest.mark.parametrize(("ended", "sections", "engaged", "why"), NOT_YET.values(), ids=NOT_YET.keys())
def test_no_other_one_is_opened_yet(
    ended: list[Opportunity], sections: dict[str, Any], engaged: datetime, why: str
) -> None:
    made = call(*ended, engaged=engaged, **sections)
    assert made.decision == "skip"
    assert why in made.reasons[0]
    assert made.opportunity_id


NEXT = {
    "lost, rested, and engaged since": ([LOST], {}, f"bank/{FRAUD}/2"),
    "no rest was agreed": ([replace(LOST, staged_at=NOON - timedelta(days=2))], resting(0), f"bank/{FRAUD}/2"),
    "won and sold again": ([WON], {"offers": SOLD_AGAIN}, f"bank/{FRAUD}/2"),
    "after two": ([LOST, replace(LOST, id="opportunity-8", key=f"bank/{FRAUD}/2")], {}, f"bank/{FRAUD}/3"),
    "lost under another name of the account": ([replace(LOST, key=f"old-bank/{FRAUD}")], {}, f"bank/{FRAUD}/2"),
    "under two names": ([LOST, replace(LOST, id="opportunity-8", key=f"old-bank/{FRAUD}")], {}, f"bank/{FRAUD}/3"),
    "the first one is known no more": ([replace(LOST, key=f"bank/{FRAUD}/4")], {}, f"bank/{FRAUD}/5"),
    "one of sales that we adopted": (
        [an_opportunity(offer=FRAUD, is_closed=True, staged_at=NOON - timedelta(days=300))],
        {},
        f"bank/{FRAUD}/2",
    ),
}


@pytest.mark.parametrize(("ended", "sections", "key"), NEXT.values(), ids=NEXT.keys())
def test_the_next_round_has_the_next_key(ended: list[Opportunity], sections: dict[str, Any], key: str) -> None:
    made = call(*ended, **sections)
    assert (made.decision, made.key) == ("open", key)


def test_the_next_round_is_kept_and_the_first_reopened_makes_two() -> None:
    second = replace(OURS, id="opportunity-8", key=f"bank/{FRAUD}/2")
    assert (call(LOST, second).decision, call(LOST, second).key) == ("keep", f"bank/{FRAUD}/2")
    interest = an_interest(rung="mobilization", by_offer={FRAUD: 2.0})
    group = a_group([a_contact("ann")], opportunities=(OURS, second))
    made = make_calls(an_assessment(group, [judged("ann", "Economic Buyer", interest=interest)]))
    assert [one.qualified for one in made] == [True, False]


def test_what_sales_opens_during_the_rest_is_adopted() -> None:
    made = call(replace(LOST, staged_at=NOON - timedelta(days=2)), an_opportunity())
    assert (made.decision, made.opportunity_id) == ("adopt", "opportunity-1")


def test_what_a_person_deleted_counts_as_lost_on_that_day() -> None:
    key = f"bank/{FRAUD}"
    rests = call(deleted={key: NOON - timedelta(days=179)})
    assert (rests.decision, rests.review_on) == ("skip", TODAY + timedelta(days=1))
    assert rests.reasons == (
        "it stood in the forecast once and a person deleted it on 2025-09-13: it rests until 2026-03-12",
    )
    assert call(deleted={key: NOON - timedelta(days=180)}).key == f"{key}/2"
    assert call(OURS, deleted={key: NOON - timedelta(days=1)}).decision == "keep", "it came back from the bin"
    assert call(LOST, deleted={f"{key}/2": NOON - timedelta(days=190)}).key == f"{key}/3"


def test_the_end_of_the_rest_is_a_day_of_review() -> None:
    lost = replace(LOST, staged_at=NOON - timedelta(days=170))
    group = a_group([a_contact("ann")], mobilized("ann"), opportunities=(lost,))
    rests_until = TODAY + timedelta(days=10)
    judgement = judge(group, an_agreement(), TODAY)
    assert (judgement.calls[0].decision, judgement.review_on) == ("skip", rests_until)
    assert judge(group, an_agreement(), rests_until).calls[0].decision == "open"


@given(st.lists(st.booleans(), max_size=5), st.sampled_from(["fraud", "fraud-2"]))
def test_a_key_is_never_given_twice(ends: list[bool], offer: str) -> None:
    place, keys = Place(), set[str]()
    for deleted in ends:
        key = key_of("salesforce.Account/001", offer, next_round(place, offer))
        assert key not in keys
        assert round_of(key, offer) == len(keys) + 1
        keys.add(key)
        if deleted:
            place.deleted[key] = NOON
        else:
            place.closed.append(replace(LOST, key=key))


@pytest.mark.parametrize("name", ["2", "fraud/2"])
def test_an_offer_whose_name_would_not_be_told_from_a_round_is_refused(name: str) -> None:
    offers = [{**CONTENT["offers"][0], "name": name}]
    assert f"the name {name!r} cannot stand in a key" in "".join(complaints(changed(offers=offers)))


# ---- the terms by which it was opened ----------------------------------------------------------------------------


def two_segments(**own: Any) -> dict[str, Any]:
    served = CONTENT["served_market"]["segments"][0]
    size = {"measure": "total_assets", "currency": "USD", "max": 499_999_999, "min": 1_000_000}
    small = {**served, "name": "small banks", "size": size, "terms": own}
    return {"served_market": {"segments": [{key: served[key] for key in served}, small]}}


def test_an_opportunity_keeps_the_terms_of_the_segment_by_which_it_was_opened() -> None:
    agreement = an_agreement(**two_segments(amounts={FRAUD: {"fixed": 7}}, bar={"people": 1}))
    group = a_group([a_contact("ann")], mobilized("ann"), opportunities=(replace(OURS, segment="small banks"),))
    judgement = judge(group, agreement, TODAY)
    assert (judgement.segment, judgement.calls[0].amount) == ("mid-size US banks", 7)
    opened_here = replace(group, opportunities=(replace(OURS, segment="mid-size US banks"),))
    assert judge(opened_here, agreement, TODAY).calls[0].amount == 60_000


def test_an_offer_that_is_not_sold_in_the_new_segment_is_judged_on_as_long_as_one_stands() -> None:
    content = two_segments()
    content["served_market"]["segments"][0]["terms"] = {"offers": ["digital-lending"]}
    agreement = an_agreement(**content)
    ours = replace(OURS, segment="small banks")
    group = a_group([a_contact("ann")], mobilized("ann"), opportunities=(ours,))
    (kept,) = judge(group, agreement, TODAY).calls
    assert (kept.offer, kept.decision, kept.qualified) == (FRAUD, "keep", True)
    assert judge(replace(group, opportunities=()), agreement, TODAY).calls == ()


def test_a_new_one_says_by_which_segment_it_was_opened() -> None:
    group = a_group([a_contact("ann")], mobilized("ann"))
    (opportunity,) = [one for one in judge(group, an_agreement(), TODAY).wishes if one.object == "opportunity"]
    assert opportunity.fields["segment"] == "mid-size US banks"
    assert isinstance(opportunity.fields["close_date"], date)
