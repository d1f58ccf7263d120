"""What should stand in Salesforce after one account's judgement, in the field names of mappings/salesforce.yaml.

In proportion: an account is written when it has contacts or opportunities, and created when something of it must point
there; a contact is written when they have a role at an account in the market, and created when they stand on an
opportunity or get a task. Whatever was wished before is kept true. No text carries a figure that time alone changes,
so that a quiet day writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from syncd.model import (
    Account,
    Call,
    Campaign,
    Contact,
    Decision,
    Opportunity,
    Picture,
    Ref,
    Ruling,
    Scalar,
    Wish,
)
from syncd.model.addresses import is_address
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, stamp, zone
from syncd.rules.marketing import marketing_wishes
from syncd.rules.notifications import asked_for
from syncd.rules.offers import recogniser
from syncd.rules.outcomes import DONE
from syncd.rules.people import concerns, lead_wishes, shown
from syncd.rules.picture import opportunity_name
from syncd.rules.picture_wishes import account_fields, opportunity_fields, people_on, untouched
from syncd.rules.questions import offer_questions
from syncd.rules.reach import by_mail, open_phones
from syncd.rules.tasks import task_wishes

Fields = Mapping[str, Scalar | Ref]

LONGEST_EMAIL = 254  # characters of an address (RFC 5321)


def make_wishes(assessment: Assessment, calls: Sequence[Call], pictures: Sequence[Picture] = ()) -> tuple[Wish, ...]:
    """All wishes of one account, in the order in which they can be written."""
    tasks = [*task_wishes(assessment, calls), *offer_questions(assessment, calls)]
    carried_out = [call for call in calls if call.decision not in (Decision.SKIP, Decision.WAIT)]
    pictured = {picture.opportunity: picture for picture in pictures}
    opportunities = [_opportunity(assessment, call, pictured.get(call.key or "")) for call in carried_out]
    opportunities += untouched(assessment, pictures, [call.key for call in carried_out])
    roles = [wish for call in carried_out for wish in _contact_roles(assessment, call)]
    needed = _pointed_at([*tasks, *roles])
    contacts = [
        wish
        for contact in assessment.contacts.values()
        for wish in _contact(assessment, contact, needed=Ref("contact", contact.id) in needed)
    ]
    contacts += lead_wishes(assessment, needed)
    others = [*contacts, *opportunities, *roles, *tasks, *asked_for(assessment)]
    needed = _pointed_at(others)
    account = Ref("account", assessment.group.account.id)
    made = (*_account(assessment, pictures, needed=account in needed), *others)
    return (*(wish for wish in made if wish.system), *told_to_marketing(assessment))


def told_to_marketing(assessment: Assessment) -> tuple[Wish, ...]:
    """What marketing gets back; of a person account nothing else is wanted."""
    return tuple(wish for wish in marketing_wishes(assessment) if wish.system)


def _pointed_at(wishes: Iterable[Wish]) -> frozenset[Ref]:
    return frozenset([value for wish in wishes for value in wish.fields.values() if isinstance(value, Ref)])


# ---- account -----------------------------------------------------------------------------------------------------


def _account(assessment: Assessment, pictures: Sequence[Picture], *, needed: bool) -> Iterator[Wish]:
    group, account = assessment.group, assessment.group.account
    remote_ids = assessment.remote_ids("account", account)
    verdict: Fields = {
        "standing": assessment.standing.value,
        "standing_reason": "\n".join(f"{gate.name}: {gate.reason}" for gate in assessment.market),
        "segment": assessment.segment,
        **account_fields(assessment, pictures),
    }
    if remote_ids:
        if group.contacts or group.opportunities or account.id in group.opened:
            yield assessment.wish(
                "account", account.id, verdict, remote_id=remote_ids[0], reason=f"standing: {assessment.standing}"
            )
    elif assessment.was_deleted("account", account):
        return
    elif needed and not (assessment.account_doubt and account.id not in group.opened):
        fields = {"key": account.id, **_address(account), **_owner(assessment), **verdict}
        yield assessment.wish("account", account.id, fields, reason="an opportunity, a contact or a task needs it")


def _address(account: Account) -> Fields:
    """What a new account starts with; what is not known is left out."""
    fields = {
        "name": account.name or account.domain or "(no name)",
        "website": account.domain,
        "street": account.street,
        "city": account.city,
        "state": account.state,
        "postal_code": account.postal_code,
        "country": account.country,
        "phone": account.phone,
    }
    return {name: value for name, value in fields.items() if value}


def _owner(assessment: Assessment) -> Fields:
    """Whom a new record belongs to; without one it would fall to the user that syncd signs in as."""
    rep = assessment.rep
    return {"owner": Ref("user", rep)} if rep else {}


# ---- contacts ----------------------------------------------------------------------------------------------------


def _contact(assessment: Assessment, contact: Contact, *, needed: bool) -> Iterator[Wish]:
    judgement = assessment.judgements[contact.id]
    remote_ids = assessment.remote_ids("contact", contact)
    if remote_ids:
        if concerns(assessment, judgement) or needed or contact.id in assessment.group.opened:
            fields = shown(assessment, judgement, "contact")
            why = f"MQL: {judgement.mql}"
            yield assessment.wish("contact", contact.id, fields, remote_id=remote_ids[0], reason=why)
    elif needed and not assessment.is_lead(contact) and not _is_left(assessment, contact):
        fields = {
            "key": contact.id,
            "account": Ref("account", assessment.group.account.id),
            **_person(assessment, contact),
            **_owner(assessment),
            **shown(assessment, judgement, "contact"),
        }
        yield assessment.wish("contact", contact.id, fields, reason="stands on an opportunity or has a task")


def _is_left(assessment: Assessment, contact: Contact) -> bool:
    """Whether nobody is created: beside a likely double, who stands there or is about to, and whom a person deleted."""
    doubt = assessment.doubt(contact) is not None or assessment.awaits(contact)
    return doubt or assessment.was_deleted("contact", contact)


def _person(assessment: Assessment, contact: Contact) -> Fields:
    """What a new contact starts with; Salesforce wants a last name and refuses an address with bad syntax.

    An open address comes before a closed one; a number at which they asked not to be called is not handed on.
    """
    longest = assessment.destinations["contact"].lengths.get("email", LONGEST_EMAIL)
    opened = by_mail(contact, assessment.agreement.mql.reach)
    emails = ([opened.value] if opened.ruling is Ruling.YES else []) + list(contact.emails)
    email = next((email for email in emails if is_address(email) and len(email) <= longest), None)
    fields = {
        "first_name": contact.first_name if contact.last_name else None,
        "last_name": contact.last_name or contact.first_name or (email or "").partition("@")[0] or "(no name)",
        "email": email,
        "phone": next(iter(open_phones(contact)), None),
        "title": contact.title,
    }
    return {name: value for name, value in fields.items() if value}


# ---- opportunities and their contact roles -----------------------------------------------------------------------


def _opportunity(assessment: Assessment, call: Call, picture: Picture | None) -> Wish:
    """The opportunity as far as it is ours to write: never what a person has touched.

    On creation everything; while it qualifies amount, close date, weight and next step beside our own fields; of one
    that sales opened our own fields only; of one that no longer qualifies the weight besides, where that was agreed.
    """
    opportunity = _standing_opportunity(assessment, call)
    fields: dict[str, Scalar | Ref | None] = {
        "offer": call.offer,
        "qualified": call.qualified,
        "reason": "\n".join(call.reasons),
        "completeness": Decimal(repr(assessment.coverage[call.offer].completeness * 100)).quantize(Decimal("0.01")),
        "agreement": assessment.agreement.label,
        **opportunity_fields(assessment, picture),
        "people": people_on(opportunity, _seated(assessment, call)) if picture else None,
    }
    if call.decision is not Decision.ADOPT:
        fields["key"] = call.key
    if call.decision is Decision.OPEN:
        fields |= _creation(assessment, call)
    if call.decision is not Decision.ADOPT:
        fields |= _weighted(call) if call.qualified else {"probability": call.probability}
    touched = opportunity.touched if opportunity else frozenset()
    kept = {name: value for name, value in fields.items() if value is not None and name not in touched}
    remote_id = opportunity.remote_id if opportunity else None
    return assessment.wish("opportunity", call.key or "", kept, remote_id=remote_id, reason="; ".join(call.reasons[:2]))


def _creation(assessment: Assessment, call: Call) -> Fields:
    """What is written once and then left to people: a stage sent again would reset the weight."""
    return {
        "account": Ref("account", assessment.group.account.id),
        "name": opportunity_name(assessment, call),
        "stage": call.stage,
        "segment": assessment.segment,
        "owner": Ref("user", call.owner) if call.owner else None,
        "campaign": _campaign(assessment, call),
        "close_basis": call.close_basis or None,
        "stands_on": _first_delegate(assessment, call),
    }


def _first_delegate(assessment: Assessment, call: Call) -> Ref | None:
    """Whom a new opportunity stands on: it waits until that contact stands; none is opened with nobody on it.

    Not sent. One who stands there already, before one who is created first.
    """
    contacts = [assessment.contacts[one] for one in call.delegates if not assessment.is_lead(assessment.contacts[one])]
    there = [contact for contact in contacts if assessment.remote_ids("contact", contact)]
    contacts.sort(key=lambda contact: assessment.was_deleted("contact", contact))
    return next((Ref("contact", contact.id) for contact in (*there, *contacts)), None)


def _weighted(call: Call) -> Fields:
    """What the group is worth; the currency is sent at creation only, and says later what the amount is meant in."""
    return {
        "amount": call.amount,
        "currency": call.currency if call.amount is not None else None,
        "close_date": call.close_date,
        "probability": call.probability,
        "next_step": call.next_step or None,
    }


def _campaign(assessment: Assessment, call: Call) -> str | None:
    """The id, where opportunities are written, of the campaign by which the supporters last engaged with the offer."""
    group, recognise = assessment.group, recogniser(assessment.agreement.offers)
    where, supporters = zone(assessment.agreement.time_zone), frozenset(call.delegates)
    sources = []
    for activity in group.activities:
        campaign = group.campaigns.get(activity.campaign_id or "")
        missed = activity.outcome not in (None, DONE)
        if campaign is None or activity.by_us or missed or activity.contact_id not in supporters:
            continue
        remote_ids = _ids_in(assessment.destinations["opportunity"].system, campaign)
        about = recognise(f"{activity.topic} {campaign.name or ''}")
        if remote_ids and call.offer in about and local_day(stamp(activity.at), where) <= assessment.today:
            sources.append((stamp(activity.at), activity.id, remote_ids[0]))
    return max(sources)[2] if sources else None


def _ids_in(system: str, campaign: Campaign) -> tuple[str, ...]:
    streams = (ids for stream, ids in campaign.remote_ids.items() if stream.startswith(f"{system}."))
    return next(streams, ())


def _contact_roles(assessment: Assessment, call: Call) -> Iterator[Wish]:
    """The delegates' roles."""
    for contact_id in _seated(assessment, call):
        key = f"{call.key}/{contact_id}"
        fields: Fields = {
            "key": key,
            "opportunity": Ref("opportunity", call.key or ""),
            "contact": Ref("contact", contact_id),
            "role": assessment.judgements[contact_id].role,
        }
        yield assessment.wish("contact_role", key, fields, reason=f"stands for {call.offer} in the caucus")


def _seated(assessment: Assessment, call: Call) -> list[str]:
    """Which delegates get a role; a lead has none until it is converted, and a role that people gave stays theirs."""
    if not call.qualified:
        return []
    opportunity = _standing_opportunity(assessment, call)
    theirs = {role.contact_id for role in opportunity.roles if role.by_people} if opportunity else set()
    contacts = [assessment.contacts[contact_id] for contact_id in call.delegates if contact_id not in theirs]
    return [contact.id for contact in contacts if not assessment.is_lead(contact) and not _is_left(assessment, contact)]


def _standing_opportunity(assessment: Assessment, call: Call) -> Opportunity | None:
    return next(
        (opportunity for opportunity in assessment.group.opportunities if opportunity.id == call.opportunity_id), None
    )
