"""What should stand in Salesforce after one account's judgement, in the field names of mappings/salesforce.yaml.

In proportion: an account is written when it has contacts or opportunities, and created when something of it must point
there; a contact is written when they have a role at an account in the market, and created when they stand on an
opportunity or get a task. Whatever was wished before is kept true. No text carries a figure that time alone changes,
so that a quiet day writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from syncd.model import Account, Call, Contact, Opportunity, Ref, Scalar, Standing, Wish
from syncd.model.addresses import is_address
from syncd.rules.assessment import Assessment, clip
from syncd.rules.days import local_day, stamp, zone
from syncd.rules.handover import rep_of
from syncd.rules.marketing import marketing_wishes
from syncd.rules.offers import recogniser
from syncd.rules.reasons import reason_of
from syncd.rules.tasks import task_wishes

Fields = Mapping[str, Scalar | Ref]

# Characters that Salesforce takes: standard fields by the object reference, ours by connectors/salesforce/package
LENGTHS: Mapping[str, Mapping[str, int]] = {
    "account": {
        "name": 255,
        "website": 255,
        "street": 255,
        "city": 40,
        "state": 80,
        "postal_code": 20,
        "country": 80,
        "phone": 40,
        "standing_reason": 4000,
        "segment": 120,
    },
    "contact": {"first_name": 40, "last_name": 80, "email": 80, "phone": 40, "title": 128, "reason": 4000, "role": 80},
    "opportunity": {"name": 120, "next_step": 255, "offer": 80, "reason": 4000, "agreement": 40},
    "contact_role": {},
}
ACCOUNT, CONTACT, CAMPAIGN = "salesforce.Account", "salesforce.Contact", "salesforce.Campaign"


def make_wishes(assessment: Assessment, calls: Sequence[Call]) -> tuple[Wish, ...]:
    """All wishes of one account, in the order in which they can be written."""
    tasks = list(task_wishes(assessment, calls))
    standing = [call for call in calls if call.decision != "skip"]
    opportunities = [_opportunity(assessment, call) for call in standing]
    roles = [wish for call in standing if call.qualified for wish in _contact_roles(assessment, call)]
    needed = _pointed_at([*tasks, *roles])
    contacts = [
        wish
        for contact in assessment.contacts.values()
        for wish in _contact(assessment, contact, needed=Ref("contact", contact.id) in needed)
    ]
    others = [*contacts, *opportunities, *roles, *tasks]
    needed = _pointed_at(others)
    account = Ref("account", assessment.group.account.id)
    return (*_account(assessment, needed=account in needed), *others, *marketing_wishes(assessment))


def _pointed_at(wishes: Iterable[Wish]) -> frozenset[Ref]:
    return frozenset([value for wish in wishes for value in wish.fields.values() if isinstance(value, Ref)])


# ---- account -----------------------------------------------------------------------------------------------------


def _account(assessment: Assessment, *, needed: bool) -> Iterator[Wish]:
    group, account = assessment.group, assessment.group.account
    remote_ids = account.remote_ids.get(ACCOUNT, ())
    verdict: Fields = {
        "standing": assessment.standing.value,
        "standing_reason": "\n".join(f"{gate.name}: {gate.reason}" for gate in assessment.market),
        "segment": assessment.segment,
    }
    if remote_ids:
        if group.contacts or group.opportunities or account.id in group.opened:
            yield _wish(
                "account", account.id, verdict, remote_id=remote_ids[0], reason=f"standing: {assessment.standing}"
            )
    elif needed:
        fields = {"key": account.id, **_address(account), **_owner(assessment), **verdict}
        yield _wish("account", account.id, fields, reason="an opportunity, a contact or a task needs it")


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
    rep = rep_of(assessment.group.account, assessment.group.users, assessment.agreement.handover)
    return {"owner": Ref("user", rep)} if rep else {}


# ---- contacts ----------------------------------------------------------------------------------------------------


def _contact(assessment: Assessment, contact: Contact, *, needed: bool) -> Iterator[Wish]:
    judgement = assessment.judgements[contact.id]
    remote_ids = contact.remote_ids.get(CONTACT, ())
    verdict: Fields = {
        "mql": judgement.mql.value,
        "reason": reason_of(judgement),
        "role": judgement.role,
        "next_ask": judgement.ask.value,
    }
    if remote_ids:
        if (assessment.standing is Standing.IN and judgement.role) or needed or contact.id in assessment.group.opened:
            yield _wish("contact", contact.id, verdict, remote_id=remote_ids[0], reason=f"MQL: {judgement.mql}")
    elif needed and not assessment.is_lead(contact):
        fields = {
            "key": contact.id,
            "account": Ref("account", assessment.group.account.id),
            **_person(contact),
            **_owner(assessment),
            **verdict,
        }
        yield _wish("contact", contact.id, fields, reason="stands on an opportunity or has a task")


def _person(contact: Contact) -> Fields:
    """What a new contact starts with; Salesforce wants a last name and refuses an address with bad syntax."""
    email = next((email for email in contact.emails if is_address(email) and len(email) <= 80), None)
    fields = {
        "first_name": contact.first_name if contact.last_name else None,
        "last_name": contact.last_name or contact.first_name or (email or "").partition("@")[0] or "(no name)",
        "email": email,
        "phone": contact.phone,
        "title": contact.title,
    }
    return {name: value for name, value in fields.items() if value}


# ---- opportunities and their contact roles -----------------------------------------------------------------------


def _opportunity(assessment: Assessment, call: Call) -> Wish:
    """The opportunity as far as it is ours to write: never what a person has touched.

    On creation everything; while it qualifies amount, close date, weight and next step beside our own fields;
    of one that sales opened, or that no longer qualifies, our own fields only.
    """
    opportunity = _standing_opportunity(assessment, call)
    fields: dict[str, Scalar | Ref | None] = {
        "offer": call.offer,
        "qualified": call.qualified,
        "reason": "\n".join(call.reasons),
        "completeness": Decimal(repr(assessment.coverage[call.offer].completeness * 100)).quantize(Decimal("0.01")),
        "agreement": assessment.agreement.version,
    }
    if call.decision != "adopt":
        fields["key"] = call.key
    if call.decision == "open":
        fields |= _creation(assessment, call)
    if call.decision != "adopt" and call.qualified:
        fields |= _weighted(call)
    touched = opportunity.touched if opportunity else frozenset()
    kept = {name: value for name, value in fields.items() if value is not None and name not in touched}
    remote_id = opportunity.remote_id if opportunity else None
    return _wish("opportunity", call.key or "", kept, remote_id=remote_id, reason="; ".join(call.reasons[:2]))


def _creation(assessment: Assessment, call: Call) -> Fields:
    """What is written once and then left to people: a stage sent again would reset the weight."""
    account = assessment.group.account
    label = next(offer.label for offer in assessment.agreement.offers if offer.name == call.offer)
    name = account.name or account.domain or "(no name)"
    shape = assessment.agreement.forecast.name
    return {
        "account": Ref("account", account.id),
        "name": shape.replace("{account}", name).replace("{offer}", label),
        "stage": call.stage,
        "owner": Ref("user", call.owner) if call.owner else None,
        "campaign": _campaign(assessment, call),
    }


def _weighted(call: Call) -> Fields:
    """Salesforce keeps Probability in whole percent (precision 3, scale 0)."""
    whole = call.probability.quantize(Decimal(1), ROUND_HALF_UP) if call.probability is not None else None
    return {
        "amount": call.amount,
        "close_date": call.close_date,
        "probability": whole,
        "next_step": call.next_step or None,
    }


def _campaign(assessment: Assessment, call: Call) -> str | None:
    """The Salesforce id of the campaign by which the supporters last engaged with the offer."""
    group, recognise = assessment.group, recogniser(assessment.agreement.offers)
    where, supporters = zone(assessment.agreement.time_zone), frozenset(call.delegates)
    sources = []
    for activity in group.activities:
        campaign = group.campaigns.get(activity.campaign_id or "")
        if campaign is None or activity.by_us or activity.contact_id not in supporters:
            continue
        remote_ids = campaign.remote_ids.get(CAMPAIGN, ())
        about = recognise(f"{activity.topic} {campaign.name or ''}")
        if remote_ids and call.offer in about and local_day(stamp(activity.at), where) <= assessment.today:
            sources.append((stamp(activity.at), activity.id, remote_ids[0]))
    return max(sources)[2] if sources else None


def _contact_roles(assessment: Assessment, call: Call) -> Iterator[Wish]:
    """The delegates' roles; a lead has none until it is converted, and a role that people gave stays theirs."""
    opportunity = _standing_opportunity(assessment, call)
    theirs = {role.contact_id for role in opportunity.roles if not role.key} if opportunity else set()
    for contact_id in call.delegates:
        if contact_id in theirs or assessment.is_lead(assessment.contacts[contact_id]):
            continue
        key = f"{call.key}/{contact_id}"
        fields: Fields = {
            "key": key,
            "opportunity": Ref("opportunity", call.key or ""),
            "contact": Ref("contact", contact_id),
            "role": assessment.judgements[contact_id].role,
        }
        yield _wish("contact_role", key, fields, reason=f"stands for {call.offer} in the caucus")


def _standing_opportunity(assessment: Assessment, call: Call) -> Opportunity | None:
    return next(
        (opportunity for opportunity in assessment.group.opportunities if opportunity.id == call.opportunity_id), None
    )


def _wish(object: str, key: str, fields: Fields, *, remote_id: str | None = None, reason: str) -> Wish:
    lengths = LENGTHS[object]
    fitting = {
        name: clip(value, lengths[name]) if isinstance(value, str) and name in lengths else value
        for name, value in fields.items()
    }
    return Wish(system="salesforce", object=object, key=key, fields=fitting, remote_id=remote_id, reason=reason)
