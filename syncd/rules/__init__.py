"""The rules: from a group, the agreement and today's date to a judgement. Pure, total, and the same every time.

judge() composes them in this order: market (where the account stands), titles and roles (who decides there),
engagement (how far each contact has come), mql (the gates), groups (who is missing), caucus (which offer they stand
for), forecast (which opportunities that makes), wishes (what should stand in Salesforce).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from syncd.agreement.terms import Agreement
from syncd.model import Activity, Answer, Call, Contact, ContactJudgement, Gate, Group, Judgement
from syncd.rules.caucus import Voter, hold
from syncd.rules.days import plus
from syncd.rules.engagement import Scale, Weighing, next_ask, weigh
from syncd.rules.findings import Findings
from syncd.rules.forecast import forecast
from syncd.rules.groups import cover, seat
from syncd.rules.market import stand
from syncd.rules.mql import decide, market_gate, points, qualify
from syncd.rules.rulebook import Rulebook, rulebook
from syncd.rules.wishes import wishes

CLOSING = frozenset({"market", "role", "relation"})  # a no of one of these closes the door: nothing is asked of them


__all__ = ["judge"]


def judge(group: Group, agreement: Agreement, today: date) -> Judgement:
    """Judge one account by the agreement as of `today`, a calendar day in the agreement's time zone.

    Never raises on odd facts: what cannot be read is unknown. The order in which the group's records come makes no
    difference.
    """
    found, weighed = _find(group, agreement, today)
    calls = forecast(found)
    return Judgement(
        account_id=group.account.id,
        today=today,
        agreement=agreement.version,
        standing=found.standing,
        segment=found.segment,
        market=found.market,
        contacts=tuple(found.judged.values()),
        coverage=tuple(found.coverage.values()),
        tally=found.tally,
        calls=calls,
        wishes=wishes(found, calls),
        review_on=min(_reviews(found, calls, weighed.values()), default=None),
    )


def _find(group: Group, agreement: Agreement, today: date) -> tuple[Findings, Mapping[str, Weighing]]:
    book = rulebook(agreement)
    standing, segment, market = stand(group.account, agreement, book.industries)
    contacts = {contact.id: contact for contact in sorted(group.contacts, key=lambda contact: contact.id)}
    weighed = _weigh(group, contacts, book.scale, today)
    judged = _judge_contacts(group, book, contacts, weighed, market_gate(standing, segment, market))
    voters = {
        contact_id: Voter(contact_id, one.interest.by_offer, one.interest.last_by_offer)
        for contact_id, one in judged.items()
    }
    qualified = [voters[contact_id] for contact_id, one in judged.items() if one.mql is Answer.YES]
    seats, since, where = seat(judged.values()), plus(today, -book.scale.window), book.scale.where
    found = Findings(
        group=group,
        agreement=agreement,
        today=today,
        standing=standing,
        segment=segment,
        market=market,
        judged=judged,
        contacts=contacts,
        preferences={contact_id: voter.preferences(book.offers) for contact_id, voter in voters.items()},
        coverage={offer.name: cover(offer, seats, since, where) for offer in agreement.offers},
        tally=hold(qualified, book.offers, agreement.caucus.viable_percent),
    )
    return found, weighed


def _weigh(group: Group, contacts: Iterable[str], by: Scale, today: date) -> dict[str, Weighing]:
    activities: dict[str, list[Activity]] = defaultdict(list)
    for activity in group.activities:
        activities[activity.contact_id].append(activity)
    return {contact_id: weigh(activities[contact_id], by, today, group.campaigns) for contact_id in contacts}


def _judge_contacts(
    group: Group, book: Rulebook, contacts: Mapping[str, Contact], weighed: Mapping[str, Weighing], market: Gate
) -> dict[str, ContactJudgement]:
    by = book.entry
    judged = {}
    for contact_id, contact in contacts.items():
        interest = weighed[contact_id].interest
        reading, role = book.read(contact.title)
        gates = qualify(contact, group.account, reading, role, interest, market, by)
        closed = any(gate.answer is Answer.NO and gate.name in CLOSING for gate in gates)
        judged[contact_id] = ContactJudgement(
            contact_id=contact_id,
            name=contact.name,
            title=contact.title,
            reading=reading,
            role=role,
            interest=interest,
            gates=gates,
            mql=decide(gates),
            ask=next_ask(interest, closed=closed),
            points=points(by.scored, reading, role, interest) if by.scored else {},
        )
    return judged


def _reviews(found: Findings, calls: Iterable[Call], weighed: Iterable[Weighing]) -> Iterator[date]:
    """The later days on which time alone changes something: a window closes, a close date of ours goes by."""
    opportunities = {opportunity.id: opportunity for opportunity in found.group.opportunities}
    days = [one.review_on for one in weighed if one.review_on]
    days += [
        plus(call.close_date, 1)
        for call in calls
        if call.decision == "keep"
        and call.close_date
        and "close_date" not in opportunities[call.opportunity_id or ""].touched
    ]
    return (day for day in days if day > found.today)
