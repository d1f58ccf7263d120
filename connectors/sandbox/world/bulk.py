"""Records without end for benchmarks: each is made when it is asked for, and no story connects them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.ids import salesforce_ids
from connectors.sandbox.world.org import audit
from connectors.sandbox.world.people import names, titles
from connectors.sandbox.world.staff import OWNER_IDS, USER_IDS
from connectors.sandbox.world.stamps import DAY, HOUR, Calendar, iso

Record = dict[str, Any]

_TODAY = date(2026, 11, 1)
_CITIES = (("Austin", "TX", "78701"), ("Dayton", "OH", "45402"), ("Salem", "OR", "97301"), ("Macon", "GA", "31201"))
_SOURCES = ("ORGANIC_SEARCH", "OFFLINE", "EMAIL_MARKETING", "DIRECT_TRAFFIC")
_COMPANIES = 1_000
_SHARES = (("Account", 4), ("Contact", 20), ("Lead", 10))  # of 34 rows


def bulk_contacts(n: int, properties: int = 32, *, seed: int = 1, today: date = _TODAY) -> Iterator[Record]:
    """Yield `n` HubSpot contacts with exactly that many properties each (three at least), all with a value, by id.

    Modified stamps rise over the year before `today`. Beyond 32, properties are called extra_1, extra_2, …
    """
    dice, calendar = Dice(seed, "bulk"), Calendar(today)
    given_names, family = names("given"), names("family")
    jobs = tuple(title.text for slot in titles().items for title in slot)
    extras = [f"extra_{number}" for number in range(1, properties - 31)]
    start, step = calendar.ago(364), 363 * DAY / max(n, 1)
    for number in range(n):
        record = _contact(
            number, dice.pick(given_names), dice.pick(family), dice.pick(jobs), start + int(number * step)
        )
        named = record["properties"]
        for extra in extras:
            named[extra] = f"value {number % 997}"
        for name in list(named)[: max(0, len(named) - properties)]:
            del named[name]
        yield record


def _contact(number: int, given_name: tuple[str, str], family: tuple[str, str], job: str, at: int) -> Record:
    identifier, company = str(1_001 + number), number % _COMPANIES
    changed, created = iso(at), iso(at - (number % 400) * HOUR)
    host = f"company-{company}.example"
    city, state, code = _CITIES[number % len(_CITIES)]
    properties: Record = {
        "address": f"{number % 900 + 1} Main St",
        "website": f"https://www.{host}",
        "industry": "BANKING",
        "hs_language": "en",
        "hs_timezone": "us_slash_central",
        "hs_lead_status": "OPEN",
        "hs_marketable_status": "true",
        "hs_analytics_source": _SOURCES[number % len(_SOURCES)],
        "hs_analytics_num_visits": str(number % 41),
        "hs_analytics_num_page_views": str(number % 97),
        "hs_email_domain": host,
        "hs_email_optout": "false",
        "hs_email_delivered": str(number % 53),
        "hs_email_open": str(number % 23),
        "hs_email_click": str(number % 7),
        "num_conversion_events": str(number % 3),
        "country": "United States",
        "zip": code,
        "state": state,
        "city": city,
        "company": f"Company {company}",
        "associatedcompanyid": str(101 + company),
        "phone": f"(512) 555-{100 + number % 100:04d}",
        "jobtitle": job,
        "lifecyclestage": "lead",
        "hubspot_owner_id": OWNER_IDS[number % len(OWNER_IDS)],
        "firstname": given_name[0],
        "lastname": family[0],
        "email": f"{given_name[1]}.{family[1]}.{number}@{host}",
        "createdate": created,
        "lastmodifieddate": changed,
        "hs_object_id": identifier,
    }
    return {
        "id": identifier,
        "properties": properties,
        "createdAt": created,
        "updatedAt": changed,
        "archived": False,
        "associations": {},
    }


def bulk_salesforce(n: int, *, seed: int = 1, today: date = _TODAY) -> Iterator[tuple[str, Record]]:
    """Yield `n` rows as (sObject, row): accounts, then contacts of those accounts, then leads, as 4 : 20 : 10."""
    dice, calendar = Dice(seed, "bulk"), Calendar(today)
    given_names, family = names("given"), names("family")
    counts = {sobject: n * share // 34 for sobject, share in _SHARES}
    counts["Lead"] += n - sum(counts.values())
    accounts = [identifier for identifier, _ in zip(salesforce_ids("Account"), range(counts["Account"]), strict=False)]
    start, step = calendar.ago(364), 363 * DAY / max(n, 1)
    number = 0
    for sobject, many in counts.items():
        ids = salesforce_ids(sobject)
        for _ in range(many):
            at = start + int(number * step)
            owner = USER_IDS[number % len(USER_IDS)]
            row: Record = {"Id": next(ids), "OwnerId": owner} | audit(at - HOUR, at, owner)
            if sobject == "Account":
                row |= {"Name": f"Company {number}", "Website": f"https://www.company-{number}.example/"}
            else:
                row |= _person(number, dice.pick(given_names), dice.pick(family), sobject, accounts)
            number += 1
            yield sobject, row


def _person(
    number: int, given_name: tuple[str, str], family: tuple[str, str], sobject: str, accounts: list[str]
) -> Record:
    place = {"AccountId": accounts[number % len(accounts)] if accounts else None}
    if sobject == "Lead":
        place = {"Company": f"Company {number % _COMPANIES}"}
    return {
        "FirstName": given_name[0],
        "LastName": family[0],
        "Name": f"{given_name[0]} {family[0]}",
        "Email": f"{given_name[1]}.{family[1]}.{number}@company-{number % _COMPANIES}.example",
        "Title": None,
        "Phone": f"(512) 555-{100 + number % 100:04d}",
    } | place
