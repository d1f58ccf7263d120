"""The calls that a rep is asked to make: for each new MQL, and for each contact who wants to explore.

A task is written once and then left to its owner. Somebody who explores gets the explore call in place of the MQL's,
unless that one was asked for before; whoever is still an MQL when the exploration has aged gets theirs then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from syncd.agreement.terms import Offer
from syncd.model import Answer, Ask, Call, Contact, ContactJudgement, Ref, Scalar, Wish
from syncd.rules.days import plus_business
from syncd.rules.findings import Findings, clip
from syncd.rules.groups import next_question
from syncd.rules.handover import rep_of

SUBJECT, DESCRIPTION = 255, 32_000  # characters that Salesforce's Task takes
UNKNOWNS_TOLD = 6
OPEN = "Not Started"  # the status of a task to be done
PRIORITIES = ("High", "Normal")
ASKS = {
    Ask.LISTEN: "listen: say which topics they follow",
    Ask.INVITE: "invite them to an event, or offer a paper",
    Ask.ASK: "ask for business",
}


def tasks(found: Findings, calls: Sequence[Call]) -> Iterator[Wish]:
    """The task wishes of one account: an explore call or an MQL's call a contact, in the order of contact ids."""
    rep = rep_of(found.group.account, found.group.users, found.agreement.handover)
    for contact_id, judged in found.judged.items():
        exploring = explores(judged)
        if exploring:
            yield _task(found, calls, judged, rep, f"explore/{contact_id}", _exploration(judged))
        key = f"mql/{contact_id}"
        if judged.mql is Answer.YES and (not exploring or key in found.group.opened):
            yield _task(found, calls, judged, rep, key, _qualification(judged))


def explores(judged: ContactJudgement) -> bool:
    """Whether a rep should call to explore: a demo or trial, in the served market, not excluded, not unreachable."""
    answers = {gate.name: gate.answer for gate in judged.gates}
    return (
        judged.interest.explore
        and answers["market"] is Answer.YES
        and answers["relation"] is not Answer.NO
        and answers["reachable"] is not Answer.NO
    )


def _exploration(judged: ContactJudgement) -> tuple[str, str]:
    return f"Explore with {_who(judged)}", "They booked a demo or started a trial: they explore, they do not buy yet."


def _qualification(judged: ContactJudgement) -> tuple[str, str]:
    return f"Call {_who(judged)}: qualified lead", "They passed every gate of a qualified lead."


def _who(judged: ContactJudgement) -> str:
    return f"{judged.name}, {judged.role}" if judged.role else judged.name


def _task(
    found: Findings, calls: Sequence[Call], judged: ContactJudgement, rep: str | None, key: str, told: tuple[str, str]
) -> Wish:
    subject, why = told
    contact = found.contacts[judged.contact_id]
    fields: dict[str, Scalar | Ref] = {
        "key": key,
        "subject": clip(subject, SUBJECT),
        "due": plus_business(found.today, found.agreement.handover.task_due_days),
        "description": clip("\n".join(_description(found, judged, contact, why)), DESCRIPTION),
        "priority": PRIORITIES[0 if judged.interest.hand_raised else 1],
        "status": OPEN,
        "contact": Ref("contact", contact.id),
    }
    if not found.is_lead(contact):  # Salesforce refuses a WhatId beside a lead's WhoId
        fields["about"] = _about(found, calls, contact)
    if rep:
        fields["owner"] = Ref("user", rep)
    return Wish(system="salesforce", object="task", key=key, fields=fields, once=True, reason=why)


def _about(found: Findings, calls: Iterable[Call], contact: Contact) -> Ref:
    standing = (call for call in calls if call.qualified and call.decision != "skip")
    call = next((call for call in standing if contact.id in call.delegates), None)
    return Ref("opportunity", call.key or "") if call else Ref("account", found.group.account.id)


def _description(found: Findings, judged: ContactJudgement, contact: Contact, why: str) -> Iterator[str]:
    interest = judged.interest
    yield f"Why: {why} {'; '.join(gate.reason for gate in judged.gates if gate.answer is Answer.YES)}."
    did = ", ".join(f"{kind.replace('_', ' ')} ({count})" for kind, count in interest.kinds.items())
    yield f"What they did: {did or 'nothing that counts'}."
    if interest.topics:
        yield f"Topics, most engaged first: {'; '.join(interest.topics)}."
    yield f"Role: {judged.role or 'not known'}{f' ({judged.title})' if judged.title else ''}."
    offer = _offer(found, judged)
    if offer:
        coverage = found.coverage[offer.name]
        unknown = [entry.what for entry in coverage.unknowns if entry.state != "known"]
        yield f"What we do not know for {offer.label}: {', '.join(unknown[:UNKNOWNS_TOLD]) or 'nothing on our list'}."
        yield f"Ask next: {next_question(coverage)}"
    else:
        yield "Ask next: what are they looking for? They engaged with none of our offers."
    yield f"Next step with them: {ASKS[judged.ask]}."
    if found.is_lead(contact):
        yield "They are a lead in Salesforce: convert the lead, so that they can stand on an opportunity."
    yield f"Agreement {found.agreement.version}."


def _offer(found: Findings, judged: ContactJudgement) -> Offer | None:
    """The offer they engage with most; ties by recency, then by name, as in the caucus."""
    liked = found.preferences.get(judged.contact_id) or ()
    return next((offer for offer in found.agreement.offers if liked and offer.name == liked[0]), None)
