"""A meeting that a calendar called off did not happen, and a form is what its name says."""

from typing import Any

import pytest

from tests.benchmarks.pairs import readers

READERS = readers()


def meeting(title: str, outcome: str | None) -> Any:
    properties = {"hs_meeting_title": title, "hs_meeting_outcome": outcome, "hs_timestamp": "2026-11-20T09:00:00Z"}
    return READERS.row("hubspot", "meetings", {"properties": properties}).get("outcome")


@pytest.mark.parametrize(
    "title",
    [
        "Canceled: Fraud talk",
        "Absage: Fraud Termin",
        "Fraud talk (cancelled)",
        "Declined: Fraud talk",
        "ABGESAGT - Termin",
    ],
)
@pytest.mark.parametrize("outcome", [None, "SCHEDULED", "COMPLETED"])
def test_a_meeting_that_a_calendar_called_off_did_not_happen(title: str, outcome: str | None) -> None:
    assert meeting(title, outcome) == "missed"
    event = {"Subject": title, "StartDateTime": "2026-11-20T09:00:00Z"}
    assert READERS.row("salesforce", "Event", event)["outcome"] == "missed"


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [(None, None), ("COMPLETED", "done"), ("NO_SHOW", "missed"), ("DISCO_HELD", "done"), ("DISCO", "unread")],
)
def test_a_meeting_about_cancelled_cards_is_what_its_outcome_says(outcome: str | None, wanted: str | None) -> None:
    assert meeting("Fraud with cancelled cards", outcome) == wanted


FORMS = {
    "Talk to our sales team": "contact_sales",
    "Kontakt zum Vertrieb": "contact_sales",
    "Richiedi un preventivo": "price_request",
    "Offerte aanvragen": "price_request",
    "Poproś o wycenę": "price_request",
    "Whitepaper-Download: Preisanfrage richtig stellen": "whitepaper",
    "Do not contact sales": None,
    "Webinar: how to request a demo": "webinar",
    "Trial law for bankers: e-book": "whitepaper",
    "Trial: 30 days": "trial_started",
    "Webinar registration: pricing": "webinar",
}


@pytest.mark.parametrize(("name", "kind"), FORMS.items())
def test_a_form_is_what_its_name_says(name: str, kind: str | None) -> None:
    row = READERS.row("hubspot", "form_submissions", {"formName": name, "submittedAt": 1_764_000_000_000})
    assert (row.get("kind") or None) == kind
