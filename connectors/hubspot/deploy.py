"""What syncd needs in a HubSpot portal, created once: a property group, its properties, the list of potential MQLs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
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


def choices(values: Sequence[str], standing: Sequence[Json] = ()) -> list[Json]:
    """Return an enumeration's options as HubSpot takes them: those that stand there, and these behind them.

    The dated versions want `displayOrder` and `hidden` of each (HubSpot's OpenAPI descriptions, "OptionInput").
    """
    new = [{"label": value.capitalize(), "value": value} for value in values]
    return [{"displayOrder": place, "hidden": False} | option for place, option in enumerate([*standing, *new])]


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
class DeployStep:
    """One thing that is missing, in words, and the call that creates it.

    properties: those of which it is a part, with the values of them that are missing; `list`: it is our list.
    """

    what: str
    create: Callable[[], Any]
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    list: bool = False


@dataclass(frozen=True)
class Survey:
    """What stands in a portal of what we need, each asked for once, when it is needed."""

    client: Client

    @cached_property
    def group(self) -> bool:
        """Whether our property group stands."""
        return _or_none(partial(self.client.call, paths.GROUP, object=OBJECT, name=GROUP)) is not None

    @cached_property
    def properties(self) -> Mapping[str, Json]:
        """The contact properties by name, as HubSpot defines them."""
        return definitions(self.client)

    @cached_property
    def list(self) -> Json | None:
        """Our list, as HubSpot defines it."""
        answer = _or_none(partial(self.client.call, paths.LIST_BY_NAME, object=CONTACTS, name=LIST))
        return answer and answer["list"]


def _or_none(call: Callable[[], Json]) -> Json | None:
    try:
        return call()
    except Absent:
        return None


def lacking(client: Client) -> list[str]:
    """Return in words what `deploy` would create; empty where everything stands."""
    return [step.what for step in steps(client, Survey(client))]


def deploy(client: Client) -> list[str]:
    """Create what is missing and return it in words; empty where everything stood. Nothing is ever removed.

    Raises the ConnectorErrors of connectors.base, Misconfigured where a scope is missing or a property of the same
    name is of another kind.
    """
    done = []
    for step in steps(client, Survey(client)):
        step.create()
        done.append(step.what)
    if wrong := clashes(definitions(client)):
        raise Misconfigured(f"{'; '.join(wrong.values())}: {ARCHIVE}")
    return done


def definitions(client: Client, object: str = OBJECT) -> dict[str, Json]:
    """Return the properties that stand in the portal, by name, as HubSpot defines them."""
    return {definition["name"]: definition for definition in client.call(paths.PROPERTIES, object=object)["results"]}


def clashes(known: Mapping[str, Json]) -> dict[str, str]:
    """Return in words which of our properties stand in the portal as something else, by name; `known`: definitions."""
    return {
        ours.name: f"the property {ours.name} is {_kind(known[ours.name])}, and has to be {_kind(ours.definition(0))}"
        for ours in PROPERTIES
        if ours.name in known and not ours.fits(known[ours.name])
    }


def _kind(definition: Json) -> str:
    unique = "a unique " if definition.get("hasUniqueValue") else "of type "
    return unique + str(definition["type"])


def steps(client: Client, standing: Survey) -> Iterator[DeployStep]:
    """Yield what is missing from what stands in the portal, in the order in which it can be created."""
    if not standing.group:
        body: Json = {"name": GROUP, "label": "syncd", "displayOrder": -1}
        yield DeployStep(f"property group {GROUP}", partial(client.call, paths.CREATE_GROUP, body=body, object=OBJECT))
    yield from properties(client, standing)
    yield from lists(client, standing)


def lists(client: Client, standing: Survey) -> Iterator[DeployStep]:
    """Yield our list where it is missing."""
    if standing.list is None:
        body = {"name": LIST, "objectTypeId": CONTACTS, "processingType": "MANUAL"}
        yield DeployStep(f"list {LIST}", partial(client.call, paths.CREATE_LIST, body=body), list=True)


def properties(client: Client, standing: Survey) -> Iterator[DeployStep]:
    """Yield what is missing of our properties; one that stands has its group."""
    known = standing.properties
    if inputs := [ours.definition(place) for place, ours in enumerate(PROPERTIES) if ours.name not in known]:
        create = partial(client.call, paths.CREATE_PROPERTIES, body={"inputs": inputs}, object=OBJECT)
        names = [definition["name"] for definition in inputs]
        yield DeployStep(f"properties {', '.join(names)}", create, dict.fromkeys(names, ()))
    for ours in PROPERTIES:
        if ours.name not in known or not ours.fits(known[ours.name]):
            continue
        options = known[ours.name].get("options") or []
        if new := [value for value in ours.options if value not in {option["value"] for option in options}]:
            body = {"options": choices(new, options)}
            change = partial(client.call, paths.CHANGE_PROPERTY, body=body, object=OBJECT, name=ours.name)
            yield DeployStep(f"options {', '.join(new)} of property {ours.name}", change, {ours.name: tuple(new)})
