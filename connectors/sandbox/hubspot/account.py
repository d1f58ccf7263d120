"""What the portal tells of itself: account details, calls made today, the token's scopes, types, pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from connectors.sandbox.hubspot.identity import named_scopes
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, not_found, unknown_type
from connectors.sandbox.hubspot.shelf import iso, millis
from connectors.sandbox.hubspot.wire import Answer, Json, Request, reply


def details(portal: Portal, request: Request) -> Answer:
    """Answer GET /account-info/v3/details."""
    return reply(
        {
            "portalId": portal.options.portal_id, "accountType": "DEVELOPER_TEST", "timeZone": "US/Eastern",
            "companyCurrency": "USD", "additionalCurrencies": [],
            "utcOffset": "-05:00", "utcOffsetMilliseconds": -18_000_000,
            "uiDomain": "app.hubspot.com", "dataHostingLocation": "na1",
        }
    )  # fmt: skip


def me(portal: Portal, request: Request) -> Answer:
    """Answer GET /integrations/v1/me, the first API's account details."""
    return reply(
        {
            "portalId": portal.options.portal_id, "timeZone": "US/Eastern", "currency": "USD",
            "utcOffset": "-05:00", "utcOffsetMilliseconds": -18_000_000,
        }
    )  # fmt: skip


def usage(portal: Portal, request: Request) -> Answer:
    """Answer GET /account-info/v3/api-usage/daily/private-apps: the day's calls against the day's quota."""
    limits = portal.limits
    midnight = datetime.combine(portal.clock().date() + timedelta(days=1), time(), UTC)
    row = {
        "name": "private-apps-api-calls-daily", "usageLimit": limits.tier.daily, "currentUsage": limits.today,
        "collectedAt": iso(portal.now()), "fetchStatus": "SUCCESS", "resetsAt": iso(millis(midnight)),
    }  # fmt: skip
    return reply({"results": [row]})


def token_info(portal: Portal, request: Request) -> Answer:
    """Answer POST /oauth/v2/private-apps/get/access-token-info: what a private app's token may do."""
    token = portal.identity.tokens.get(b"Bearer " + str(request.document().get("tokenKey", "")).encode())
    if token is None or not token.described:
        raise not_found("Token not found")
    owners = [row["userId"] for row in portal.rows.get("owners", ()) if row.get("userId") and not row.get("archived")]
    return reply(
        {
            "userId": owners[0] if owners else 1,
            "hubId": portal.options.portal_id,
            "appId": 1,
            "scopes": named_scopes(token.scopes),
        }
    )


def schemas(portal: Portal, request: Request) -> Answer:
    """Answer the portal's custom object types: it has none."""
    return reply({"results": []})


def events(portal: Portal, request: Request) -> Answer:
    """Answer behavioural events: the portal's edition records none, but asks what they should be of."""
    if not request.parameter("eventType") and not request.parameter("objectType"):
        raise Refusal(400, "Must specify an eventType or objectType")
    return reply({"results": []})


def schema(portal: Portal, request: Request) -> Answer:
    """Answer one custom object type: there is none."""
    raise unknown_type(request.params["type"])


def pipelines(portal: Portal, request: Request) -> Answer:
    """Answer a type's pipelines: one, with the vendor's stages, for deals and tickets."""
    return reply({"results": _pipelines(portal, request)})


def pipeline(portal: Portal, request: Request) -> Answer:
    """Answer one pipeline."""
    return reply(_named(_pipelines(portal, request), request.params["id"]))


def stages(portal: Portal, request: Request) -> Answer:
    """Answer one pipeline's stages."""
    return reply({"results": _named(_pipelines(portal, request), request.params["id"])["stages"]})


def stage(portal: Portal, request: Request) -> Answer:
    """Answer one stage of a pipeline."""
    known = _named(_pipelines(portal, request), request.params["id"])["stages"]
    return reply(_named(known, request.params["stage"]))


def _named(known: Sequence[Json], id: str) -> Json:
    for entry in known:
        if entry["id"] == id:
            return entry
    raise not_found()


def _pipelines(portal: Portal, request: Request) -> list[Json]:
    stages = STAGES.get(portal.kind(request.params["type"]).plural, ())
    stamp = iso(0)
    shown: list[Json] = [
        {
            "id": id, "label": label, "displayOrder": place, "archived": False, "createdAt": stamp, "updatedAt": stamp,
            "metadata": {"isClosed": str(chance in {"0.0", "1.0"}).lower(), "probability": chance},
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }
        for place, (id, label, chance) in enumerate(stages)
    ]  # fmt: skip
    results: list[Json] = [
        {"id": "default", "label": "Sales Pipeline", "displayOrder": 0, "archived": False, "createdAt": stamp,
         "updatedAt": stamp, "stages": shown}
    ]  # fmt: skip
    return results if stages else []


STAGES = {
    "deals": (
        ("appointmentscheduled", "Appointment Scheduled", "0.2"), ("qualifiedtobuy", "Qualified To Buy", "0.4"),
        ("presentationscheduled", "Presentation Scheduled", "0.6"), ("decisionmakerboughtin",
        "Decision Maker Bought-In", "0.8"),
        ("contractsent", "Contract Sent", "0.9"), ("closedwon", "Closed Won", "1.0"), ("closedlost", "Closed Lost",
        "0.0"),
    ),
    "tickets": (("1", "New", ""), ("2", "Waiting on contact", ""), ("3", "Waiting on us", ""), ("4", "Closed", "1.0")),
}  # fmt: skip
