"""What values a record may take: every problem of a write at once, in the vendor's words.

Codes after HubSpot's error bodies as its users report them: PROPERTY_DOESNT_EXIST, READ_ONLY_VALUE, INVALID_OPTION,
INVALID_INTEGER, INVALID_LONG, INVALID_DATE, INVALID_EMAIL, INVALID_OWNER_ID, CONFLICTING_UNIQUE_VALUE. The code for a
text that is too long is this sandbox's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import orjson

from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, conflict
from connectors.sandbox.hubspot.schema import Definition
from connectors.sandbox.hubspot.shelf import Item, Shelf, decimal, epoch, iso
from connectors.sandbox.hubspot.wire import Json

# The versions of the API whose writes an admin's rules hold for; the bodies are those of HubSpot's changelog, "CRM API
# Write Validation Enforcement Starting with the 2026-09 API Version".
ENFORCING = frozenset({"2026-09"})
TEXT_LIMIT = 65_536
DAY = 86_400_000
_EMAIL = re.compile(r"[^\s@\"]+@[^\s@.]+(\.[^\s@.]+)*\.[A-Za-z]{2,}")


class Problem(NamedTuple):
    """One value that cannot be taken."""

    name: str
    code: str
    message: str
    value: str = ""


def check(
    portal: Portal, shelf: Shelf, properties: Mapping[str, object], item: Item | None = None, *, version: str
) -> dict[str, str]:
    """Return the values to write as text, or refuse them with every problem. `item` is the record they would change.

    version: that of the API by which they come.
    """
    values = {str(name): _text(value) for name, value in properties.items()}
    if problems := list(_problems(portal, shelf, values, item)):
        raise refuse(portal, problems)
    if version in ENFORCING:
        _enforce(portal, shelf, values, item)
    _check_unique(portal, shelf, values, item)
    return {name: _normal(portal.schema[shelf.kind.plural][name], value) for name, value in values.items()}


def _enforce(portal: Portal, shelf: Shelf, values: Mapping[str, str], item: Item | None) -> None:
    """Refuse what an admin's rules forbid: what lacks at a creation, and what lacks beside another value."""
    options, type = portal.options, shelf.kind.plural
    whole = {**(item.properties if item else {}), **values}
    faults = [
        ("MISSING_REQUIRED_PROPERTY", name, f"A value for {name} must be provided")
        for of, name in options.record_creator
        if of == type and item is None and not whole.get(name)
    ]
    faults += [
        (
            "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
            name,
            f"{name} is required because of a conditional property rule based on [{where}]",
        )
        for of, where, value, name in options.conditional
        if of == type and whole.get(where) == value and not whole.get(name)
    ]
    if faults:
        errors = [
            {"code": code, "message": message, "context": {"propertyName": [name]}} for code, name, message in faults
        ]
        raise Refusal(400, "The property values provided are invalid", errors=errors)


def refuse(portal: Portal, problems: list[Problem]) -> Refusal:
    """Return the refusal that lists these problems."""
    listed = [
        {
            "isValid": False, "message": p.message, "error": p.code, "name": p.name,
            "localizedErrorMessage": p.message, "propertyValue": p.value, "portalId": portal.options.portal_id,
        }
        for p in problems
    ]  # fmt: skip
    errors = [{"message": p.message, "code": p.code, "context": {"propertyName": [p.name]}} for p in problems]
    return Refusal(400, f"Property values were not valid: {orjson.dumps(listed).decode()}", errors=errors)


