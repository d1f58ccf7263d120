"""Reports of waste: whom we touch too early, in vain, or not at all; who has influence, and what people listen to.

Each is a table over the accounts, one after the other. What people had shown by a day is weighed as of that day; their
roles, standing and channels are today's, for nobody keeps what these were.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from syncd.model import GateName, Outcome, Ruling, Standing, User
from syncd.model.milestones import Milestone, Stage
from syncd.planning.names import RepNames
from syncd.planning.touches import SENT, TouchScene, is_selling
from syncd.rules.days import stamp
from syncd.rules.engagement import mobilized
from syncd.rules.marketing import BEHAVIOUR, is_potential
from syncd.rules.occasions import explores
from syncd.rules.topics import topic_in_words

Row = Sequence[Any]
BREADTH = 3  # kinds of activity by which somebody is proposed as an influencer
OPINIONS = frozenset({"survey_answered"})  # who answers asks to be heard
LONE = 1  # people on a single-threaded opportunity, at most


@dataclass(frozen=True, slots=True)
class Report:
    """One report: what it is called, what it shows, its columns, and how its rows are made."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Callable[[Iterable[TouchScene]], Iterator[Row]]


# ---- too early, in vain, not at all ------------------------------------------------------------------------------


def _premature(scenes: Iterable[TouchScene]) -> Iterator[Row]:
    for scene in scenes:
        contacts = scene.contacts
        for contact_id, activities in scene.by_contact.items():
            for touch in activities:
                if not is_selling(touch) or not scene.since <= scene.day(touch.at) <= scene.judgement.today:
                    continue
                interest = scene.interest_before(touch, activities)
                if mobilized(interest) or scene.was_running(touch):
                    continue
                who = contacts[contact_id].name
                kind, rung = touch.kind.replace("_", " "), interest.rung.value
                yield scene.group.account.id, scene.name, contact_id, who, scene.day(touch.at), kind, rung


def _outside_the_list(scenes: Iterable[TouchScene]) -> Iterator[Row]:
    for scene in scenes:
        judged, contacts = scene.judged, scene.contacts
        for touch in scene.touches():
            judgement = judged.get(touch.contact_id)
            if touch.kind != SENT or touch.selling or judgement is None or is_potential(judgement):
                continue
            closed = (gate for gate in judgement.gates if gate.ruling is not Ruling.YES and gate.name not in BEHAVIOUR)
            reason = next((gate.reason for gate in closed), "mail does not reach them")
            campaign = scene.group.campaigns.get(touch.campaign_id or "")
            mail = (campaign.name if campaign else None) or topic_in_words(touch.topic)
            who = contacts[touch.contact_id].name
            yield scene.group.account.id, scene.name, touch.contact_id, who, scene.day(touch.at), mail, reason


def _outside_the_market(scenes: Iterable[TouchScene]) -> Iterator[Row]:
    for scene in scenes:
        if scene.judgement.standing is Standing.IN:
            continue
        touches = [*scene.touches()]
        if not touches:
            continue
        sales = sum(touch.selling for touch in touches)
        last = max(scene.day(touch.at) for touch in touches)
        wanted = Ruling.NO if scene.judgement.standing is Standing.OUT else Ruling.UNKNOWN
        reason = "; ".join(gate.reason for gate in scene.judgement.market if gate.ruling is wanted)
        standing = scene.judgement.standing.value
        yield scene.group.account.id, scene.name, standing, sales, len(touches) - sales, last, reason


def _explorers(scenes: Iterable[TouchScene]) -> Iterator[Row]:
    for scene in scenes:
        for contact in scene.judgement.contacts:
            since = contact.interest.explored_at
            for alert in contact.alerts:
                day = scene.day(since) if since else None
                yield scene.group.account.id, scene.name, contact.contact_id, contact.name, day, alert


# ---- what challenges sales ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Rep:
    """What is added up of one rep."""

    days: list[int] = field(default_factory=list)
    untouched: int = 0
    sold_to: set[str] = field(default_factory=set)
    open: int = 0
    single: int = 0
    late: int = 0


def _challenge(scenes: Iterable[TouchScene]) -> Iterator[Row]:
    reps: dict[str, _Rep] = defaultdict(_Rep)
    users: dict[str, User] = {}
    for scene in scenes:
        users |= scene.group.users
        _add_first_touches(scene, reps)
        _add_sold_to(scene, reps)
        _add_opportunities(scene, reps)
    names = RepNames(users)
    for rep_id, rep in sorted(reps.items(), key=lambda entry: (entry[0] not in users, names[entry[0]], entry[0])):
        middle = median(rep.days) if rep.days else None
        name = names[rep_id]
        yield name, len(rep.days), middle, rep.untouched, len(rep.sold_to), rep.open, rep.single, rep.late


def _add_first_touches(scene: TouchScene, reps: Mapping[str, _Rep]) -> None:
    """From a contact's release to sales' first touch. Who waits in the queue is kept from the rep, not neglected.

    Nor is whose task a person deleted: there is nothing left to touch.
    """
    activities = scene.by_contact
    releases = scene.group.releases.values()
    moot = {(release.contact_id, release.at) for release in releases if release.outcome is Outcome.MOOT}
    for contact_id, start in _handed_over(scene).items():
        rep = reps[start.rep or scene.group.account.owner or ""]
        touch = next(
            (one for one in activities.get(contact_id, ()) if is_selling(one) and _is_after(one.at, start)), None
        )
        if touch is None:
            rep.untouched += (contact_id, start.at) not in moot
        else:
            rep.days.append((scene.day(touch.at) - scene.day(start.at)).days)


