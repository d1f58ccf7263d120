"""What did not happen, or no person did, counts nothing: each input that once went wrong, and its cousins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.hubspot.events import participant
from syncd.agreement.lead_terms import Bots
from syncd.agreement.terms import Agreement
from syncd.cli.summaries import lines
from syncd.mapping import load_all
from syncd.mapping.activity_kinds import silent_kinds
from syncd.mapping.files import tables
from syncd.mapping.reading import reader
from syncd.model import Activity, Ask, ContactRole, Judgement, Ref, Ruling, Rung, Wish, kinds
from syncd.rules.bots import machine_made
from syncd.rules.engagement import scale_of, weigh
from syncd.rules.replies import is_automatic
from syncd.store import Store
from syncd.store.status import read_status
from syncd.sync.summary import Summary
from tests.benchmarks.bots import PERSON, verdicts
from tests.ledger import reset_cursor
from tests.rules.builders import (
    CENTRAL,
    NOON,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_opportunity,
    did,
    exactly,
    judge,
    mobilized,
)
from tests.sync.conftest import NOON as PLACE_NOON
from tests.sync.conftest import Place
from tests.sync.test_vendor_doubles import hire
from tests.sync.test_vendor_trust import click as logged
from tests.sync.test_vendor_trust import judged as kept_of

AGREEMENT = an_agreement()
SCALE = scale_of(AGREEMENT)
SENT = NOON - timedelta(days=3)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


# ---- machines in a mailbox ---------------------------------------------------------------------------------------


def at(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def delivered(message: str = "m1") -> Activity:
    return did("ann", "email_delivered", at=SENT, message=message)


def click(seconds: float, link: str = "a", agent: str = CHROME, links: int = 0, filtered: bool = False) -> Activity:
    fields = {"link": link, "agent": agent, "links": links, "filtered": filtered}
    return did("ann", "email_clicked", at=at(seconds), message="m1", source="hubspot email_events", **fields)


def form(seconds: float) -> Activity:
    return did("ann", "whitepaper", at=at(seconds), by_hand=True)


def reply(seconds: float, subject: str = "Re: fraud detection") -> Activity:
    return did("ann", "email_replied", at=at(seconds), topic=subject, by_hand=True)


MACHINES: dict[str, Sequence[Activity]] = {
    "a click with filteredEvent true and a browser's agent": [click(9_000, filtered=True)],
    "a click 8 s after delivery": [click(8)],
    "a click 30 s after delivery": [click(30)],
    "a click 20 s before delivery": [click(-20)],
    "a click an hour before delivery": [click(-3600)],
    "two links at once of a mail with three, at any hour": [
        click(9_000, "a", links=3),
        click(9_000.5, "b", links=3),
    ],
    "all three links of a mail hours later": [click(9_000 + number, str(number), links=3) for number in range(3)],
    "six links 1.5 s apart, the later ones too": [click(3 + 1.5 * number, str(number)) for number in range(6)],
    "the tail of a slow scan that began at delivery": [click(15 + 70 * number, str(number)) for number in range(5)],
    "an empty agent": [click(9_000, agent="")],
    "a chat's preview": [click(9_000, agent="Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")],
    "a crawler": [click(9_000, agent="Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")],
    "a program in Go": [click(9_000, agent="Go-http-client/2.0")],
    "a program in Java": [click(9_000, agent="Java/17.0.2")],
    "Wget": [click(9_000, agent="Wget/1.21.4")],
    "a security gateway that names itself": [click(9_000, agent="Mozilla/5.0 (compatible; Mimecast URL Protect)")],
}
PEOPLE: dict[str, Sequence[Activity]] = {
    "a click from a phone 4 s after delivery, then a form": [click(4, agent=PHONE), form(150)],
    "a click from a phone 4 s after delivery, then a reply": [click(4, agent=PHONE), reply(400)],
    "two early clicks from a phone, then a form": [click(20, "a", PHONE), click(50, "b", PHONE), form(200)],
    "four tabs within 3 s by one who then fills in a form": [
        *(click(9_000 + 0.9 * number, str(number)) for number in range(4)),
        form(9_200),
    ],
    "an agent that is called Abbott Mobile": [click(9_000, agent="Abbott Mobile")],
    "three clicks on one link": [click(9_000 + number, links=3) for number in range(3)],
    "two links of a long letter": [click(9_000, "a", links=9), click(9_001, "b", links=9)],
    "somebody else's delivery": [did("ann", "email_delivered", at=at(9_000), message="m2"), click(9_004)],
    "the same letter delivered again a minute later": [
        did("ann", "email_delivered", at=at(9_060), message="m1"),
        click(9_000),
    ],
    "an open by a mail program half a minute after delivery": [
        did("ann", "email_opened", at=at(30), message="m1", agent="Outlook-iOS/723.4027091.prod.iphone (4.28.0)")
    ],
    "a telephone's click minutes after a scan by another agent": [click(700, agent=PHONE)],
}


def caught(activities: Sequence[Activity]) -> list[bool]:
    machines = machine_made([delivered(), *activities], Bots(agents=("Mimecast", "Barracuda")))
    return [activity.id in machines for activity in activities]


@pytest.mark.parametrize("activities", MACHINES.values(), ids=MACHINES)
def test_a_machine_s_click_is_told(activities: Sequence[Activity]) -> None:
    assert all(caught(activities))


@pytest.mark.parametrize("activities", PEOPLE.values(), ids=PEOPLE)
def test_a_person_s_click_is_left_alone(activities: Sequence[Activity]) -> None:
    assert not any(caught(activities))


def test_a_scan_at_delivery_is_cleared_by_nothing_and_the_form_s_own_click_is_a_person_s() -> None:
    scan = [click(5 + number, str(number)) for number in range(5)]
    assert caught([*scan, click(420), form(480)]) == [True] * 5 + [False, False]


def test_a_form_clears_no_agent_that_names_itself() -> None:
    assert caught([click(9_000, agent="Barracuda Sentinel (EE)"), form(9_100)]) == [True, False]


def test_an_automatic_reply_clears_nothing() -> None:
    assert caught([click(4), reply(20, "Automatic reply: fraud detection")]) == [True, True]


def test_a_privacy_open_taints_no_click() -> None:
    relay = did("ann", "email_opened", at=at(5), message="m1", agent="Mozilla/5.0")
    assert caught([relay, click(480, agent=PHONE)]) == [True, False]


def test_each_machine_s_activity_has_the_sign_that_gave_it_away() -> None:
    activities = [
        *(click(9_000 + number / 2, str(number)) for number in range(4)),
        click(9_300, "late"),
        click(20, agent=PHONE),
        click(30_000, agent="curl/8.1.2"),
        click(40_000, filtered=True),
        reply(50_000, "Abwesenheitsnotiz: fraud"),
    ]
    machines = machine_made([delivered(), *activities], Bots())
    assert [machines.get(activity.id) for activity in activities] == [
        *["4 links at once"] * 4,
        "in a session with a machine's click",
        "within 60 s of the delivery",
        "agent curl",
        "filtered by hubspot",
        "automatic reply",
    ]


def test_of_157_sequences_nine_in_ten_are_right_and_no_person_is_taken_for_a_machine() -> None:
    sequences: dict[str, bool] = {}
    people_lost = []
    for verdict in verdicts():
        sequences[verdict.sequence] = sequences.get(verdict.sequence, True) and verdict.right
        people_lost += [verdict] if verdict.truth == PERSON and not verdict.right else []
    assert len(sequences) >= 60
    assert sum(sequences.values()) >= 0.9 * len(sequences)
    assert people_lost == []


# ---- automatic replies -------------------------------------------------------------------------------------------

AUTOMATIC = [
    "Automatic reply: fraud detection",
    "Out of Office: Re: fraud detection",
    "[External] Automatic reply: fraud",
    "AutoReply: fraud",
    "Auto: Re: fraud",
    "Jane Roe is out of the office (returning 12/3)",
    "On vacation until 5 May",
    "Automatische Antwort: Betrugserkennung",
    "Abwesenheitsnotiz",
    "Réponse automatique : fraude",
    "Absence du bureau",
    "Respuesta automática: fraude",
    "Risposta automatica: frode",
    "Resposta automática: fraude",
    "Automatisch antwoord: fraude",
    "Autosvar: svindel",
    "Automatyczna odpowiedź: oszustwa",
    "自動返信: 会議",
    "自动回复: 会议",
    "Undeliverable: fraud detection",
    "Delivery Status Notification (Failure)",
    "[Ticket #48213] fraud detection",
    "Your request has been received",
    "Pat Doe no longer works for the bank",
    "Undeliverable: Fraud webinar",
    "Unzustellbar: Betrug",
    "Read: Proposal",
    "Gelesen: Angebot",
]
WRITTEN = [
    "Re: Automatic reply: what we learned",
    "RE: Respuestas automáticas en banca",
    "AW: Abwesenheitsnotiz",
    "Out of office fraud: a study",
    "Absence of controls",
    "Auto loans",
    "Autonomous banking",
    "Your ticket for the conference",
    "Case study 2026",
    "Request 2026 rates",
    "Question about the workshop on 14 May",
    "Read our proposal, two questions",
    "",
]


@pytest.mark.parametrize("subject", AUTOMATIC)
def test_an_automatic_reply_is_a_machine_s(subject: str) -> None:
    assert is_automatic(subject)


@pytest.mark.parametrize("subject", WRITTEN)
def test_a_subject_that_only_speaks_of_it_is_a_person_s(subject: str) -> None:
    assert not is_automatic(subject)


def test_the_agreement_adds_beginnings_of_its_own() -> None:
    assert is_automatic("We are closed: fraud", ["we are closed"])
    assert not is_automatic("We are closed: fraud")


# ---- what the mapping reads --------------------------------------------------------------------------------------

READERS = {
    (system, stream): reader(mapping, stream, tables(mapping))
    for system, mapping in load_all(names=("hubspot", "salesforce")).items()
    for stream in mapping.streams
}


def hubspot(stream: str, raw: dict) -> dict:
    return READERS["hubspot", stream](raw)


def of_record(stream: str, raw: dict, system: str = "hubspot") -> Activity | None:
    """The activity that a record becomes, as match makes it; None where it becomes none."""
    row = READERS[system, stream](raw)
    if not (row.get("kind") and row.get("at")):
        return None
    known = {name: value for name, value in kinds.row("activity", row).items() if value is not None}
    return Activity(**{"id": "1", "contact_id": "ann", "source": f"{system} {stream}", **known})


def counted(stream: str, raw: dict, system: str = "hubspot", today: date = TODAY) -> dict[str, int]:
    """The kinds that count of one record, by the shipped agreement."""
    activity = of_record(stream, raw, system)
    return dict(weigh([activity] if activity else [], SCALE, today).interest.kinds)


def test_the_vendor_s_own_verdict_and_an_empty_agent_are_read() -> None:
    event = {"type": "CLICK", "created": 1_760_000_000_000, "recipient": "ann@bank.example", "emailCampaignId": 7}
    row = hubspot("email_events", {**event, "filteredEvent": True, "userAgent": "", "url": "https://x.example/a"})
    assert (row["filtered"], row["agent"], row["link"]) == (True, "", "https://x.example/a")
    assert hubspot("email_events", event)["agent"] == ""


def test_what_only_a_person_does_is_declared_by_the_mapping() -> None:
    submission = {"email": "ann@bank.example", "submittedAt": 1_760_000_000_000, "formName": "Whitepaper"}
    mail = {"hs_timestamp": "2026-03-01T12:00:00Z", "hs_email_direction": "INCOMING_EMAIL"}
    assert hubspot("form_submissions", submission)["by_hand"] is True
    assert hubspot("emails", {"properties": mail})["by_hand"] is True
    assert hubspot("emails", {"properties": mail | {"hs_email_direction": "EMAIL"}})["by_hand"] is False


# ---- statuses ----------------------------------------------------------------------------------------------------


def meeting(outcome: str | None, days_ago: float = 3, **properties: str) -> dict:
    start = NOON - timedelta(days=days_ago)
    held = {"hs_meeting_start_time": start.isoformat(), "hs_meeting_end_time": (start + timedelta(hours=1)).isoformat()}
    return {"properties": {**held, "hs_meeting_title": "About fraud", "hs_meeting_outcome": outcome, **properties}}


MEETINGS = {"COMPLETED": 1, "SCHEDULED": 1, None: 1, "NO_SHOW": 0, "CANCELED": 0, "RESCHEDULED": 0, "Met the intern": 0}


@pytest.mark.parametrize(("outcome", "held"), MEETINGS.items())
def test_a_meeting_that_did_not_happen_counts_nothing(outcome: str | None, held: int) -> None:
    assert counted("meetings", meeting(outcome)) == ({"meeting_held": 1} if held else {})


def test_a_meeting_that_nobody_marked_counts_as_held_assumed_from_the_day_after_its_end() -> None:
    today = weigh([_meeting("SCHEDULED", 0.0)], SCALE, TODAY)
    assert (dict(today.interest.kinds), today.review_on) == ({}, TODAY + timedelta(days=1))
    later = weigh([_meeting("SCHEDULED", 0.0)], SCALE, TODAY + timedelta(days=1)).interest
    assert (later.kinds, later.assumed) == ({"meeting_held": 1}, {"meeting_held": 1})
    assert weigh([_meeting("COMPLETED", 0.0)], SCALE, TODAY).interest.assumed == {}


def _meeting(outcome: str, days_ago: float) -> Activity:
    activity = of_record("meetings", meeting(outcome, days_ago))
    assert activity is not None
    return activity


def test_the_agreement_may_demand_the_mark() -> None:
    strict = scale_of(an_agreement(engagement={"unmarked_meetings": "not held"}))
    assert weigh([_meeting("SCHEDULED", 3)], strict, TODAY).interest.kinds == {}
    assert weigh([_meeting("COMPLETED", 3)], strict, TODAY).interest.kinds == {"meeting_held": 1}


def test_a_demo_counts_from_the_day_on_which_it_was_booked_unless_it_was_called_off() -> None:
    booked = {"hs_activity_type": "Product demo", "hs_createdate": (NOON - timedelta(days=1)).isoformat()}
    assert counted("meetings", meeting("SCHEDULED", -10, **booked)) == {"demo_booked": 1}
    assert counted("meetings", meeting("CANCELED", -10, **booked)) == {}
    assert counted("meetings", meeting("NO_SHOW", 0.5, **booked)) == {}


CONNECTED, VOICEMAIL = "f240bbac-87c9-4f6e-bf70-924b57d47db7", "b2cf5968-551e-4856-9783-52b3da59a7d0"
WRONG_NUMBER = "17b47fee-58de-441e-a44c-c6300d46f273"
CALLS: dict[str, tuple[dict, bool]] = {
    "outbound, connected": ({"direction": "OUTBOUND", "status": "COMPLETED", "disposition": CONNECTED}, True),
    "outbound, connected, no status": ({"direction": "OUTBOUND", "disposition": CONNECTED}, True),
    "outbound, voicemail": ({"direction": "OUTBOUND", "status": "COMPLETED", "disposition": VOICEMAIL}, False),
    "outbound, wrong number": ({"direction": "OUTBOUND", "status": "COMPLETED", "disposition": WRONG_NUMBER}, False),
    **{
        f"outbound, {status}": ({"direction": "OUTBOUND", "status": status}, False)
        for status in ("NO_ANSWER", "BUSY", "FAILED", "CANCELED", "QUEUED")
    },
    "outbound, completed, nobody says how it went": ({"direction": "OUTBOUND", "status": "COMPLETED"}, False),
    "outbound, an outcome of the portal's own": ({"direction": "OUTBOUND", "disposition": "0b1f-0"}, False),
    "outbound, nobody took it": ({"direction": "OUTBOUND", "status": "NO_ANSWER", "disposition": CONNECTED}, False),
    "inbound": ({"direction": "INBOUND", "status": "COMPLETED"}, True),
    "inbound, nobody took it": ({"direction": "INBOUND", "status": "NO_ANSWER"}, False),
    "inbound, left a voicemail": ({"direction": "INBOUND", "status": "COMPLETED", "disposition": VOICEMAIL}, False),
    "still ringing": ({"direction": "INBOUND", "status": "RINGING"}, False),
}


@pytest.mark.parametrize(("call", "answered"), CALLS.values(), ids=CALLS)
def test_a_call_counts_where_somebody_took_it(call: dict, answered: bool) -> None:
    properties = {f"hs_call_{name}": value for name, value in call.items()}
    raw = {"properties": {"hs_timestamp": (NOON - timedelta(days=2)).isoformat(), **properties}}
    assert counted("calls", raw) == ({"call_answered": 1} if answered else {})


def test_the_agreement_may_name_a_portal_s_own_disposition_by_its_guid() -> None:
    call = {"hs_call_direction": "OUTBOUND", "hs_call_disposition": "0b1f-0"}
    activity = of_record("calls", {"properties": {"hs_timestamp": (NOON - timedelta(days=2)).isoformat(), **call}})
    assert activity is not None
    named = scale_of(an_agreement(engagement={"answered_calls": ["connected", "0b1f-0"]}))
    assert weigh([activity], named, TODAY).interest.kinds == {"call_answered": 1}


LASTED = {("calls", "90000"): 0, ("calls", "150000"): 1, ("calls", "1800000"): 1, ("Task", 90): 0, ("Task", 1800): 1}


@pytest.mark.parametrize(("record", "answered"), LASTED.items())
def test_a_call_lasts_in_the_unit_of_its_system(record: tuple[str, Any], answered: int) -> None:
    stream, duration = record
    at = (NOON - timedelta(days=2)).isoformat()
    call = {"hs_timestamp": at, "hs_call_direction": "OUTBOUND", "hs_call_disposition": CONNECTED}
    task = {"IsClosed": True, "CompletedDateTime": at, "TaskSubtype": "Call", "CallDisposition": "Connected"}
    if stream == "calls":
        activity = of_record("calls", {"properties": {**call, "hs_call_duration": duration}})
    else:
        activity = of_record("Task", {**task, "CallDurationInSeconds": duration}, "salesforce")
    assert activity is not None
    two_minutes = scale_of(an_agreement(engagement={"answered_call_seconds": 120}))
    assert weigh([activity], two_minutes, TODAY).interest.kinds == ({"call_answered": 1} if answered else {})


TASKS: dict[str, tuple[dict, bool]] = {
    "a closed call with the result Connected": ({"TaskSubtype": "Call", "CallDisposition": "Connected"}, True),
    "no result": ({"TaskSubtype": "Call", "CallType": "Outbound"}, False),
    "not connected": ({"TaskSubtype": "Call", "CallDisposition": "Not connected"}, False),
    "a voicemail": ({"TaskSubtype": "Call", "CallDisposition": "Left Voicemail"}, False),
    "they called": ({"TaskSubtype": "Call", "CallType": "Inbound"}, True),
    "deferred": ({"TaskSubtype": "Call", "Status": "Deferred", "IsClosed": False}, False),
    "still open": ({"TaskSubtype": "Call", "CallDisposition": "Connected", "IsClosed": False}, False),
    "closed as cancelled": ({"TaskSubtype": "Call", "CallType": "Inbound", "Status": "Cancelled"}, False),
    "a mail of ours": ({"TaskSubtype": "Email"}, False),
}


@pytest.mark.parametrize(("task", "answered"), TASKS.values(), ids=TASKS)
def test_a_call_that_the_crm_logs_counts_where_somebody_took_it(task: dict, answered: bool) -> None:
    raw = {"IsClosed": True, "Status": "Completed", "CompletedDateTime": (NOON - timedelta(days=2)).isoformat(), **task}
    assert counted("Task", raw, "salesforce") == ({"call_answered": 1} if answered else {})


EVENTS = {
    "Meeting about fraud": True,
    "Canceled: Meeting about fraud": False,
    "Abgesagt: Betrug": False,
    "No-show: Betrug": False,
    "How banks stop canceled cards": True,
}


@pytest.mark.parametrize(("subject", "held"), EVENTS.items())
def test_an_event_whose_subject_says_that_it_was_called_off_counts_nothing(subject: str, held: bool) -> None:
    start = NOON - timedelta(days=2)
    raw = {"StartDateTime": start.isoformat(), "EndDateTime": (start + timedelta(hours=1)).isoformat()}
    assert counted("Event", raw | {"Subject": subject}, "salesforce") == ({"meeting_held": 1} if held else {})


def test_an_event_of_next_thursday_counts_from_the_day_after_its_end() -> None:
    start = NOON + timedelta(days=1)
    raw = {"Subject": "Meeting about fraud", "StartDateTime": start.isoformat(), "EndDateTime": start.isoformat()}
    assert counted("Event", raw, "salesforce") == {}
    assert counted("Event", raw, "salesforce", TODAY + timedelta(days=1)) == {}
    assert counted("Event", raw, "salesforce", TODAY + timedelta(days=2)) == {"meeting_held": 1}


def test_a_task_that_is_open_and_a_mail_that_was_not_sent_are_no_touches() -> None:
    at = (NOON - timedelta(days=2)).isoformat()
    task = of_record("tasks", {"properties": {"hs_timestamp": at, "hs_task_status": "NOT_STARTED"}})
    mail = {"hs_timestamp": at, "hs_email_direction": "EMAIL", "hs_email_status": "FAILED"}
    sent = of_record("emails", {"properties": mail})
    assert task is not None and sent is not None
    assert (task.outcome, sent.outcome) == ("open", "missed")


def test_who_did_not_come_to_the_webinar_did_not_respond_whatever_the_org_calls_a_response() -> None:
    member = {"HasResponded": True, "Status": "No Show", "Campaign": {"Type": "Webinar", "Name": "Fraud"}}
    row = READERS["salesforce", "CampaignMember"](member)
    assert (row["kind"], row["outcome"]) == ("webinar", "missed")


@pytest.mark.parametrize(("status", "responded", "kind"), [("Invited", False, None), ("Besucht", True, "event")])
def test_being_on_a_campaign_s_list_is_no_response(status: str, responded: bool, kind: str | None) -> None:
    member = {"HasResponded": responded, "Status": status, "Campaign": {"Type": "Trade Show", "Name": "Fraud"}}
    row = READERS["salesforce", "CampaignMember"](member)
    assert (row.get("kind"), row.get("outcome")) == (kind, None)


@pytest.mark.parametrize("state", ["REGISTERED", "NO_SHOW", "CANCELLED", None])
def test_who_did_not_attend_a_marketing_event_did_nothing(state: str | None) -> None:
    event = {"objectId": "1", "eventName": "Fraud", "eventType": "WEBINAR"}
    record = participant(event, {"properties": {"attendanceState": state, "occurredAt": 1_760_000_000_000}})
    assert of_record("marketing_events", dict(record.raw)) is None


@pytest.mark.parametrize("type_", ["PROCESSED", "DEFERRED", "DROPPED", "SPAMREPORT", "STATUSCHANGE", "BOUNCE"])
def test_what_befell_a_mail_is_nothing_that_somebody_did(type_: str) -> None:
    event = {"type": type_, "created": 1_760_000_000_000, "recipient": "ann@x.example", "emailCampaignId": 7}
    assert of_record("email_events", event) is None


def test_a_click_on_the_mail_s_own_way_out_is_no_interest() -> None:
    at = int((NOON - timedelta(days=2)).timestamp() * 1000)
    event = {"type": "CLICK", "created": at, "recipient": "ann@x.example", "emailCampaignId": 7, "userAgent": PHONE}
    assert counted("email_events", {**event, "url": "https://x.example/hs/manage-preferences/unsubscribe?d=1"}) == {}
    assert counted("email_events", {**event, "url": "https://x.example/fraud"}) == {"email_clicked": 1}


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


# ---- exploring ---------------------------------------------------------------------------------------------------

DEMO = did("ann", "demo_booked", 2)
ON_OURS = an_opportunity(roles=(ContactRole("00K1", "ann", "Economic Buyer"),))


def judged(*activities: Activity, role: str | None = "Economic Buyer", **fields: Any) -> Judgement:
    contact = a_contact("ann", role, **fields.pop("contact", {}))
    return judge(a_group([contact], activities, **fields), AGREEMENT, fields.pop("today", TODAY))


def tasks(judgement: Judgement) -> dict[str, Wish]:
    return {wish.key: wish for wish in judgement.wishes if wish.object == "task"}


def test_a_demo_alone_is_no_response_and_makes_an_explore_call() -> None:
    judgement = judged(DEMO)
    (ann,) = judgement.contacts
    assert (ann.mql, ann.interest.responded, ann.ask) == (Ruling.NO, False, Ask.EXPLORE)
    assert list(tasks(judgement)) == ["explore/ann"]


def test_who_explores_is_asked_about_their_problem_and_never_for_business() -> None:
    judgement = judged(*mobilized("ann"), DEMO)
    text = str(tasks(judgement)["explore/ann"].fields["description"])
    assert "ask about their problem" in text
    assert "Which problem made them look at Fraud detection?" in text
    assert "ask for business" not in text


def test_who_was_an_mql_stays_one_and_neither_votes_nor_adds_weight_while_they_explore() -> None:
    judgement = judged(*mobilized("ann"), DEMO)
    (ann,) = judgement.contacts
    assert (ann.mql, judgement.tally.present, judgement.calls) == (Ruling.YES, 0, ())


def test_who_stands_on_an_open_opportunity_keeps_their_voice() -> None:
    assert judged(*mobilized("ann"), DEMO, opportunities=(ON_OURS,)).tally.present == 1


@pytest.mark.parametrize("last", [did("ann", "contact_sales", 1), did("ann", "demo_booked", 61)])
def test_a_hand_raise_or_the_agreed_time_ends_the_exploring(last: Activity) -> None:
    demo = [DEMO] if last.kind != "demo_booked" else []
    judgement = judged(*mobilized("ann"), *demo, last)
    (ann,) = judgement.contacts
    assert (ann.interest.explore, ann.ask, judgement.tally.present) == (False, Ask.ASK, 1)


def test_exploring_is_looked_at_again_on_the_day_on_which_it_ends() -> None:
    assert judged(DEMO).review_on == TODAY + timedelta(days=59)


def test_marketing_sees_the_named_rep_and_the_state_of_everybody_who_explores() -> None:
    judgement = judged(DEMO, role=None, contact={"remote_ids": {"hubspot.contacts": ("7",)}})
    (shown,) = [wish for wish in judgement.wishes if wish.object == "qualification"]
    assert (shown.fields["next_ask"], shown.fields["rep"]) == ("explore", "Rae Rep")


# ---- hand-raises -------------------------------------------------------------------------------------------------

ASKED = did("ann", "contact_sales", 1)
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


# ---- kinds that nobody tells of ----------------------------------------------------------------------------------


def test_a_kind_on_a_rung_that_no_mapping_can_ever_tell_of_is_named() -> None:
    mappings = load_all(names=("hubspot", "salesforce")).values()
    assert silent_kinds(AGREEMENT, mappings) == ["social", "topic_mentioned"]
    invented = an_agreement(engagement={"rungs": {"money": {"carrier_pigeon": 9}}})
    assert "carrier_pigeon" in silent_kinds(invented, mappings)


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


# ---- end to end --------------------------------------------------------------------------------------------------


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


def test_who_explores_and_whom_marketing_leaves_alone_raises_an_alert_until_it_writes_to_them(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    email = "wren.calder@calder-explores.example"
    fields = {"FirstName": "Wren", "LastName": "Calder", "Email": email}
    contact = hire(place, place.rows("Account", Name="Endeavor Bank")[0], **fields)
    before = run().alerts
    place.submit(email, "request a demo")
    summary = run()
    assert (summary.alerts, summary.plain()["alerts"]) == (before + 1, before + 1)
    assert any(line.startswith(f"alert: {before + 1:,} contact") for line in lines(summary))
    assert read_status(sqlite_store, PLACE_NOON)["alerts"] == before + 1
    since = f"{PLACE_NOON - timedelta(days=1):%Y-%m-%d}"
    assert kept_of(sqlite_store, contact)["alerts"] == [
        f"explores since {since}, and marketing did not touch them since"
    ]
    logged(place, email, 1, PLACE_NOON - timedelta(hours=2), kind="DELIVERED")
    reset_cursor(sqlite_store, "hubspot", "email_events")  # the log is behind the wall clock, not behind this world's
    assert run().alerts == before


MARKS = {"NO_SHOW": False, "CANCELED": False, "COMPLETED": True}


@pytest.mark.parametrize(("mark", "held"), MARKS.items())
def test_a_meeting_that_a_cfo_missed_makes_no_call(
    place: Place, run: Callable[..., Summary], sqlite_store: Store, mark: str, held: bool
) -> None:
    email = "wren.calder@calder-met.example"
    fields = {"FirstName": "Wren", "LastName": "Calder", "Email": email, "Title": "Chief Financial Officer"}
    contact = hire(place, place.rows("Account", Name="Endeavor Bank")[0], **fields)
    portal = place.portal_add("contacts", email=email, firstname="Wren", lastname="Calder")
    start = PLACE_NOON - timedelta(days=3)
    times = {"hs_timestamp": start.isoformat(), "hs_meeting_start_time": start.isoformat()}
    title = {"hs_meeting_title": "About fraud", "hs_meeting_outcome": mark}
    meeting_id = place.portal_add("meetings", **times, **title)
    place.hubspot("PUT", f"/crm/v4/objects/meetings/{meeting_id}/associations/default/contacts/{portal}")
    run()
    tasks = [row["Subject"] for row in place.rows("Task") if row.get("WhoId") == contact]
    assert tasks == (["Call Wren Calder, Economic Buyer: qualified lead"] if held else [])
