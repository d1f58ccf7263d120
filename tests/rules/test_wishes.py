"""What should stand in Salesforce after a judgement: in proportion, once, never over a person's hand, quiet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from syncd.model import Ask, Campaign, Contact, ContactRole, GateName, Group, Opportunity, Ref, Rung, Standing, Wish
from syncd.rules.forecast import make_calls
from syncd.rules.occasions import candidates_of
from syncd.rules.wishes import make_wishes
from tests.rules.builders import (
    DESTINATIONS,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_assessment,
    an_interest,
    an_opportunity,
    did,
    judged,
    released,
)

FRAUD = "fraud-detection"
KEY = f"bank/{FRAUD}"
HOT = an_interest(rung=Rung.MOBILIZATION, by_offer={FRAUD: 2.0}, kinds={"webinar": 2}, topics=("Fraud webinar",))
NEW = {"remote_ids": {}}
LEAD = {"remote_ids": {"salesforce.Lead": ("00Q1",)}}
OURS = an_opportunity(
    id="salesforce.Opportunity/0069",
    key=KEY,
    offer=FRAUD,
    remote_id="0069",
    amount=Decimal(60_000),
    close_date=TODAY + timedelta(days=100),
)


def wanted(group: Group, people: list, **fields: Any) -> dict[tuple[str, str], Wish]:
    waiting = candidates_of(an_assessment(group, people, **fields))
    assessment = an_assessment(released(group, waiting), people, **fields)
    made = make_wishes(assessment, make_calls(assessment))
    by_key = {(wish.object, wish.key): wish for wish in made}
    assert len(by_key) == len(made)  # one wish a record
    return by_key


def bank(
    contact: Contact | None = None,
    *opportunities: Opportunity,
    opened: frozenset[str] = frozenset(),
    person=None,
    **account: Any,
) -> dict[tuple[str, str], Wish]:
    """The wishes of a bank with one mobilized CFO."""
    somebody = contact or a_contact("ann")
    group = a_group([somebody], opportunities=opportunities, opened=opened, account=an_account(**account))
    return wanted(group, [person or judged(somebody.id, "Economic Buyer", interest=HOT)])


# ---- accounts ----------------------------------------------------------------------------------------------------


def test_an_account_in_salesforce_gets_our_fields_only() -> None:
    wish = bank()["account", "bank"]
    assert set(wish.fields) == {"standing", "standing_reason", "segment", "picture", "picture_json", "tally"}
    assert wish.remote_id == "001A"
    assert wish.fields["standing"] == "in"


@pytest.mark.parametrize("standing", [Standing.IN, Standing.OUT, Standing.UNKNOWN])
def test_nobodys_account_is_not_written(standing: Standing) -> None:
    assert wanted(a_group(), [], standing=standing) == {}


def test_an_account_with_an_opportunity_or_one_that_was_written_is() -> None:
    assert ("account", "bank") in wanted(a_group(opportunities=(an_opportunity(),)), [])
    assert ("account", "bank") in wanted(a_group(opened=frozenset({"bank"})), [])


def test_an_account_is_created_where_something_must_point_at_it() -> None:
    wish = bank(a_contact("ann", **NEW), remote_ids={}, street=None)["account", "bank"]
    assert wish.remote_id is None
    assert wish.fields["key"] == "bank"
    assert (wish.fields["name"], wish.fields["website"]) == ("First Invented Bank", "first-invented.example")
    assert "street" not in wish.fields
    assert wish.fields["owner"] == Ref("user", REP.id)  # else it would be the account of syncd's own user


def test_an_account_without_a_lead_in_hand_is_not_created() -> None:
    cold = judged("ann", "Economic Buyer", closed=[GateName.RESPONDED])
    assert bank(a_contact("ann", **NEW), person=cold, remote_ids={}) == {}


# ---- contacts ----------------------------------------------------------------------------------------------------

COLD = judged("ann", "Economic Buyer", closed=[GateName.RESPONDED])
NOBODY = judged("ann", None, closed=[GateName.ROLE])
WRITTEN = {
    "in the market and with a role": (COLD, Standing.IN, frozenset(), True),
    "without a role": (NOBODY, Standing.IN, frozenset(), False),
    "outside the market": (COLD, Standing.OUT, frozenset(), False),
    "written before": (NOBODY, Standing.OUT, frozenset({"ann"}), True),
}


@pytest.mark.parametrize(("person", "standing", "opened", "written"), WRITTEN.values(), ids=WRITTEN.keys())
def test_whose_verdict_is_written(person, standing: Standing, opened: frozenset[str], written: bool) -> None:
    made = wanted(a_group([a_contact("ann")], opened=opened), [person], standing=standing)
    assert (("contact", "ann") in made) is written


def test_the_verdict_says_what_would_make_it_pass() -> None:
    cold = replace(COLD, gates=(replace(COLD.gates[-1], mend="a response"),), ask=Ask.LISTEN)
    wish = wanted(a_group([a_contact("ann")]), [cold])["contact", "ann"]
    assert {name: wish.fields[name] for name in ("mql", "reason", "role", "next_ask", "rep", "released_on")} == {
        "mql": "no",
        "reason": "responded: no, responded says no (mend: a response)",
        "role": "Economic Buyer",
        "next_ask": "listen",
        "rep": None,
        "released_on": None,
    }
    assert orjson.loads(str(wish.fields["gates_json"]))["would_pass"] == ["a response"]
    assert wish.remote_id == "003ann"


def test_a_delegate_whom_salesforce_does_not_know_is_created() -> None:
    wish = bank(a_contact("ann", **NEW, title="T" * 300))["contact", "ann"]
    assert wish.remote_id is None
    assert wish.fields["account"] == Ref("account", "bank")
    assert (wish.fields["first_name"], wish.fields["last_name"]) == ("Ann", "Invented")
    assert wish.fields["email"] == "ann@first-invented.example"
    assert len(str(wish.fields["title"])) == 128


NAMES = {
    "only a first name": ({"last_name": None}, None, "Ann"),
    "no name at all": ({"first_name": None, "last_name": None}, None, "ann"),
    "not even an address": ({"first_name": None, "last_name": None, "emails": ()}, None, "(no name)"),
}


@pytest.mark.parametrize(("fields", "first", "last"), NAMES.values(), ids=NAMES.keys())
def test_salesforce_wants_a_last_name(fields: dict[str, Any], first: str | None, last: str) -> None:
    wish = bank(a_contact("ann", **NEW, **fields))["contact", "ann"]
    assert (wish.fields.get("first_name"), wish.fields["last_name"]) == (first, last)


def test_an_address_with_bad_syntax_stays_at_home() -> None:
    assert "email" not in bank(a_contact("ann", **NEW, emails=("ann@bank",)))["contact", "ann"].fields


def test_a_lead_stays_a_lead() -> None:
    made = bank(a_contact("ann", **LEAD))
    assert [object for object, _ in made] == ["account", "lead", "task"], "an opportunity stands on contacts"
    task = made["task", "mql/ann"]
    assert task.fields["contact"] == Ref("contact", "ann")
    assert "about" not in task.fields  # Salesforce takes no WhatId beside a lead
    assert "convert the lead" in str(task.fields["description"])


# ---- opportunities -----------------------------------------------------------------------------------------------


def test_on_creation_everything_stands_in_the_wish() -> None:
    wish = bank()["opportunity", KEY]
    assert wish.remote_id is None
    assert {name: wish.fields[name] for name in ("key", "account", "name", "stage", "owner", "offer", "agreement")} == {
        "key": KEY,
        "account": Ref("account", "bank"),
        "name": "First Invented Bank – Fraud detection",
        "stage": "Qualification",
        "owner": Ref("user", REP.id),
        "offer": FRAUD,
        "agreement": "2026.1",
    }
    assert (wish.fields["amount"], wish.fields["probability"], wish.fields["completeness"]) == (60_000, 12, 20)
    assert wish.fields["close_date"] == TODAY + timedelta(days=120)
    assert wish.fields["qualified"] is True
    assert wish.fields["next_step"]


def test_the_day_after_its_creation_nothing_new_stands_in_the_wish() -> None:
    """What is kept is a part of what was created, so that a second cycle has nothing to write."""
    created = bank()["opportunity", KEY].fields
    stands = replace(OURS, close_date=created["close_date"])
    kept = bank(None, stands)["opportunity", KEY]
    assert kept.remote_id == "0069"
    assert {name: created[name] for name in kept.fields} == kept.fields
    once = {"account", "name", "stage", "segment", "owner", "close_basis", "stands_on"}
    assert set(created) - set(kept.fields) == once


def test_a_quiet_week_wants_nothing_else() -> None:
    group = a_group([a_contact("ann")], opportunities=(OURS,))
    people = [judged("ann", "Economic Buyer", interest=HOT)]
    decayed = [replace(people[0], interest=replace(HOT, strength=0.5, by_offer={FRAUD: 1.0}))]
    today = wanted(group, people)
    later = wanted(group, decayed, today=TODAY + timedelta(days=7))
    for key, wish in today.items():
        assert wish.once or later[key] == wish


TOUCHES = ["stage", "amount", "close_date", "probability", "owner", "next_step"]


@pytest.mark.parametrize("name", TOUCHES)
def test_what_a_person_touched_is_never_written_again(name: str) -> None:
    untouched = bank(None, OURS)["opportunity", KEY].fields
    touched = bank(None, replace(OURS, touched=frozenset({name})))["opportunity", KEY].fields
    assert touched == {one: value for one, value in untouched.items() if one != name}


OWN_FIELDS = {"offer", "qualified", "reason", "completeness", "agreement"}


def test_one_that_stops_qualifying_gets_our_fields_only() -> None:
    made = bank(None, OURS, person=COLD)
    wish = made["opportunity", KEY]
    assert set(wish.fields) == {*OWN_FIELDS, "key"}
    assert wish.fields["qualified"] is False
    assert not [object for object, _ in made if object == "contact_role"]


def test_an_adopted_one_gets_our_fields_and_the_delegates_and_no_key() -> None:
    made = bank(None, an_opportunity())
    wish = made["opportunity", "opportunity-1"]
    assert (set(wish.fields), wish.remote_id) == (OWN_FIELDS, "006A")
    assert made["contact_role", "opportunity-1/ann"].fields["opportunity"] == Ref("opportunity", "opportunity-1")


def test_what_is_kept_says_the_currency_that_its_amount_is_meant_in() -> None:
    kept = bank(None, OURS)["opportunity", KEY].fields
    assert (kept["amount"], kept["currency"]) == (Decimal(60_000), "USD")


def test_what_was_closed_is_not_touched() -> None:
    made = bank(None, replace(OURS, is_closed=True))
    assert not [object for object, _ in made if object in ("opportunity", "contact_role")]


def test_the_campaign_by_which_the_supporters_came_last() -> None:
    campaigns = {
        "c1": Campaign("c1", "Fraud week", remote_ids={"salesforce.Campaign": ("701A",)}),
        "c2": Campaign("c2", "Fraud day", remote_ids={"salesforce.Campaign": ("701B",)}),
        "c3": Campaign("c3", "Loan day", remote_ids={"salesforce.Campaign": ("701C",)}),
        "c4": Campaign("c4", "Fraud night"),
    }
    activities = [
        did("ann", "webinar", 9, campaign_id="c1"),
        did("ann", "webinar", 5, campaign_id="c2"),
        did("ann", "webinar", 1, "Loans", campaign_id="c3"),
        did("ann", "webinar", 1, campaign_id="c4"),
        did("ann", "webinar", -1, campaign_id="c1"),
        did("bob", "webinar", 1, campaign_id="c1"),
    ]
    group = a_group([a_contact("ann")], activities, campaigns=campaigns)
    made = wanted(group, [judged("ann", "Economic Buyer", interest=HOT)])
    assert made["opportunity", KEY].fields["campaign"] == "701B"


# ---- contact roles -----------------------------------------------------------------------------------------------


def test_delegates_become_contact_roles() -> None:
    wish = bank()["contact_role", f"{KEY}/ann"]
    assert wish.fields == {
        "key": f"{KEY}/ann",
        "opportunity": Ref("opportunity", KEY),
        "contact": Ref("contact", "ann"),
        "role": "Economic Buyer",
    }


def test_a_role_that_people_gave_is_not_doubled() -> None:
    theirs = ContactRole("00K1", "ann", "Evaluator")
    assert ("contact_role", f"{KEY}/ann") not in bank(None, replace(OURS, roles=(theirs,)))


def test_a_role_of_ours_is_kept_true() -> None:
    ours = ContactRole("00K1", "ann", "Champion", key=f"{KEY}/ann")
    assert bank(None, replace(OURS, roles=(ours,)))["contact_role", f"{KEY}/ann"].fields["role"] == "Economic Buyer"


# ---- tasks -------------------------------------------------------------------------------------------------------


def test_a_new_mql_becomes_a_task_that_says_everything() -> None:
    wish = bank()["task", "mql/ann"]
    assert wish.once
    assert wish.fields["contact"] == Ref("contact", "ann")
    assert wish.fields["about"] == Ref("opportunity", KEY)
    assert wish.fields["owner"] == Ref("user", REP.id)
    assert wish.fields["due"] == date(2026, 3, 13)
    assert wish.fields["subject"] == "Call Ann Invented, Economic Buyer: qualified lead"
    assert (wish.fields["priority"], wish.fields["status"]) == ("Normal", "Not Started")
    text = str(wish.fields["description"])
    for part in (
        "Why:",
        "webinar (2)",
        "Topics",
        "Role: Economic Buyer",
        "do not know",
        "Ask next:",
        "Agreement 2026.1",
    ):
        assert part in text


def test_without_an_opportunity_the_task_is_about_the_account() -> None:
    reader = judged("ann", "Economic Buyer", interest=an_interest(by_offer={FRAUD: 1.0}))
    assert bank(person=reader)["task", "mql/ann"].fields["about"] == Ref("account", "bank")


def test_who_engages_with_no_offer_is_asked_what_they_look_for() -> None:
    reader = judged("ann", "Economic Buyer", interest=an_interest())
    assert "none of our offers" in str(bank(person=reader)["task", "mql/ann"].fields["description"])


def test_a_hand_raise_is_urgent() -> None:
    asking = judged("ann", "Economic Buyer", interest=replace(HOT, rung=Rung.MONEY, hand_raised=True))
    assert bank(person=asking)["task", "mql/ann"].fields["priority"] == "High"


def test_nobody_else_gets_a_task() -> None:
    assert not [object for object, _ in bank(person=COLD) if object == "task"]


EXPLORES = an_interest(explore=True, rung=Rung.NONE, kinds={"demo_booked": 1})
TASKS = {
    "an MQL who explores gets the explore call": ([], frozenset(), {"explore/ann"}),
    "and both once the other was asked for": ([], frozenset({"mql/ann"}), {"explore/ann", "mql/ann"}),
    "no role is no hindrance": (["role"], frozenset(), {"explore/ann"}),
    "outside the market nobody calls": (["market"], frozenset(), set()),
    "nor a competitor": (["relation"], frozenset(), set()),
    "nor who cannot be reached": (["reachable"], frozenset(), set()),
}


@pytest.mark.parametrize(("closed", "opened", "tasks"), TASKS.values(), ids=TASKS.keys())
def test_who_explores_gets_an_explore_call_and_nothing_else(
    closed: list[str], opened: frozenset[str], tasks: set[str]
) -> None:
    made = bank(person=judged("ann", "Economic Buyer", closed=closed, interest=EXPLORES), opened=opened)
    assert {key for object, key in made if object == "task"} == tasks


def test_an_exploration_makes_no_opportunity() -> None:
    made = bank(person=judged("ann", "Economic Buyer", interest=replace(EXPLORES, by_offer={FRAUD: 9.0})))
    assert not [object for object, _ in made if object == "opportunity"]


# ---- texts -------------------------------------------------------------------------------------------------------


def test_texts_fit_salesforce() -> None:
    agreement = an_agreement(forecast={"name": "{account} {offer}" * 40})
    account = an_account(remote_ids={}, name="N" * 400, city="C" * 99, street="S" * 400)
    contact = a_contact("ann", **NEW, last_name="L" * 99, first_name="F" * 99, title="T" * 400)
    person = judged("ann", "Economic Buyer", interest=HOT, name="N" * 400)
    made = wanted(a_group([contact], account=account), [person], agreement=agreement)
    checked = 0
    for (object, _), wish in made.items():
        for name, length in DESTINATIONS[object].lengths.items():
            assert len(str(wish.fields.get(name, ""))) <= length, (object, name)
            checked += len(str(wish.fields.get(name, ""))) == length
    assert checked >= 6


def test_no_owner_where_nobody_can_own_it() -> None:
    group = replace(a_group([a_contact("ann")]), users={})
    made = wanted(group, [judged("ann", "Economic Buyer", interest=HOT)])
    assert "owner" not in made["opportunity", KEY].fields
    assert "owner" not in made["task", "mql/ann"].fields
