"""What an org says of itself: the stages of its opportunities, its users, the currencies of its amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from connectors.base import OrgUser, Stage
from connectors.salesforce import paths, soql
from connectors.salesforce.client import Client
from connectors.salesforce.refusals import Declined
from connectors.salesforce.shapes import Shape
from connectors.transport import batches

CATEGORY, PIPELINE = "ForecastCategory", "Pipeline"
OTHER_CATEGORIES = ("Omitted", "Best Case", "Most Likely", "Commit", "Closed")  # as orgs call them that rename none
MOST_RECORDS = 200  # of UserRecordAccess in one query
SAMPLE = 50
FEW_USERS = 2  # we and somebody else
STAGE_FIELDS = (
    "ApiName",
    "MasterLabel",
    "IsActive",
    "IsClosed",
    "IsWon",
    "SortOrder",
    "DefaultProbability",
    "ForecastCategoryName",
    CATEGORY,
)
USER_FIELDS = ("Id", "Email", "IsActive")
LATELY = timedelta(days=30)  # what was deactivated earlier has long been read, and is nobody's choice any more
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
    code = CURRENCY.search(_user_info(client))
    return code[1] if code else None


def own_currency(client: Client, otherwise: str | None) -> str | None:
    """Return the currency of all amounts of an org with a single one; None where its records have one each.

    otherwise: what it is where the org tells of no currency at all.
    """
    answer = _user_info(client)
    if code := OWN_CURRENCY.search(answer):
        return code[1]
    return None if CURRENCY.search(answer) else otherwise


def _user_info(client: Client) -> str:
    """What the partner API tells of org and user; empty where SOAP is shut off."""

    def ask() -> str:
        body = USER_INFO.format(escape(client.grant().token)).encode()
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        return str(client.call(paths.PARTNER, body=body, headers=headers, parse=lambda response: response.text))

    try:
        return ask()
    except Declined:
        return ""


def stages(client: Client) -> Sequence[Mapping[str, Any]]:
    """Return the opportunity stages in their order, by the names of STAGE_FIELDS."""
    return [{name: row[name] for name in STAGE_FIELDS} for row in client.rows(STAGES)]


def stage(row: Mapping[str, Any]) -> Stage:
    """Read one of `stages`. Forecast categories have fixed values, whatever an org calls them."""
    category, name = row[CATEGORY], row["ForecastCategoryName"]
    pipeline = category == PIPELINE and name not in OTHER_CATEGORIES
    probability = Decimal(str(row["DefaultProbability"] or 0))
    active, closed = bool(row["IsActive"]), bool(row["IsClosed"])
    return Stage(row["ApiName"], probability, active, closed, pipeline, name if category == PIPELINE else category)


def process(client: Client, shape: Shape, named: str | None) -> Sequence[str] | None:
    """Return the stages in the sales process of the record type that our new opportunities get; None: all of them.

    named: the record type that we create them with; without one a record gets the default of its creator's profile.
    Source: Salesforce, User Interface API Developer Guide, "Get Values for a Picklist Field".
    """
    record_type = next((full for full in shape.record_types if named and full[:15] == named[:15]), shape.record_type)
    if record_type is None:
        return None
    answer = client.call(paths.VALUES, object=shape.name, record_type=record_type, field="StageName")
    return [value["value"] for value in answer["values"]]


def users(client: Client, emails: Sequence[str]) -> list[OrgUser]:
    """Return the users with one of these addresses, and those deactivated lately; two at least where we see two.

    Another change of a user deactivated long ago shows it again, which costs nothing.
    """
    since = f"IsActive = false AND LastModifiedDate >= {soql.stamp(client.now() - LATELY)}"
    named = [f"Email IN {some}" for some in soql.lists(dict.fromkeys(emails))]
    rows = [row for wanted in (since, *named) for row in client.rows(soql.select(USER_FIELDS, "User", wanted))]
    if len({row["Id"] for row in rows}) < FEW_USERS:  # who was deactivated lately may be named as well
        rows += client.rows(soql.select(USER_FIELDS, "User", limit=FEW_USERS))
    return list({row["Id"]: _user(row) for row in rows}.values())


def _user(row: Mapping[str, Any]) -> OrgUser:
    return OrgUser(str(row.get("Email") or ""), bool(row.get("IsActive")), str(row["Id"]))


def uneditable(client: Client, ids: Sequence[str]) -> set[str]:
    """Return those of these records that our user sees and may not edit; what it does not see, a write tells.

    Rights to an object are not access to its records: ownership, roles and sharing decide. At most 200 are asked for at
    once, of one user. Source: Salesforce, Object Reference, "UserRecordAccess".
    """
    return _lacking(client, "HasEditAccess", ids)


def untransferable(client: Client, ids: Sequence[str]) -> set[str]:
    """Return those of these records that our user sees and may not give another owner.

    Who may edit a record by the org-wide default or a sharing rule may not transfer it: its owner and the roles above
    may, and who has Transfer Record or Modify All (Salesforce Help, "Transfer Records").
    """
    return _lacking(client, "HasTransferAccess", ids)


def _lacking(client: Client, access: str, ids: Sequence[str]) -> set[str]:
    closed: set[str] = set()
    mine = f"UserId = {soql.text(client.user())}"
    for some in batches(dict.fromkeys(ids), MOST_RECORDS):
        listed = f"RecordId IN ({','.join(map(soql.text, some))})"
        rows = client.rows(soql.select(("RecordId", access), "UserRecordAccess", mine, listed))
        closed.update(row["RecordId"] for row in rows if not row[access])
    return closed


def sample(client: Client, object: str) -> list[str]:
    """Return some of the records of an object that changed last."""
    query = soql.select(("Id",), object, order=("LastModifiedDate DESC",), limit=SAMPLE)
    return [row["Id"] for row in client.rows(query)]
