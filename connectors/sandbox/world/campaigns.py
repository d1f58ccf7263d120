"""Salesforce's campaigns and their members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from connectors.sandbox.world.catalogue import Catalogue
from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.engagement import Membership
from connectors.sandbox.world.ids import salesforce_ids
from connectors.sandbox.world.model import Person
from connectors.sandbox.world.org import audit
from connectors.sandbox.world.staff import MARKETING, USER_IDS
from connectors.sandbox.world.stamps import DAY, HOUR, Calendar, day

Row = dict[str, Any]

INVITED_AHEAD = 0.06  # of the people in Salesforce, to each event to come

_OWNER = USER_IDS[MARKETING]
_RESPONSES = {
    "Webinar": "Attended",
    "Seminar / Conference": "Attended",
    "Conference": "Attended",
    "Trade Show": "Attended",
}


def campaigns(catalogue: Catalogue, calendar: Calendar) -> list[Row]:
    """Return the campaigns: one for every event, whitepaper and survey, and the newsletter's."""
    plans = [(one.campaign_id, one.name, one.campaign_type, one.at, one.at) for one in catalogue.happenings]
    plans += [(one.campaign_id, one.name, one.type, one.at, one.at + 365 * DAY) for one in catalogue.contents]
    return [
        {
            "Id": identifier,
            "Name": name,
            "ParentId": None,
            "Type": kind,
            "Status": "Completed"
            if end < calendar.midnight
            else "In Progress"
            if start < calendar.midnight
            else "Planned",
            "StartDate": day(start),
            "EndDate": day(end),
            "IsActive": end >= calendar.midnight - 30 * DAY,
            "Description": None,
            "BudgetedCost": None,
            "ActualCost": None,
            "ExpectedRevenue": None,
            "NumberSent": 0.0,
            "OwnerId": _OWNER,
        }
        | audit(calendar.before(start - 45 * DAY), calendar.before(min(start + DAY, end + DAY)), _OWNER)
        for identifier, name, kind, start, end in plans
    ]


def members(
    dice: Dice,
    calendar: Calendar,
    catalogue: Catalogue,
    people: Sequence[Person],
    memberships: Sequence[Membership],
    many: int,
) -> list[Row]:
    """Return the campaigns' members: those who were there or invited to it, and about `many` more who were invited."""
    types = {one.campaign_id: one.campaign_type for one in catalogue.happenings}
    types |= {one.campaign_id: one.type for one in catalogue.contents}
    everyone = [*memberships, *_invited(dice, calendar, catalogue, people, many)]
    ids, taken, rows = salesforce_ids("CampaignMember"), set[tuple[str, str]](), []
    for member in everyone:
        who = member.person.crm_id
        if who is not None and (member.campaign_id, who) not in taken:  # a person is in a campaign once
            taken.add((member.campaign_id, who))
            rows.append(_member(next(ids), member, types[member.campaign_id], calendar))
    return rows


def _invited(
    dice: Dice, calendar: Calendar, catalogue: Catalogue, people: Sequence[Person], many: int
) -> Iterator[Membership]:
    known = [person for person in people if person.crm_id and not person.converted]
    past = catalogue.past(calendar)
    for person in known and [dice.pick(known) for _ in range(many)]:
        happening = dice.pick(past)
        yield Membership(person, happening.campaign_id, happening.at - dice.within(10, 30) * DAY, None)


def expected(dice: Dice, calendar: Calendar, catalogue: Catalogue, people: Sequence[Person]) -> Iterator[Membership]:
    """Yield who is invited already to the events that are to come."""
    known = [person for person in people if person.crm_id and not person.converted]
    for happening in catalogue.happenings:
        if happening.at >= calendar.midnight:
            for person in dice.some(known, INVITED_AHEAD):
                yield Membership(person, happening.campaign_id, calendar.ago(dice.within(1, 9)), None)


def _member(identifier: str, member: Membership, kind: str, calendar: Calendar) -> Row:
    person, responded = member.person, member.responded
    changed = calendar.before((responded or member.added) + HOUR)
    return {
        "Id": identifier,
        "CampaignId": member.campaign_id,
        "ContactId": person.contact_id,
        "LeadId": None if person.contact_id else person.lead_id,
        "LeadOrContactId": person.crm_id,
        "Type": "Contact" if person.contact_id else "Lead",
        "Status": "Sent" if responded is None else _RESPONSES.get(kind, "Responded"),
        "HasResponded": responded is not None,
        "FirstRespondedDate": day(responded) if responded is not None else None,
    } | audit(min(member.added, changed), changed, _OWNER)
