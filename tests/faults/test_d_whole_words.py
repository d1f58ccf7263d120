"""A kind is recognised by whole words, and one that no system tells of is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syncd.mapping import load_all
from syncd.mapping.activity_kinds import silent_kinds
from syncd.model import Rung
from syncd.rules.engagement import weigh
from tests.faults.vendor_records import AGREEMENT, SCALE, of_record
from tests.rules.builders import NOON, TODAY, an_agreement

# ---- whole words -------------------------------------------------------------------------------------------------

FORMS = {
    "Terrestrial surveying webinar": "webinar",
    "Loan price sensitivity survey": "survey_answered",
    "Unsubscribe from trial mails": None,
    "White paper: fraud": "whitepaper",
    "Whitepaper: fraud": "whitepaper",
    "White-Papers for bankers": "whitepaper",
    "Pricing strategy white paper": "whitepaper",
    "Pricing request: fraud": "price_request",
    "Demolition of old systems": "form_unread",
    "Industrial trials of steel": "request_unread",
    "Price optimization guide": "page_viewed",
    "Demographics of depositors": "form_unread",
    "Request a demo: fraud": "demo_booked",
    "Start a trial": "trial_started",
    "Contact sales about the webinar": "contact_sales",
    "E-mail preferences": None,
    "Preisanfrage": "price_request",
    "Post-webinar survey": "survey_answered",
    "Newsletter sign-up": "page_viewed",
    "Industrial pumps brochure": "page_viewed",
    "Democracy at work: a newsletter": "page_viewed",
}


@pytest.mark.parametrize(("name", "kind"), FORMS.items())
def test_a_form_is_known_by_whole_words(name: str, kind: str | None) -> None:
    activity = of_record(
        "form_submissions", {"email": "ann@x.example", "submittedAt": 1_760_000_000_000, "formName": name}
    )
    assert (activity.kind if activity else None) == kind


def test_a_survey_that_speaks_of_prices_is_no_hand_raise() -> None:
    at = int((NOON - timedelta(days=2)).timestamp() * 1000)
    raw = {"email": "ann@x.example", "submittedAt": at, "formName": "Loan price sensitivity survey"}
    activity = of_record("form_submissions", raw)
    assert activity is not None
    interest = weigh([activity], SCALE, TODAY).interest
    assert (interest.hand_raised, interest.rung) == (False, Rung.MESSAGING)


MARKETING_EVENTS = {
    "WEBINAR": "webinar",
    "Webinar (live)": "webinar",
    "Trade show": "event",
    "Breakfast seminar": "breakfast_seminar",
}


@pytest.mark.parametrize(("type_", "kind"), MARKETING_EVENTS.items())
def test_a_marketing_event_is_known_by_whole_words(type_: str, kind: str) -> None:
    raw = {"email": "ann@x.example", "occurredAt": 1_760_000_000_000, "eventType": type_, "attended": True}
    activity = of_record("marketing_events", raw)
    assert activity is not None and activity.kind == kind


# ---- kinds that nobody tells of ----------------------------------------------------------------------------------


def test_a_kind_on_a_rung_that_no_mapping_can_ever_tell_of_is_named() -> None:
    mappings = load_all(names=("hubspot", "salesforce")).values()
    assert silent_kinds(AGREEMENT, mappings) == ["social", "topic_mentioned"]
    invented = an_agreement(engagement={"rungs": {"money": {"carrier_pigeon": 9}}})
    assert "carrier_pigeon" in silent_kinds(invented, mappings)
