"""A person account is left out: it is no company, and nothing of it is wanted but that marketing is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from syncd.agreement import load_industries, title_words
from syncd.model import Activity, Ask, GateName, Opportunity, Ruling, Standing
from syncd.planning.audit import AuditScene, audit_account
from syncd.planning.headcount import Count, by_name
from syncd.rules.alerts import LEFT_OUT
from syncd.rules.market import admitting, stand
from syncd.rules.rulebook import Rulebook, rulebook_of
from tests.rules.builders import (
    DESTINATIONS,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_opportunity,
    did,
    judge,
    mobilized,
)

AGREEMENT = an_agreement()
ANN = a_contact("ann", remote_ids={"hubspot.contacts": ("9",)})
SOURCE = {"person": "salesforce Account.IsPersonAccount"}
OURS = an_opportunity(key="bank/fraud-detection", offer="fraud-detection")

CASES: dict[str, tuple[Sequence[Activity], Sequence[Opportunity], dict[str, Any]]] = {
    "who did nothing": ((), (), {}),
    "who did what makes others a qualified lead": (mobilized("ann"), (), {}),
    "who books a demo": ((did("ann", "demo_booked", 2),), (), {}),
    "with an opportunity that sales opened": (mobilized("ann"), (an_opportunity(),), {}),
    "with an opportunity of ours, from before": (mobilized("ann"), (OURS,), {}),
    "a customer": (mobilized("ann"), (), {"relation": "customer"}),
    "with neither size nor code": (mobilized("ann"), (), {"total_assets": None, "codes": ()}),
    "with a register's line besides": (mobilized("ann"), (), {"registers": ("fdic",)}),
}


@pytest.mark.parametrize(("activities", "opportunities", "account"), CASES.values(), ids=CASES)
def test_nothing_is_wanted_of_a_person_account(
    activities: Sequence[Activity], opportunities: Sequence[Opportunity], account: dict[str, Any]
) -> None:
    standing_before = frozenset({"bank", "ann", "mql/ann", OURS.key or ""})
    group = a_group([a_contact("ann")], activities, opportunities=tuple(opportunities), opened=standing_before)
    group = replace(group, account=an_account(person=True, sources=SOURCE, **account))
    judgement = judge(group, AGREEMENT, TODAY)
    assert (judgement.standing, judgement.segment) == (Standing.OUT, None)
    (gate,) = judgement.market
    assert (gate.name, gate.ruling, gate.source) == (GateName.PERSON, Ruling.NO, SOURCE["person"])
    assert gate.reason == "left out: a person account, which is no company"
    assert (judgement.calls, judgement.pictures, judgement.candidates, judgement.wishes) == ((), (), (), ())
    (ann,) = judgement.contacts
    assert (ann.mql, ann.gates[0].reason) == (Ruling.NO, gate.reason)


def test_the_same_facts_of_a_company_are_wanted() -> None:
    for person in (None, False):
        judgement = judge(
            a_group([a_contact("ann")], mobilized("ann"), account=an_account(person=person)), AGREEMENT, TODAY
        )
        assert judgement.standing is Standing.IN and judgement.wishes


def test_a_hand_raise_is_told_to_people_and_to_marketing_and_to_no_rep() -> None:
    group = a_group([ANN], [did("ann", "contact_sales", 1)], account=an_account(person=True))
    judgement = judge(group, AGREEMENT, TODAY)
    (ann,) = judgement.contacts
    assert (ann.ask, ann.alerts, judgement.candidates) == (Ask.DECLINE, (LEFT_OUT,), ())
    (wish,) = judgement.wishes
    assert (wish.system, wish.object, wish.fields["next_ask"]) == ("hubspot", "qualification", "decline")
    assert "a person account" in str(wish.fields["reason"])


def test_no_segment_admits_one_and_the_audit_counts_it_apart(book: Rulebook) -> None:
    account = an_account(person=True)
    assert stand(account, AGREEMENT, book.industries)[0] is Standing.OUT
    assert admitting(account, AGREEMENT, book.industries) == ()
    count = Count(AGREEMENT)
    for known in (account, an_account(id="other")):
        count.add(audit_account(AuditScene(known, [ANN]), book, TODAY, UTC, 365))
    headcount = count.headcount()
    assert (headcount.standings, headcount.persons) == ({"in": 1, "out": 1, "unknown": 0}, 1)
    assert by_name(headcount)["left out / person accounts"] == 1


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook_of(AGREEMENT, title_words(), load_industries(), DESTINATIONS)
