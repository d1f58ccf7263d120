"""Several currencies: beside every amount the one that it is in, as an org and a portal with more than one have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sandbox.world.model import UNITED_STATES, Company

Records = Mapping[str, Sequence[dict[str, Any]]]

CODE = "CurrencyIsoCode"
OF_ACCOUNTS = ("Contact", "Opportunity")  # each has that of its account


def name_currencies(corporate: str, companies: Sequence[Company], hubspot: Records, salesforce: Records) -> None:
    """Write into both systems' records in which currency they are; the corporate one, where they are of no company."""
    currencies = {name: company.country.currency for company in companies for name in _names(company)}
    for row in salesforce["Account"]:
        row[CODE] = currencies.get(row["Id"], corporate)
    for name in OF_ACCOUNTS:
        for row in salesforce[name]:
            row[CODE] = currencies.get(row["AccountId"], corporate)
    opportunities = {row["Id"]: row[CODE] for row in salesforce["Opportunity"]}
    for row in salesforce["OpportunityContactRole"]:
        row[CODE] = opportunities[row["OpportunityId"]]
    for name in ("Lead", "Campaign", "CampaignMember"):
        for row in salesforce[name]:
            row[CODE] = corporate
    for row in salesforce["User"]:
        american = str(row["TimeZoneSidKey"]).startswith("America/")
        row["DefaultCurrencyIsoCode"] = UNITED_STATES.currency if american else corporate
    for record in hubspot["companies"]:
        currency = currencies.get(record["id"], corporate)
        record["properties"]["hs_annual_revenue_currency_code"] = currency


def _names(company: Company) -> tuple[str, ...]:
    return tuple(name for name in (company.hubspot_id, company.account_id) if name)
