"""Reports of waste: who was touched too early, in vain or not at all, and whom behaviour shows to have influence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncd.agreement import load_industries, title_words
from syncd.model import Activity, ContactRole, Group, How, Outcome, Release, TaskKind
from syncd.model.milestones import Milestone, Stage
from syncd.planning.reports import REPORTS
from syncd.planning.touches import TouchScene
from syncd.rules import judge, rulebook_of
from tests.rules.builders import (
    CENTRAL,
    DESTINATIONS,
    NOON,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_opportunity,
    did,
    mobilized,
)

BOOK = rulebook_of(an_agreement(), title_words(), load_industries(), DESTINATIONS)
SINCE = TODAY - timedelta(days=90)


def scene(group: Group, *milestones: Milestone) -> TouchScene:
    return TouchScene(group, judge(group, BOOK, TODAY), BOOK, SINCE, milestones)


def rows(name: str, *groups: Group | TouchScene) -> list[dict[str, Any]]:
    report = REPORTS[name]
    scenes = (group if isinstance(group, TouchScene) else scene(group) for group in groups)
    return [dict(zip(report.columns, row, strict=True)) for row in report.rows(scenes)]


def sold(contact_id: str, days_ago: float, **fields: Any) -> Activity:
    return did(contact_id, "email_sent", days_ago, by_us=True, selling=True, **fields)


def mailed(contact_id: str, days_ago: float, **fields: Any) -> Activity:
    return did(contact_id, "email_delivered", days_ago, by_us=True, **fields)


def one_person(*activities: Activity, **fields: Any) -> Group:
    return a_group([a_contact("ann")], activities, **fields)


# ---- premature asks ----------------------------------------------------------------------------------------------

ON_IT = an_opportunity(roles=(ContactRole("r1", "ann", None),))


@pytest.mark.parametrize(
    ("activities", "days_ago"),
    [
        ([sold("ann", 5)], [5]),
        ([sold("ann", 5), did("ann", "email_clicked", 9), did("ann", "webinar", 8)], []),
        ([sold("ann", 5), did("ann", "webinar", 2)], [5]),  # mobilized after it
        ([sold("ann", 5), did("ann", "email_clicked", 9)], [5]),
        ([sold("ann", 5), did("ann", "contact_sales", 9)], []),
        ([sold("ann", 5, outcome="missed")], []),
        ([sold("ann", 5, outcome="open")], []),
        ([sold("ann", 200)], []),  # before the report begins
        ([mailed("ann", 5)], []),  # marketing's
        ([sold("ann", 5), sold("ann", 3)], [5, 3]),
    ],
)
def test_a_selling_touch_is_premature_until_they_are_mobilized(activities: list[Activity], days_ago: list[int]) -> None:
    days = [row["day"] for row in rows("premature", one_person(*activities))]
    assert days == [TODAY - timedelta(days=ago) for ago in days_ago]


def test_who_stands_on_a_running_opportunity_may_be_sold_to() -> None:
    assert rows("premature", one_person(sold("ann", 5), opportunities=(ON_IT,))) == []
    later = replace(ON_IT, created_at=NOON - timedelta(days=2))
    assert len(rows("premature", one_person(sold("ann", 5), opportunities=(later,)))) == 1


def test_it_says_on_which_rung_they_stood() -> None:
    (row,) = rows("premature", one_person(sold("ann", 5), did("ann", "email_clicked", 9)))
    assert (row["their rung then"], row["touch"], row["contact"]) == ("messaging", "email sent", "Ann Invented")


# ---- outside the list, outside the market ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "why"),
    [
        (one_person(mailed("ann", 5)), None),
        (one_person(mailed("ann", 5), *mobilized("ann")), None),
        (a_group([a_contact("ann", None)], [mailed("ann", 5)]), "no buying role"),
        (a_group([a_contact("ann", relation="competitor")], [mailed("ann", 5)]), "competitors are no leads"),
        (a_group([a_contact("ann", opted_out=True)], [mailed("ann", 5)]), "they opted out of mail"),
        (one_person(mailed("ann", 5), account=an_account(country="CA", state=None)), "the country is not US"),
        (one_person(sold("ann", 5), account=an_account(country="CA", state=None)), None),  # no mail of marketing's
    ],
)
def test_a_mail_to_nobody_who_could_be_an_mql_is_named_with_the_gate(group: Group, why: str | None) -> None:
    reasons = [row["why not"] for row in rows("outside-list", group)]
    assert [why in reason for reason in reasons if why] == ([True] if why else [])
    assert bool(reasons) is bool(why)


def test_touches_outside_the_market_are_counted_by_account() -> None:
    abroad = an_account(country="CA", state=None)
    (row,) = rows("outside-market", one_person(sold("ann", 5), mailed("ann", 9), mailed("ann", 8), account=abroad))
    assert (row["standing"], row["by sales"], row["by marketing"], row["last"]) == ("out", 1, 2, TODAY - timedelta(5))
    assert rows("outside-market", one_person(sold("ann", 5))) == []
    assert rows("outside-market", one_person(did("ann", "webinar", 5), account=abroad)) == []


def test_who_is_unknown_is_shown_as_that() -> None:
    (row,) = rows("outside-market", one_person(mailed("ann", 5), account=an_account(total_assets=None)))
    assert row["standing"] == "unknown" and "not known" in row["why"]


# ---- explorers ---------------------------------------------------------------------------------------------------


def test_who_explores_alone_is_named_with_what_is_missing() -> None:
    alone = one_person(did("ann", "demo_booked", 5), account=an_account(owner=None, state="IL"), users={})
    assert [row["what is missing"].split(",")[0] for row in rows("explorers", alone)] == [
        "explores",
        f"explores since {TODAY - timedelta(5)}",
    ]
    assert rows("explorers", one_person(did("ann", "demo_booked", 5), mailed("ann", 2))) == []


# ---- what challenges sales ---------------------------------------------------------------------------------------


def released(contact_id: str, days_ago: float, rep: str = REP.id, stage: Stage = Stage.RELEASED) -> Milestone:
    return Milestone(stage, NOON - timedelta(days=days_ago), "bank", contact_id, rep=rep)


def challenge(*scenes: Group | TouchScene) -> dict[str, dict[str, Any]]:
    return {row["rep"]: row for row in rows("challenge", *scenes)}


def test_days_to_the_first_touch_begin_with_the_release() -> None:
    people = [a_contact(name) for name in ("ann", "bob", "cyd")]
    touches = [sold("ann", 12), sold("ann", 8), sold("ann", 1), sold("bob", 6)]
    reached = [released("ann", 20, stage=Stage.MQL), released("ann", 10), released("bob", 10), released("cyd", 10)]
    rae = challenge(scene(a_group(people, touches), *reached))["Rae Rep"]
    assert (rae["touched"], rae["days to the first touch, median"], rae["not touched yet"]) == (2, 3, 1)


def test_who_waits_in_the_queue_is_no_neglect_of_the_rep() -> None:
    people = [a_contact(name) for name in ("ann", "bob", "cyd")]
    mqls = [released(name, 20, stage=Stage.MQL) for name in ("ann", "bob", "cyd")]
    waits = scene(a_group(people, [sold("bob", 6)]), *mqls)
    assert "Rae Rep" not in challenge(waits)
    handed = challenge(scene(a_group(people, [sold("bob", 6)]), *mqls, released("ann", 10)))["Rae Rep"]
    assert (handed["touched"], handed["not touched yet"]) == (0, 1)


def test_whose_task_a_person_deleted_is_no_neglect_of_the_rep() -> None:
    handed = released("ann", 10)
    release = Release("mql/ann", TaskKind.MQL, "bank", "ann", REP.id, handed.at, TODAY, How.RANK)
    for outcome, untouched in ((Outcome.OPEN, 1), (Outcome.MOOT, 0)):
        group = a_group([a_contact("ann", "Champion")], releases={release.key: replace(release, outcome=outcome)})
        assert challenge(scene(group, handed))["Rae Rep"]["not touched yet"] == untouched


def test_who_explores_and_is_sold_to_is_counted_once() -> None:
    group = one_person(did("ann", "demo_booked", 5), sold("ann", 3), sold("ann", 2))
    assert challenge(group)["Rae Rep"]["explorers sold to"] == 1
    assert "Rae Rep" not in challenge(one_person(did("ann", "demo_booked", 5), sold("ann", 7)))


def test_open_opportunities_with_one_person_or_a_day_that_has_passed_are_counted_by_their_owner() -> None:
    late = replace(ON_IT, id="o2", close_date=TODAY - timedelta(days=1))
    two = tuple(ContactRole(f"r{name}", name, None) for name in ("ann", "bob"))
    fine = replace(ON_IT, id="o3", roles=two)
    closed = replace(late, id="o4", is_closed=True)
    row = challenge(one_person(opportunities=(ON_IT, late, fine, closed)))[CENTRAL.name or ""]
    assert (row["open opportunities"], row["single-threaded"], row["late-dated"]) == (3, 2, 1)


# ---- influence ---------------------------------------------------------------------------------------------------


def broad(contact_id: str) -> Iterable[Activity]:
    return (did(contact_id, kind, 5) for kind in ("email_clicked", "webinar", "whitepaper"))


def test_breadth_or_an_opinion_proposes_an_influencer() -> None:
    people = [a_contact(name, None) for name in ("ann", "bob", "cyd")]
    activities = [*broad("ann"), did("bob", "survey_answered", 4), did("cyd", "webinar", 4), did("cyd", "webinar", 3)]
    assert [row["contact id"] for row in rows("influencers", a_group(people, activities))] == ["ann", "bob"]


def test_a_title_alone_proposes_nobody_and_a_required_role_needs_no_proposal() -> None:
    assert rows("influencers", a_group([a_contact("ann", "Influencer")], [])) == []
    assert rows("influencers", one_person(*broad("ann"))) == []
    assert rows("influencers", a_group([a_contact("ann", None, relation="competitor")], [*broad("ann")])) == []


# ---- topics ------------------------------------------------------------------------------------------------------


def test_topics_are_what_people_of_the_market_did_most_of_them_first() -> None:
    did_so = [
        did("ann", "email_clicked", 9, "Fraud week"),
        did("bob", "page_viewed", 3, "Fraud week"),
        did("bob", "page_viewed", 2, "Fraud week"),
        did("ann", "webinar", 5, "A quiet topic"),
        did("ann", "email_clicked", 4, ""),
        did("ann", "email_clicked", 200, "Of old"),
        did("ann", "email_sent", 1, "Ours", by_us=True, selling=True),
    ]
    first, second = rows("topics", a_group([a_contact("ann"), a_contact("bob")], did_so))
    assert first == {
        "topic": "Fraud week",
        "people": 2,
        "accounts": 1,
        "activities": 3,
        "by": "email clicked (1), page viewed (2)",
        "offers": "fraud-detection",
        "last": TODAY - timedelta(days=2),
    }
    assert (second["topic"], second["offers"]) == ("A quiet topic", "")


def test_topics_of_people_outside_the_market_are_nobodys_business() -> None:
    assert (
        rows("topics", one_person(did("ann", "email_clicked", 9), account=an_account(state="IL", country="FR"))) == []
    )
