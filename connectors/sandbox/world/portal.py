"""HubSpot's side of the world: companies and contacts in the vendor's shape, with the usual mess in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from connectors.sandbox.world.contacts import fictitious_phone
from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import Company, Person
from connectors.sandbox.world.people import written
from connectors.sandbox.world.staff import OWNER_IDS
from connectors.sandbox.world.stamps import DAY, HOUR, MINUTE, Calendar, iso
from connectors.sandbox.world.trade import Trade

Record = dict[str, Any]

# HubSpot's company industry enumeration, by kind of company.
INDUSTRIES: dict[str, Weights[str | None]] = {
    "bank": Weights((("BANKING", 82), ("FINANCIAL_SERVICES", 10), (None, 8))),
    "credit union": Weights((("FINANCIAL_SERVICES", 60), ("BANKING", 30), (None, 10))),
    "insurer": Weights((("INSURANCE", 95), (None, 5))),
    "software": Weights((("COMPUTER_SOFTWARE", 60), ("INFORMATION_TECHNOLOGY_AND_SERVICES", 40))),
    "competitor": Weights((("COMPUTER_SOFTWARE", 1),)),
    "consultant": Weights((("MANAGEMENT_CONSULTING", 70), ("INFORMATION_TECHNOLOGY_AND_SERVICES", 30))),
    "dealer": Weights((("AUTOMOTIVE", 40), ("FINANCIAL_SERVICES", 40), ("MACHINERY", 20))),
    "colleague": Weights((("COMPUTER_SOFTWARE", 1),)),
}
RELATIONS = {"prospect": "PROSPECT", "partner": "PARTNER", "customer": "CUSTOMER", "competitor": "COMPETITOR"}
STAGES = {"hot": "marketingqualifiedlead", "warm": "lead", "cooled": "lead", "cold": "subscriber"}

_SOURCES = ("ORGANIC_SEARCH", "OFFLINE", "EMAIL_MARKETING", "DIRECT_TRAFFIC", "REFERRALS", "SOCIAL_MEDIA")
_REASONS = ("UNKNOWN_USER", "MAILBOX_FULL", "POLICY")
_EDITS = 0.012  # of the contacts took part in one bulk edit
_EDITS_LEAST = 360


def size_of(dice: Dice, company: Company) -> tuple[int | None, int | None]:
    """Return employees and annual revenue as a data vendor would guess them; some are missing."""
    if company.employees is not None:
        return company.employees if dice.chance(0.88) else None, company.revenue if dice.chance(0.8) else None
    thousands = company.assets or dice.within(20_000, 2_000_000)
    employees = max(3, int(thousands / 6_000 * (0.7 + 0.6 * dice.random()))) if dice.chance(0.7) else None
    revenue = int(thousands * (0.045 + 0.02 * dice.random())) * 1_000 if dice.chance(0.45) else None
    return employees, revenue


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _named(dice: Dice, name: str) -> str:
    """Write a company's name as people type it."""
    way = dice.random()
    if way < 0.88:
        return name
    if way < 0.92:
        return name.upper()
    if way < 0.95:
        return name.replace(" and ", " & ") if " and " in name else f"The {name}"
    return f"{name}, Inc." if way < 0.98 else name.replace("National", "Natl")


def companies(dice: Dice, calendar: Calendar, trade: Trade, known: Sequence[Company]) -> Iterator[Record]:
    """Yield HubSpot's companies: some stand there twice, of which some were archived; some were merged."""
    here = [company for company in known if company.hubspot_id]
    odd = dice.sample(here, len(here))
    share = max(1, round(0.006 * len(here)))
    doubled, archived, merged = ({id(one) for one in odd[part * share : (part + 1) * share]} for part in range(3))
    spare = 1 + max(int(company.hubspot_id or 0) for company in here)
    for company in here:
        record = _company(dice, calendar, trade, company, str(company.hubspot_id))
        if id(company) in merged:
            spare += 3
            record["properties"]["hs_merged_object_ids"] = f"{spare - 2};{spare}"
        yield record
        if id(company) in doubled:
            spare += 3
            yield _company(dice, calendar, trade, company, str(spare))
        if id(company) in archived:
            spare += 3
            yield _company(dice, calendar, trade, company, str(spare)) | _archived(dice, calendar)


