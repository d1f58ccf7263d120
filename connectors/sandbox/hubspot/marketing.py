"""What marketers leave behind: owners, forms and submissions, e-mail events, campaigns, marketing events.

Shapes after HubSpot's pages on owners, form submissions (v1), e-mail events (v1), campaigns and marketing events, and
after the client package's models (Apache-2.0). These rows are read-only here, but for people who edit them.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any

from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, not_found
from connectors.sandbox.hubspot.shelf import Item, epoch, iso
from connectors.sandbox.hubspot.wire import Answer, Json, Request, following, reply

Row = dict[str, Any]


def owners(portal: Portal, request: Request) -> Answer:
    """Answer one page of owners; archived ones only with `archived=true`."""
    wanted = request.flag("archived")
    rows = [row for row in portal.rows.get("owners", ()) if bool(row.get("archived")) == wanted]
    if email := request.parameter("email"):
        rows = [row for row in rows if str(row.get("email", "")).lower() == email.lower()]
    return _listed(portal, request, rows, _owner, default=100, most=500)


def owner(portal: Portal, request: Request) -> Answer:
    """Answer one owner, by owner id or (idProperty=userId) by user id."""
    key = "userId" if request.parameter("idProperty") == "userId" else "id"
    wanted = request.flag("archived")
    for row in portal.rows.get("owners", ()):
        if str(row.get(key)) == request.params["id"] and bool(row.get("archived")) == wanted:
            return reply(_owner(row))
    raise not_found()


def _owner(row: Row) -> Json:
    stamp = iso(0)
    standard = {"type": "PERSON", "createdAt": stamp, "updatedAt": stamp, "archived": False, "teams": []}
    user = row.get("userId")
    return standard | {"userIdIncludingInactive": user} | row | ({"userId": None} if row.get("archived") else {})


def forms(portal: Portal, request: Request) -> Answer:
    """Answer one page of form definitions."""
    return _listed(portal, request, portal.rows.get("forms", ()), _form, default=20, most=500)


def form(portal: Portal, request: Request) -> Answer:
    """Answer one form definition."""
    return reply(_form(_one(portal.rows.get("forms", ()), "id", request.params["id"])))


# Every field of the OpenAPI description's FormStyle is required, and a text.
STYLE = {
    "fontFamily": "arial, helvetica, sans-serif", "backgroundWidth": "100%", "labelTextColor": "#33475b",
    "labelTextSize": "14px", "helpTextColor": "#7C98B6", "helpTextSize": "11px", "legalConsentTextColor": "#33475b",
    "legalConsentTextSize": "14px", "submitColor": "#ff7a59", "submitAlignment": "left",
    "submitFontColor": "#ffffff", "submitSize": "12px",
}  # fmt: skip


def _form(row: Row) -> Json:
    stamp = iso(0)
    standard: Json = {
        "formType": "hubspot", "createdAt": stamp, "updatedAt": stamp, "archived": False,
        "fieldGroups": [{"groupType": "default_group", "richTextType": "text", "fields": []}],
        "configuration": {
            "language": "en", "createNewContactForNewEmail": True, "editable": True,
            "allowLinkToResetKnownValues": False,
            "lifecycleStages": [], "postSubmitAction": {"type": "thank_you",
            "value": "Thanks for submitting the form."},
            "prePopulateKnownValues": True, "cloneable": True, "notifyContactOwner": False, "recaptchaEnabled": False,
            "archivable": True, "notifyRecipients": [],
        },
        "displayOptions": {
            "renderRawHtml": False, "theme": "default_style", "submitButtonText": "Submit", "style": STYLE,
        },
        "legalConsentOptions": {"type": "none"},
    }  # fmt: skip
    return standard | row


def forms_v2(portal: Portal, request: Request) -> Answer:
    """Answer every form as the v2 endpoint does: a bare array, with `guid` and epoch milliseconds."""
    shown = [_form(row) for row in portal.rows.get("forms", ())]
    stamps = ("createdAt", "updatedAt")
    return reply([row | {"guid": row["id"]} | {key: epoch(str(row[key])) for key in stamps} for row in shown])


def submissions(portal: Portal, request: Request) -> Answer:
    """Answer one page of a form's submissions, newest first, 50 at most; no contact id comes with them."""
    guid = request.params["id"]
    _one(portal.rows.get("forms", ()), "id", guid)
    rows = [row for row in portal.rows.get("form_submissions", ()) if row["formId"] == guid]
    rows.sort(key=lambda row: row["submittedAt"], reverse=True)
    return _listed(portal, request, rows, _submission, default=20, most=50)


def _submission(row: Row) -> Json:
    return {key: value for key, value in row.items() if key != "formId"}


