"""What properties each object type has, in the vendor's own form; unknown ones are taken from the records as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from connectors.sandbox.hubspot.kinds import Kind

Definition = dict[str, Any]

_WORD = re.compile(
    r"(?P<name>\w+)(?::(?P<type>\w+))?(?:/(?P<field>\w+))?(?P<unique>=)?(?P<fixed>!)?(?:\((?P<options>[^)]*)\))?"
)
_KNOWN: dict[str, str] = yaml.safe_load(Path(__file__).with_name("schema.yaml").read_text(encoding="utf-8"))
FIELD_TYPES = {
    "string": "text", "number": "number", "datetime": "date", "date": "date", "bool": "booleancheckbox",
    "enumeration": "select", "json": "text", "phone_number": "phonenumber",
}  # fmt: skip

# What the ids in a property stand for.
REFERENCES = {"hubspot_owner_id": "OWNER", "associatedcompanyid": "COMPANY"}


def known(kind: Kind) -> dict[str, Definition]:
    """Return the vendor-defined properties of one object type by name."""
    activities = _KNOWN["activities"] if "hs_timestamp" in kind.required else ""
    text = " ".join((_KNOWN["every"], activities, _KNOWN.get(kind.plural, "")))
    matches = (match for word in text.split() if (match := _WORD.fullmatch(word)))
    return {
        m["name"]: define(
            kind, m["name"], m["type"] or "string",
            options=(m["options"] or "").split("|") if m["options"] else (),
            fixed=bool(m["fixed"]), unique=bool(m["unique"]), field=m["field"],
        )
        for m in matches
    }  # fmt: skip


# As HubSpot calls those of its options that are not spelled as their values are (knowledge.hubspot.com, "HubSpot's
# default contact properties" and "default company properties").
LABELS = {
    "marketingqualifiedlead": "Marketing Qualified Lead",
    "salesqualifiedlead": "Sales Qualified Lead",
    "NO_SHOW": "No show",
}


def spelled(value: str) -> str:
    """What an option is called: COMPUTER_SOFTWARE is shown as Computer Software."""
    plain = value.replace("_", " ").title() if value.isupper() or value.isalpha() else value
    return LABELS.get(value, plain)


def define(
    kind: Kind,
    name: str,
    type: str = "string",
    *,
    options: Iterable[str] = (),
    fixed: bool = False,
    unique: bool = False,
    field: str | None = None,
) -> Definition:
    """Return one vendor-defined property as GET /crm/v3/properties shows it."""
    return {
        "updatedAt": "2019-08-06T02:41:52.612Z", "createdAt": "2019-08-06T02:41:08.029Z",
        "name": name, "label": name.removeprefix("hs_").replace("_", " ").capitalize(), "type": type,
        "fieldType": field or FIELD_TYPES.get(type, "text"), "description": "",
        "groupName": f"{kind.singular}information",
        "options": [
            {"label": spelled(value), "value": value, "description": "", "displayOrder": place, "hidden": False}
            for place, value in enumerate(options)
        ],
        "displayOrder": -1, "calculated": False, "externalOptions": name == "hubspot_owner_id", "archived": False,
        "hasUniqueValue": unique, "hidden": False, "hubspotDefined": True, "formField": not fixed,
        "modificationMetadata": {
            "archivable": False, "readOnlyDefinition": True, "readOnlyOptions": True, "readOnlyValue": fixed,
        },
        "dataSensitivity": "non_sensitive",
    } | ({"referencedObjectType": REFERENCES[name]} if name in REFERENCES else {})  # fmt: skip


def group(name: str, label: str, order: int = -1) -> dict[str, Any]:
    """Return one property group."""
    return {"name": name, "label": label, "displayOrder": order, "archived": False}


def groups(kind: Kind) -> dict[str, dict[str, Any]]:
    """Return the vendor's property groups of one object type by name."""
    name = f"{kind.singular}information"
    return {name: group(name, f"{kind.singular.replace('_', ' ').capitalize()} information", 0)}
