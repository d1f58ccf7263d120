"""Salesforce's side of the world: accounts, contacts and leads as rows, with the usual mess in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.ids import salesforce_ids, with_checksum
from connectors.sandbox.world.model import Company, Person
from connectors.sandbox.world.people import written
from connectors.sandbox.world.portal import size_of
from connectors.sandbox.world.staff import INTEGRATION_USER, MARKETING, USER_IDS
from connectors.sandbox.world.stamps import DAY, HOUR, MINUTE, SECOND, Calendar, day, offset
from connectors.sandbox.world.trade import Trade

Row = dict[str, Any]

# SIC 1987: national and state commercial banks, foreign branches, savings institutions.
SIC = {"N": "6021", "NM": "6022", "SM": "6022", "OI": "6081", "NC": "6081", "SB": "6035", "SL": "6035", "SI": "6036"}
TYPES: dict[str, Weights[str | None]] = {
    "customer": Weights((("Customer", 60), ("Customer - Direct", 40))),
    "partner": Weights((("Channel Partner / Reseller", 1), ("Technology Partner", 1))),
    "competitor": Weights((("Competitor", 1),)),
    "prospect": Weights((("Prospect", 55), (None, 45))),
    "colleague": Weights(((None, 1),)),
}
_SALUTATIONS = (None, None, "Ms.", "Mr.", "Dr.")
_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
_LEAD_SOURCES = ("Web", "Purchased List", "Trade Show", "Partner Referral", "Other")
QUEUE = with_checksum("00G000000000001")
_QUEUED = 25  # one lead in so many is in the queue
_BIN_DAYS = 14  # the recycle bin keeps deleted rows for 15 days


def organization(calendar: Calendar, seed: int) -> Row:
    """Return the one row that describes the org: each seed has one of its own."""
    created = offset(calendar.ago(1_200))
    return {
        "Id": with_checksum(f"00DHs{seed % 10**10:010d}"),
        "Name": "Syncd Demo",
        "OrganizationType": "Enterprise Edition",
        "InstanceName": "SBX1",
        "IsSandbox": False,
        "TimeZoneSidKey": "America/New_York",
        "DefaultLocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "Country": "US",
        "FiscalYearStartMonth": 1,
        "NamespacePrefix": None,
        "TrialExpirationDate": None,
        "CreatedDate": created,
        "CreatedById": INTEGRATION_USER,
        "LastModifiedDate": created,
        "LastModifiedById": INTEGRATION_USER,
        "SystemModstamp": created,
    }


def audit(created: int, changed: int, by: str) -> Row:
    """Return the system fields of a row."""
    stamp = offset(changed)
    return {
        "IsDeleted": False,
        "CreatedDate": offset(created),
        "CreatedById": by,
        "LastModifiedDate": stamp,
        "LastModifiedById": by,
        "SystemModstamp": stamp,
    }


def _moments(dice: Dice, calendar: Calendar, last: int | None = None) -> tuple[int, int]:
    created = calendar.ago(370 + dice.random() * 1_230)
    changed = max(calendar.midnight - int(dice.random() * 360 * DAY), last or 0)
    return created, min(changed, calendar.midnight - SECOND)


def accounts(dice: Dice, calendar: Calendar, trade: Trade, known: Sequence[Company]) -> list[Row]:
    """Return the accounts; some stand there twice, and some of the doubles were merged or deleted not long ago."""
    here = [company for company in known if company.account_id]
    moved = calendar.ago(67) + 2 * HOUR  # a territory change wrote these in one second
    rows = [_account(dice, calendar, trade, company, moved if dice.chance(0.15) else None) for company in here]
    ids = salesforce_ids("Account", skip=len(here))
    for number, company in enumerate(dice.some(here, 0.008, least=3)):
        double = _account(dice, calendar, trade, company, None) | {
            "Id": next(ids),
            "Website": None,
            "Name": company.name.upper(),
        }
        if number % 3:
            double |= _deleted(dice, calendar, company.account_id if number % 3 == 1 else None)
        rows.append(double)
    return rows


def _deleted(dice: Dice, calendar: Calendar, master: str | None) -> Row:
    """Return the fields of a row in the recycle bin: merged into `master`, or just deleted."""
    stamp = offset(calendar.midnight - dice.within(HOUR, _BIN_DAYS * DAY))
    return {"IsDeleted": True, "MasterRecordId": master, "LastModifiedDate": stamp, "SystemModstamp": stamp}


def _account(dice: Dice, calendar: Calendar, trade: Trade, company: Company, moved: int | None) -> Row:
    employees, revenue = size_of(dice, company)
    created, changed = _moments(dice, calendar)
    host = company.domain
    owner = INTEGRATION_USER if company.rep is None else USER_IDS[company.rep]
    code = SIC.get(company.charter)
    return {
        "Id": company.account_id,
        "MasterRecordId": None,
        "Name": company.name
        if dice.chance(0.92)
        else f"{company.name}, N.A."
        if company.charter == "N"
        else company.name.upper(),
        "Type": dice.draw(TYPES[company.relation]),
        "ParentId": company.parent.account_id if company.parent else None,
        "BillingStreet": company.street,
        "BillingCity": company.city,
        "BillingState": company.state.code if dice.chance(0.8) else company.state.name,
        "BillingPostalCode": company.zip,
        "BillingCountry": company.country.short
        if dice.chance(0.5)
        else company.country.name
        if dice.chance(0.7)
        else None,
        "Phone": None,
        "Fax": None,
        "Website": f"https://www.{host}/" if host and dice.chance(0.8) else None,
        "Sic": company.sic or (code if code and dice.chance(0.35) else None),
        **({"NaicsCode": company.naics} if company.naics else {}),
        "SicDesc": None,
        "Industry": trade.sectors.get(company.kind),
        "AnnualRevenue": float(revenue) if revenue else None,
        "NumberOfEmployees": employees,
        "Ownership": None,
        "Rating": {"hot": "Hot", "warm": "Warm"}.get(company.heat),
        "Description": None,
        "AccountSource": None,
        "OwnerId": owner,
        "LastActivityDate": None,
        "HubSpot_Company_ID__c": company.hubspot_id if company.crossed and dice.chance(0.5) else None,
    } | audit(created, moved or changed, owner)


def _known_email(person: Person) -> str | None:
    """Return the address that Salesforce has: the older one of those who moved or have two."""
    return person.more_emails[0] if person.more_emails else person.email


def contacts(dice: Dice, calendar: Calendar, people: Sequence[Person]) -> list[Row]:
    """Return the contacts; some people stand there twice, and some of the doubles were merged or deleted."""
    here = [person for person in people if person.contact_id]
    rows = [_contact(dice, calendar, person) for person in here]
    fresh = salesforce_ids("Contact", skip=len(here))
    doubled = [(person, row) for person, row in zip(here, rows, strict=True) if person.doubled == "salesforce"]
    doubles = []
    for number, (person, row) in enumerate(doubled):
        gone = _deleted(dice, calendar, person.contact_id) if number % 3 == 1 else {}
        doubles.append(
            row | {"Id": next(fresh), "FirstName": (person.given_name or "")[:1] or None, "Title": None} | gone
        )
    removed = [
        row | {"Id": next(fresh), "Email": None} | _deleted(dice, calendar, None)
        for row in dice.some(rows, 0.002, least=1)
    ]
    return rows + doubles + removed


def _contact(dice: Dice, calendar: Calendar, person: Person) -> Row:
    company = person.company
    created, changed = _moments(dice, calendar, person.last)
    owner = INTEGRATION_USER if company.rep is None else USER_IDS[company.rep]
    bounced = offset(calendar.ago(dice.within(20, 300))) if person.bounced and dice.chance(0.7) else None
    return {
        "Id": person.contact_id,
        "MasterRecordId": None,
        "AccountId": company.account_id,
        "Salutation": dice.pick(_SALUTATIONS),
        "FirstName": person.given_name,
        "LastName": person.family,
        "Name": " ".join(part for part in (person.given_name, person.family) if part),
        "Email": _known_email(person),
        "Phone": person.phone if dice.chance(0.7) else None,
        "MobilePhone": None,
        "Title": written(dice, person.title).strip() if person.title and dice.chance(0.9) else None,
        "Department": None,
        "ReportsToId": None,
        "MailingStreet": company.street,
        "MailingCity": company.city,
        "MailingState": company.state.code,
        "MailingPostalCode": company.zip,
        "MailingCountry": company.country.short,
        "LeadSource": dice.pick(_LEAD_SOURCES),
        "Description": None,
        "HasOptedOutOfEmail": person.opted_out and dice.chance(0.8),
        "DoNotCall": False,
        "EmailBouncedReason": "550 5.1.1 user unknown" if bounced else None,
        "EmailBouncedDate": bounced,
        "IsEmailBounced": bounced is not None,
        "OwnerId": owner,
        "LastActivityDate": day(person.last) if person.last else None,
        "HubSpot_Contact_ID__c": person.hubspot_id if person.crossed and dice.chance(0.3) else None,
    } | audit(created, changed, owner)


def leads(dice: Dice, calendar: Calendar, trade: Trade, people: Sequence[Person]) -> Iterator[Row]:
    """Yield the leads: people whom sales does not know as contacts yet, and those who became contacts.

    What nobody has taken yet waits in a queue: its owner is no user.
    """
    known = (_lead(dice, calendar, trade, person, person.lead_id) for person in people if person.lead_id)
    for number, row in enumerate(known):
        untaken = number % _QUEUED == 0 or (trade.unowned and row["OwnerId"] == USER_IDS[MARKETING])
        queued = untaken and not row["IsConverted"]
        yield row | {"OwnerId": QUEUE} if queued else row


def queues(calendar: Calendar) -> list[Row]:
    """Return the one queue of leads."""
    changed = offset(calendar.ago(1_100))
    stamps = {"CreatedDate": changed, "LastModifiedDate": changed, "SystemModstamp": changed}
    return [{"Id": QUEUE, "Name": "New leads", "DeveloperName": "New_leads", "Type": "Queue", **stamps}]


def _lead(dice: Dice, calendar: Calendar, trade: Trade, person: Person, identifier: str) -> Row:
    company = person.company
    created, changed = _moments(dice, calendar, person.last)
    host = company.domain
    converted = calendar.ago(dice.within(30, 300)) if person.converted else None
    owner = USER_IDS[company.rep if company.rep is not None else MARKETING]
    return {
        "Id": identifier,
        "MasterRecordId": None,
        "Salutation": None,
        "FirstName": person.given_name,
        "LastName": person.family,
        "Name": " ".join(part for part in (person.given_name, person.family) if part),
        "Title": written(dice, person.title).strip() if person.title else None,
        "Company": company.name,
        "Street": None,
        "City": company.city if dice.chance(0.8) else None,
        "State": company.state.code if dice.chance(0.8) else None,
        "PostalCode": company.zip if dice.chance(0.5) else None,
        "Country": company.country.short,
        "Phone": person.phone,
        "MobilePhone": None,
        "Email": _known_email(person),
        "Website": f"www.{host}" if host and dice.chance(0.5) else None,
        "Description": None,
        "LeadSource": dice.pick(_LEAD_SOURCES),
        "Status": "Closed - Converted" if converted else dice.pick(_STATUSES),
        "Industry": trade.sectors.get(company.kind) if company.kind == trade.served else None,
        "Rating": None,
        "AnnualRevenue": None,
        "NumberOfEmployees": None,
        "HasOptedOutOfEmail": person.opted_out,
        "DoNotCall": False,
        "EmailBouncedReason": None,
        "EmailBouncedDate": None,
        "OwnerId": owner,
        "IsConverted": converted is not None,
        "ConvertedDate": day(converted) if converted else None,
        "ConvertedAccountId": company.account_id if converted else None,
        "ConvertedContactId": person.contact_id if converted else None,
        "ConvertedOpportunityId": None,
        "IsUnreadByOwner": not converted and dice.chance(0.3),
        "LastActivityDate": day(person.last) if person.last else None,
    } | audit(created, max(changed, (converted or 0) + MINUTE), owner)
