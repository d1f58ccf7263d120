"""What syncd needs in a HubSpot portal, created once: a property group, its properties, the list of potential MQLs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from connectors.base import Misconfigured
from connectors.hubspot import paths
from connectors.hubspot.client import Client
from connectors.hubspot.refusals import Absent
from connectors.hubspot.writing import CONTACTS, KEY, LIST

Json = dict[str, Any]

OBJECT = "contacts"
GROUP = "syncd"
ARCHIVE = "archive it in HubSpot, under Settings, Properties, then run `syncd hubspot deploy`"


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

    def fits(self, definition: Json) -> bool:
        """Say whether a property that stands in the portal takes what we write; more options do no harm."""
        wanted = self.definition(0)
        return definition["type"] == wanted["type"] and (not self.unique or bool(definition.get("hasUniqueValue")))


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
        "Follow what they read, invite them, ask about their problem (explore) or for business, or decline.",
        options=("listen", "invite", "explore", "ask", "decline"),
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


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is missing, in words, and the call that creates it."""

    what: str
    create: Callable[[], Any]


def lacking(client: Client) -> list[str]:
    """Return in words what `deploy` would create; empty where everything stands."""
    return [step.what for step in _steps(client)]


def deploy(client: Client) -> list[str]:
    """Create what is missing and return it in words; empty where everything stood. Nothing is ever removed.

    Raises the ConnectorErrors of connectors.base, Misconfigured where a scope is missing or a property of the same
    name is of another kind.
    """
    done = []
    for step in _steps(client):
        step.create()
        done.append(step.what)
    if wrong := clashes(definitions(client)):
        raise Misconfigured(f"{'; '.join(wrong)}: {ARCHIVE}")
    return done


def definitions(client: Client, object: str = OBJECT) -> dict[str, Json]:
    """Return the properties that stand in the portal, by name, as HubSpot defines them."""
    return {definition["name"]: definition for definition in client.call(paths.PROPERTIES, object=object)["results"]}


def clashes(known: Mapping[str, Json]) -> list[str]:
    """Return in words which of our properties stand in the portal as something else; `known`: definitions by name."""
    return [
        f"the property {ours.name} is {_kind(known[ours.name])}, and has to be {_kind(ours.definition(0))}"
        for ours in PROPERTIES
        if ours.name in known and not ours.fits(known[ours.name])
    ]


def _kind(definition: Json) -> str:
    unique = "a unique " if definition.get("hasUniqueValue") else "of type "
    return unique + str(definition["type"])


def _steps(client: Client) -> Iterator[Step]:
    yield from _group(client)
    yield from _properties(client)
    yield from _list(client)


def _group(client: Client) -> Iterator[Step]:
    try:
        client.call(paths.GROUP, object=OBJECT, name=GROUP)
    except Absent:
        body = {"name": GROUP, "label": "syncd", "displayOrder": -1}
        yield Step(f"property group {GROUP}", partial(client.call, paths.CREATE_GROUP, body=body, object=OBJECT))


def _properties(client: Client) -> Iterator[Step]:
    known = definitions(client)
    if inputs := [ours.definition(place) for place, ours in enumerate(PROPERTIES) if ours.name not in known]:
        create = partial(client.call, paths.CREATE_PROPERTIES, body={"inputs": inputs}, object=OBJECT)
        yield Step(f"properties {', '.join(definition['name'] for definition in inputs)}", create)
    for ours in PROPERTIES:
        if ours.name not in known or not ours.fits(known[ours.name]):
            continue
        options = known[ours.name].get("options") or []
        if new := [value for value in ours.options if value not in {option["value"] for option in options}]:
            body = {"options": [*options, *choices(new)]}
            change = partial(client.call, paths.CHANGE_PROPERTY, body=body, object=OBJECT, name=ours.name)
            yield Step(f"options {', '.join(new)} of property {ours.name}", change)


def _list(client: Client) -> Iterator[Step]:
    try:
        client.call(paths.LIST_BY_NAME, object=CONTACTS, name=LIST)
    except Absent:
        body = {"name": LIST, "objectTypeId": CONTACTS, "processingType": "MANUAL"}
        yield Step(f"list {LIST}", partial(client.call, paths.CREATE_LIST, body=body))
