"""What became of those who were handed over: said, shown, or left in silence. TODAY is a Wednesday."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connectors.salesforce.components import ROOT
from syncd.model import (
    About,
    ContactRole,
    GateName,
    How,
    Outcome,
    Release,
    Ruling,
    Verdict,
    Word,
)
from syncd.model.queue import OF_THE_ACCOUNT
from syncd.planning.suggestions import REASONS
from tests.rules.builders import (
    REP,
    TODAY,
    a_contact,
    an_opportunity,
    did,
    mobilized,
)
from tests.rules.handed_over import (
    AGREEMENT,
    FRAUD,
    KEY,
    a_release,
    a_verdict,
    bank,
    days_ago,
    follow_ups,
    judged,
    outcome,
)

# ---- what was said -----------------------------------------------------------------------------------------------

SAID = {
    "nothing yet": ([], Outcome.OPEN),
    "on the task": ([a_verdict(Word.ACCEPTED)], Outcome.ACCEPTED),
    "on the person": ([a_verdict(Word.NOT_YET, 0.5, About.CONTACT, "ann")], Outcome.NOT_YET),
    "on the person, before they were handed over": ([a_verdict(Word.REJECTED, 5, About.CONTACT, "ann")], Outcome.OPEN),
    "the latest word counts": (
        [a_verdict(Word.ACCEPTED, 0.6), a_verdict(Word.REJECTED, 0.2, About.CONTACT, "ann")],
        Outcome.REJECTED,
    ),
    "wherever it stands": (
        [a_verdict(Word.ACCEPTED, 0.2), a_verdict(Word.REJECTED, 0.6, About.CONTACT, "ann")],
        Outcome.ACCEPTED,
    ),
    "of somebody else": ([a_verdict(Word.REJECTED, 0.2, About.CONTACT, "bob")], Outcome.OPEN),
}


@pytest.mark.parametrize(("verdicts", "expected"), SAID.values(), ids=SAID.keys())
def test_the_latest_word_counts(verdicts: list[Verdict], expected: Outcome) -> None:
    assert outcome(bank(*verdicts))[0] is expected


def test_what_is_kept_already_is_told_no_more() -> None:
    kept = a_release(outcome=Outcome.ACCEPTED, outcome_at=days_ago(0.5))
    assert judged(bank(a_verdict(Word.ACCEPTED), release=kept)).outcomes == ()


def test_a_word_that_is_taken_back_counts_no_more() -> None:
    kept = a_release(outcome=Outcome.REJECTED, outcome_at=days_ago(0.5), why="no need")
    assert outcome(bank(a_verdict(None), release=kept)) == (Outcome.OPEN, "")


@pytest.mark.parametrize("before", [Outcome.REJECTED, Outcome.NOT_YET, Outcome.RECYCLED])
@pytest.mark.parametrize(
    "since",
    [
        {"verdicts": (a_verdict(Word.ACCEPTED, 0.5, About.CONTACT, "ann"),)},
        {"activities": [did("ann", "call_made", 0.5, by_us=True, disposition="connected")]},
    ],
    ids=["said", "shown"],
)
def test_what_became_of_somebody_stands_when_they_are_handed_over_again(before: Outcome, since: Any) -> None:
    """Else the day of the first no would be lost, and the task that was answered would be made once more."""
    ended = a_release(200, outcome=before, outcome_at=days_ago(199), why="no need")
    group = bank(*since.get("verdicts", ()), activities=since.get("activities", ()), release=a_release(key="mql-2/ann"))
    judgement = judged(replace(group, releases={KEY: ended, **group.releases}))
    assert [(release.key, release.outcome) for release in judgement.outcomes] == [("mql-2/ann", Outcome.ACCEPTED)]
    assert judgement.candidates == ()


# ---- what was shown ----------------------------------------------------------------------------------------------

ROLE = (ContactRole("r1", "ann", "Economic Buyer"),)
WORKED = {
    "an answered call": {"activities": [did("ann", "call_made", 0.5, by_us=True, disposition="connected")]},
    "a held meeting": {"activities": [did("ann", "meeting_held", 0.5, outcome="done")]},
    "an answered mail": {"activities": [did("ann", "email_replied", 0.5)]},
    "a conversion": {"converted_at": days_ago(0.5)},
    "an opportunity of sales": {"opportunities": (an_opportunity(created_at=days_ago(0.5), roles=ROLE, owner=REP.id),)},
    "a call by their own record": {
        "activities": [did("ann", "call_made", 0.5, by_us=True, disposition="connected", owner="salesforce.User/005R")]
    },
    "a conversion by them": {"converted_at": days_ago(0.5), "converted_by": "salesforce.User/005R"},
}
ANOTHER = "salesforce.User/005X"
NOT_WORKED = {
    "another rep's call": {
        "activities": [did("ann", "call_made", 0.5, by_us=True, disposition="connected", owner=ANOTHER)]
    },
    "another rep's meeting": {"activities": [did("ann", "meeting_held", 0.5, outcome="done", owner=ANOTHER)]},
    "an answer to another rep's mail": {"activities": [did("ann", "email_replied", 0.5, owner=ANOTHER)]},
    "a conversion by another rep": {"converted_at": days_ago(0.5), "converted_by": ANOTHER},
    "another rep's opportunity": {
        "opportunities": (an_opportunity(created_at=days_ago(0.5), roles=ROLE, owner="user-x"),)
    },
    "a call that nobody took": {"activities": [did("ann", "call_made", 0.5, by_us=True, disposition="no answer")]},
    "a meeting that was missed": {"activities": [did("ann", "meeting_held", 0.5, outcome="missed")]},
    "a call before they were handed over": {"activities": [did("ann", "call_answered", 3)]},
    "their own webinar": {"activities": [did("ann", "webinar", 0.5)]},
    "an opportunity of ours": {
        "opportunities": (an_opportunity(key=f"bank/{FRAUD}", offer=FRAUD, created_at=days_ago(0.5), roles=ROLE),)
    },
}


@pytest.mark.parametrize("fields", WORKED.values(), ids=WORKED.keys())
def test_working_them_is_accepting(fields: dict[str, Any]) -> None:
    became, why = outcome(bank(**fields))
    assert became is Outcome.ACCEPTED
    assert why.startswith("shown by what they did: ")


@pytest.mark.parametrize("fields", NOT_WORKED.values(), ids=NOT_WORKED.keys())
def test_what_shows_nothing(fields: dict[str, Any]) -> None:
    assert outcome(bank(**fields))[0] is Outcome.OPEN


def test_a_word_weighs_more_than_what_was_done() -> None:
    call = did("ann", "call_made", 0.2, by_us=True, disposition="connected")
    assert outcome(bank(a_verdict(Word.REJECTED, 0.5), activities=[call]))[0] is Outcome.REJECTED


# ---- silence -----------------------------------------------------------------------------------------------------


def test_silence_is_reminded_of_and_then_sends_them_back() -> None:
    untouched = a_verdict(None)
    assert follow_ups(bank(untouched, release=a_release(2))) == {}
    reminder = follow_ups(bank(untouched, release=a_release(6)))["reminder"]
    assert (reminder.key, reminder.remote_id) == (KEY, "00T1")
    assert reminder.fields == {"priority": "High", "remind": True, "at": datetime(2026, 3, 10, 13, tzinfo=UTC)}
    silent = bank(untouched, release=a_release(20))
    assert outcome(silent) == (Outcome.RECYCLED, "nobody said or did anything for 10 business days")
    assert {*follow_ups(silent)} == {"closing"}, "no reminder: it is closed"
    (person,) = judged(silent).contacts
    assert person.returned == "recycled: nobody said or did anything for 10 business days; at rest until 2026-06-03"
    assert judged(silent).candidates == ()


def test_nobody_is_reminded_of_what_somebody_works_on() -> None:
    assert follow_ups(bank(a_verdict(None, touched=True), release=a_release(6))) == {}
    assert follow_ups(bank(a_verdict(Word.ACCEPTED), release=a_release(6))) == {}


QUIET = {
    "a task that does not stand yet": ({"sent": {}}, a_release(20)),
    "one from before the queue": ({}, a_release(20, how=How.BEFORE)),
}


@pytest.mark.parametrize(("fields", "release"), QUIET.values(), ids=QUIET.keys())
def test_what_is_no_silence(fields: dict[str, Any], release: Release) -> None:
    assert outcome(replace(bank(a_verdict(None), release=release), **fields))[0] is Outcome.OPEN


def test_silence_wakes_its_account_by_itself() -> None:
    group = bank(a_verdict(None), release=a_release(0.1))
    assert judged(group).review_on == date(2026, 3, 16)  # three business days later
    assert judged(group, date(2026, 3, 16)).review_on == date(2026, 3, 25)


# ---- rejection, rest and return ----------------------------------------------------------------------------------


def test_a_rejection_takes_vote_and_mql_and_goes_back_with_its_reason() -> None:
    judgement = judged(bank(a_verdict(Word.REJECTED, reason="wrong person")))
    (person,) = judgement.contacts
    assert (person.mql, person.verdict) == (Ruling.NO, "rejected")
    gate = next(gate for gate in person.gates if gate.name is GateName.VERDICT)
    assert (gate.reason, gate.mend) == ("rejected by sales: wrong person", "their rest, until 2026-06-09")
    assert judgement.tally.present == 0
    assert judgement.candidates == ()


def test_a_tasks_rejection_is_one_for_its_offer() -> None:
    lending = [did("ann", "webinar", 1, topic="mortgage"), did("ann", "whitepaper", 2, topic="mortgage")]
    (person,) = judged(bank(a_verdict(Word.REJECTED), activities=lending)).contacts
    assert person.mql is Ruling.YES
    tally = judged(bank(a_verdict(Word.REJECTED), activities=lending)).tally
    assert tally.first == {"digital-lending": ("ann",)}
    for_all = a_verdict(Word.REJECTED, 0.5, About.CONTACT, "ann")
    assert judged(bank(for_all, activities=lending)).contacts[0].mql is Ruling.NO


def test_after_their_rest_they_return_with_a_task_of_their_own() -> None:
    ended = a_release(100, outcome=Outcome.REJECTED, outcome_at=days_ago(91), why="wrong time")
    group = bank(a_verdict(Word.REJECTED, 91, reason="wrong time"), release=ended)
    judgement = judged(group)
    assert judgement.contacts[0].mql is Ruling.YES
    assert [candidate.key for candidate in judgement.candidates] == ["mql-2/ann"]
    resting = replace(ended, outcome_at=days_ago(89))
    early = judged(bank(a_verdict(Word.REJECTED, 89, reason="wrong time"), release=resting))
    assert (early.candidates, early.review_on) == ((), date(2026, 3, 12))


def test_who_rests_and_asks_is_answered_at_once() -> None:
    ended = a_release(20, outcome=Outcome.NOT_YET, outcome_at=days_ago(19))
    asked = did("ann", "contact_sales", 0.5)
    judgement = judged(bank(a_verdict(Word.NOT_YET, 19), release=ended, activities=[asked]))
    assert [(candidate.key, candidate.at_once) for candidate in judgement.candidates] == [("mql-2/ann", True)]


@pytest.mark.parametrize("word", [Word.NOT_YET, Word.REJECTED])
def test_who_asked_before_the_rep_answered_rests_all_the_same(word: Word) -> None:
    """The hand-raise is what was handed over: the rep's word on it answers it."""
    ended = a_release(2, outcome=Outcome(word.value), outcome_at=days_ago(1))
    asked = did("ann", "contact_sales", 2.5)
    assert judged(bank(a_verdict(word, 1), release=ended, activities=[asked])).candidates == ()


