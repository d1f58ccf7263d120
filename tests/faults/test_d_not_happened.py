"""A meeting that was missed, a call that nobody took, a mail that was not sent: what did not happen counts nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.hubspot.events import participant
from syncd.model import Activity
from syncd.rules.engagement import scale_of, weigh
from syncd.store import Store
from syncd.sync.summary import Summary
from tests.faults.mailbox import PHONE
from tests.faults.vendor_records import READERS, SCALE, counted, hubspot, of_record
from tests.rules.builders import NOON, TODAY, an_agreement
from tests.sync.conftest import NOON as PLACE_NOON
from tests.sync.conftest import Place
from tests.sync.test_vendor_doubles import hire


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
