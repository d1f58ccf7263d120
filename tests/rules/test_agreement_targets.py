"""Targets are terms: bound by the signature, and refused where nobody can tell what they ask."""

from datetime import date
from typing import Any

import pytest

from syncd.agreement import Agreement
from syncd.agreement.binding import terms_digest
from syncd.planning.aims import BY_HISTORY, to_be_booked
from tests.rules.agreements import CONTENT, changed, complaints

MQLS = {"stage": "mql", "per_week": 20}
YEAR = {"amount": 10_000_000, "first": date(2027, 1, 1), "last": date(2027, 12, 31)}
NEXT = YEAR | {"first": date(2028, 1, 1), "last": date(2028, 12, 31)}


def weekly(*targets: dict[str, Any]) -> str:
    return changed(targets={"weekly": list(targets)})


def bookings(*targets: dict[str, Any]) -> str:
    return changed(targets={"bookings": list(targets)})


PROBLEMS = {
    "a stage that is none": (weekly(MQLS | {"stage": "lead"}), "targets.weekly.0.stage"),
    "nothing a week": (weekly(MQLS | {"per_week": 0}), "targets.weekly.0.per_week"),
    "a segment that is none": (weekly(MQLS | {"segment": "mid-size US bank"}), "did you mean mid-size US banks?"),
    "an offer that is none": (weekly(MQLS | {"offer": "fraud"}), "did you mean fraud-detection?"),
    "days in the wrong order": (weekly(MQLS | {"first": date(2027, 2, 1), "last": date(2027, 1, 1)}), "ends before"),
    "twice on the same days": (weekly(MQLS, MQLS | {"first": date(2027, 2, 1)}), "a second target of the same stage"),
    "a part above its whole": (
        weekly(MQLS, MQLS | {"per_week": 21, "offer": "fraud-detection"}),
        "21 mql a week of fraud-detection: more than the 20 mql a week, of whom they are",
    ),
    "a later stage above an earlier one": (
        weekly(MQLS | {"stage": "released", "per_week": 80}, MQLS),
        "80 released a week: more than the 20 mql a week, of whom they are",
    ),
    "a part of a later stage above the whole of an earlier one": (
        weekly(MQLS, MQLS | {"stage": "sqo", "segment": "mid-size US banks", "per_week": 20.5}),
        "20.5 sqo a week of mid-size US banks: more than",
    ),
    "parts that together are above their whole": (
        weekly(MQLS, *({**MQLS, "per_week": 11, "offer": offer} for offer in ("fraud-detection", "digital-lending"))),
        "20 mql a week, and its offers together 22",
    ),
    "bookings twice": (
        bookings(YEAR, YEAR | {"first": date(2027, 12, 31), "last": date(2028, 1, 1)}),
        "a second target",
    ),
    "bookings of no day": (bookings(YEAR | {"last": date(2026, 1, 1)}), "ends before it begins"),
    "one brings more than all": (bookings(YEAR | {"each": 11_000_000}), "more than the 10,000,000 to be booked"),
    "more than all by marketing": (bookings(YEAR | {"sourced_percent": 101}), "targets.bookings.0.sourced_percent"),
}


@pytest.mark.parametrize(("text", "what"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_target_that_nobody_can_act_on_is_refused(text: str, what: str) -> None:
    (problem,) = complaints(text)
    assert what in problem


def test_targets_by_segment_offer_and_quarter_stand_beside_each_other() -> None:
    parts: list[dict[str, Any]] = [
        MQLS | {"last": date(2026, 12, 31)},
        MQLS | {"first": date(2027, 1, 1), "per_week": 22.5},
        MQLS | {"segment": "mid-size US banks"},
        MQLS | {"segment": "mid-size US banks", "offer": "fraud-detection"},
        MQLS | {"stage": "sqo"},
    ]
    assert complaints(changed(targets={"weekly": parts, "bookings": [NEXT, YEAR]})) == []


def test_what_holds_on_other_days_contradicts_nothing() -> None:
    before, since = {"last": date(2026, 12, 31)}, {"first": date(2027, 1, 1)}
    two = [MQLS | {"per_week": 11, "offer": offer} for offer in ("fraud-detection", "digital-lending")]
    parts = [MQLS | before, MQLS | since | {"stage": "sqo", "per_week": 30}, two[0] | before, two[1] | since]
    assert complaints(weekly(*parts)) == []


def test_they_are_bound_by_the_signature_and_left_out_they_change_nothing() -> None:
    signed = Agreement.model_validate(CONTENT)
    aimed = Agreement.model_validate(CONTENT | {"targets": {"weekly": [MQLS]}})
    assert "targets" not in CONTENT and terms_digest(aimed) != terms_digest(signed)


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2026, 5, 1), YEAR["first"]), (YEAR["last"], YEAR["first"]), (NEXT["first"], NEXT["first"])],
)
def test_the_target_under_way_is_taken_else_the_next_one(day: date, first: date) -> None:
    goal = to_be_booked(Agreement.model_validate(CONTENT | {"targets": {"bookings": [NEXT, YEAR]}}), day)
    assert goal is not None
    assert (goal.first, goal.amount, goal.sourced) == (first, BY_HISTORY, BY_HISTORY)


def test_a_target_that_has_passed_is_none() -> None:
    agreement = Agreement.model_validate(CONTENT | {"targets": {"bookings": [YEAR]}})
    assert to_be_booked(agreement, date(2028, 1, 1)) is None
