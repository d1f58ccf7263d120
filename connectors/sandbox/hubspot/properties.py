"""Properties and property groups: read, created, changed, archived."""

from __future__ import annotations

import re
from collections.abc import Callable

from connectors.sandbox.hubspot import schema
from connectors.sandbox.hubspot.kinds import Kind
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, malformed, not_found, standard
from connectors.sandbox.hubspot.schema import Definition
from connectors.sandbox.hubspot.shelf import iso
from connectors.sandbox.hubspot.wire import NO_CONTENT, Answer, Json, Request, answer_batch, inputs, reply

BATCH = 100
NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
# Which fields a property of each type may be shown in («Properties», property type and fieldType values).
FIELD_TYPES = {
    "bool": {"booleancheckbox", "calculation_equation"},
    "enumeration": {"booleancheckbox", "checkbox", "radio", "select", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "string": {"file", "text", "textarea", "html", "phonenumber", "calculation_equation"},
    "number": {"number", "calculation_equation"},
    "phone_number": {"phonenumber"},
}
CHANGEABLE = (
    "label", "type", "fieldType", "groupName", "description", "options", "displayOrder", "hidden", "formField",
)  # fmt: skip

FORMS = Kind("forms", "form", "0-28")


def list_all(portal: Portal, request: Request) -> Answer:
    """Answer every property of a type; archived ones only with `archived=true`."""
    _, known = _schema(portal, request)
    wanted = request.flag("archived")
    return reply({"results": [one for one in known.values() if one["archived"] == wanted]})


def list_v2(portal: Portal, request: Request) -> Answer:
    """Answer every property of a type as the v2 endpoint does: as a bare array."""
    _, known = _schema(portal, request)
    return reply([one for one in known.values() if not one["archived"]])


def list_of(type: str) -> Callable[[Portal, Request], Answer]:
    """Return what answers every property of one type as a bare array, for paths that do not name it as a part."""
    return lambda portal, request: reply([one for one in portal.schema[type].values() if not one["archived"]])


def list_of_forms_v2(portal: Portal, request: Request) -> Answer:
    """Answer the properties of forms, which have some although the objects endpoints do not serve forms."""
    return reply([*schema.known(FORMS).values()])


def get(portal: Portal, request: Request) -> Answer:
    """Answer one property."""
    _, known = _schema(portal, request)
    return reply(_one(known, request.params["name"], archived=request.flag("archived")))


def create(portal: Portal, request: Request) -> Answer:
    """Create one property."""
    kind, known = _schema(portal, request)
    return reply(_make(portal, kind, known, request.document()), 201)


def change(portal: Portal, request: Request) -> Answer:
    """Change one property's definition; the vendor's own cannot be changed."""
    kind, known = _schema(portal, request)
    definition, content = _one(known, request.params["name"]), request.document()
    _own(definition)
    merged = definition | {key: content[key] for key in CHANGEABLE if key in content}
    _check(portal, kind, merged)
    known[definition["name"]] = _finish(merged) | {"updatedAt": iso(portal.now())}
    portal.schema_changed()
    portal.note("api", "update property", kind.plural, definition["name"], content)
    return reply(known[definition["name"]])


def archive(portal: Portal, request: Request) -> Answer:
    """Archive one property; its values are no longer shown."""
    kind, known = _schema(portal, request)
    _archive(portal, kind, known, request.params["name"])
    return NO_CONTENT


def batch_read(portal: Portal, request: Request) -> Answer:
    """Answer up to 100 properties by name."""
    _, known = _schema(portal, request)
    names = [str(one.get("name")) for one in inputs(request.document(), BATCH)]
    lost = [name for name in names if name not in known]
    errors = [standard("OBJECT_NOT_FOUND", "Some properties do not exist", {"name": lost})] if lost else []
    return answer_batch(portal.now(), [known[name] for name in names if name in known], errors)


def batch_create(portal: Portal, request: Request) -> Answer:
    """Create up to 100 properties; those that cannot be are named in a 207."""
    kind, known = _schema(portal, request)
    results, errors = [], []
    for entry in inputs(request.document(), BATCH):
        try:
            results.append(_make(portal, kind, known, entry))
        except Refusal as refusal:
            category = refusal.category or "VALIDATION_ERROR"
            errors.append(standard(category, refusal.message, {"name": [str(entry.get("name"))]}))
    return answer_batch(portal.now(), results, errors, 201)


def batch_archive(portal: Portal, request: Request) -> Answer:
    """Archive up to 100 properties."""
    kind, known = _schema(portal, request)
    for entry in inputs(request.document(), BATCH):
        if entry["name"] in known:
            _archive(portal, kind, known, entry["name"])
    return NO_CONTENT


def list_groups(portal: Portal, request: Request) -> Answer:
    """Answer every property group of a type."""
    kind, _ = _schema(portal, request)
    return reply({"results": list(portal.groups[kind.plural].values())})


def get_group(portal: Portal, request: Request) -> Answer:
    """Answer one property group."""
    kind, _ = _schema(portal, request)
    return reply(_one(portal.groups[kind.plural], request.params["name"]))


def create_group(portal: Portal, request: Request) -> Answer:
    """Create one property group."""
    kind, _ = _schema(portal, request)
    content, groups = request.document(), portal.groups[kind.plural]
    name = content["name"]
    if name in groups:
        raise Refusal(409, f"A property group named '{name}' already exists.", "OBJECT_ALREADY_EXISTS")
    groups[name] = schema.group(name, content["label"], content.get("displayOrder") or -1)
    portal.note("api", "create property group", kind.plural, name)
    return reply(groups[name], 201)


def change_group(portal: Portal, request: Request) -> Answer:
    """Change one property group's label or order."""
    kind, _ = _schema(portal, request)
    group = _one(portal.groups[kind.plural], request.params["name"])
    group |= {key: value for key, value in request.document().items() if key in {"label", "displayOrder"}}
    return reply(group)


def archive_group(portal: Portal, request: Request) -> Answer:
    """Archive one property group; one that still has properties stays."""
    kind, known = _schema(portal, request)
    name = request.params["name"]
    if any(one["groupName"] == name and not one["archived"] for one in known.values()):
        raise Refusal(400, f"Property group {name} cannot be deleted: it still has properties")
    portal.groups[kind.plural].pop(name, None)
    return NO_CONTENT


def _schema(portal: Portal, request: Request) -> tuple[Kind, dict[str, Definition]]:
    kind = portal.kind(request.params["type"])
    return kind, portal.schema[kind.plural]


def _one(known: dict[str, Json], name: str, *, archived: bool = False) -> Json:
    if name not in known or known[name]["archived"] != archived:
        raise not_found(f'Property "{name}" does not exist')
    return known[name]


def _own(definition: Definition) -> None:
    if definition["hubspotDefined"]:
        raise Refusal(400, f"{definition['name']} is a HubSpot defined property and cannot be changed")


def _make(portal: Portal, kind: Kind, known: dict[str, Definition], content: Json) -> Definition:
    name = content["name"]
    if name in known and not known[name]["archived"]:
        raise Refusal(409, f"A property named '{name}' already exists.", "OBJECT_ALREADY_EXISTS")
    _check(portal, kind, content)
    stamp = iso(portal.now())
    own: Json = {
        "createdAt": stamp, "updatedAt": stamp, "createdUserId": "sandbox-app", "updatedUserId": "sandbox-app",
        "hubspotDefined": False, "archived": False, "calculated": "calculationFormula" in content,
        "modificationMetadata": {
            "archivable": True, "readOnlyDefinition": False, "readOnlyOptions": False, "readOnlyValue": False,
        },
    }  # fmt: skip
    standing = {
        "description": "",
        "options": [],
        "displayOrder": -1,
        "hidden": False,
        "formField": False,
        "dataSensitivity": "non_sensitive",
    }
    known[name] = _finish(standing | {"hasUniqueValue": False, "externalOptions": False} | content | own)
    if known[name]["hasUniqueValue"]:
        portal.shelves[kind.plural].index(name)
    portal.schema_changed()
    portal.note("api", "create property", kind.plural, name, content)
    return known[name]


def _check(portal: Portal, kind: Kind, content: Json) -> None:
    if not NAME.fullmatch(content["name"]):
        raise Refusal(
            400, f"Invalid property name: {content['name']!r}; only lower-case letters, digits and _ are allowed"
        )
    if content["type"] not in FIELD_TYPES:
        raise malformed(f"{content['type']} is not one of {list(FIELD_TYPES)}")
    if content["fieldType"] not in FIELD_TYPES[content["type"]]:
        raise Refusal(400, f"fieldType {content['fieldType']} is not allowed for type {content['type']}")
    if content["groupName"] not in portal.groups[kind.plural]:
        raise Refusal(400, f"Property group {content['groupName']} does not exist", "PROPERTY_GROUP_NOT_FOUND")
    values = [option.get("value") for option in content.get("options") or ()]
    if content["type"] == "enumeration" and not values:
        raise Refusal(400, "An enumeration property must have options")
    if len(values) != len(set(values)):
        raise Refusal(400, "Property option values must be unique")


def _finish(definition: Definition) -> Definition:
    """Fill in what the vendor adds to each option."""
    filler = {"description": "", "displayOrder": -1, "hidden": False}
    return definition | {"options": [filler | option for option in definition["options"]]}


def _archive(portal: Portal, kind: Kind, known: dict[str, Definition], name: str) -> None:
    definition = _one(known, name)
    _own(definition)
    known[name] = definition | {"archived": True, "archivedAt": iso(portal.now())}
    portal.schema_changed()
    portal.note("api", "archive property", kind.plural, name)
