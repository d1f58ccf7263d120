"""All that is known of one account, contact or opportunity: what `syncd explain` says, and what lies behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from syncd.errors import NotFound
from syncd.mapping import SystemMapping
from syncd.model import Activity, Group
from syncd.model.references import Ref
from syncd.planning.names import RepNames
from syncd.rules import Rulebook
from syncd.rules.bots import machine_made
from syncd.rules.days import local_day, stamp, zone
from syncd.rules.engagement import RUNGS, scale_of, weigh
from syncd.rules.topics import topic_in_words
from syncd.store import Store, UnitOfWork
from syncd.store.wishes import PendingWish
from syncd.sync.answering import questions_of
from syncd.views.explain import Explained, OpportunityExplained, explanation
from syncd.views.listing import Listing
from syncd.views.opportunity import caucus_in_words

ACTIVITIES: Final = 40  # of a timeline, the latest
PEOPLE: Final = 40  # of an account, those first who matter
FORMATTED: Final = ("picture_json", "gates_json")  # one JSON text each, which is drawn and not read


def account_of(
    store: Store, book: Rulebook, mappings: Mapping[str, SystemMapping], name: str, now: datetime
) -> dict[str, Any]:
    """One account. Raises NotFound where nothing answers to the name."""
    explained = _explained(store, book, mappings, name, now)
    if explained.contact_id is not None:
        raise NotFound(f"{name} is a contact", plain="that is a contact, no account")
    group, account = explained.group, explained.group.account
    names = RepNames(group.users)
    with store.reading() as unit:
        milestones, writes = _milestones(unit, account.id, names), list(_writes(unit, account.id))
    return {
        "title": account.name or account.domain or account.id,
        "account": _facts(group, names),
        **_said(explained),
        "people": _people(explained),
        "caucus": caucus_in_words(group, explained.judgement, explained.book),
        "labels": {offer.name: offer.label for offer in explained.own.agreement.offers},
        "opportunities": [_opportunity(entry, names) for entry in group.opportunities],
        "timeline": _timeline(group, explained.own, now),
        "milestones": milestones,
        "writes": writes,
        "questions": questions_of(explained.own.agreement),
    }


def contact_of(
    store: Store, book: Rulebook, mappings: Mapping[str, SystemMapping], name: str, now: datetime
) -> dict[str, Any]:
    """One contact. Raises NotFound where nobody answers to the name."""
    explained = _explained(store, book, mappings, name, now)
    if explained.contact_id is None:
        raise NotFound(f"{name} is an account", plain="that is an account, no contact")
    group = explained.group
    contact = next(entry for entry in group.contacts if entry.id == explained.contact_id)
    names = RepNames(group.users)
    with store.reading() as unit:
        reached = [entry for entry in _milestones(unit, group.account.id, names) if entry["contact_id"] == contact.id]
        writes = [entry for entry in _writes(unit, group.account.id) if f"/{contact.id}/" in f"/{entry['key']}/"]
    return {
        "title": contact.name,
        "contact": {
            "id": contact.id,
            "emails": contact.emails,
            "phones": contact.phones,
            "title": contact.title,
            "owner": names[contact.owner] if contact.owner else None,
            "closures": [
                f"{entry.of or 'every address and number'}: {entry.why.replace('_', ' ')}" for entry in contact.closures
            ],
            "lifecycle": contact.lifecycle,
        },
        "account": _facts(group, names),
        **_said(explained),
        "timeline": _timeline(group, explained.own, now, contact.id),
        "milestones": reached,
        "writes": writes,
        "functions": [*explained.own.agreement.functions],
        "levels": [*explained.own.agreement.levels],
    }


def opportunity_of(
    store: Store, book: Rulebook, mappings: Mapping[str, SystemMapping], name: str, now: datetime
) -> dict[str, Any]:
    """One opportunity, sales' own as well. Raises NotFound where none answers to the name."""
    day = local_day(now, zone(book.agreement.time_zone))
    explained = explanation(store, book, mappings, name, day)
    if not isinstance(explained, OpportunityExplained):
        raise NotFound(f"{name} is no opportunity", plain="that is no opportunity")
    group, opportunity = explained.group, explained.opportunity
    names = RepNames(group.users)
    with store.reading() as unit:
        of = (opportunity.id, opportunity.key)
        reached = [entry for entry in _milestones(unit, group.account.id, names) if entry["of"] in of]
        writes = [entry for entry in _writes(unit, group.account.id) if entry["key"] == opportunity.key]
    people = {contact.id: contact.name for contact in group.contacts}
    return {
        "title": opportunity.name or opportunity.id,
        **explained.plain(),
        "account": _facts(group, names),
        "stands": _opportunity(opportunity, names),
        "roles": [
            {"contact_id": entry.contact_id, "contact": people.get(entry.contact_id or ""), "role": entry.role}
            for entry in opportunity.roles
        ],
        "answers": [
            {
                "what": entry.what,
                "value": people.get(entry.value, entry.value),
                "at": entry.at,
                "source": entry.source,
                "by": names[entry.by] if entry.by else "",
            }
            for entry in opportunity.answers
        ],
        "questions": questions_of(book.agreement),
        "contacts": [{"id": contact_id, "name": called} for contact_id, called in people.items()],
        "milestones": reached,
        "writes": writes,
    }


