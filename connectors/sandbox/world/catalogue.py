"""What marketing has set up: campaigns, e-mails, forms, events and lists, the same in every world but for the dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.ids import hubspot_ids, salesforce_ids
from connectors.sandbox.world.stamps import DAY, HOUR, Calendar, day, iso
from connectors.sandbox.world.trade import Trade

_PAGES = ("overview", "story", "numbers", "webinar", "guide", "unsubscribe")  # where a mailing's links lead

Record = dict[str, Any]

MAILINGS = 48  # in a year; every fourth is the newsletter without a topic


class Mailing(NamedTuple):
    """One marketing e-mail: HubSpot's e-mail campaign, when it went out, its topic's number, where its links lead."""

    id: int
    name: str
    subject: str
    at: int
    topic: int | None
    site: str


class Form(NamedTuple):
    """One form, with what it is for (webinar, whitepaper, pricing, …) and its topic's number."""

    guid: str
    name: str
    purpose: str
    topic: int | None


class Happening(NamedTuple):
    """One marketing event in HubSpot, and the campaign that stands for it in Salesforce."""

    id: str
    name: str
    kind: str  # HubSpot's eventType
    at: int
    hours: int
    topic: int | None
    campaign_id: str
    campaign_type: str


class Content(NamedTuple):
    """One Salesforce campaign without an event."""

    campaign_id: str
    name: str
    type: str
    at: int
    topic: int | None


@dataclass(slots=True)
class Catalogue:
    """Everything that activities point at."""

    trade: Trade
    mailings: list[Mailing]
    forms: dict[tuple[str, int | None], list[Form]]
    happenings: list[Happening]
    contents: list[Content]
    campaigns: list[Record]

    def past(self, calendar: Calendar) -> list[Happening]:
        """Return the events that have taken place, the oldest first."""
        return [one for one in self.happenings if one.at + one.hours * HOUR < calendar.midnight]


def compile_catalogue(dice: Dice, calendar: Calendar, trade: Trade) -> Catalogue:
    """Set up a year of marketing that ends yesterday, and the events of the weeks to come."""
    campaign_ids = salesforce_ids("Campaign")
    happenings = _happenings(dice, calendar, trade, campaign_ids)
    contents = [
        Content(next(campaign_ids), f"Whitepaper: {title}", "Content", calendar.ago(330 - 60 * number), topic)
        for topic, subject in enumerate(trade.topics)
        for number, title in enumerate(subject.whitepapers)
    ]
    contents += [
        Content(next(campaign_ids), f"Survey: {subject.survey}", "Survey", calendar.ago(150), topic)
        for topic, subject in enumerate(trade.topics)
    ]
    contents.append(Content(next(campaign_ids), f"{trade.newsletter} list", "Email", calendar.ago(360), None))
    return Catalogue(
        trade,
        _mailings(dice, calendar, trade),
        _forms(dice, trade),
        happenings,
        contents,
        _campaigns(dice, calendar, trade),
    )


