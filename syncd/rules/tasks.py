"""The tasks of reps: to telephone each new MQL, each contact who explores or asked (a `Call` is a forecast's).

A task is written once and then left to its owner. Somebody who explores gets the task to explore in place of the MQL's,
unless that one was asked for before; whoever is still an MQL when the exploration has aged gets theirs then.
Whoever asked for sales or a price gets a human: the MQL's task where they pass every gate, else one to find out what is
missing, and one for each day on which they ask again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from syncd.agreement.terms import Offer
from syncd.model import (
    Ask,
    Call,
    Contact,
    ContactJudgement,
    Decision,
    GateName,
    Knowledge,
    Opportunity,
    Ref,
    Ruling,
    Scalar,
    Wish,
)
from syncd.rules.asks import is_customer
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, plus, plus_business, zone
from syncd.rules.groups import next_question
from syncd.rules.handover import takes_records
from syncd.rules.opportunities import on_open_opportunities

UNKNOWNS_TOLD = 6
ASKS = {
    Ask.LISTEN: "listen: say which topics they follow",
    Ask.INVITE: "invite them to an event, or offer a paper",
    Ask.EXPLORE: "explore: ask about their problem, not for business",
    Ask.ASK: "ask for business",
    Ask.DECLINE: "decline",
}


def task_wishes(assessment: Assessment, calls: Sequence[Call]) -> Iterator[Wish]:
    """The task wishes of one account, in the order of contact ids: to explore, for an MQL, for a hand-raise."""
    rep = assessment.rep
    engaged = on_open_opportunities(assessment.group.opportunities)
    for contact_id, judgement in assessment.judgements.items():
        if _waits(assessment, judgement):
            continue
        exploring = explores(judgement)
        if exploring:
            yield _task(assessment, calls, judgement, rep, f"explore/{contact_id}", _exploration(judgement))
        key = f"mql/{contact_id}"
        owner = _owner(assessment, judgement, engaged.get(contact_id)) or rep
        if judgement.mql is Ruling.YES and (not exploring or key in assessment.group.opened):
            yield _task(assessment, calls, judgement, owner, key, _qualification(judgement))
        if day := _asked_on(assessment, judgement):
            yield _task(assessment, calls, judgement, owner, f"raise-{day}/{contact_id}", _asking(judgement))


def _owner(assessment: Assessment, judgement: ContactJudgement, opportunity: Opportunity | None) -> str | None:
    """Who answers the hand-raise of somebody who stands on an open opportunity: its owner."""
    owner = assessment.group.users.get(opportunity.owner or "") if opportunity else None
    if owner is None or not judgement.interest.hand_raised:
        return None
    return owner.id if takes_records(owner, assessment.destinations["user"].stream) else None


def _asked_on(assessment: Assessment, judgement: ContactJudgement) -> date | None:
    """The day of a hand-raise that neither a rep nor a task of an MQL answers; None where nobody need, or too late."""
    raised_at = judgement.interest.raised_at
    if raised_at is None or judgement.ask is Ask.DECLINE or judgement.interest.answered:
        return None
    day = local_day(raised_at, zone(assessment.agreement.time_zone))
    if plus(day, assessment.agreement.engagement.hand_raise_days) < assessment.today:
        return None
    if judgement.mql is Ruling.YES:
        sent_at = assessment.group.sent.get(f"mql/{judgement.contact_id}")
        if sent_at is None or raised_at <= sent_at:
            return None
    return day


def _asking(judgement: ContactJudgement) -> tuple[str, str]:
    gates = {gate.name: gate for gate in judgement.gates}
    if is_customer(gates):
        return f"Call {_who(judgement)}: a customer who asked", "They buy already, and asked for sales or a price."
    if judgement.mql is Ruling.YES:
        return f"Call {_who(judgement)}: asked again", "They asked for sales or a price again."
    missing = "; ".join(dict.fromkeys(gate.mend for gate in judgement.gates if gate.mend))
    return (
        f"Find out about {_who(judgement)}, who asked for sales",
        f"They asked for sales or a price and cannot be placed. Find out: {missing or 'who they are'}.",
    )


def _waits(assessment: Assessment, judgement: ContactJudgement) -> bool:
    """Whether a task waits until it is decided who somebody is; a hand-raise does not wait."""
    if judgement.interest.hand_raised or f"mql/{judgement.contact_id}" in assessment.group.opened:
        return False
    contact = assessment.contacts[judgement.contact_id]
    doubt = assessment.doubt(contact) or assessment.account_doubt
    return doubt is not None or assessment.awaits(contact)


def explores(judgement: ContactJudgement) -> bool:
    """Whether a rep should call to explore: a demo or trial, in the served market, not excluded, not unreachable."""
    rulings = {gate.name: gate.ruling for gate in judgement.gates}
    return (
        judgement.interest.explore
        and rulings[GateName.MARKET] is Ruling.YES
        and rulings[GateName.RELATION] is not Ruling.NO
        and rulings[GateName.REACHABLE] is not Ruling.NO
    )


def _exploration(judgement: ContactJudgement) -> tuple[str, str]:
    return (
        f"Explore with {_who(judgement)}",
        "They booked a demo or started a trial: they explore, they do not buy yet.",
    )


def _qualification(judgement: ContactJudgement) -> tuple[str, str]:
    return f"Call {_who(judgement)}: qualified lead", "They passed every gate of a qualified lead."


def _who(judgement: ContactJudgement) -> str:
    return f"{judgement.name}, {judgement.role}" if judgement.role else judgement.name


def _task(
    assessment: Assessment,
    calls: Sequence[Call],
    judgement: ContactJudgement,
    rep: str | None,
    key: str,
    headline: tuple[str, str],
) -> Wish:
    subject, why = headline
    contact = assessment.contacts[judgement.contact_id]
    fields: dict[str, Scalar | Ref] = {
        "key": key,
        "subject": subject,
        "due": plus_business(assessment.today, assessment.agreement.handover.task_due_days),
        "description": "\n".join(_description(assessment, judgement, contact, why)),
        "priority": "high" if judgement.interest.hand_raised else "normal",
        "status": "open",
        **_whom(assessment, calls, contact),
    }
    if rep:
        fields["owner"] = Ref("user", rep)
    return assessment.wish("task", key, fields, once=True, reason=why)


def _whom(assessment: Assessment, calls: Sequence[Call], contact: Contact) -> Mapping[str, Ref]:
    """Whom a task is about: who stands there, where it is in doubt who somebody is; else the account alone."""
    account_doubt, doubt = assessment.account_doubt, assessment.doubt(contact)
    if account_doubt and not assessment.stands(contact.id):
        return {"about": Ref("account", account_doubt.other)}
    about = Ref("account", account_doubt.other) if account_doubt else _about(assessment, calls, contact)
    if doubt and not assessment.stands(doubt.other):
        return {"about": about}
    if not doubt and assessment.awaits(contact):
        return {"about": about}
    person = assessment.contacts[doubt.other] if doubt else contact
    if assessment.is_lead(person):  # a lead's task may point at nothing else
        return {"contact": Ref("contact", person.id)}
    return {"contact": Ref("contact", person.id), "about": about}


def _about(assessment: Assessment, calls: Iterable[Call], contact: Contact) -> Ref:
    qualified = (call for call in calls if call.qualified and call.decision is not Decision.SKIP)
    call = next((call for call in qualified if contact.id in call.delegates), None)
    return Ref("opportunity", call.key or "") if call else Ref("account", assessment.group.account.id)


def _description(assessment: Assessment, judgement: ContactJudgement, contact: Contact, why: str) -> Iterator[str]:
    interest = judgement.interest
    yield f"Why: {why} {'; '.join(gate.reason for gate in judgement.gates if gate.ruling is Ruling.YES)}."
    did = ", ".join(f"{kind.replace('_', ' ')} ({count})" for kind, count in interest.kinds.items())
    yield f"What they did: {did or 'nothing that counts'}."
    if interest.topics:
        yield f"Topics, most engaged first: {'; '.join(interest.topics)}."
    yield f"Role: {judgement.role or 'not known'}{f' ({judgement.title})' if judgement.title else ''}."
    offer = _offer(assessment, judgement)
    if offer:
        coverage = assessment.coverage[offer.name]
        unknown = [entry.what for entry in coverage.unknowns if entry.state is not Knowledge.KNOWN]
        yield f"What we do not know for {offer.label}: {', '.join(unknown[:UNKNOWNS_TOLD]) or 'nothing on our list'}."
        question = f"Which problem made them look at {offer.label}?"
        yield f"Ask next: {question if judgement.ask is Ask.EXPLORE else next_question(coverage)}"
    else:
        yield "Ask next: what are they looking for? They engaged with none of our offers."
    yield f"Next step with them: {ASKS[judgement.ask]}."
    if assessment.is_lead(contact):
        yield from _turning_over(assessment)
    for doubt in filter(None, (assessment.account_doubt, assessment.doubt(contact))):
        yield f"Doubt: {judgement.name} may be on record already, as {doubt.other}: {doubt.evidence}. Say which it is."
    if assessment.awaits(contact):
        yield f"{judgement.name} is about to be copied here by the systems' own integration: look for them there."
    yield f"Agreement {assessment.agreement.version}."


def _turning_over(assessment: Assessment) -> Iterator[str]:
    """How a lead is converted without a second account and an empty opportunity."""
    account = assessment.group.account
    yield "They are a lead: convert the lead, so that they can stand on an opportunity."
    if remote_ids := assessment.remote_ids("account", account):
        yield f"Choose the existing account {account.name or account.domain} ({remote_ids[0]}), not a new one."
    yield "Do not create an opportunity with it: it is opened for them, or the one that stands is used."


def _offer(assessment: Assessment, judgement: ContactJudgement) -> Offer | None:
    """The offer they engage with most; ties by recency, then by name, as in the caucus."""
    liked = assessment.preferences.get(judgement.contact_id) or ()
    return next((offer for offer in assessment.agreement.offers if liked and offer.name == liked[0]), None)