def _archived(dice: Dice, calendar: Calendar) -> Record:
    return {"archived": True, "archivedAt": iso(calendar.ago(dice.within(1, 85)))}


def _company(dice: Dice, calendar: Calendar, trade: Trade, company: Company, identifier: str) -> Record:
    employees, revenue = size_of(dice, company)
    created = calendar.ago(370 + dice.random() * 1_130)
    changed = calendar.midnight - int(dice.random() * 360 * DAY) - MINUTE
    state = company.state.name if dice.chance(0.7) else company.state.code if dice.chance(0.85) else None
    owned = company.rep is not None and dice.chance(0.35)
    properties = {
        "name": _named(dice, company.name),
        "domain": company.domain,
        "hs_additional_domains": None,
        "website": company.website or None,
        "address": company.street if dice.chance(0.9) else None,
        "city": company.city if dice.chance(0.97) else None,
        "state": state,
        "zip": company.zip if dice.chance(0.9) else None,
        "country": company.country.name if dice.chance(0.8) else None,
        "phone": fictitious_phone(dice, company) if dice.chance(0.75) else None,
        "industry": company.industry or dice.draw(trade.industries[company.kind]),
        "numberofemployees": _text(employees),
        "annualrevenue": _text(revenue),
        "type": RELATIONS.get(company.relation) if company.relation != "prospect" or dice.chance(0.3) else None,
        "lifecyclestage": "customer" if company.relation == "customer" else STAGES[company.heat],
        "description": None,
        "hubspot_owner_id": OWNER_IDS[company.rep] if owned and company.rep is not None else None,
        "salesforceaccountid": company.account_id if company.crossed else None,
        "hs_merged_object_ids": None,
        "hs_parent_company_id": company.parent.hubspot_id if company.parent else None,
        "num_associated_contacts": str(len(company.people)),
        "createdate": iso(created),
        "hs_lastmodifieddate": iso(changed),
        "hs_object_id": identifier,
    }
    return {
        "id": identifier,
        "properties": properties,
        "createdAt": iso(created),
        "updatedAt": iso(changed),
        "archived": False,
        "associations": {},
    }


def contacts(dice: Dice, calendar: Calendar, people: Sequence[Person]) -> list[Record]:
    """Return HubSpot's contacts with 32 properties each; the doubles of some people come last."""
    here = [person for person in people if person.hubspot_id]
    edited = len(here) // 3 if len(here) < 3 * _EDITS_LEAST else max(_EDITS_LEAST, int(_EDITS * len(here)))
    stamp = calendar.ago(41) + 3 * HOUR  # one import touched all of these in the same millisecond
    together = {id(person) for person in dice.sample(here, edited)}
    made = [
        _contact(dice, calendar, person, str(person.hubspot_id), stamp if id(person) in together else None)
        for person in here
    ]
    spare = 1 + max(int(record["id"]) for record in made)
    for number, person in enumerate(one for one in here if one.doubled == "hubspot"):
        double = _contact(dice, calendar, person, str(spare + 2 * number), None)
        shouted = person.email.title() if person.email and number % 2 == 0 else None
        double["properties"] |= {"email": shouted, "hs_email_domain": None, "jobtitle": None, "phone": None}
        made.append(double)
    return made


def note_legal_basis(dice: Dice, bases: Weights[str | None], contacts: Sequence[Record]) -> None:
    """Put on record why somebody may be written to, as a portal with data privacy on asks for it."""
    for record in contacts:
        record["properties"]["hs_legal_basis"] = dice.draw(bases)


