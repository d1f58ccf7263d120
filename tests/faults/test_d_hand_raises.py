"""Every hand-raise gets a human, and what a rep brings about makes no new lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncd.model import Activity, Ask, Ref, Ruling
from syncd.sync.summary import Summary
from tests.faults.ann import ASKED, ON_OURS, judged, tasks
from tests.rules.builders import CENTRAL, NOON, REP, TODAY, an_account, did, exactly
from tests.sync.conftest import Place
from tests.sync.test_vendor_doubles import hire

RAISED = f"raise-{TODAY - timedelta(days=1)}/ann"
HUMANS: dict[str, tuple[dict[str, Any], set[str], Ask]] = {
    "who passes every gate": ({}, {"mql/ann"}, Ask.ASK),
    "a title that is not read": ({"contact": {"title": "Grand Poobah"}}, {RAISED}, Ask.ASK),
    "no title": ({"contact": {"title": None}}, {RAISED}, Ask.ASK),
    "a title without a role": ({"role": None}, {RAISED}, Ask.ASK),
    "a bank of unknown size": ({"account": an_account(total_assets=None)}, {RAISED}, Ask.ASK),
    "a customer": ({"account": an_account(relation="customer")}, {RAISED}, Ask.ASK),
    "out of the market": ({"account": an_account(total_assets=exactly(10))}, set(), Ask.DECLINE),
    "a competitor": ({"account": an_account(relation="competitor")}, set(), Ask.DECLINE),
    "a colleague": ({"contact": {"emails": ("ann@syncd-demo.example",)}}, set(), Ask.DECLINE),
}


@pytest.mark.parametrize(("fields", "wished", "ask"), HUMANS.values(), ids=HUMANS)
def test_every_hand_raise_gets_a_human(fields: dict[str, Any], wished: set[str], ask: Ask) -> None:
    judgement = judged(ASKED, **fields)
    assert (set(tasks(judgement)), judgement.contacts[0].ask) == (wished, ask)


def test_the_task_says_what_to_find_out() -> None:
    task = tasks(judged(ASKED, contact={"title": None}))[RAISED]
    assert task.fields["subject"] == "Find out about Ann Invented, who asked for sales"
    assert "find out the job title" in str(task.fields["description"])
    assert task.fields["priority"] == "High"


def test_a_customer_s_hand_raise_goes_to_the_account_s_owner() -> None:
    task = tasks(judged(ASKED, account=an_account(relation="customer")))[RAISED]
    assert (task.fields["owner"], task.fields["subject"]) == (
        Ref("user", REP.id),
        "Call Ann Invented, Economic Buyer: a customer who asked",
    )


def test_the_hand_raise_of_somebody_on_an_open_opportunity_goes_to_its_owner() -> None:
    assert tasks(judged(ASKED, opportunities=(ON_OURS,)))["mql/ann"].fields["owner"] == Ref("user", CENTRAL.id)
    closed = replace(ON_OURS, is_closed=True)
    assert tasks(judged(ASKED, opportunities=(closed,)))["mql/ann"].fields["owner"] == Ref("user", REP.id)


def test_who_asks_again_after_their_task_went_out_gets_another_one_and_the_same_hand_raise_gets_none() -> None:
    sent = {"mql/ann": NOON - timedelta(days=5)}
    again = judged(did("ann", "contact_sales", 9), ASKED, opened=frozenset(sent), sent=sent)
    assert set(tasks(again)) == {"mql/ann", RAISED}
    once = judged(did("ann", "contact_sales", 9), opened=frozenset(sent), sent=sent)
    assert set(tasks(once)) == {"mql/ann"}


LATER: dict[str, tuple[Activity, bool]] = {  # whether it answers somebody who asked 5 days ago
    "a rep wrote": (did("ann", "email_sent", 2, by_us=True, selling=True), True),
    "a rep called": (did("ann", "call_made", 2, by_us=True, selling=True, outcome="done"), True),
    "they were answered when they called": (did("ann", "call_answered", 2), True),
    "they met": (did("ann", "meeting_held", 2, outcome="done"), True),
    "they are going to meet": (did("ann", "meeting_held", -3, ends=NOON + timedelta(days=3, hours=1)), True),
    "a rep wrote before": (did("ann", "email_sent", 6, by_us=True, selling=True), False),
    "they met before": (did("ann", "meeting_held", 6, outcome="done"), False),
    "the meeting was missed": (did("ann", "meeting_held", 2, outcome="missed"), False),
    "a rep's task is still open": (did("ann", "call_made", 2, by_us=True, selling=True, outcome="open"), False),
    "marketing wrote": (did("ann", "email_delivered", 2, by_us=True), False),
    "they clicked": (did("ann", "email_clicked", 2), False),
}


@pytest.mark.parametrize(("later", "answers"), LATER.values(), ids=LATER)
def test_a_hand_raise_that_sales_answered_makes_no_task_to_find_out(later: Activity, answers: bool) -> None:
    judgement = judged(did("ann", "contact_sales", 5), later, contact={"title": None})
    assert judgement.contacts[0].interest.hand_raised
    assert bool(tasks(judgement)) is not answers


@pytest.mark.parametrize(("days_ago", "made"), [(1, True), (30, True), (31, False), (179, False)])
def test_a_hand_raise_of_long_ago_floods_no_first_cycle(days_ago: int, made: bool) -> None:
    judgement = judged(did("ann", "contact_sales", days_ago), contact={"title": None})
    assert bool(tasks(judgement)) is made
    assert judgement.review_on == TODAY + timedelta(days=(31 if made else 181) - days_ago)


def test_of_a_hand_raise_that_is_declined_marketing_is_told() -> None:
    competitor = an_account(relation="competitor")
    judgement = judged(ASKED, account=competitor, contact={"remote_ids": {"hubspot.contacts": ("7",)}})
    (shown,) = [wish for wish in judgement.wishes if wish.object == "qualification"]
    assert (shown.fields["next_ask"], shown.fields["rep"]) == ("decline", None)


def test_what_a_rep_brings_about_after_the_release_makes_nobody_a_qualified_lead() -> None:
    call = did("ann", "call_made", 2, by_us=True, disposition="connected")
    meeting = did("ann", "meeting_held", 1, outcome="done")
    assert judged(call).contacts[0].mql is Ruling.YES
    sent = {"explore/ann": NOON - timedelta(days=3)}
    (ann,) = judged(call, meeting, opened=frozenset(sent), sent=sent).contacts
    assert (ann.mql, ann.interest.kinds) == (Ruling.NO, {"call_answered": 1, "meeting_held": 1})
    assert ann.interest.strength > 0
    (earlier,) = judged(did("ann", "email_clicked", 9), call, opened=frozenset(sent), sent=sent).contacts
    assert earlier.mql is Ruling.YES


def test_an_unread_title_that_asks_for_sales_makes_a_task_to_find_out_once(
    place: Place, run: Callable[..., Summary]
) -> None:
    email = "wren.calder@calder-asks.example"
    fields = {"FirstName": "Wren", "LastName": "Calder", "Email": email, "Title": "Grand Poobah"}
    contact = hire(place, place.rows("Account", Name="Endeavor Bank")[0], **fields)
    place.submit(email, "contact sales")
    for _ in range(2):
        run()
    theirs = [row for row in place.rows("Task") if row.get("WhoId") == contact]
    assert [row["Subject"] for row in theirs] == ["Find out about Wren Calder, who asked for sales"]
    assert not [row for row in place.rows("OpportunityContactRole") if row["ContactId"] == contact]
