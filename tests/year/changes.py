"""What happens in the world on a day: people do things, records change, come and vanish, reps say what they think.

The world stays as large as it is: what comes goes again after a while.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.sync.conftest import Place

VISITORS = 4  # at once: leads that come and go
WORDS = ("demo", "whitepaper", "pricing", "webinar")
TITLES = ("Chief Financial Officer", "Treasurer", "Head of Fraud Operations", "VP Operations")


@dataclass
class Day:
    """One day of the walk: what a change, or a fault, may look at. memory: what changes remember between days."""

    at: datetime
    number: int
    place: Place
    chance: Random
    memory: dict[str, Any] = field(default_factory=dict)


Change = Callable[[Day], None]


def people_act(day: Day) -> None:
    """Somebody opens a mail, somebody fills in a form."""
    people = [one for one in day.place.portal("contacts") if one["properties"].get("email")]
    events = day.place.portal("email_events")
    for number, person in enumerate(day.chance.sample(people, 3)):
        at = int((day.at - timedelta(hours=2)).timestamp() * 1000)
        email = person["properties"]["email"]
        event = dict(day.chance.choice(events)) | {"recipient": email, "created": at, "type": "OPEN"}
        day.place.log("email_events", **event | {"id": f"year-{day.number}-{number}"})
    if day.number % 3 == 0:
        _submit(day, day.chance.choice(people)["properties"]["email"])


def _submit(day: Day, email: str) -> None:
    forms = day.place.portal("forms")
    values = [{"name": "email", "value": email, "objectTypeId": "0-1"}]
    at = int((day.at - timedelta(hours=1)).timestamp() * 1000)
    form = day.chance.choice(forms)["id"]
    row = {"formId": form, "conversionId": f"year-{day.number}", "submittedAt": at, "values": values}
    day.place.log("form_submissions", **row, pageUrl="https://www.syncd-demo.example/", pageTitle="")


def contacts_change(day: Day) -> None:
    """Somebody gets another job."""
    person = day.chance.choice(day.place.portal("contacts"))
    day.place.portal_edit("contacts", person["id"], jobtitle=day.chance.choice(TITLES))


def records_come_and_vanish(day: Day) -> None:
    """A lead comes; the one that came longest ago is deleted."""
    here: deque[str] = day.memory.setdefault("visitors", deque())
    name = f"Visitor {day.number}"
    here.append(day.place.add("Lead", LastName=name, Company=f"{name} & Sons", Email=f"v{day.number}@visitor.example"))
    if len(here) > VISITORS:
        day.place.delete("Lead", here.popleft())


def reps_say(day: Day) -> None:
    """A rep says of one of our opportunities what they think of it."""
    ours = day.place.ours()
    if ours and day.number % 2 == 0:
        word = "accepted" if day.number % 4 else "not yet"
        day.place.edit("Opportunity", ours[day.number % len(ours)]["Id"], Syncd_Verdict__c=word)


CHANGES: tuple[Change, ...] = (people_act, contacts_change, records_come_and_vanish, reps_say)