def _mailings(dice: Dice, calendar: Calendar, trade: Trade) -> list[Mailing]:
    made = []
    for number in range(MAILINGS):
        at = calendar.working(dice, 362 - number * 360 // MAILINGS, 360 - number * 360 // MAILINGS)
        at = at - at % DAY + 14 * HOUR
        topic: int | None = None if number % 4 == 3 else number % 4
        if topic is None:
            name = f"{trade.newsletter} {day(at)[:7]}"
            subject = trade.letter
        else:
            mails = trade.topics[topic].mails
            subject = mails[number // 4 % len(mails)]
            name = f"{subject} ({day(at)[:7]})"
        site = f"https://www.{trade.domain}/{trade.topics[topic].slug if topic is not None else 'letter'}"
        made.append(Mailing(204_100_000 + 37 * number, name, subject, at, topic, site))
    return made


def _forms(dice: Dice, trade: Trade) -> dict[tuple[str, int | None], list[Form]]:
    forms: dict[tuple[str, int | None], list[Form]] = {}

    def add(purpose: str, topic: int | None, name: str) -> None:
        forms.setdefault((purpose, topic), []).append(Form(dice.guid(), name, purpose, topic))

    for number, topic in enumerate(trade.topics):
        for title in topic.webinars:
            add("webinar", number, f"Webinar registration: {title}")
        for title in topic.whitepapers:
            add("whitepaper", number, f"Whitepaper: {title}")
        add("seminar", number, f"Breakfast seminar registration: {topic.seminar}")
        add("survey", number, f"Survey: {topic.survey}")
        add("demo", number, f"Request a demo: {topic.name}")
        add("trial", number, f"Start a trial: {topic.name}")
        add("pricing", number, f"Pricing request: {topic.name}")
        add("sales", number, f"Contact sales: {topic.name}")
        add("ready", number, f"Ready to buy: {topic.name}")
    add("sales", None, "Contact sales")
    add("newsletter", None, "Newsletter sign-up")
    add("preferences", None, "E-mail preferences")
    return forms


def _happenings(dice: Dice, calendar: Calendar, trade: Trade, campaign_ids: Any) -> list[Happening]:
    """Return two webinars and a breakfast seminar a month, four conferences, and three events to come."""
    ids = hubspot_ids(dice, 5_001)
    plans: list[tuple[int, str, str, int, int | None, str]] = []
    for number in range(24):
        topic = number % 3
        title = trade.topics[topic].webinars[number // 3 % 3]
        plans.append((355 - 15 * number, title, "WEBINAR", 1, topic, "Webinar"))
    for number in range(12):
        topic = number % 3
        kind = "BREAKFAST SEMINAR" if number % 2 else "SEMINAR"
        title = f"Breakfast seminar: {trade.topics[topic].seminar}"
        plans.append((350 - 30 * number, title, kind, 2, topic, "Seminar / Conference"))
    for number, title in enumerate(trade.conferences):
        kind = "TRADE SHOW" if number % 2 else "CONFERENCE"
        plans.append((310 - 90 * number, title, kind, 16, None, "Trade Show" if number % 2 else "Conference"))
    for number, subject in enumerate(trade.topics):
        plans.append((-10 - 7 * number, subject.webinars[0], "WEBINAR", 1, number, "Webinar"))
    plans.sort(key=lambda plan: -plan[0])
    made = []
    for days, title, kind, hours, about, campaign_type in plans:
        at = calendar.ago(days) - calendar.ago(days) % DAY + (12 if "SEMINAR" in kind else 17) * HOUR
        name = f"{title} ({day(at)[:7]})"
        made.append(Happening(next(ids), name, kind, at, hours, about, next(campaign_ids), campaign_type))
    return made


def _campaigns(dice: Dice, calendar: Calendar, trade: Trade) -> list[Record]:
    """Return HubSpot's campaigns: one for each topic and half-year, and the newsletter's."""
    made = []
    names = [
        (f"{topic.name} {half} half-year", 365 - 182 * part)
        for topic in trade.topics
        for part, half in enumerate(("1st", "2nd"))
    ]
    for name, days in [*names, (trade.newsletter, 365)]:
        guid, start = dice.guid(), calendar.ago(days)
        stamp = iso(min(start + 3 * DAY, calendar.midnight - DAY))
        properties = {
            "hs_name": name,
            "hs_start_date": day(start),
            "hs_end_date": day(start + 181 * DAY),
            "hs_campaign_status": "active",
            "hs_object_id": guid,
            "createdate": iso(start),
            "hs_lastmodifieddate": stamp,
        }
        made.append(
            {"id": guid, "properties": properties, "createdAt": iso(start), "updatedAt": stamp, "archived": False}
        )
    return made


def link_of(mailing: Mailing, number: int) -> str:
    """Return one of a mailing's links."""
    return f"{mailing.site}/{_PAGES[number]}?c={mailing.id}"


def email_campaigns(catalogue: Catalogue) -> list[Record]:
    """Return HubSpot's e-mail campaigns."""
    return [
        {
            "id": mailing.id,
            "appId": 113,
            "appName": "Batch",
            "contentId": mailing.id + 5,
            "name": mailing.name,
            "subject": mailing.subject,
            "type": "BATCH_EMAIL",
            "links": [link_of(mailing, number) for number in range(len(_PAGES))],
        }
        for mailing in catalogue.mailings
    ]


def forms(catalogue: Catalogue, calendar: Calendar) -> list[Record]:
    """Return HubSpot's forms."""
    created, updated = iso(calendar.ago(500)), iso(calendar.ago(200))
    return [
        {
            "id": happening.guid,
            "name": happening.name,
            "formType": "hubspot",
            "createdAt": created,
            "updatedAt": updated,
            "archived": False,
        }
        for some in catalogue.forms.values()
        for happening in some
    ]


def marketing_events(catalogue: Catalogue, calendar: Calendar) -> list[Record]:
    """Return HubSpot's marketing events; those to come are among them."""
    return [
        {
            "objectId": happening.id,
            "externalEventId": f"event-{happening.id}",
            "eventName": happening.name,
            "eventType": happening.kind,
            "startDateTime": iso(happening.at),
            "endDateTime": iso(happening.at + happening.hours * HOUR),
            "eventOrganizer": "Syncd Demo",
            "eventStatus": "PAST" if happening.at < calendar.midnight else "UPCOMING",
            "eventCancelled": False,
            "createdAt": iso(calendar.before(happening.at - 40 * DAY)),
            "updatedAt": iso(calendar.before(happening.at)),
        }
        for happening in catalogue.happenings
    ]
