"""What the vendor's people did towards others, in both systems: calls, e-mails, meetings, notes and tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.engagement import Demo
from connectors.sandbox.world.ids import hubspot_ids, salesforce_ids
from connectors.sandbox.world.model import Person
from connectors.sandbox.world.org import audit
from connectors.sandbox.world.staff import MARKETING, OWNER_IDS, USER_IDS
from connectors.sandbox.world.stamps import DAY, HOUR, MINUTE, Calendar, day, iso, offset
from connectors.sandbox.world.trade import Trade

Record = dict[str, Any]

# How a hundred touches divide among HubSpot's object types and Salesforce's; replies come on top.
SHARES = {"calls": 20, "emails": 32, "notes": 8, "tasks": 9, "meetings": 5, "Task": 21, "Event": 5}

DISPOSITIONS = {  # HubSpot's default call outcomes
    "connected": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "left voicemail": "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "no answer": "73a0d17f-1163-4015-bdd5-ec830791da20",
}


class Touch(NamedTuple):
    """One contact between the vendor and a person: when, about what, who did it, and whether the person replied."""

    person: Person
    at: int
    about: str
    rep: int
    inbound: bool = False
    demo: bool = False


Made = dict[str, list[Record]]


def make_touches(
    dice: Dice, calendar: Calendar, trade: Trade, people: Sequence[Person], demos: Sequence[Demo], many: int
) -> Made:
    """Return about `many` touches, by HubSpot object type and Salesforce sObject.

    Sales calls and writes to anyone; people who follow a topic, customers and partners answer, and only they are met.
    """
    in_hubspot = [person for person in people if person.hubspot_id and not person.archived]
    in_salesforce = [person for person in people if person.crm_id and not person.converted]
    near = {id(person) for person in people if _near(person)}
    pools: dict[str, list[Person]] = {kind: in_salesforce if kind[0].isupper() else in_hubspot for kind in SHARES}
    for kind in ("meetings", "Event"):
        pools[kind] = [person for person in pools[kind] if id(person) in near] or pools[kind][:1]
    made: Made = {}
    for kind, share in SHARES.items():
        touches = [_touch(dice, calendar, trade, dice.pick(pools[kind])) for _ in range(many * share // 100)]
        if kind in {"calls", "emails"}:
            touches += _replies(dice, calendar, [touch for touch in touches if id(touch.person) in near])
        if kind == "meetings":
            topics = [trade.topics[demo.topic].name for demo in demos]
            touches += [
                Touch(demo.person, demo.at, f"Demo: {topic}", _rep(demo.person), demo=True)
                for demo, topic in zip(demos, topics, strict=True)
                if demo.person.hubspot_id and not demo.person.archived
            ]
        made[kind] = list(
            _rows(dice, calendar, kind, touches) if kind[0].isupper() else _records(dice, calendar, kind, touches)
        )
    return made


def _near(person: Person) -> bool:
    return (person.interest is not None and person.interest.hot) or person.company.relation in {"customer", "partner"}


def _rep(person: Person) -> int:
    return MARKETING if person.company.rep is None else person.company.rep


def _touch(dice: Dice, calendar: Calendar, trade: Trade, person: Person) -> Touch:
    interest = person.interest
    if interest is not None and dice.chance(0.8):
        at = calendar.working(dice, interest.since, interest.until)
        about = dice.pick(trade.topics[interest.topic].asks)
    else:
        at = calendar.working(dice, 362, 1)
        about = dice.pick(trade.plain_asks)
    person.note(at)
    return Touch(person, at, about, _rep(person))


def _replies(dice: Dice, calendar: Calendar, touches: Sequence[Touch]) -> Iterator[Touch]:
    for touch in touches:
        at = touch.at + dice.within(1, 30) * HOUR
        if dice.chance(0.35) and at < calendar.midnight:
            touch.person.note(at)
            yield touch._replace(at=at, inbound=True)


# ---- HubSpot ------------------------------------------------------------------------------------------------------


def _call(dice: Dice, touch: Touch) -> Record:
    outcome = "connected" if touch.inbound or dice.chance(0.3) else dice.pick(("left voicemail", "no answer"))
    return {
        "hs_call_title": f"Call about {touch.about}",
        "hs_call_direction": "INBOUND" if touch.inbound else "OUTBOUND",
        "hs_call_disposition": DISPOSITIONS[outcome],
        "hs_call_duration": str(dice.within(60, 1_500) * 1_000 if outcome == "connected" else 0),
        "hs_call_status": "COMPLETED",
        "hs_call_body": None,
    }


def _email(dice: Dice, touch: Touch) -> Record:
    forwarded = touch.inbound and dice.chance(0.05)
    return {
        "hs_email_subject": f"{'Fwd: ' if forwarded else 'Re: ' if touch.inbound else ''}About {touch.about}",
        "hs_email_direction": "FORWARDED_EMAIL" if forwarded else "INCOMING_EMAIL" if touch.inbound else "EMAIL",
        "hs_email_status": "SENT",
        "hs_email_text": None,
    }


def _meeting(dice: Dice, touch: Touch) -> Record:
    return {
        "hs_meeting_title": touch.about if touch.demo else f"Meeting about {touch.about}",
        "hs_meeting_start_time": iso(touch.at),
        "hs_meeting_end_time": iso(touch.at + HOUR),
        "hs_meeting_outcome": "COMPLETED",
        "hs_activity_type": "Demo" if touch.demo else "Discovery" if dice.chance(0.6) else None,
        "hs_meeting_body": None,
    }


def _note(dice: Dice, touch: Touch) -> Record:
    return {"hs_note_body": f"<p>Asked about {touch.about}.</p>"}


def _task(dice: Dice, touch: Touch) -> Record:
    return {
        "hs_task_subject": f"Follow up on {touch.about}",
        "hs_task_status": "COMPLETED" if dice.chance(0.85) else "NOT_STARTED",
        "hs_task_priority": dice.pick(("LOW", "MEDIUM", "HIGH")),
        "hs_task_type": dice.pick(("TODO", "CALL", "EMAIL")),
        "hs_task_body": None,
    }


_PROPERTIES: dict[str, Callable[[Dice, Touch], Record]] = {
    "calls": _call,
    "emails": _email,
    "meetings": _meeting,
    "notes": _note,
    "tasks": _task,
}


def _records(dice: Dice, calendar: Calendar, kind: str, touches: Sequence[Touch]) -> Iterator[Record]:
    describe, ids, label = _PROPERTIES[kind], hubspot_ids(dice, 70_001), kind[:-1]
    for touch in touches:
        identifier, company = next(ids), touch.person.employer or touch.person.company
        created = iso(touch.at)
        changed = iso(calendar.before(touch.at + dice.within(0, 3 * DAY)))
        properties = describe(dice, touch) | {
            "hs_timestamp": created,
            "hubspot_owner_id": OWNER_IDS[touch.rep],
            "hs_createdate": created,
            "createdate": created,
            "hs_lastmodifieddate": changed,
            "hs_object_id": identifier,
        }
        links: Record = {"contacts": [{"id": touch.person.hubspot_id, "type": f"{label}_to_contact"}]}
        if company.hubspot_id:
            links["companies"] = [{"id": company.hubspot_id, "type": f"{label}_to_company"}]
        yield {
            "id": identifier,
            "properties": properties,
            "createdAt": created,
            "updatedAt": changed,
            "archived": False,
            "associations": links,
        }


# ---- Salesforce ---------------------------------------------------------------------------------------------------


def _rows(dice: Dice, calendar: Calendar, kind: str, touches: Sequence[Touch]) -> Iterator[Record]:
    ids, describe = salesforce_ids(kind), _sales_task if kind == "Task" else _event
    for touch in touches:
        person, owner = touch.person, USER_IDS[touch.rep]
        account = person.company.account_id if person.contact_id else None
        common = {
            "Id": next(ids),
            "WhoId": person.crm_id,
            "WhatId": account,
            "AccountId": account,
            "OwnerId": owner,
            "Description": None,
            "IsArchived": False,
        }
        changed = calendar.before(touch.at + dice.within(0, 3 * DAY))
        yield common | describe(dice, touch) | audit(touch.at - dice.within(0, 60) * MINUTE, changed, owner)


def _sales_task(dice: Dice, touch: Touch) -> Record:
    kind = dice.pick(("Call", "Email", "Email", "Task"))
    closed = kind != "Task" or dice.chance(0.8)
    return {
        "Subject": f"{kind}: {touch.about}",
        "ActivityDate": day(touch.at),
        "Status": "Completed" if closed else "Not Started",
        "Priority": "Normal",
        "IsHighPriority": False,
        "IsClosed": closed,
        "TaskSubtype": kind,
        "CallType": "Outbound" if kind == "Call" else None,
        "CallDurationInSeconds": dice.within(30, 1_500) if kind == "Call" else None,
        "CallDisposition": None,
        "CompletedDateTime": offset(touch.at) if closed else None,
    }


def _event(dice: Dice, touch: Touch) -> Record:
    start = touch.at - touch.at % (30 * MINUTE)
    return {
        "Subject": f"Meeting: {touch.about}",
        "Location": dice.pick((None, "Video call", "On site")),
        "IsAllDayEvent": False,
        "ActivityDate": day(start),
        "ActivityDateTime": offset(start),
        "DurationInMinutes": 60,
        "StartDateTime": offset(start),
        "EndDateTime": offset(start + HOUR),
        "EventSubtype": "Event",
        "ShowAs": "Busy",
    }