def email_events(portal: Portal, request: Request) -> Answer:
    """Answer e-mail events, newest first, by offset; startTimestamp and endTimestamp are epoch milliseconds."""
    first, last = request.number("startTimestamp", 0), request.number("endTimestamp", 1 << 62)
    tests: dict[str, str] = {
        "type": request.parameter("eventType"), "recipient": request.parameter("recipient"),
        "emailCampaignId": request.parameter("campaignId"), "appId": request.parameter("appId"),
    }  # fmt: skip
    asked = {key: value for key, value in tests.items() if value}
    rows = [
        row
        for row in portal.newest("email_events", "created")
        if first <= row["created"] <= last and all(str(row.get(key)) == value for key, value in asked.items())
    ]
    shown, more = _slice(request, rows, default=10, most=1000)
    return reply({"hasMore": more is not None, "offset": _bookmark(more or 0), "events": shown})


def email_campaigns(portal: Portal, request: Request) -> Answer:
    """Answer the ids of e-mail campaigns, by offset."""
    shown, more = _slice(request, portal.rows.get("email_campaigns", ()), default=100, most=1000)
    touched = _last_events(portal)
    brief = [
        {key: row.get(key, default) for key, default in _CAMPAIGN_KEYS.items()}
        | {"lastUpdatedTime": row.get("lastUpdatedTime") or touched.get(row["id"], 0)}
        for row in shown
    ]
    return reply({"hasMore": more is not None, "offset": _bookmark(more or 0), "campaigns": brief})


def _last_events(portal: Portal) -> dict[int, int]:
    """Return when each e-mail campaign last saw an event, in epoch milliseconds: that moves its own stamp."""
    last: dict[int, int] = {}
    for event in portal.rows.get("email_events", ()):
        last[event["emailCampaignId"]] = max(event["created"], last.get(event["emailCampaignId"], 0))
    return last


_CAMPAIGN_KEYS = {"id": 0, "appId": 113, "appName": "Batch"}


def email_campaign(portal: Portal, request: Request) -> Answer:
    """Answer one e-mail campaign with its name, subject and counters."""
    row = _one(portal.rows.get("email_campaigns", ()), "id", request.params["id"])
    shown = {key: value for key, value in row.items() if key != "links"}
    return reply({"appId": 113, "appName": "Batch", "counters": {}, "type": "BATCH_EMAIL"} | shown)


def marketing_email(portal: Portal, request: Request) -> Answer:
    """Answer the mail of an e-mail campaign, its links in one widget of HTML."""
    row = _one(portal.rows.get("email_campaigns", ()), "contentId", request.params["id"])
    html = "".join(f'<p><a href="{link}">More</a></p>' for link in row.get("links", ()))
    widget = {"id": "hs_email_body", "name": "hs_email_body", "type": "rich_text", "body": {"html": html}}
    content = {"templatePath": "@hubspot/email/dnd/welcome.html", "widgets": {"hs_email_body": widget}}
    return reply({"id": request.params["id"], "name": row.get("name"), "archived": False, "content": content})


def campaigns(portal: Portal, request: Request) -> Answer:
    """Answer one page of marketing campaigns with the properties asked for."""
    limit = request.number("limit", 50)
    if not 0 < limit <= 100:
        raise Refusal(400, f"limit must be between 1 and 100, but was {limit}")
    shelf = portal.shelves["campaigns"]
    items = shelf.page(_place(request.parameter("after")), limit + 1)
    show = _campaign(portal, request)
    tail = following(portal.origin, request, _bookmark(items[limit].id)) if len(items) > limit else {}
    return reply({"total": len(shelf), "results": [show(item) for item in items[:limit]]} | tail)


def campaign(portal: Portal, request: Request) -> Answer:
    """Answer one marketing campaign by its GUID (or its record id, where it has no GUID)."""
    id = request.params["id"]
    item = portal.shelves["campaigns"].find(str(portal.guids.get(id, id)))
    if item is None:
        raise not_found()
    # The list has no assets; one campaign has those of the types that are asked for, after PublicCampaignWithAssets.
    return reply(_campaign(portal, request)(item) | {"assets": {}})


def _campaign(portal: Portal, request: Request) -> Callable[[Item], Json]:
    guids = {number: guid for guid, number in portal.guids.items()}
    names = request.names("properties")

    def show(item: Item) -> Json:
        return {
            "id": guids.get(item.id, str(item.id)), "createdAt": iso(item.created), "updatedAt": iso(item.modified),
            "properties": {name: item.properties[name] for name in names if name in item.properties},
            "businessUnits": [],
        }  # fmt: skip

    return show


def marketing_events(portal: Portal, request: Request) -> Answer:
    """Answer one page of marketing events."""
    return _listed(portal, request, portal.rows.get("marketing_events", ()), _event(portal), default=10, most=100)


def marketing_event(portal: Portal, request: Request) -> Answer:
    """Answer one marketing event."""
    row = _one(portal.rows.get("marketing_events", ()), "objectId", request.params["id"])
    return reply(_event(portal)(row))


