"""One activity, and one person, that both systems know or are about to know, counts once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from syncd.agreement.terms import Agreement
from syncd.mapping import load_all
from syncd.mapping.files import tables
from syncd.mapping.reading import reader
from syncd.model import Activity, Judgement, Ref
from syncd.rules.engagement import weigh
from tests.faults.ann import ASKED, tasks
from tests.faults.vendor_records import AGREEMENT, READERS, SCALE
from tests.rules.builders import NOON, TODAY, a_contact, a_group, an_agreement, did, judge, mobilized

# ---- one activity in both systems --------------------------------------------------------------------------------


def twice(kind: str, minutes: float = 0.0, *, hubspot: dict[str, Any], salesforce: dict[str, Any]) -> dict[str, int]:
    """What counts of one activity that both systems tell of, so many minutes apart."""
    start = NOON - timedelta(days=3)
    ends = {"ends": start + timedelta(hours=1)} if kind == "meeting_held" else {}
    both = [
        did("ann", hubspot.pop("kind", kind), at=start, source="hubspot x", **ends, **hubspot),
        did("ann", kind, at=start + timedelta(minutes=minutes), source="salesforce y", **ends, **salesforce),
    ]
    return dict(weigh(both, SCALE, TODAY).interest.kinds)


TWICE: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "a meeting": ({"kind": "meeting_held", "hubspot": {"outcome": "done"}, "salesforce": {}}, {"meeting_held": 1}),
    "a meeting that one marks as missed": (
        {"kind": "meeting_held", "hubspot": {"outcome": "missed"}, "salesforce": {}},
        {},
    ),
    "a meeting that the other marks as missed": (
        {"kind": "meeting_held", "hubspot": {"outcome": "open"}, "salesforce": {"outcome": "missed"}},
        {},
    ),
    "a demo that the other calls a meeting": (
        {"kind": "meeting_held", "hubspot": {"kind": "demo_booked", "outcome": "done"}, "salesforce": {}},
        {"demo_booked": 1},
    ),
    "a call of which one knows how it went": (
        {
            "kind": "call_made",
            "hubspot": {"by_us": True, "disposition": "connected"},
            "salesforce": {"by_us": True},
            "minutes": 4,
        },
        {"call_answered": 1},
    ),
    "two meetings an hour apart": (
        {"kind": "meeting_held", "hubspot": {}, "salesforce": {}, "minutes": 60},
        {"meeting_held": 2},
    ),
    "a webinar, of which one knows the day alone": (
        {"kind": "webinar", "hubspot": {}, "salesforce": {}, "minutes": 300},
        {"webinar": 1},
    ),
    "a call that was answered and that the other knows to have been too short": (
        {
            "kind": "call_made",
            "hubspot": {"by_us": True, "disposition": "connected"},
            "salesforce": {"by_us": True, "seconds": Decimal(8)},
        },
        {},
    ),
    "a call that one says nobody took": (
        {
            "kind": "call_made",
            "hubspot": {"by_us": True, "disposition": "connected"},
            "salesforce": {"by_us": True, "disposition": "no answer"},
        },
        {},
    ),
    "a meeting that one marks as done and the other as missed": (
        {"kind": "meeting_held", "hubspot": {"outcome": "done"}, "salesforce": {"outcome": "missed"}},
        {},
    ),
    "a webinar and another one of that day": (
        {"kind": "webinar", "hubspot": {"topic": "Fraud webinar"}, "salesforce": {"topic": "Hiring"}, "minutes": 300},
        {"webinar": 2},
    ),
    "a webinar that the other calls otherwise, of one offer": (
        {
            "kind": "webinar",
            "hubspot": {"topic": "Fraud webinar"},
            "salesforce": {"topic": "How to stop fraud"},
            "minutes": 300,
        },
        {"webinar": 1},
    ),
    "an event that the other calls otherwise, of one campaign": (
        {
            "kind": "event",
            "hubspot": {"topic": "Autumn days", "campaign_id": "c1"},
            "salesforce": {"topic": "A day out", "campaign_id": "c1"},
        },
        {"event": 1},
    ),
    "clicks are not looked at": ({"kind": "email_clicked", "hubspot": {}, "salesforce": {}}, {"email_clicked": 2}),
}


@pytest.mark.parametrize(("both", "counts"), TWICE.values(), ids=TWICE)
def test_one_activity_that_is_seen_in_both_systems_counts_once(both: dict[str, Any], counts: dict[str, int]) -> None:
    assert twice(**{**both, "hubspot": dict(both["hubspot"])}) == counts


def test_of_one_meeting_all_that_either_system_knows_counts() -> None:
    at = NOON - timedelta(days=3)
    fields = {"kind": "meeting_held", "at": at}
    for first, second in (("a", "b"), ("b", "a")):
        both = [
            did("ann", id=first, source="salesforce Event", topic="With Ann", ends=at + timedelta(hours=1), **fields),
            did("ann", id=second, source="hubspot meetings", topic="Fraud", **fields),
        ]
        held = weigh(both, SCALE, TODAY).interest
        assert (held.kinds, held.assumed) == ({"meeting_held": 1}, {"meeting_held": 1})
        assert held.by_offer
        assert weigh(both, SCALE._replace(unmarked=False), TODAY).interest.kinds == {}


def test_two_meetings_that_one_system_tells_of_are_two() -> None:
    at = NOON - timedelta(days=3)
    meetings = [did("ann", "meeting_held", at=at, source="hubspot meetings") for _ in range(2)]
    assert weigh(meetings, SCALE, TODAY).interest.kinds == {"meeting_held": 2}


def test_what_the_integration_s_own_user_wrote_is_no_sales_touch() -> None:
    shipped = load_all(names=("salesforce",))["salesforce"]
    declared = shipped.streams["Task"].fields["selling"].model_copy(update={"differs": "005HS"})
    fields = shipped.streams["Task"].fields | {"selling": declared}
    streams = shipped.streams | {"Task": shipped.streams["Task"].model_copy(update={"fields": fields})}
    ours = reader(shipped.model_copy(update={"streams": streams}), "Task", tables(shipped))
    task = {"Id": "00T1", "WhoId": "003A", "IsClosed": True, "CompletedDateTime": "2026-03-09T12:00:00Z"}
    wrote = {who: ours(task | {"CreatedById": who})["selling"] for who in ("005HS", "005R")}
    assert wrote == {"005HS": False, "005R": True}
    assert READERS["salesforce", "Task"](task | {"CreatedById": "005HS"})["selling"], "as shipped, nobody is named"
    assert ours(task)["selling"] is True


# ---- the vendors' own integration --------------------------------------------------------------------------------

COPYING = an_agreement(doubles={"copying_days": 2})
NEW = {"remote_ids": {"hubspot.contacts": ("7",)}}


def copied(*activities: Activity, days_ago: float = 1, terms: Agreement = COPYING, **contact: Any) -> Judgement:
    """The judgement of somebody whom only marketing has, for so many days."""
    new = a_contact("ann", **{**NEW, "made": NOON - timedelta(days=days_ago), **contact})
    return judge(a_group([new], activities), terms, TODAY)


def created(judgement: Judgement) -> list[str]:
    return [wish.key for wish in judgement.wishes if wish.object in ("contact", "contact_role", "task")]


def test_nobody_is_created_whom_the_vendors_own_integration_is_about_to_create() -> None:
    judgement = copied(*mobilized("ann"))
    assert created(judgement) == []
    assert judgement.review_on == TODAY + timedelta(days=1), "the agreed time is over then"
    assert created(copied(*mobilized("ann"), days_ago=2)) == ["ann", "bank/fraud-detection/ann", "mql/ann"]
    assert created(copied(*mobilized("ann"), terms=AGREEMENT)) == ["ann", "bank/fraud-detection/ann", "mql/ann"]


def test_who_was_copied_meanwhile_is_not_waited_for() -> None:
    both = {"hubspot.contacts": ("7",), "salesforce.Lead": ("00Q1",)}
    assert created(copied(*mobilized("ann"), remote_ids=both)) == ["mql/ann"]


def test_a_hand_raise_does_not_wait_for_the_integration() -> None:
    task = tasks(copied(ASKED))["mql/ann"]
    assert (task.fields["about"], "contact" in task.fields) == (Ref("opportunity", "bank/fraud-detection"), False)
    assert "about to be copied" in str(task.fields["description"])