def test_rejecting_an_opportunity_rests_its_delegates_for_that_offer_alone() -> None:
    ours = an_opportunity(id="opp-1", key=f"bank/{FRAUD}", offer=FRAUD, roles=ROLE)
    rejected = a_verdict(Word.REJECTED, 0.5, About.OPPORTUNITY, "opp-1")
    judgement = judged(bank(rejected, opportunities=(ours,)))
    assert judgement.contacts[0].mql is Ruling.YES
    assert FRAUD not in judgement.tally.first
    (call,) = [call for call in judgement.calls if call.offer == FRAUD]
    assert not call.qualified


@pytest.mark.parametrize(
    ("reason", "opens"),
    [("no need", True), ("wrong time", True), ("already a customer", False), ("Wrong facts", False)],
)
def test_an_opportunity_rejected_for_a_reason_of_the_account_rests_the_whole_account(reason: str, opens: bool) -> None:
    """Else the same rep would get one for another offer with the next run, and a colleague's people to call."""
    ours = an_opportunity(id="opp-1", key="bank/core-modernization", offer="core-modernization", roles=ROLE)
    rejected = a_verdict(Word.REJECTED, 0.5, About.OPPORTUNITY, "opp-1", reason=reason)
    group = bank(rejected, opportunities=(ours,))
    joined = replace(
        group,
        contacts=(*group.contacts, a_contact("bob")),
        activities=(*group.activities, *mobilized("bob", "Fraud webinar")),
    )
    later = TODAY + timedelta(days=AGREEMENT.handover.rest_days)
    for today, free in ((TODAY, opens), (later, True)):
        judgement = judged(joined, today)
        (call,) = [call for call in judgement.calls if call.offer == FRAUD]
        assert free == ("rejected" not in " ".join(call.reasons)), call.reasons
        returned = {contact.contact_id: contact.returned for contact in judgement.contacts}
        assert bool(returned["bob"]) is not free
        assert returned["bob"] == "" or reason in returned["bob"]
    assert {candidate.contact_id for candidate in judged(joined).candidates} == ({"bob"} if opens else set())


def test_each_reason_of_the_package_says_whether_it_speaks_of_the_account() -> None:
    for kind in ("Activity", "Contact", "Lead", "Opportunity"):
        field = ROOT.joinpath("objects", kind, "fields", "Syncd_Verdict_Reason__c.field-meta.xml").read_text()
        assert re.findall("<value>.*?<fullName>(.*?)</fullName>", field, re.DOTALL) == [*OF_THE_ACCOUNT], kind
    assert REASONS.keys() | {"other"} == OF_THE_ACCOUNT.keys()
