"""Whom a rep is told of, when, in which words, and what they are never told. TODAY is a Wednesday."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import About, Activity, Group, How, Opportunity, Outcome, Ref, Release, TaskKind, Verdict, Wish, Word
from syncd.model.destinations import units
from tests.rules.builders import (
    DESTINATIONS,
    NOON,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_agreement,
    an_opportunity,
    did,
    judge_waiting,
    mobilized,
)

AGREEMENT = an_agreement()
KEY, TOLD, REMINDED = "mql/ann", "told-mql/ann", "reminded-mql/ann"


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def a_release(days: float = 0, **fields: Any) -> Release:
    known = Release(KEY, TaskKind.MQL, "bank", "ann", REP.id, ago(days), date(2026, 3, 9), How.AT_ONCE)
    return replace(known, **fields)


def a_task(word: Word | None = None, **fields: Any) -> Verdict:
    return Verdict(About.TASK, KEY, word, "", ago(0), remote_id="00T1", **fields)


def bank(*activities: Activity, release: Release | None = None, task: Verdict | None = None, **fields: Any) -> Group:
    """Ann is an MQL who did `activities` besides, and was handed to Rae at noon unless `release` says otherwise."""
    handed = release or a_release()
    group = a_group([a_contact("ann", **fields.pop("contact", {}))], [*mobilized("ann"), *activities])
    verdicts = (task,) if task else ()
    return replace(group, releases={handed.key: handed}, sent={handed.key: handed.at}, verdicts=verdicts, **fields)


def asked(days: float = 0.2) -> Activity:
    return did("ann", "contact_sales", days)


def notified(group: Group, today: date = TODAY, **options: Any) -> dict[str, Wish]:
    wishes = judge_waiting(group, AGREEMENT, today, **options).wishes
    return {wish.key: wish for wish in wishes if wish.object == "notification"}


def at(hour: int, day: int = 11) -> datetime:
    """That hour in New York, in March: before the clocks change on the 8th it would be another one."""
    return datetime(2026, 3, day, hour + 4, tzinfo=UTC)


# ---- a hand-raise ------------------------------------------------------------------------------------------------


def test_the_named_rep_is_told_whom_to_call_and_why_and_is_shown_the_task() -> None:
    wish = notified(bank(asked()))[TOLD]
    assert wish.once and wish.not_before == NOON
    assert wish.fields == {
        "rep": Ref("user", REP.id),
        "about": Ref("task", KEY),
        "title": "Call Ann Invented, Economic Buyer: qualified lead",
        "body": (
            "They asked for sales or a price. They meet every condition of a qualified lead. "
            "Account: First Invented Bank. Offer: Fraud detection. Next step with them: ask for business."
        ),
        "until": datetime(2026, 3, 16, 4, tzinfo=UTC),
        "zone": "America/New_York",
    }


def test_it_says_no_more_of_a_person_than_the_task_does() -> None:
    judgement = judge_waiting(bank(asked()), AGREEMENT, TODAY)
    (task,) = (wish for wish in judgement.wishes if wish.object == "task")
    (wish,) = (wish for wish in judgement.wishes if wish.object == "notification")
    assert wish.fields["title"] == task.fields["subject"]
    body = str(wish.fields["body"])
    assert not [part for part in ("ann@", "Invented,", "555") if part in body]


NOT_TOLD: dict[str, Group] = {
    "somebody who asked for nothing": bank(release=a_release(how=How.RANK)),
    "who asked again after their task was made: that has one of its own": bank(asked(0.1), release=a_release(0.5)),
    "a task from before there was a queue": bank(asked(), release=a_release(how=How.BEFORE)),
    "a task that somebody touched": bank(asked(), task=a_task(touched=True)),
    "a task that was closed": bank(asked(), task=a_task(closed=True)),
    "a task that was answered": bank(asked(), task=a_task(Word.ACCEPTED)),
    "a task that was deleted": replace(bank(asked()), gone={KEY: ago(0)}),
    "who was called meanwhile": bank(asked(), did("ann", "call_made", -0.1, by_us=True, disposition="connected")),
    "who went back to marketing": bank(asked(), release=a_release(outcome=Outcome.RECYCLED, outcome_at=ago(0))),
    "a rep who left": replace(bank(asked()), users={REP.id: replace(REP, active=False)}),
    "who asked longer ago than the days of silence": bank(asked(5.2), release=a_release()),
}


@pytest.mark.parametrize("group", NOT_TOLD.values(), ids=NOT_TOLD)
def test_a_rep_is_not_told_of(group: Group) -> None:
    assert TOLD not in notified(group)


def test_a_booked_demo_is_told_as_a_hand_raise_is() -> None:
    release = a_release(key="explore/ann", kind=TaskKind.EXPLORE)
    wish = notified(bank(did("ann", "demo_booked", 0.2), release=release))["told-explore/ann"]
    assert str(wish.fields["title"]).startswith("Explore with Ann")
    assert str(wish.fields["body"]).startswith("They booked a demo")


def test_where_no_mapping_writes_notifications_nobody_is_told() -> None:
    silent = {name: place for name, place in DESTINATIONS.items() if name != "notification"}
    group = bank(asked())
    assert notified(group, destinations=silent | {"notification": type(DESTINATIONS["task"])()}) == {}


HOURS: dict[str, tuple[datetime, datetime]] = {
    "by day": (at(12), at(12)),
    "before their day begins": (at(3), at(8)),
    "in the evening": (at(19), at(8, 12)),
    "on Friday night": (at(19, 13), at(8, 16)),
    "on Saturday": (at(12, 14), at(8, 16)),
}


@pytest.mark.parametrize(("released_at", "told_at"), HOURS.values(), ids=HOURS)
def test_nobody_is_woken(released_at: datetime, told_at: datetime) -> None:
    raised = replace(asked(), at=released_at - timedelta(hours=1))
    group = bank(raised, release=replace(a_release(), at=released_at))
    assert notified(group, released_at.date())[TOLD].not_before == told_at


def test_the_day_is_the_rep_s_own() -> None:
    there = replace(REP, time_zone="Asia/Tokyo")  # 01:00 on Thursday there
    assert notified(replace(bank(asked()), users={REP.id: there}))[TOLD].not_before == datetime(
        2026, 3, 11, 23, tzinfo=UTC
    )


# ---- a reminder --------------------------------------------------------------------------------------------------


def silent(days: float = 6, **fields: Any) -> Group:
    return bank(release=a_release(days), **{"task": a_task(), **fields})


def test_of_a_silent_task_its_rep_is_reminded_in_the_morning_of_the_agreed_day() -> None:
    wish = notified(silent())[REMINDED]
    assert (wish.fields["rep"], wish.fields["about"]) == (Ref("user", REP.id), Ref("task", KEY))
    assert wish.fields["title"] == "Still waits: Call Ann Invented, Economic Buyer: qualified lead"
    assert wish.fields["body"] == (
        "Nobody said or did anything for 3 business days. They meet every condition of a qualified lead. "
        "On 19 March they go back to marketing."
    )
    assert (wish.once, wish.not_before) == (True, at(8, 10))


NOT_REMINDED: dict[str, Group] = {
    "a task that is two days old": silent(2),
    "a task that somebody touched": silent(task=a_task(touched=True)),
    "a task that was closed": silent(task=a_task(closed=True)),
    "a task that was answered": silent(task=a_task(Word.NOT_YET)),
    "a task that does not stand yet": replace(silent(), sent={}),
    "a reminder that has come late by as many days again, as after an outage": silent(9),
    "who went back to marketing": silent(20),
    "a moot task": silent(contact={"opted_out": True, "phone": None}),
    "a rep who left": replace(silent(), users={REP.id: replace(REP, active=False)}),
}


@pytest.mark.parametrize("group", NOT_REMINDED.values(), ids=NOT_REMINDED)
def test_a_rep_is_not_reminded_of(group: Group) -> None:
    assert REMINDED not in notified(group)


def test_a_silent_question_is_reminded_of_by_its_own_words() -> None:
    key = "offer/salesforce.Opportunity/006A"
    opportunity: Opportunity = an_opportunity(id="salesforce.Opportunity/006A", name="Renewal", text="Renewal")
    release = replace(a_release(6), key=key, kind=TaskKind.QUESTION, contact_id="")
    task = Verdict(About.TASK, key, None, "", ago(6), remote_id="00T1")
    group = replace(bank(release=release, task=task), opportunities=(opportunity,))
    wish = notified(group)[f"reminded-{key}"]
    assert wish.fields["title"] == "Still waits: Which offer is Renewal for?"


# ---- always ------------------------------------------------------------------------------------------------------

NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=400)


def lengths(wishes: Iterable[Wish]) -> list[tuple[int, int]]:
    """In units of UTF-16, as the vendor counts."""
    return [(units(str(wish.fields["title"])), units(str(wish.fields["body"]))) for wish in wishes]


@given(first=NAMES, last=NAMES, bank_name=NAMES)
def test_whatever_people_and_banks_are_called_title_and_body_keep_within_the_vendor_s_bounds(
    first: str, last: str, bank_name: str
) -> None:
    group = bank(asked(), contact={"first_name": first, "last_name": last})
    group = replace(group, account=replace(group.account, name=bank_name))
    wishes = notified(group)
    assert list(wishes) == [TOLD]
    assert all(0 < title <= 250 and 0 < body <= 750 for title, body in lengths(wishes.values()))