def _explained(
    store: Store, book: Rulebook, mappings: Mapping[str, SystemMapping], name: str, now: datetime
) -> Explained:
    explained = explanation(store, book, mappings, name, local_day(now, zone(book.agreement.time_zone)))
    if isinstance(explained, OpportunityExplained):
        raise NotFound(f"{name} is an opportunity", plain="that is an opportunity")
    return explained


def _said(explained: Explained) -> dict[str, Any]:
    """What `syncd explain` says, without the wishes: `writes` has them as they stand."""
    return {name: value for name, value in explained.plain().items() if name != "wishes"}


def _facts(group: Group, names: RepNames) -> dict[str, Any]:
    account = group.account
    return {
        "id": account.id,
        "name": account.name or account.domain or account.id,
        "domain": account.domain,
        "place": ", ".join(filter(None, (account.city, account.state, account.country))),
        "phone": account.phone,
        "industry": account.industry,
        "relation": account.relation,
        "owner": names[account.owner] if account.owner else None,
        "parents": [{"id": parent.id, "name": parent.name or parent.domain or parent.id} for parent in account.parents],
        "registers": account.registers,
        "contacts": len(group.contacts),
    }


def _people(explained: Explained) -> Listing:
    """Those first who are qualified, then those with a role, then the strongest; without their gates."""
    rows = sorted(
        explained.plain()["contacts"],
        key=lambda entry: (entry["mql"] != "yes", not entry["role"], -entry["interest"]["strength"], entry["name"]),
    )
    names = ("contact_id", "name", "title", "role", "mql", "ask", "verdict", "alerts")
    people = [
        {name: row[name] for name in names}
        | {
            "rung": row["interest"]["rung"],
            "strength": round(row["interest"]["strength"], 1),
            "last_at": row["interest"]["last_at"],
            "mend": next((gate["mend"] for gate in row["gates"] if gate["mend"]), ""),
        }
        for row in rows[:PEOPLE]
    ]
    return Listing(people, len(rows))


def _opportunity(opportunity: Any, names: RepNames) -> dict[str, Any]:
    return {
        "id": opportunity.id,
        "key": opportunity.key,
        "name": opportunity.name or opportunity.id,
        "offer": opportunity.offer,
        "stage": opportunity.stage,
        "staged_at": opportunity.staged_at,
        "amount": opportunity.amount and float(opportunity.amount),
        "currency": opportunity.currency,
        "probability": opportunity.probability and float(opportunity.probability),
        "close_date": opportunity.close_date,
        "owner": names[opportunity.owner] if opportunity.owner else None,
        "opened_by": "syncd" if opportunity.key else "sales",
        "is_closed": opportunity.is_closed,
        "is_won": opportunity.is_won,
        "touched": sorted(opportunity.touched),
    }


