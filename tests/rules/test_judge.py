"""From a group to a judgement: the way of one bank, and what holds of every group."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.model import (
    Ask,
    Band,
    ContactRole,
    Group,
    IndustryCode,
    Judgement,
    Opportunity,
    Ref,
    Ruling,
    Rung,
    Standing,
    Wish,
)
from tests.rules.builders import (
    NOON,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_opportunity,
    did,
    judge,
    judge_waiting,
    mobilized,
    released,
)
from tests.rules.strategies import AGREEMENT, GROUPS, KEY

# ---- the way of one bank -----------------------------------------------------------------------------------------


def test_the_way_of_one_bank() -> None:
    group = a_group(
        [a_contact("ann"), a_contact("bob", "Technical Buyer"), a_contact("cat", "Influencer"), a_contact("dan", None)],
        [*mobilized("ann"), did("bob", "email_clicked", 3), did("cat", "contact_sales", 1)],
    )
    judgement = judge(group, AGREEMENT, TODAY)
    assert (judgement.standing, judgement.segment) == (Standing.IN, "mid-size US banks")
    assert {one.contact_id: (one.role, one.mql, one.ask) for one in judgement.contacts} == {
        "ann": ("Economic Buyer", Ruling.YES, Ask.ASK),
        "bob": ("Technical Buyer", Ruling.YES, Ask.INVITE),
        "cat": ("Influencer", Ruling.NO, Ask.ASK),  # no MQL, but they asked: somebody answers
        "dan": (None, Ruling.NO, Ask.LISTEN),
    }
    assert judgement.tally.final == {"fraud-detection": ("ann", "bob")}
    (call,) = judgement.calls
    assert (call.decision, call.probability, call.delegates) == ("open", 14, ("ann", "bob"))
    assert [(wish.object, wish.key) for wish in judgement.wishes] == [
        ("account", "bank"),
        ("contact", "ann"),
        ("contact", "bob"),
        ("contact", "cat"),
        ("opportunity", KEY),
        ("contact_role", f"{KEY}/ann"),
        ("contact_role", f"{KEY}/bob"),
        ("task", "mql/ann"),
        ("task", "mql/bob"),
        ("task", f"raise-{TODAY - timedelta(days=1)}/cat"),
    ]
    assert judgement.review_on == TODAY + timedelta(days=30)  # cat asked too long ago to be found out about


MARKETS = {
    "too small": ({"total_assets": Band(Decimal(10**6), Decimal(10**6))}, Standing.OUT, Ruling.NO),
    "no size on record": ({"total_assets": None}, Standing.UNKNOWN, Ruling.UNKNOWN),
    "another industry": ({"codes": (IndustryCode("SIC", 1987, "2834"),)}, Standing.OUT, Ruling.NO),
    "no industry on record": ({"codes": ()}, Standing.UNKNOWN, Ruling.UNKNOWN),
    "another country": ({"country": "CA"}, Standing.OUT, Ruling.NO),
}


@pytest.mark.parametrize(("fields", "standing", "mql"), MARKETS.values(), ids=MARKETS.keys())
def test_a_hand_raise_never_opens_the_market_gate(fields: dict[str, Any], standing: Standing, mql: Ruling) -> None:
    group = a_group([a_contact("ann")], [did("ann", "ready_to_buy")], account=an_account(**fields))
    judgement = judge(group, AGREEMENT, TODAY)
    (ann,) = judgement.contacts
    assert (judgement.standing, ann.mql, ann.interest.rung) == (standing, mql, Rung.MONEY)
    assert judgement.tally.present == 0
    assert judgement.calls == ()
    assert ann.gates[0].mend
    tasks = [wish.key for wish in judgement.wishes if wish.object == "task"]
    assert tasks == ([] if standing is Standing.OUT else [f"raise-{TODAY - timedelta(days=1)}/ann"])
    assert not [wish for wish in judgement.wishes if wish.object == "opportunity"]


def test_scanner_clicks_make_no_mql() -> None:
    scanned = [did("ann", "email_clicked", agent="Barracuda Sentinel", message="m1") for _ in range(5)]
    (ann,) = judge(a_group([a_contact("ann")], scanned), AGREEMENT, TODAY).contacts
    assert (ann.mql, ann.interest.bots, ann.interest.strength) == (Ruling.NO, 5, 0)


# Under it no strength of these tests leaves its band
LASTING = an_agreement(engagement={"half_life_days": 3_650})


def test_a_response_ages_and_the_opportunity_is_marked_on_its_review_day() -> None:
    opened = an_opportunity(
        id="opportunity-9", key=KEY, offer="fraud-detection", close_date=TODAY + timedelta(days=900)
    )
    group = a_group([a_contact("ann")], mobilized("ann"), opportunities=(opened,))
    judgement = judge(group, LASTING, TODAY)
    assert judgement.calls[0].qualified
    assert judgement.review_on == TODAY + timedelta(days=179)
    later = judge(group, LASTING, judgement.review_on)
    assert (later.calls[0].decision, later.calls[0].qualified) == ("keep", False)
    assert later.calls[0].reasons == ("no MQL at the account", "MQLs in required roles: none", NOT_MOVED)


NOT_MOVED = "supporters at mobilization or beyond: 0"


@pytest.mark.parametrize("touched", [(), ("close_date",)], ids=["untouched", "touched"])
def test_a_close_date_of_ours_is_looked_at_when_it_has_passed(touched: tuple[str, ...]) -> None:
    opened = an_opportunity(id="opportunity-9", key=KEY, offer="fraud-detection", close_date=TODAY)
    opened = replace(opened, touched=frozenset(touched))
    group = a_group([a_contact("ann")], mobilized("ann"), opportunities=(opened,))
    assert judge(group, LASTING, TODAY).review_on == TODAY + timedelta(days=1)
    assert judge(group, LASTING, TODAY + timedelta(days=1)).review_on == TODAY + timedelta(days=179)


def test_nothing_to_review_where_nothing_can_change() -> None:
    assert judge(a_group([a_contact("ann")]), AGREEMENT, TODAY).review_on is None


def test_a_second_cycle_wants_nothing_new() -> None:
    """What Salesforce shows after the first push asks for no field that was not written."""
    group = a_group([a_contact("ann", remote_ids={})], mobilized("ann"), account=an_account(remote_ids={}))
    group = released(group, judge_waiting(group, AGREEMENT, TODAY).candidates)
    first = {(wish.object, wish.key): wish for wish in judge(group, AGREEMENT, TODAY).wishes}
    written = first["opportunity", KEY].fields
    opportunity = Opportunity(
        id="salesforce.Opportunity/0061",
        account_id="bank",
        key=KEY,
        name=written["name"],
        offer=written["offer"],
        stage=written["stage"],
        amount=written["amount"],
        probability=written["probability"],
        close_date=written["close_date"],
        created_at=NOON,
        owner=REP.id,
        remote_id="0061",
        roles=(ContactRole("00K1", "ann", "Economic Buyer", key=f"{KEY}/ann"),),
    )
    after = replace(
        group,
        account=an_account(remote_ids={"salesforce.Account": ("0011",)}),
        contacts=(a_contact("ann", remote_ids={"salesforce.Contact": ("0031",)}),),
        opportunities=(opportunity,),
        opened=frozenset({KEY, "mql/ann"}),
    )
    second = judge(after, AGREEMENT, TODAY)
    assert {(wish.object, wish.key) for wish in second.wishes} == first.keys()
    for wish in second.wishes:
        before = first[wish.object, wish.key].fields
        assert {name: before[name] for name in wish.fields} == dict(wish.fields)


# ---- scored mode -------------------------------------------------------------------------------------------------


def test_scored_mode_shows_the_points() -> None:
    agreement = an_agreement(mql={"mode": "scored", "scored": {"threshold": 205}})
    group = a_group([a_contact("ann"), a_contact("bob")], [*mobilized("ann"), did("bob", "email_clicked")])
    ann, bob = judge(group, agreement, TODAY).contacts
    assert (ann.points, ann.mql) == ({"fit": 200, "behaviour": 12, "total": 212}, Ruling.YES)
    assert (bob.points["total"], bob.mql) == (202, Ruling.NO)


# ---- every group -------------------------------------------------------------------------------------------------

DAYS = st.just(TODAY) | st.sampled_from([date.min, date.max]) | st.dates()
SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(GROUPS, DAYS)
def test_odd_facts_never_break_it(group: Group, today: date) -> None:
    judgement = judge(group, AGREEMENT, today)
    assert judgement.account_id == group.account.id
    assert {one.contact_id for one in judgement.contacts} == {contact.id for contact in group.contacts}
    assert judgement.review_on is None or judgement.review_on > today


@SETTINGS
@given(GROUPS, st.randoms())
def test_the_order_in_which_facts_come_makes_no_difference(group: Group, random) -> None:
    shuffled = replace(
        group,
        contacts=tuple(random.sample(group.contacts, len(group.contacts))),
        activities=tuple(random.sample(group.activities, len(group.activities))),
        opportunities=tuple(random.sample(group.opportunities, len(group.opportunities))),
    )
    assert judge(shuffled, AGREEMENT, TODAY) == judge(group, AGREEMENT, TODAY)
    assert judge(group, AGREEMENT, TODAY) == judge(group, AGREEMENT, TODAY)


@SETTINGS
@given(GROUPS, st.booleans())
def test_what_every_judgement_keeps(group: Group, scored: bool) -> None:
    agreement = an_agreement(mql={"mode": "scored"}) if scored else AGREEMENT
    judgement = judge(group, agreement, TODAY)
    mqls = {one.contact_id for one in judgement.contacts if one.mql is Ruling.YES}
    required = {role for offer in agreement.offers for role in offer.roles}
    for contact in judgement.contacts:
        assert contact.mql is not Ruling.YES or (judgement.standing is Standing.IN and contact.role in required)
        assert all(gate.mend for gate in contact.gates if gate.ruling is not Ruling.YES and gate.name != "market")
    seated = {contact_id for delegates in judgement.tally.final.values() for contact_id in delegates}
    engaged = {role.contact_id for one in group.opportunities if not one.is_closed for role in one.roles}
    explore = {one.contact_id for one in judgement.contacts if one.interest.explore} - engaged
    assert seated | set(judgement.tally.home) == mqls - explore
    for call in judgement.calls:
        assert call.reasons
        assert call.probability is None or 10 <= call.probability <= 20
        assert call.amount is None or call.amount > 0
        assert call.decision != "open" or (call.qualified and call.amount and set(call.delegates) <= mqls)
    holds_of_wishes(group, judgement)


def holds_of_wishes(group: Group, judgement: Judgement) -> None:
    records = [(wish.object, wish.key) for wish in judgement.wishes]
    assert len(set(records)) == len(records)
    remote_ids = [(wish.object, wish.remote_id) for wish in judgement.wishes if wish.remote_id]
    wished = [one for one in remote_ids if one[0] == "opportunity"]
    standing = {opportunity.remote_id: opportunity for opportunity in group.opportunities}
    if len({remote_id for remote_id in standing if remote_id}) == len(group.opportunities):
        assert len(set(wished)) == len(wished)
    for wish in judgement.wishes:
        assert not any(isinstance(value, float) for value in wish.fields.values())
        if (
            wish.object == "opportunity"
            and wish.remote_id
            and list(standing).count(wish.remote_id) == len(standing) == 1
        ):
            assert not standing[wish.remote_id].touched & wish.fields.keys()
        for value in wish.fields.values():
            if isinstance(value, Ref):
                assert points_somewhere(value, group, set(records))


def points_somewhere(ref: Ref, group: Group, wished: set[tuple[str, str]]) -> bool:
    """Whether a reference names a record that stands in Salesforce or is wished beside it."""
    match ref.kind:
        case "account":
            return bool(group.account.remote_ids.get("salesforce.Account")) or ("account", ref.id) in wished
        case "contact":
            contact = next(contact for contact in group.contacts if contact.id == ref.id)
            return (
                bool({"salesforce.Contact", "salesforce.Lead"} & contact.remote_ids.keys())
                or ("contact", ref.id) in wished
            )
        case "opportunity":
            return ("opportunity", ref.id) in wished
        case _:
            return ref.id in group.users


@SETTINGS
@given(GROUPS, st.integers(1, 300))
def test_before_the_review_day_a_quiet_day_changes_no_wish(group: Group, days: int) -> None:
    """But the due day of a task, which is written once, and a close date that does not stand in Salesforce yet."""
    now = judge(group, AGREEMENT, TODAY)
    later = TODAY + timedelta(days=days)
    if now.review_on and later >= now.review_on:
        return
    again = judge(group, AGREEMENT, later)
    assert [one.mql for one in again.contacts] == [one.mql for one in now.contacts]
    assert again.tally == now.tally
    standing = {
        opportunity.key
        for opportunity in group.opportunities
        if opportunity.close_date and opportunity.close_date >= TODAY
    }
    assert [lasting(wish, standing) for wish in again.wishes] == [lasting(wish, standing) for wish in now.wishes]


def lasting(wish: Wish, standing: set[str | None]) -> Any:
    """A wish without the dates that count from today."""
    dated = {"due"} if wish.key in standing else {"due", "close_date"}
    return wish.object, wish.key, {name: value for name, value in wish.fields.items() if name not in dated}


def test_stamps_are_read_in_the_agreements_zone() -> None:
    evening = did("ann", "contact_sales", at=datetime(2026, 3, 12, 3, tzinfo=UTC))  # 23:00 of the 11th in New York
    group = a_group([a_contact("ann")], [evening])
    assert judge(group, AGREEMENT, TODAY).contacts[0].mql is Ruling.YES
    utc = an_agreement(time_zone="UTC")
    tomorrow = judge(group, utc, TODAY)
    assert (tomorrow.contacts[0].mql, tomorrow.review_on) == (Ruling.NO, TODAY + timedelta(days=1))
