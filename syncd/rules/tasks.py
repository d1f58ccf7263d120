"""The tasks of reps: to telephone each MQL, each contact who explores or asked, once they were handed over.

Nobody has a task who waits in the queue. A task is written once and then left to its owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from syncd.agreement.terms import Offer
from syncd.model import Ask, Call, Candidate, Contact, ContactJudgement, Decision, Knowledge, Ref, Ruling, Scalar, Wish
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, plus_business, zone
from syncd.rules.groups import next_question
from syncd.rules.handover import owner_of
from syncd.rules.occasions import Occasion, occasions
from syncd.rules.reach import choice

UNKNOWNS_TOLD = 6
NOTHING_THERE = (Decision.SKIP, Decision.WAIT)
WAITS = "opened when the first of its supporters is handed to a rep"
ASKS = {
    Ask.LISTEN: "listen: say which topics they follow",
    Ask.INVITE: "invite them to an event, or offer a paper",
    Ask.EXPLORE: "explore: ask about their problem, not for business",
    Ask.ASK: "ask for business",
    Ask.DECLINE: "decline",
}


def task_wishes(assessment: Assessment, calls: Sequence[Call]) -> Iterator[Wish]:
    """The task wishes of one account: of those who were handed to a rep, in the order of contact ids."""
    for occasion in occasions(assessment, handed=True):
        yield _task(assessment, calls, occasion)


def wait_for_release(assessment: Assessment, calls: Iterable[Call]) -> tuple[Call, ...]:
    """The calls; an opportunity is opened in the cycle that hands the first of its delegates to a rep."""
    handed = assessment.handed
    return tuple(
        replace(call, decision=Decision.WAIT, reasons=(*call.reasons, WAITS))
        if call.decision is Decision.OPEN and handed.isdisjoint(call.delegates)
        else call
        for call in calls
    )


def due_day(assessment: Assessment, key: str) -> date:
    """The agreed business days after the release; of a task that stood before there was a queue, after today."""
    release = assessment.group.releases.get(key)
    day = local_day(release.at, zone(assessment.agreement.time_zone)) if release else assessment.today
    return plus_business(day, assessment.agreement.handover.task_due_days)


def rep_of(assessment: Assessment, candidate: Candidate) -> str | None:
    """Whose a task is: that of the rep whom it was handed to; of the one to whom it falls now, where that one left."""
    release = assessment.group.releases.get(candidate.key)
    stream = assessment.destinations["user"].stream
    return owner_of([release.rep if release else None, candidate.rep], assessment.group.users, stream)


def _task(assessment: Assessment, calls: Sequence[Call], occasion: Occasion) -> Wish:
    candidate, judgement = occasion.candidate, occasion.judgement
    rep = rep_of(assessment, candidate)
    contact = assessment.contacts[judgement.contact_id]
    fields: dict[str, Scalar | Ref] = {
        "key": candidate.key,
        "subject": occasion.subject,
        "due": due_day(assessment, candidate.key),
        "description": "\n".join(_description(assessment, judgement, contact, occasion.why)),
        "priority": "high" if judgement.interest.hand_raised else "normal",
        "status": "open",
        **_whom(assessment, calls, contact),
    }
    if rep:
        fields["owner"] = Ref("user", rep)
    return assessment.wish("task", candidate.key, fields, once=True, reason=occasion.why)


def _whom(assessment: Assessment, calls: Sequence[Call], contact: Contact) -> Mapping[str, Ref]:
    """Whom a task is about: who stands there, where it is in doubt who somebody is; else the account alone."""
    account_doubt, doubt = assessment.account_doubt, assessment.doubt(contact)
    if account_doubt and not assessment.stands(contact.id):
        return {"about": Ref("account", account_doubt.other)}
    about = Ref("account", account_doubt.other) if account_doubt else _about(assessment, calls, contact)
    if doubt and not assessment.stands(doubt.other):
        return {"about": about}
    gone = assessment.was_deleted("contact", contact) and not assessment.is_lead(contact)
    if not doubt and (gone or assessment.awaits(contact)):
        return {"about": about}
    person = assessment.contacts[doubt.other] if doubt else contact
    if assessment.is_lead(person):  # a lead's task may point at nothing else
        return {"contact": Ref("contact", person.id)}
    return {"contact": Ref("contact", person.id), "about": about}


def _about(assessment: Assessment, calls: Iterable[Call], contact: Contact) -> Ref:
    qualified = (call for call in calls if call.qualified and call.decision not in NOTHING_THERE)
    call = next((call for call in qualified if contact.id in call.delegates), None)
    return Ref("opportunity", call.key or "") if call else Ref("account", assessment.group.account.id)


def _description(assessment: Assessment, judgement: ContactJudgement, contact: Contact, why: str) -> Iterator[str]:
    interest = judgement.interest
    reasons = "; ".join(gate.reason for gate in judgement.gates if gate.ruling is Ruling.YES)
    yield f"Why: {why} {reasons[:1].upper()}{reasons[1:]}." if reasons else f"Why: {why}"
    did = ", ".join(f"{kind.replace('_', ' ')} ({count})" for kind, count in interest.kinds.items())
    yield f"What they did: {did or 'nothing that counts'}."
    if where := choice(contact, judgement):
        yield f"Reach them at {where}: not every address and number of theirs is open."
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