def require(shelf: Shelf, values: Mapping[str, str]) -> None:
    """Refuse a new record that lacks what its type must have."""
    kind = shelf.kind
    missing = [name for name in kind.required if not values.get(name)]
    if not missing and kind.one_of and not any(values.get(name) for name in kind.one_of):
        missing = list(kind.one_of)
    if missing:
        raise Refusal(
            400,
            f"Error creating {kind.singular.upper()}. Some required properties were not set.",
            context={"properties": missing},
        )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _problems(portal: Portal, shelf: Shelf, values: Mapping[str, str], item: Item | None) -> Iterator[Problem]:
    known = portal.schema[shelf.kind.plural]
    owners = {str(row["id"]) for row in portal.rows.get("owners", ())}
    for name, value in values.items():
        definition = known.get(name)
        if definition is None or definition["archived"]:
            yield Problem(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist', value)
        elif definition["modificationMetadata"]["readOnlyValue"] and not (item and item.properties.get(name) == value):
            yield Problem(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.', value)
        elif name == "hubspot_owner_id" and value and owners and value not in owners:
            yield Problem(name, "INVALID_OWNER_ID", f"Owner {value} does not exist", value)
        elif value and (fault := _fault(definition, value)):
            yield Problem(name, *fault, value)


def _fault(definition: Definition, value: str) -> tuple[str, str] | None:
    if len(value) > TEXT_LIMIT:
        return "STRING_TOO_LONG", f"Property value is longer than {TEXT_LIMIT} characters"
    if definition["name"] == "email" and not _EMAIL.fullmatch(value.strip()):
        return "INVALID_EMAIL", f"Email address {value} is invalid"
    return CHECKS[definition["type"]](definition, value) if definition["type"] in CHECKS else None


def _option(definition: Definition, value: str) -> tuple[str, str] | None:
    allowed = [option["value"] for option in definition["options"]]
    asked = value.split(";") if definition["fieldType"] == "checkbox" else [value]
    if not allowed or all(one in allowed for one in asked if one):
        return None
    shown = ", ".join(map(_shown, definition["options"]))
    return "INVALID_OPTION", f"{value} was not one of the allowed options: [{shown}]"


def _shown(option: Json) -> str:
    return (
        f'label: "{option["label"]}"\nvalue: "{option["value"]}"\ndisplay_order: {option["displayOrder"]}\n'
        f'double_data: 0.0\nhidden: {str(option["hidden"]).lower()}\ndescription: "{option["description"]}"\n'
        "read_only: false\n"
    )


def _number(definition: Definition, value: str) -> tuple[str, str] | None:
    return None if decimal(value) is not None else ("INVALID_INTEGER", f"{value} was not a valid number.")


def _stamp(definition: Definition, value: str) -> tuple[str, str] | None:
    return None if epoch(value) is not None else ("INVALID_LONG", f"{value} was not a valid long.")


def _date(definition: Definition, value: str) -> tuple[str, str] | None:
    at = epoch(value)
    if at is None:
        return "INVALID_LONG", f"{value} was not a valid long."
    return None if at % DAY == 0 else ("INVALID_DATE", f"{value} is not midnight!")


def _flag(definition: Definition, value: str) -> tuple[str, str] | None:
    return None if value in {"true", "false"} else ("INVALID_OPTION", f"{value} was not one of the allowed options")


CHECKS: dict[str, Callable[[Definition, str], tuple[str, str] | None]] = {
    "enumeration": _option,
    "number": _number,
    "datetime": _stamp,
    "date": _date,
    "bool": _flag,
}


def _check_unique(portal: Portal, shelf: Shelf, values: Mapping[str, str], item: Item | None) -> None:
    for name, ids in shelf.unique.items():
        holder = ids.get(values.get(name, "").lower())
        if holder is None or (item is not None and holder == item.id):
            continue
        if name == "email":
            raise conflict(str(holder))
        message = f"Cannot set {name}: {holder} already has that value."
        raise refuse(portal, [Problem(name, "CONFLICTING_UNIQUE_VALUE", message, values[name])])


def _normal(definition: Definition, value: str) -> str:
    """Return the value as the vendor keeps it: datetimes as ISO, dates as days, e-mail addresses in lower case."""
    if not value:
        return ""
    at = epoch(value) if definition["type"] in {"date", "datetime"} else None
    if at is not None:
        return iso(at)[:10] if definition["type"] == "date" else iso(at)
    return value.strip().lower() if definition["name"] == "email" else value
