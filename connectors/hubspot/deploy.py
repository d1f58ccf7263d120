"""What syncd needs in a HubSpot portal, created once: a property group, its properties, the list of potential MQLs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.hubspot import paths
from connectors.hubspot.client import Client
from connectors.hubspot.refusals import Absent
from connectors.hubspot.target import CONTACTS, KEY, LIST

if TYPE_CHECKING:
    from connectors.hubspot.connector import HubSpot

Json = dict[str, Any]

OBJECT = "contacts"
GROUP = "syncd"


@dataclass(frozen=True, slots=True)
class Property:
    """One contact property of ours. options: the values of an enumeration, in the order in which people see them."""

    name: str
    label: str
    description: str
    options: tuple[str, ...] = ()
    long: bool = False
    unique: bool = False

    def definition(self, place: int) -> Json:
        """Return it as HubSpot's properties API takes it."""
        return {
            "name": self.name,
            "label": self.label,
            "description": self.description,
            "groupName": GROUP,
            "type": "enumeration" if self.options else "string",
            "fieldType": "select" if self.options else "textarea" if self.long else "text",
            "options": choices(self.options),
            "displayOrder": place,
            "hasUniqueValue": self.unique,
            "formField": False,
            "hidden": False,
        }


def choices(values: Sequence[str]) -> list[Json]:
    """Return an enumeration's options as HubSpot takes them."""
    return [
        {"label": value.capitalize(), "value": value, "displayOrder": place, "hidden": False}
        for place, value in enumerate(values)
    ]


PROPERTIES = (
    Property(
        "syncd_qualification",
        "Qualified (syncd)",
        "Whether this contact is a marketing-qualified lead under the agreement of sales and marketing.",
        options=("yes", "no", "unknown"),
    ),
    Property("syncd_reason", "Why (syncd)", "The gates that passed, failed or are unknown, in plain words.", long=True),
    Property(
        "syncd_next_ask",
        "Next ask (syncd)",
        "Follow what they read, invite them, or ask for business.",
        options=("listen", "invite", "ask"),
    ),
    Property("syncd_rep", "Named rep (syncd)", "The sales rep whom this contact was handed to."),
    Property(
        "syncd_verdict",
        "Sales' verdict (syncd)",
        "What the rep says of the handed-over lead.",
        options=("accepted", "not yet", "rejected"),
    ),
    Property(KEY, "Key (syncd)", "The stable key of a contact that syncd created.", unique=True),
)


def deploy(hubspot: HubSpot) -> list[str]:
    """Create what is missing and return it in words; empty where everything stands. Nothing is ever removed.

    Raises the ConnectorErrors of connectors.base, Misconfigured where a scope is missing.
    """
    client = hubspot.client
    return [*_group(client), *_properties(client), *_list(client)]


def _group(client: Client) -> list[str]:
    try:
        client.call(paths.GROUP, object=OBJECT, name=GROUP)
    except Absent:
        client.call(paths.CREATE_GROUP, body={"name": GROUP, "label": "syncd", "displayOrder": -1}, object=OBJECT)
        return [f"property group {GROUP}"]
    return []


def _properties(client: Client) -> list[str]:
    known = {one["name"]: one for one in client.call(paths.PROPERTIES, object=OBJECT)["results"]}
    missing = [(place, one) for place, one in enumerate(PROPERTIES) if one.name not in known]
    if missing:
        inputs = [one.definition(place) for place, one in missing]
        client.call(paths.CREATE_PROPERTIES, body={"inputs": inputs}, object=OBJECT)
    done = [f"property {one.name}" for _, one in missing]
    for one in PROPERTIES:
        given = known.get(one.name, {}).get("options") or []
        new = [value for value in one.options if value not in {option["value"] for option in given}]
        if one.name in known and new:
            body = {"options": [*given, *choices(new)]}
            client.call(paths.CHANGE_PROPERTY, body=body, object=OBJECT, name=one.name)
            done.append(f"options {', '.join(new)} of property {one.name}")
    return done


def _list(client: Client) -> list[str]:
    try:
        client.call(paths.LIST_BY_NAME, object=CONTACTS, name=LIST)
    except Absent:
        body = {"name": LIST, "objectTypeId": CONTACTS, "processingType": "MANUAL"}
        client.call(paths.CREATE_LIST, body=body)
        return [f"list {LIST}"]
    return []
