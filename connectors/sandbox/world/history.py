"""Two years of leads, stage changes, wins and losses with lags of known laws, so that a model can be held to them.

Every lag is lognormal: half of those who get there have after `median` days. Arrivals come in waves, two busy weeks of
seven, as campaigns do; some came to an event, beside several who were invited and did not. On an opportunity that was
won stood more people, and more often one who signs, than on one that was lost. The contacts of the history follow
nothing today, and its companies are cold: what is judged of the present does not hang on it. A world of a handful of
companies has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import exp
from statistics import NormalDist
from typing import Any, NamedTuple

from connectors.sandbox.world.catalogue import Happening
from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.engagement import Membership
from connectors.sandbox.world.model import Company, Person
from connectors.sandbox.world.stamps import DAY, HOUR, MINUTE, Calendar, iso, moment

DAYS = 730
LEAST_COMPANIES = 100
SHARE = 0.35  # of the contacts in HubSpot who follow nothing
CAME, LEAST_GUESTS = 0.05, 60  # the share of the idle in both systems who came to an event, and the least number
STAYED_AWAY = 4  # for each of them
LONG_AGO = 190  # days: what somebody did before is no response any more
_WAVE, _BUSY, _TIMES = 7, 2, 4  # of so many weeks so many have so many times the arrivals


class Law(NamedTuple):
    """How a step goes: which share ever takes it, after how many days half of those have, and the spread of the log."""

    share: float
    median: float
    spread: float

    def lag(self, dice: Dice) -> int:
        """Return a whole number of days."""
        return round(self.median * exp(self.spread * NormalDist().inv_cdf(max(dice.random(), 1e-9))))


QUALIFIED = Law(0.40, 18, 0.8)  # from inquiry to MQL
ACCEPTED = Law(0.50, 6, 0.7)  # from MQL to accepted
WON = Law(1.0, 70, 0.5)  # of those that are won, from an opportunity's first day to its last
LOST = Law(1.0, 45, 0.8)  # of those that are lost


class Cast(NamedTuple):
    """How many people stood on an opportunity, and in which share of them one who signs, where one is known."""

    least: int
    most: int
    signer: float


ON_WON, ON_LOST = Cast(2, 4, 0.6), Cast(0, 2, 0.2)
SIGNERS = {("finance", "C-level"): "Economic Buyer", ("executive", "C-level"): "Executive Sponsor"}


class Course(NamedTuple):
    """The days on which an opportunity was opened and closed, at 00:00 UTC."""

    opened: int
    closed: int


def arrival(dice: Dice, calendar: Calendar) -> int:
    """Return a moment in office hours of a weekday within the history, in one of its waves more likely."""
    while True:
        days = dice.within(1, DAYS)
        if days // 7 % _WAVE < _BUSY or dice.chance(1 / _TIMES):
            return calendar.working(dice, days, days)


def courses(dice: Dice, calendar: Calendar, law: Law, since: int, wanted: int) -> Iterator[Course]:
    """Yield closed courses until `wanted` of them were closed since that moment; those still open stand elsewhere."""
    while wanted:
        opened = arrival(dice, calendar) // DAY * DAY
        closed = calendar.weekday(opened + max(law.lag(dice), 1) * DAY)
        if closed < calendar.midnight:
            wanted -= closed >= since
            yield Course(opened, closed)


def cast(dice: Dice, company: Company, law: Cast) -> list[Person]:
    """Return who stood on an opportunity of the company, those first who came first."""
    known = [person for person in company.people if person.contact_id]
    signer = dice.chance(law.signer)
    ranked = sorted(dice.sample(known, len(known)), key=lambda person: role_of(person) is not None, reverse=signer)
    return ranked[: dice.within(law.least, law.most)]


def role_of(person: Person) -> str | None:
    """Return the role that a rep names for somebody who signs; of the others the title tells it."""
    return SIGNERS.get((person.title.department, person.title.rank)) if person.title else None


def gather(
    dice: Dice,
    calendar: Calendar,
    happenings: Sequence[Happening],
    people: Sequence[Person],
    contacts: Sequence[dict[str, Any]],
) -> list[Membership]:
    """Let some of the idle come to events of long ago; return them, and who was invited there and did not come."""
    created = {record["id"]: record["properties"]["createdate"] for record in contacts}
    past = [one for one in happenings if one.at < calendar.ago(LONG_AGO)]
    idle = [
        person
        for person in _whole(people)
        if person.contact_id and not person.interest and created[person.hubspot_id] < iso(past[0].at - 40 * DAY)
    ]
    guests = dice.some(idle, CAME, LEAST_GUESTS)
    others = iter(dice.sample(idle, len(idle)) * STAYED_AWAY)
    memberships = []
    for person in guests:
        event = dice.pick(past)
        for guest in (person, *(next(others) for _ in range(STAYED_AWAY))):
            added = event.at - dice.within(10, 30) * DAY
            memberships.append(Membership(guest, event.campaign_id, added, event.at if guest is person else None))
    return memberships


def write_stages(
    dice: Dice,
    calendar: Calendar,
    people: Sequence[Person],
    contacts: Sequence[dict[str, Any]],
    leads: Iterable[dict[str, Any]],
    guests: Iterable[Membership],
) -> None:
    """Write into HubSpot's contacts when they became leads, MQLs and accepted ones (its word: sales qualified).

    Whom Salesforce has as a lead became one on the day on which it was made there, and who came to an event then.
    """
    records = {record["id"]: record for record in contacts}
    made = {lead["Id"]: lead["CreatedDate"] for lead in leads}
    came = {id(guest.person): guest.responded for guest in guests if guest.responded is not None}
    for person in _whole(people):
        at = moment(made[person.lead_id]) if person.lead_id in made else came.get(id(person))
        if at is not None:
            _write(calendar, records[person.hubspot_id], _stages(dice, calendar, at))
    free = [person for person in _whole(people) if not (person.interest or person.lead_id or id(person) in came)]
    idle = [records[person.hubspot_id] for person in free]
    for record in dice.some(idle, SHARE):
        at = arrival(dice, calendar)
        if iso(at) >= record["properties"]["createdate"]:
            _write(calendar, record, _stages(dice, calendar, at))


def _whole(people: Sequence[Person]) -> list[Person]:
    return [person for person in people if person.hubspot_id and not (person.archived or person.merged)]


def _stages(dice: Dice, calendar: Calendar, at: int) -> Iterator[tuple[str, int]]:
    yield "lead", at
    for stage, law in (("marketingqualifiedlead", QUALIFIED), ("salesqualifiedlead", ACCEPTED)):
        at += law.lag(dice) * DAY + HOUR
        if not dice.chance(law.share) or at >= calendar.midnight:
            return
        yield stage, at


def _write(calendar: Calendar, record: dict[str, Any], reached: Iterable[tuple[str, int]]) -> None:
    stages, properties = list(reached), record["properties"]
    properties |= {f"hs_lifecyclestage_{stage}_date": iso(at) for stage, at in stages}
    stage, at = stages[-1]
    if properties["lifecyclestage"] != "customer":
        properties["lifecyclestage"] = stage
    record["updatedAt"] = max(record["updatedAt"], iso(calendar.before(at + MINUTE)))
    properties["lastmodifieddate"] = record["updatedAt"]