def _timeline(group: Group, book: Rulebook, now: datetime, contact_id: str | None = None) -> Listing:
    """What people did and what we did, the latest first; what a machine made is told with its sign."""
    agreement = book.agreement
    scale, today = scale_of(agreement), local_day(now, zone(agreement.time_zone))
    by_contact: dict[str, list[Activity]] = {}
    for activity in group.activities:
        if contact_id in (None, activity.contact_id):
            by_contact.setdefault(activity.contact_id, []).append(activity)
    people = {contact.id: contact.name for contact in group.contacts}
    machines: dict[str, str] = {}
    rungs: dict[str, str] = {}
    for activities in by_contact.values():
        machines |= machine_made(activities, scale.bots)
        weighed = weigh(activities, scale, today, group.campaigns)
        rungs |= {entry.id: RUNGS[entry.rung].value if entry.rung else "explore" for entry in weighed.counted}
    latest = sorted(
        (activity for activities in by_contact.values() for activity in activities),
        key=lambda activity: (stamp(activity.at), activity.id),
        reverse=True,
    )
    rows = [
        {
            "at": stamp(activity.at),
            "kind": activity.kind.replace("_", " "),
            "contact_id": activity.contact_id,
            "contact": people.get(activity.contact_id, activity.contact_id),
            "topic": topic_in_words(activity.topic),
            "campaign": activity.campaign_id and _called(group, activity.campaign_id),
            "by_us": activity.by_us,
            "rung": rungs.get(activity.id),
            "machine": machines.get(activity.id),
            "outcome": activity.outcome,
        }
        for activity in latest[:ACTIVITIES]
    ]
    return Listing(rows, len(latest))


def _called(group: Group, campaign_id: str) -> str:
    campaign = group.campaigns.get(campaign_id)
    return (campaign and campaign.name) or campaign_id


def _milestones(unit: UnitOfWork, account_id: str, names: RepNames) -> list[dict[str, Any]]:
    """What was reached, the latest first, by which version of the agreement."""
    reached = unit.milestones.of([account_id]).get(account_id, [])
    people = unit.people.names([entry.contact_id for entry in reached if entry.contact_id])
    return [
        {
            "stage": entry.stage.words,
            "at": entry.at,
            "contact_id": entry.contact_id,
            "contact": entry.contact_id and people.get(entry.contact_id, entry.contact_id),
            "of": entry.opportunity_id or entry.opportunity_key,
            "offer": entry.offer,
            "rep": names[entry.rep] if entry.rep else None,
            "round": entry.round,
            "agreement": entry.agreement,
            "source": entry.source.value,
        }
        for entry in reversed(reached)
    ]


def _writes(unit: UnitOfWork, account_id: str) -> Iterator[dict[str, Any]]:
    """What stands in the other systems by our hand, and what is pending: before and after."""
    for wish in unit.wishes.of_account(account_id):
        pending = [
            {"field": name, "before": _shown(wish.sent.get(name)), "after": _shown(value)}
            for name, value in sorted(_changes(wish).items())
        ]
        yield {
            "system": wish.system,
            "object": wish.object,
            "key": wish.key,
            "remote_id": wish.remote_id,
            "pending": pending,
            "reason": wish.reason,
            "error": wish.error,
            "touched": sorted(wish.touched),
            "gone": wish.gone,
        }


def _changes(wish: PendingWish) -> Mapping[str, Any]:
    if wish.gone or (wish.remote_id and wish.sent == wish.wanted):
        return {}
    return {name: value for name, value in wish.changes.items() if name not in FORMATTED}


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, Ref | date) else value