def _stamps(dice: Dice, calendar: Calendar, person: Person, edited: int | None) -> tuple[int, int]:
    """Return when the record was created and last changed: before the first, and not before the last activity."""
    recent = dice.chance(0.15)
    created = calendar.ago(30 + dice.random() * 330 if recent else 366 + dice.random() * 1_134)
    if person.first is not None and created > person.first:
        created = person.first - dice.within(5, 5_000) * MINUTE
    changed = calendar.midnight - int(dice.random() * 360 * DAY) - MINUTE
    changed = max(changed, created, person.last or 0) + dice.within(0, 50_000)
    if edited is not None and created < edited:
        changed = edited
    return created, min(changed, calendar.midnight - 1)


def _contact(dice: Dice, calendar: Calendar, person: Person, identifier: str, edited: int | None) -> Record:
    created, changed = map(iso, _stamps(dice, calendar, person, edited))
    company = person.employer or person.company
    links = _links(person, company)
    email = person.email
    stage = "customer" if company.relation == "customer" else STAGES[company.heat if person.interest else "cold"]
    known = dice.random()
    properties = {
        "firstname": person.given_name,
        "lastname": person.family,
        "email": email,
        "hs_additional_emails": ";".join(person.more_emails) or None,
        "hs_email_domain": email.partition("@")[2] if email else None,
        "phone": person.phone,
        "mobilephone": None,
        "jobtitle": written(dice, person.title) if person.title else None,
        "company": company.name if known < 0.85 else None,
        "associatedcompanyid": links[0]["id"] if links else None,
        "address": None,
        "city": company.city if known < 0.6 else None,
        "state": company.state.code if known < 0.6 else None,
        "zip": company.zip if known < 0.5 else None,
        "country": company.country.name if known < 0.7 else None,
        "website": company.website or None,
        "lifecyclestage": stage,
        "hs_lead_status": "OPEN" if person.interest else None,
        "hubspot_owner_id": OWNER_IDS[company.rep] if company.rep is not None and known < 0.25 else None,
        "hs_analytics_source": dice.pick(_SOURCES),
        "hs_email_optout": "true" if person.opted_out else "false" if known < 0.5 else None,
        "hs_email_hard_bounce_reason_enum": dice.pick(_REASONS) if person.bounced else None,
        "hs_email_delivered": str(person.delivered),
        "hs_email_open": str(person.opened),
        "hs_email_click": str(person.clicked),
        "num_conversion_events": str(len(person.forms)),
        "salesforcecontactid": person.contact_id if person.crossed else None,
        "salesforceleadid": person.lead_id if person.crossed else None,
        "hs_merged_object_ids": None,
        "hs_calculated_merged_vids": None,
        "createdate": created,
        "lastmodifieddate": changed,
        "hs_object_id": identifier,
    }
    if person.merged:
        _note_merge(dice, properties, person, calendar.ago(dice.within(20, 360)))
    record: Record = {
        "id": identifier,
        "properties": properties,
        "createdAt": created,
        "updatedAt": changed,
        "archived": person.archived,
        "associations": {"companies": links} if links else {},
    }
    if person.archived:
        record |= _archived(dice, calendar)
    return record


def _links(person: Person, company: Company) -> list[Record]:
    """Return the associated companies, the primary one first."""
    if person.stray or company.hubspot_id is None:
        return []
    links: list[Record] = [{"id": company.hubspot_id, "type": "contact_to_company", "primary": True}]
    if person.employer and person.company.hubspot_id:
        links.append({"id": person.company.hubspot_id, "type": "contact_to_company", "primary": False})
    return links


def _note_merge(dice: Dice, properties: Record, person: Person, at: int) -> None:
    """Write the losers' ids into both fields, or into one of them only, as portals do (dbt_hubspot#168)."""
    way = dice.random()
    if way < 0.75:
        properties["hs_merged_object_ids"] = ";".join(person.merged)
    if way > 0.5:
        properties["hs_calculated_merged_vids"] = ";".join(f"{loser}:{at}" for loser in person.merged)
