"""Each contact of an account: how far they have come, the gates that they pass, and what rests or speaks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from syncd.model import Activity, Contact, ContactJudgement, Gate, Group, Outcome, Ruling
from syncd.rules.acceptance import Hearing, about, latest, rejection, rests, word_on, words_of
from syncd.rules.acceptance import rests_until as ends_on
from syncd.rules.answers import said_roles
from syncd.rules.asks import next_ask
from syncd.rules.engagement import Scale, Weighing, seen_once, weigh
from syncd.rules.mql import decide, points, qualify
from syncd.rules.opportunities import on_open_opportunities
from syncd.rules.outcomes import meets
from syncd.rules.reach import by_mail
from syncd.rules.resting import account_rest, rest_of, rests_until
from syncd.rules.rulebook import Rulebook


def weigh_contacts(group: Group, contacts: Iterable[str], scale: Scale, today: date) -> dict[str, Weighing]:
    """What the activities of each of these contacts weigh on a day."""
    activities: dict[str, list[Activity]] = defaultdict(list)
    for activity in group.activities:
        activities[activity.contact_id].append(activity)
    released = _released(group.sent)
    return {
        contact_id: weigh(activities[contact_id], scale, today, group.campaigns, released.get(contact_id))
        for contact_id in contacts
    }


def _released(sent: Mapping[str, datetime]) -> dict[str, datetime]:
    """When each contact's first task went out."""
    released: dict[str, datetime] = {}
    for key, at in sent.items():
        contact_id = key.partition("/")[2]
        released[contact_id] = min(at, released.get(contact_id, at))
    return released


def judge_contacts(
    hearing: Hearing,
    book: Rulebook,
    contacts: Mapping[str, Contact],
    weighings: Mapping[str, Weighing],
    market: Gate,
    meeting: frozenset[str],
) -> dict[str, ContactJudgement]:
    """The judgement of each contact by the gates; `market` is the account's own, `meeting` those whom sales meets."""
    terms, group = book.gates, hearing.group
    said = said_roles(group, book.agreement) if group.opportunities else {}
    concerned = about(group)
    judgements = {}
    for contact_id, contact in contacts.items():
        interest = weighings[contact_id].interest
        reading, role = book.read(contact.title, hearing.today.year)
        by_word = said.get(contact_id)
        if by_word:
            role = by_word.role
        gates = qualify(contact, group.account, reading, role, interest, market, terms, by_word)
        if contact_id in concerned and (gate := rejection(hearing, contact_id, interest.by_offer)):
            gates = (*gates, gate)
        judgements[contact_id] = ContactJudgement(
            contact_id=contact_id,
            name=contact.name,
            title=contact.title,
            reading=reading,
            role=role,
            role_by=by_word.where if by_word else "",
            interest=interest,
            gates=gates,
            mql=decide(gates),
            ask=next_ask(interest, {gate.name: gate for gate in gates}),
            by_mail=by_mail(contact, terms.reach).ruling is Ruling.YES,
            meets=contact_id in meeting,
            points=points(terms.scored, reading, role, interest) if terms.scored else {},
            returned=_returned(hearing, contact_id),
            verdict=word_on(hearing, contact_id) if contact_id in concerned else "",
        )
    return judgements


def _returned(hearing: Hearing, contact_id: str) -> str:
    """Why somebody rests with marketing today: their account does, they waited too long, or by their release."""
    group, terms = hearing.group, hearing.terms
    if group.returned and (back := rest_of(group, contact_id, terms.rest_days, hearing.where, hearing.today)):
        return _until(back.why, rests_until(back, terms.rest_days, hearing.where))
    release = latest(group.releases.values(), contact_id) if group.releases else None
    is_open = release is not None and release.outcome is Outcome.OPEN  # the rep has them before them
    if not is_open and (rest := account_rest(group, terms.rest_days, hearing.where, hearing.today)):
        return _until(rest.why, rest.until)
    if release is None or not rests(release, terms, hearing.where, hearing.today):
        return ""
    return _until(words_of(release), ends_on(release, terms, hearing.where))


def _until(why: str, day: date) -> str:
    return f"{why}; at rest until {day}"


def meeting_sales(group: Group, scale: Scale, since: date, today: date) -> frozenset[str]:
    """Those on an open opportunity whom sales has met since that day, or is going to meet."""
    running = on_open_opportunities(group.opportunities)
    if not running:
        return frozenset()
    activities: dict[str, list[Activity]] = defaultdict(list)
    for activity in group.activities:
        if activity.contact_id in running:
            activities[activity.contact_id].append(activity)
    return frozenset(
        contact_id
        for contact_id, theirs in activities.items()
        if any(
            meets(activity, scale.unmarked, scale.where, since, today)
            for activity in seen_once(theirs, scale, group.campaigns)
        )
    )
