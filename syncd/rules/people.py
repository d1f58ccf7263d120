"""What sales sees of one person, a contact or a lead: the gates that judged them, and whose they are to call."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from syncd.agreement.terms import Agreement
from syncd.model import (
    Account,
    Ask,
    Contact,
    ContactJudgement,
    Destination,
    Destinations,
    Gate,
    GateName,
    Outcome,
    PersonPicture,
    Ref,
    Scalar,
    ShownGate,
    Standing,
    Wish,
)
from syncd.rules.acceptance import latest
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, zone
from syncd.rules.handover import owner_of
from syncd.rules.reasons import reason_of
from syncd.rules.shortening import json_in, person_shortened

Fields = Mapping[str, Scalar | Ref]


def person_picture(judgement: ContactJudgement, account: Account, agreement: Agreement) -> PersonPicture:
    """The gates of one contact in order, with what would make them pass; agreement: as it reads for the account."""
    return PersonPicture(
        contact=judgement.name,
        account=account.name or account.domain or account.id,
        mql=judgement.mql,
        role=judgement.role,
        ask=judgement.ask,
        rung=judgement.interest.rung,
        agreement=agreement.label,
        gates=tuple([_shown_gate(gate) for gate in judgement.gates]),
        would_pass=tuple(dict.fromkeys([gate.mend for gate in judgement.gates if gate.mend])),
        topics=judgement.interest.topics,
        guidance=tuple(guidance(agreement)) if judgement.ask is Ask.EXPLORE else (),
        verdict=judgement.verdict,
        returned=judgement.returned,
    )


def stands_as(contact: Contact, destinations: Destinations) -> Destination:
    """On which records sales sees a person: those of contacts, else of leads; before there is any, a contact's."""
    of_contacts, of_leads = destinations["contact"], destinations["lead"]
    lead = contact.remote_ids.get(of_leads.stream) and not contact.remote_ids.get(of_contacts.stream)
    return of_leads if lead else of_contacts


def gates_json(
    judgement: ContactJudgement, account: Account, agreement: Agreement, destination: Destination
) -> str | None:
    """The gates as they stand on such a record; None where it has no room for them."""
    length = destination.lengths.get("gates_json")
    picture = person_picture(judgement, account, agreement)
    return json_in(picture, length) or json_in(person_shortened(picture, length), length)


def _shown_gate(gate: Gate) -> ShownGate:
    """By which kinds they responded within the window moves by the day: that they did does not."""
    value = "" if gate.name is GateName.RESPONDED else gate.value
    return ShownGate(gate.name, gate.ruling, gate.reason, value, gate.source)


def guidance(agreement: Agreement) -> Iterator[str]:
    """How to speak with somebody who explores."""
    yield "Ask about their problem: what made them look, whom it troubles, and what it costs them."
    yield "Never ask for business: they booked a demo or started a trial, and do not buy yet."
    yield "Marketing goes on with them: they have a named person, and marketing besides."
    days = agreement.engagement.explore_days
    yield f"They explore until they ask for sales, you give your verdict, or {days} days have passed."


def lead_wishes(assessment: Assessment, needed: Container[Ref]) -> Iterator[Wish]:
    """What stands on each record of a lead, duplicates included, as long as they are no contact.

    Nothing is made, and nothing written of who was converted: such a record takes no change. A lead beside which
    somebody made a contact is kept true.
    """
    stream = assessment.destinations["lead"].stream
    records = {
        remote_id: contact
        for contact in assessment.contacts.values()
        for remote_id in contact.remote_ids.get(stream, ())
        if contact.converted_at is None
    }
    for remote_id, contact in records.items():
        key, judgement = f"{stream}/{remote_id}", assessment.judgements[contact.id]
        wanted = concerns(assessment, judgement) or Ref("contact", contact.id) in needed
        if (wanted and assessment.is_lead(contact)) or f"lead/{key}" in assessment.group.opened:
            fields = shown(assessment, judgement, "lead")
            yield assessment.wish("lead", key, fields, remote_id=remote_id, reason=f"MQL: {judgement.mql}")


def concerns(assessment: Assessment, judgement: ContactJudgement) -> bool:
    """Whether sales is told of them: they have a role at an account in the market."""
    return assessment.standing is Standing.IN and judgement.role is not None


def shown(assessment: Assessment, judgement: ContactJudgement, object: str) -> Fields:
    """What sales sees of a person: the gates in words and for components, and whose they are to call since when."""
    destination = assessment.destinations[object]
    return {
        "mql": judgement.mql.value,
        "reason": reason_of(judgement),
        "role": judgement.role,
        "next_ask": judgement.ask.value,
        "gates_json": gates_json(judgement, assessment.group.account, assessment.agreement, destination),
        **_handed_over(assessment, judgement.contact_id),
    }


def _handed_over(assessment: Assessment, contact_id: str) -> Fields:
    """To whom somebody was handed over last, and on which day: that stays when the rep rejects them or lets them lie.

    An open release of a rep who left is now the one's to whom it falls, as its task would be. It waits for their word.
    """
    release = latest(assessment.group.releases.values(), contact_id) if assessment.group.releases else None
    if release is None:
        return {"rep": None, "released_on": None, "waiting": False}
    stream = assessment.destinations["user"].stream
    rep = assessment.group.users.get(release.rep or "")
    if not release.outcome.ends:
        falls = assessment.falls(assessment.contacts[contact_id], release.offer).rep
        rep = assessment.group.users.get(owner_of([release.rep, falls], assessment.group.users, stream) or "")
    day = local_day(release.at, zone(assessment.agreement.time_zone))
    named = Ref("user", rep.id) if rep and rep.remote_ids.get(stream) else None
    return {"rep": named, "released_on": day, "waiting": release.outcome is Outcome.OPEN}
