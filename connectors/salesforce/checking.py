"""Finding what would make a cycle fail, before the first cycle, and saying how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from xml.sax.saxutils import escape

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, Problem
from connectors.salesforce import deploy
from connectors.salesforce.answers import Declined
from connectors.salesforce.plan import exists
from connectors.salesforce.session import Session
from connectors.salesforce.shapes import Shapes
from connectors.salesforce.writable import DEPLOY, GRANT

SKEW = timedelta(minutes=2)
SCARCE = 0.1  # share of the daily calls below which a cycle may not get through
MAY_LACK = frozenset({"CurrencyIsoCode"})  # only orgs with several currencies have it
CREDENTIALS = (
    "check the credentials (SYNCD_SALESFORCE_CLIENT_ID, with its secret or private key), SYNCD_CA_FILE, and the "
    "connected app with its user"
)
NETWORK = (
    "try again; check SYNCD_SALESFORCE_LOGIN_URL, SYNCD_CA_FILE, the network, the proxy, and status.salesforce.com"
)
CALLS = "wait, or find out who uses them: Setup, System Overview, API Usage"


def find(session: Session, shapes: Shapes, reads: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Yield the problems of reading these fields of these objects, of the forecast's stages and of the org."""
    try:
        yield from _find(session, shapes, reads)
    except Misconfigured as error:
        yield Problem("error", "salesforce", str(error), CREDENTIALS)
    except BudgetExhausted as error:
        yield Problem("error", "salesforce", str(error), CALLS)
    except ConnectorError as error:
        yield Problem("error", "salesforce", str(error), NETWORK)


def _find(session: Session, shapes: Shapes, reads: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    known = [str(row["version"]) for row in session.call("GET", "/services/data/")]
    if session.version not in known:
        what = f"the org does not speak API version {session.version}"
        yield Problem("error", "salesforce version", what, f"set the version to {max(known, key=float)}")
        return
    yield from _clock(session)
    yield from _budget(session)
    yield from _grants(session)
    yield from _stages(session)
    for name, fields in reads.items():
        yield from _readable(shapes, name, fields)


def _readable(shapes: Shapes, name: str, fields: Sequence[str]) -> Iterator[Problem]:
    shape = shapes.find(name)
    if shape is None:
        yield Problem("error", f"salesforce {name}", "does not exist for the integration user", GRANT)
        return
    for path in fields:
        if path not in MAY_LACK and not exists(shapes, shape, path):
            yield Problem("warning", f"salesforce {name}.{path}", "is not there, or hidden from us", _mend(path))


def _mend(name: str) -> str:
    return DEPLOY if name.startswith("Syncd_") else GRANT


def _clock(session: Session) -> Iterator[Problem]:
    skew = session.skew or timedelta()
    if abs(skew) > SKEW:
        what = f"this machine's clock differs from Salesforce's by {abs(skew).total_seconds():.0f} s"
        yield Problem("warning", "clock", what, "synchronise it (NTP): signing in and reading since a time rely on it")


def _budget(session: Session) -> Iterator[Problem]:
    calls = session.call("GET", "limits").get("DailyApiRequests")
    if calls and calls["Remaining"] < SCARCE * calls["Max"]:
        what = f"{calls['Remaining']} of {calls['Max']} API calls are left for 24 hours"
        yield Problem("warning", "salesforce API calls", what, CALLS)


def _grants(session: Session) -> Iterator[Problem]:
    try:
        if deploy.is_assigned(session):
            return
    except Declined:  # who may not see permission sets is told by the fields that are missing
        return
    what = f"the integration user does not have the permission set {deploy.PERMISSION_SET}"
    yield Problem("error", "salesforce permissions", what, DEPLOY)


def _stages(session: Session) -> Iterator[Problem]:
    weighted = [
        row["ApiName"]
        for row in session.rows(STAGES)
        if row["IsActive"] and not row["IsClosed"] and 10 <= (row["DefaultProbability"] or 0) <= 20
    ]
    if not weighted:
        what = "no active, open opportunity stage has a default probability from 10 to 20 %"
        mend = "add one (Setup, Opportunity, Stage), in a forecast category other than Omitted"
        yield Problem("error", "salesforce OpportunityStage", what, mend)


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
STAGES = f"SELECT {', '.join(STAGE_FIELDS)} FROM OpportunityStage ORDER BY SortOrder"

# The partner API tells what the REST API does not: in which currency an amount is, where no other is named.
# Source: Salesforce, SOAP API Developer Guide, "getUserInfoResult".
USER_INFO = """<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:partner.soap.sforce.com">
<Header><p:SessionHeader><p:sessionId>{}</p:sessionId></p:SessionHeader></Header>
<Body><p:getUserInfo/></Body></Envelope>"""
CURRENCY = re.compile(r"<(?:\w+:)?(?:org|user)DefaultCurrencyIsoCode>([A-Z]{3})<")


def currency(session: Session) -> str | None:
    """Return the currency of the amounts that we write: the org's, or our user's where there are several."""

    def ask() -> str:
        body = USER_INFO.format(escape(session.grant().token)).encode()
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        path = f"/services/Soap/u/{session.version}"
        return str(session.call("POST", path, body=body, headers=headers, parse=lambda response: response.text))

    try:
        found = CURRENCY.search(ask())
    except Declined:  # SOAP may be shut off
        return None
    return found[1] if found else None
