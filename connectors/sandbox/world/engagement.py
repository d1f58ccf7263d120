"""What people did: e-mails delivered, opened and clicked, forms sent, events attended, within the year before today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from connectors.sandbox.world.catalogue import Catalogue, Content, Form, Happening
from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import Person
from connectors.sandbox.world.stamps import DAY, MINUTE, Calendar, iso

Record = dict[str, Any]


class Membership(NamedTuple):
    """A person in a Salesforce campaign: when they were added, and when they responded."""

    person: Person
    campaign_id: str
    added: int
    responded: int | None


class Demo(NamedTuple):
    """A demonstration that a person booked."""

    person: Person
    at: int
    topic: int


@dataclass(slots=True)
class Engagement:
    """Everything that people did, in HubSpot's shapes, and what Salesforce will show of it."""

    submissions: list[Record] = field(default_factory=list)
    participations: list[Record] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    demos: list[Demo] = field(default_factory=list)


class Habits(NamedTuple):
    """How an interested person comes forward: how many times towards mobilization, and how likely the rest is."""

    least: int
    most: int
    explore: float
    money: float


_HOT = Habits(1, 3, 0.16, 0.14)
_WARM = Habits(0, 0, 0.0, 0.0)  # they read and click, no more

_WAYS = Weights((("webinar", 38), ("whitepaper", 28), ("seminar", 12), ("survey", 12), ("event", 10)))
_ASKS = Weights((("sales", 45), ("pricing", 35), ("ready", 20)))
_EVENT_KINDS = {
    "webinar": frozenset({"WEBINAR"}),
    "seminar": frozenset({"SEMINAR", "BREAKFAST SEMINAR"}),
    "event": frozenset({"CONFERENCE", "TRADE SHOW"}),
}


@dataclass(slots=True)
class Stage:
    """Where people come forward: the dice, the time, what is set up, and the record of what they did."""

    dice: Dice
    calendar: Calendar
    catalogue: Catalogue
    past: list[Happening]
    done: Engagement = field(default_factory=Engagement)


def come_forward(dice: Dice, calendar: Calendar, catalogue: Catalogue, people: Sequence[Person]) -> Engagement:
    """Let everyone who follows a topic fill in forms and attend events, and some others sign up for the newsletter."""
    stage = Stage(dice, calendar, catalogue, catalogue.past(calendar))
    reachable = [person for person in people if person.email]
    for person in reachable:
        if person.interest:
            _follow(stage, person)
    for person in dice.some(reachable, 0.02, least=3):
        purpose = "newsletter" if dice.chance(0.7) else "preferences"
        _submit(stage, person, purpose, None, calendar.working(dice, 360, 1))
    for person in dice.some(reachable, 0.025, least=3):
        _miss(stage, person)
    return stage.done


def _follow(stage: Stage, person: Person) -> None:
    dice, interest = stage.dice, person.interest
    assert interest is not None
    habits = _HOT if interest.hot else _WARM
    for _ in range(dice.within(habits.least, habits.most)):
        _mobilize(stage, person, dice.draw(_WAYS))
    if dice.chance(habits.explore):
        at = _when(stage, person)
        purpose = "demo" if dice.chance(0.65) else "trial"
        _submit(stage, person, purpose, interest.topic, at)
        if purpose == "demo" and at + 8 * DAY < stage.calendar.midnight:
            stage.done.demos.append(Demo(person, at + dice.within(2, 7) * DAY, interest.topic))
    if dice.chance(habits.money):
        _submit(stage, person, dice.draw(_ASKS), interest.topic, _when(stage, person))


def _when(stage: Stage, person: Person) -> int:
    assert person.interest is not None
    return stage.calendar.working(stage.dice, person.interest.since, person.interest.until)


def _mobilize(stage: Stage, person: Person, way: str) -> None:
    interest = person.interest
    assert interest is not None
    held = _held(stage, person, way) if way in _EVENT_KINDS else None
    if held:
        _attend(stage, person, held, attended=True)
        return
    purpose = way if way in {"whitepaper", "survey"} else "whitepaper"
    at = _when(stage, person)
    form = _submit(stage, person, purpose, interest.topic, at)
    content = next((one for one in stage.catalogue.contents if one.name == form.name), None)
    if content and stage.dice.chance(0.5):
        _join(stage, person, content, at)


def _held(stage: Stage, person: Person, way: str) -> Happening | None:
    """Return an event of their topic within the time of their interest."""
    interest = person.interest
    assert interest is not None
    first, last = stage.calendar.ago(interest.since + 10), stage.calendar.ago(interest.until)
    kinds = _EVENT_KINDS[way]
    fitting = [
        happening
        for happening in stage.past
        if happening.kind in kinds and first <= happening.at < last and happening.topic in {interest.topic, None}
    ]
    return stage.dice.pick(fitting) if fitting else None


def _miss(stage: Stage, person: Person) -> None:
    """Let a person be invited to an event and not come."""
    _attend(stage, person, stage.dice.pick(stage.past), attended=False)


def _attend(stage: Stage, person: Person, happening: Happening, *, attended: bool) -> None:
    dice = stage.dice
    registered = happening.at - dice.within(2, 12) * DAY + dice.within(0, 8 * 60) * MINUTE
    purpose = {"WEBINAR": "webinar", "SEMINAR": "seminar", "BREAKFAST SEMINAR": "seminar"}.get(happening.kind)
    if attended and purpose and dice.chance(0.6):
        _submit(stage, person, purpose, happening.topic, max(registered, stage.calendar.ago(364)))
    at = happening.at + dice.within(0, 20) * MINUTE
    person.note(at)
    stage.done.participations.append(
        {
            "objectId": happening.id,
            "email": person.email,
            "contactId": person.hubspot_id,
            "attended": attended,
            "attendanceState": "ATTENDED" if attended else "NO_SHOW",
            "occurredAt": iso(at),
        }
    )
    if person.crm_id and dice.chance(0.6):
        stage.done.memberships.append(Membership(person, happening.campaign_id, registered, at if attended else None))


def _join(stage: Stage, person: Person, content: Content, at: int) -> None:
    if person.crm_id:
        stage.done.memberships.append(Membership(person, content.campaign_id, at, at))


def _submit(stage: Stage, person: Person, purpose: str, topic: int | None, at: int) -> Form:
    """Send a form; people type their own address in any case."""
    dice, trade = stage.dice, stage.catalogue.trade
    form = dice.pick(stage.catalogue.forms[purpose, topic])
    person.note(at)
    person.forms.append(form.name)
    assert person.email is not None
    typed = person.email if dice.chance(0.95) else person.email.title()
    answers = {
        "email": typed,
        "firstname": person.given_name,
        "lastname": person.family,
        "company": person.company.name if dice.chance(0.8) else None,
        "jobtitle": person.title.text if person.title and dice.chance(0.6) else None,
    }
    if purpose in {"sales", "pricing", "ready", "demo"} and topic is not None:
        answers["message"] = f"We would like to talk about {dice.pick(trade.topics[topic].asks)}."
    page = trade.topics[topic].slug if topic is not None else "company"
    stage.done.submissions.append(
        {
            "formId": form.guid,
            "conversionId": dice.guid(),
            "submittedAt": at,
            "values": [
                {"name": name, "value": value, "objectTypeId": "0-1"} for name, value in answers.items() if value
            ],
            "pageUrl": f"https://www.{trade.domain}/{page}/{purpose}",
            "pageTitle": form.name,
        }
    )
    return form