def _handed_over(scene: TouchScene) -> dict[str, Milestone]:
    """Contact → their latest release within the report's days."""
    return {
        milestone.contact_id: milestone
        for milestone in sorted(scene.milestones, key=lambda one: (one.at, one.key))
        if milestone.stage is Stage.RELEASED and milestone.contact_id in scene.contacts
        if milestone.contact_id and scene.day(milestone.at) >= scene.since
    }


def _is_after(at: datetime, start: Milestone) -> bool:
    return stamp(at) >= stamp(start.at)


def _add_sold_to(scene: TouchScene, reps: Mapping[str, _Rep]) -> None:
    judged = scene.judged
    for touch in scene.touches():
        judgement = judged.get(touch.contact_id)
        since = judgement.interest.explored_at if judgement else None
        if is_selling(touch) and judgement and since and explores(judgement) and stamp(touch.at) >= stamp(since):
            reps[scene.group.account.owner or ""].sold_to.add(touch.contact_id)


def _add_opportunities(scene: TouchScene, reps: Mapping[str, _Rep]) -> None:
    for opportunity in scene.group.opportunities:
        if opportunity.is_closed:
            continue
        rep = reps[opportunity.owner or ""]
        people = {role.contact_id for role in opportunity.roles if role.contact_id}
        rep.open += 1
        rep.single += len(people) <= LONE
        rep.late += _is_late(opportunity.close_date, scene.judgement.today)


def _is_late(close_date: date | None, today: date) -> bool:
    return close_date is not None and close_date < today


# ---- influence ---------------------------------------------------------------------------------------------------


def _influencers(scenes: Iterable[TouchScene]) -> Iterator[Row]:
    for scene in scenes:
        if scene.judgement.standing is not Standing.IN:
            continue
        for contact in scene.judgement.contacts:
            interest = contact.interest
            gates = {gate.name: gate.ruling for gate in contact.gates}
            decides = gates[GateName.ROLE] is Ruling.YES  # whoever has a required role is counted for it
            if decides or contact.reading.former or gates[GateName.RELATION] is Ruling.NO or not interest.responded:
                continue
            opinion = OPINIONS & interest.kinds.keys()
            if len(interest.kinds) >= BREADTH or opinion:
                why = ", ".join(f"{kind.replace('_', ' ')} ({count})" for kind, count in interest.kinds.items())
                role = contact.role or "none by title"
                yield (
                    *(scene.group.account.id, scene.name, contact.contact_id, contact.name, contact.title, role),
                    *(len(interest.kinds), round(interest.strength, 1), why),
                )


# ---- listening ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Topic:
    """What is added up of one topic."""

    accounts: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    offers: set[str] = field(default_factory=set)
    last: date = date.min


def _topics(scenes: Iterable[TouchScene]) -> Iterator[Row]:
    topics: dict[str, _Topic] = defaultdict(_Topic)
    for scene in scenes:
        if scene.judgement.standing is not Standing.IN:
            continue
        for contact_id, activity in scene.listened():
            if activity.topic:
                topic = topics[activity.topic]
                topic.accounts.add(scene.group.account.id)
                topic.people.add(contact_id)
                topic.kinds[activity.name.replace("_", " ")] += 1
                topic.offers.update(activity.offers)
                topic.last = max(topic.last, activity.day)
    for name, topic in sorted(topics.items(), key=lambda entry: (-len(entry[1].people), entry[0])):
        ways = ", ".join(f"{kind} ({count})" for kind, count in sorted(topic.kinds.items()))
        numbers = len(topic.people), len(topic.accounts), topic.kinds.total()
        yield name, *numbers, ways, ", ".join(sorted(topic.offers)), topic.last


_WHO = ("account id", "account", "contact id", "contact")
_ALL = (
    Report(
        "premature",
        "selling touches towards people who were not mobilized, and who stood on no running opportunity",
        (*_WHO, "day", "touch", "their rung then"),
        _premature,
    ),
    Report(
        "outside-list",
        "marketing's mails to people who are no potential MQLs",
        (*_WHO, "day", "mail", "why not"),
        _outside_the_list,
    ),
    Report(
        "outside-market",
        "touches spent on accounts that are not known to be in the served market",
        ("account id", "account", "standing", "by sales", "by marketing", "last", "why"),
        _outside_the_market,
    ),
    Report(
        "explorers",
        "people who explore without an owner, or without a marketing touch since",
        (*_WHO, "since", "what is missing"),
        _explorers,
    ),
    Report(
        "challenge",
        "what challenges sales, rep by rep",
        (
            *("rep", "touched", "days to the first touch, median", "not touched yet", "explorers sold to"),
            *("open opportunities", "single-threaded", "late-dated"),
        ),
        _challenge,
    ),
    Report(
        "influencers",
        "people in the market without a required role who are proposed as influencers, by what they did",
        (*_WHO, "title", "role", "kinds", "strength", "what they did"),
        _influencers,
    ),
    Report(
        "topics",
        "what people in the served market listen to: topics of pages, mails, forms, events and calls",
        ("topic", "people", "accounts", "activities", "by", "offers", "last"),
        _topics,
    ),
)
REPORTS: Mapping[str, Report] = {report.name: report for report in _ALL}
