"""What an org says of itself: the stages of its opportunities, its users, the currency of its amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from connectors.base import OrgUser, Stage
from connectors.salesforce import paths
from connectors.salesforce.client import Client
from connectors.salesforce.refusals import Declined

STAGE_FIELDS = (
    "ApiName",
    "MasterLabel",
    "IsActive",
    "IsClosed",
    "IsWon",
    "SortOrder",
    "DefaultProbability",
    "ForecastCategoryName",
)
USER_FIELDS = ("Email", "IsActive")
STAGES = f"SELECT {', '.join(STAGE_FIELDS)} FROM OpportunityStage ORDER BY SortOrder"

# The partner API tells what the REST API does not: in which currency an amount is, where no other is named.
# Source: Salesforce, SOAP API Developer Guide, "getUserInfoResult".
USER_INFO = """<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:partner.soap.sforce.com">
<Header><p:SessionHeader><p:sessionId>{}</p:sessionId></p:SessionHeader></Header>
<Body><p:getUserInfo/></Body></Envelope>"""
CURRENCY = re.compile(r"<(?:\w+:)?(?:org|user)DefaultCurrencyIsoCode>([A-Z]{3})<")
OWN_CURRENCY = re.compile(r"<(?:\w+:)?orgDefaultCurrencyIsoCode>([A-Z]{3})<")
CURRENCY_SETTING = "Organization.DefaultCurrencyIsoCode"  # what getUserInfo tells as orgDefaultCurrencyIsoCode


def currency(client: Client) -> str | None:
    """Return the currency of the amounts that we write: the org's, or our user's where there are several."""
    return _currency(client, CURRENCY)


def own_currency(client: Client) -> str | None:
    """Return the currency of all amounts of an org with a single one; None where its records have one each."""
    return _currency(client, OWN_CURRENCY)


def _currency(client: Client, pattern: re.Pattern[str]) -> str | None:
    def ask() -> str:
        body = USER_INFO.format(escape(client.grant().token)).encode()
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        return str(client.call(paths.PARTNER, body=body, headers=headers, parse=lambda response: response.text))

    try:
        code = pattern.search(ask())
    except Declined:  # SOAP may be shut off
        return None
    return code[1] if code else None


def stages(client: Client) -> Sequence[Mapping[str, Any]]:
    """Return the opportunity stages in their order, by the names of STAGE_FIELDS."""
    return [{name: row[name] for name in STAGE_FIELDS} for row in client.rows(STAGES)]


def stage(row: Mapping[str, Any]) -> Stage:
    """Read one of `stages`: open are the active ones that are neither closed nor left out of the forecast."""
    forecast = row["ForecastCategoryName"] != "Omitted"
    probability = Decimal(str(row["DefaultProbability"] or 0))
    return Stage(row["ApiName"], probability, bool(row["IsActive"] and not row["IsClosed"] and forecast))


def user(row: Mapping[str, Any]) -> OrgUser:
    """Read a row of USER_FIELDS."""
    return OrgUser(str(row.get("Email") or ""), bool(row.get("IsActive")))