def _event(portal: Portal) -> Callable[[Row], Json]:
    def show(row: Row) -> Json:
        states = [_state(one) for one in portal.participations(str(row["objectId"]))]
        stamp = row.get("startDateTime") or iso(0)
        standard: Json = {
            "eventOrganizer": "Syncd Sandbox", "eventDescription": "", "eventUrl": None, "eventCancelled": False,
            "eventCompleted": True, "eventStatus": "PAST", "customProperties": [], "createdAt": stamp,
            "updatedAt": stamp,
            "registrants": len(states), "attendees": states.count("ATTENDED"), "cancellations": 0,
            "noShows": states.count("NO_SHOW"), "appInfo": {"id": "1", "name": "Syncd Sandbox"},
        }  # fmt: skip
        content = standard | row | {"objectId": str(row["objectId"])}
        # What an event does not have is left out: no field of MarketingEventPublicReadResponseV2 may be null.
        return {name: value for name, value in content.items() if value is not None}

    return show


def participations(portal: Portal, request: Request) -> Answer:
    """Answer one page of who registered for an event, and who came."""
    id = request.params["id"]
    event = _one(portal.rows.get("marketing_events", ()), "objectId", id)
    rows = portal.participations(id)
    if state := request.parameter("state"):
        rows = [row for row in rows if _state(row) == state]
    if contact := request.parameter("contactIdentifier"):
        rows = [row for row in rows if contact in (row.get("email"), str(row.get("contactId")))]
    return _listed(portal, request, rows, _participation(portal, event), default=10, most=100, total=True)


def contact_participations(portal: Portal, request: Request) -> Answer:
    """Answer one page of the events that a contact (by id or e-mail) registered for."""
    wanted = request.params["id"]
    rows = [
        row
        for row in portal.rows.get("marketing_participations", ())
        if wanted in (row.get("email"), str(row.get("contactId")))
    ]
    events = {str(row["objectId"]): row for row in portal.rows.get("marketing_events", ())}

    def show(row: Row) -> Json:
        return _participation(portal, events[str(row["objectId"])])(row)

    return _listed(portal, request, rows, show, default=10, most=100, total=True)


def participation_counts(portal: Portal, request: Request) -> Answer:
    """Answer how many registered, came, cancelled and stayed away."""
    states = [_state(row) for row in portal.participations(request.params["id"])]
    return reply(
        {
            "registered": len(states), "attended": states.count("ATTENDED"), "cancelled": states.count("CANCELLED"),
            "noShows": states.count("NO_SHOW"),
        }
    )  # fmt: skip


def _state(row: Row) -> str:
    state: str = row.get("attendanceState") or ("ATTENDED" if row.get("attended") else "NO_SHOW")
    return state


def _participation(portal: Portal, event: Row) -> Callable[[Row], Json]:
    def show(row: Row) -> Json:
        contact = portal.shelves["contacts"].find(str(row.get("contactId") or ""))
        values = contact.properties if contact else {}
        at = epoch(str(row.get("occurredAt") or 0)) or 0
        return {
            "id": str(row.get("id") or f"{event['objectId']}-{row.get('contactId') or row.get('email')}"),
            "createdAt": iso(at),
            "associations": {
                "contact": {
                    "contactId": str(row.get("contactId") or ""), "email": row.get("email"),
                    "firstname": values.get("firstname"), "lastname": values.get("lastname"),
                },
                "marketingEvent": {
                    "marketingEventId": str(event["objectId"]), "name": event.get("eventName"),
                    "externalEventId": event.get("externalEventId"),
                    "externalAccountId": event.get("externalAccountId"),
                },
            },
            "properties": {
                "occurredAt": at, "attendanceState": _state(row),
                "attendanceDurationSeconds": row.get("attendanceDurationSeconds"),
                "attendancePercentage": row.get("attendancePercentage"),
            },
        }  # fmt: skip

    return show


def _one(rows: Sequence[Row], key: str, value: str) -> Row:
    for row in rows:
        if str(row.get(key)) == value:
            return row
    raise not_found()


def _listed(
    portal: Portal,
    request: Request,
    rows: Sequence[Row],
    show: Callable[[Row], Json],
    *,
    default: int,
    most: int,
    total: bool = False,
) -> Answer:
    limit = request.number("limit", default)
    if not 0 < limit <= most:
        raise Refusal(400, f"limit must be between 1 and {most}, but was {limit}")
    start = _place(request.parameter("after"))
    content: Json = {"results": [show(row) for row in rows[start : start + limit]]}
    if start + limit < len(rows):
        content |= following(portal.origin, request, _bookmark(start + limit))
    return reply({"total": len(rows)} | content if total else content)


def _slice(request: Request, rows: Sequence[Row], *, default: int, most: int) -> tuple[Sequence[Row], int | None]:
    limit = min(request.number("limit", default), most)
    start = _place(request.parameter("offset"))
    return rows[start : start + limit], start + limit if start + limit < len(rows) else None


def _bookmark(place: int) -> str:
    """Return an opaque bookmark: clients must not count on its being a number."""
    return urlsafe_b64encode(f"place:{place}".encode()).decode()


def _place(bookmark: str) -> int:
    if not bookmark or bookmark == "0":
        return 0
    try:
        word, _, number = urlsafe_b64decode(bookmark).decode().partition(":")
        if word == "place":
            return int(number)
    except ValueError:  # binascii.Error and UnicodeDecodeError are ValueErrors too
        pass
    raise Refusal(400, "Invalid paging bookmark")
