"""Records as the first API writes them: every property an object with its `versions`, stamps in epoch milliseconds.

Shapes after HubSpot's legacy documentation and the cassettes of hubspot-ruby (MIT).
"""

from __future__ import annotations

from connectors.sandbox.hubspot.drawing import past
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.roster import List
from connectors.sandbox.hubspot.shelf import Item, Shelf, epoch, number
from connectors.sandbox.hubspot.wire import Json


def contact(portal: Portal, shelf: Shelf, item: Item, names: tuple[str, ...]) -> Json:
    """Return a contact with those of the named properties that it has."""
    id, email = item.id, item.properties.get("email")
    merged = [number(part) for part in item.properties.get("hs_merged_object_ids", "").split(";") if part]
    identities = [{"type": "EMAIL", "value": email, "timestamp": item.created, "is-primary": True}] if email else []
    profile = {"vid": id, "saved-at-timestamp": item.created, "deleted-changed-timestamp": 0, "identities": identities}
    return {
        "addedAt": item.created, "vid": id, "canonical-vid": id, "merged-vids": merged,
        "portal-id": portal.options.portal_id, "is-contact": True,
        "profile-url": f"https://app.hubspot.com/contacts/{portal.options.portal_id}/contact/{id}",
        "properties": {
            name: {
                "value": value,
                "versions": [
                    {"value": version["value"], "source-type": version["sourceType"],
                     "source-id": version.get("sourceId"), "source-label": None,
                     "timestamp": epoch(version["timestamp"]), "selected": False}
                    for version in past(item, name)
                ],
            }
            for name, value in _values(portal, shelf, item, names)
        },
        "form-submissions": [], "list-memberships": [], "identity-profiles": [profile], "merge-audits": [],
    }  # fmt: skip


def company(portal: Portal, shelf: Shelf, item: Item, names: tuple[str, ...]) -> Json:
    """Return a company with those of the named properties that it has."""
    own = {"portalId": portal.options.portal_id, "companyId": item.id, "isDeleted": False}
    return own | {"properties": _detailed(portal, shelf, item, names)}


def deal(portal: Portal, shelf: Shelf, item: Item, names: tuple[str, ...]) -> Json:
    """Return a deal with those of the named properties that it has, and what it is associated with."""
    linked = {"associatedVids": "contacts", "associatedCompanyIds": "companies", "associatedDealIds": "deals"}
    return {
        "portalId": portal.options.portal_id, "dealId": item.id, "isDeleted": False,
        "associations": {key: list(item.links.get(type, ())) for key, type in linked.items()},
        "properties": _detailed(portal, shelf, item, names), "imports": [], "stateChanges": [],
    }  # fmt: skip


def _detailed(portal: Portal, shelf: Shelf, item: Item, names: tuple[str, ...]) -> Json:
    shown = {}
    for name, value in _values(portal, shelf, item, names):
        versions = [
            {"name": name, "value": version["value"], "timestamp": epoch(version["timestamp"]),
             "source": version["sourceType"], "sourceVid": []}
            for version in past(item, name)
        ]  # fmt: skip
        last = versions[0] if versions else {"timestamp": item.modified, "source": "CALCULATED"}
        whole = {"value": value, "timestamp": last["timestamp"], "source": last["source"], "sourceId": None}
        shown[name] = whole | {"versions": versions}
    return shown


def _values(portal: Portal, shelf: Shelf, item: Item, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the values under these names that the record has; stamps are epoch milliseconds."""
    known, kind = portal.schema[shelf.kind.plural], shelf.kind
    wanted = dict.fromkeys((*names, kind.stamp, kind.created))
    values = [(name, item.properties[name]) for name in wanted if name in item.properties and name in known]
    return [(n, str(epoch(v)) if known[n]["type"] in {"date", "datetime"} else v) for n, v in values]


ENGAGEMENTS = {
    "calls": ("CALL", {"hs_call_body": "body", "hs_call_title": "title", "hs_call_status": "status",
                       "hs_call_duration": "durationMilliseconds", "hs_call_disposition": "disposition"}),
    "emails": ("EMAIL", {"hs_email_subject": "subject", "hs_email_text": "text", "hs_email_html": "html"}),
    "meetings": ("MEETING", {"hs_meeting_title": "title", "hs_meeting_body": "body"}),
    "notes": ("NOTE", {"hs_note_body": "body"}),
    "tasks": ("TASK", {"hs_task_subject": "subject", "hs_task_body": "body", "hs_task_status": "status"}),
}  # fmt: skip


def roster(portal: Portal, contact_list: List) -> Json:
    """Return a list of contacts."""
    dynamic = contact_list.processing == "DYNAMIC"
    size = {
        "processing": "DONE",
        "size": len(contact_list.members),
        "error": "",
        "lastSizeChangeAt": contact_list.updated,
    }
    return {
        "portalId": portal.options.portal_id, "listId": int(contact_list.id), "name": contact_list.name,
        "createdAt": contact_list.created, "updatedAt": contact_list.updated, "dynamic": dynamic,
        "listType": "DYNAMIC" if dynamic else "STATIC", "filters": [],
        "archived": False, "deleteable": True, "parentId": 0,
        "metaData": size | {"lastProcessingStateChangeAt": contact_list.updated},
    }  # fmt: skip


def engagement(portal: Portal, shelf: Shelf, item: Item) -> Json:
    """Return a call, an e-mail, a meeting, a note or a task as one engagement."""
    type, fields = ENGAGEMENTS[shelf.kind.plural]
    values = item.properties
    owner = number(values.get("hubspot_owner_id", ""))
    linked = {"contactIds": "contacts", "companyIds": "companies", "dealIds": "deals", "ticketIds": "tickets"}
    return {
        "engagement": {
            "id": item.id, "portalId": portal.options.portal_id, "active": True, "createdAt": item.created,
            "lastUpdated": item.modified, "type": type, "timestamp": epoch(values.get("hs_timestamp", "")),
        } | ({"ownerId": owner} if owner else {}),
        "associations": {key: list(item.links.get(type, ())) for key, type in linked.items()}
        | {"ownerIds": [], "workflowIds": [], "contentIds": []},
        "attachments": [],
        "metadata": {key: values[name] for name, key in fields.items() if name in values},
    }  # fmt: skip
