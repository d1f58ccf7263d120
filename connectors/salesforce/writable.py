"""What would make a write to Salesforce be refused, found before the first one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connectors.base import Problem
from connectors.salesforce import soql
from connectors.salesforce.answers import Declined
from connectors.salesforce.package import Definition, definitions
from connectors.salesforce.refusals import KEY
from connectors.salesforce.session import Session
from connectors.salesforce.shapes import Field, Shape, Shapes

Fields = Mapping[str, Sequence[str]]  # object → fields
Values = Mapping[tuple[str, str], Sequence[str]]  # (object, field) → what is written there

DEPLOY = "run `syncd salesforce deploy`"
GRANT = "grant it in the integration user's profile or permission set, or take it out of the mapping"
REPLACE = f"rename or delete the field in Setup, Object Manager, then {DEPLOY}"
PLACE = "add it in Setup, State and Country/Territory Picklists, or take it out of the agreement's served market"
RULES = "exempt the integration user from it in Setup, Duplicate Rules, or link what it refuses with `syncd link`"


def find(shapes: Shapes, writes: Fields, values: Values) -> Iterator[Problem]:
    """Yield the problems of writing these fields, and these values of picklists."""
    packed = definitions()
    for name, fields in writes.items():
        shape = shapes.find(name)
        missing = [] if shape else ["created", "edited"]
        if shape:
            missing = [verb for verb, may in (("created", shape.createable), ("edited", shape.updateable)) if not may]
        if missing:
            what = f"may not be {' and '.join(missing)}"
            yield Problem("error", f"salesforce {name}", what, f"{DEPLOY}, or {GRANT}")
        if shape:
            yield from _key(shape, packed.get((name, KEY)))
            yield from _writable(shape, fields)
            yield from _required(shape, fields)
            yield from _differing(shape, packed)
            yield from _offered(shape, values)


def find_rules(session: Session, objects: Sequence[str]) -> Iterator[Problem]:
    """Yield the duplicate rules that may refuse a record of these objects; even one that only alerts refuses ours.

    Source: Salesforce, Object Reference, "DuplicateRule"; REST API Developer Guide, "Duplicate Rule Header".
    """
    names = ", ".join(soql.text(name) for name in objects)
    query = soql.select(("MasterLabel", "SobjectType"), "DuplicateRule", "IsActive = true", f"SobjectType IN ({names})")
    try:
        rules = list(session.rows(query))
    except Declined:  # who may not see them is told by the rows that they refuse
        return
    for rule in rules:
        what = f"the duplicate rule {rule['MasterLabel']!r} is active: what it takes for a double is refused"
        yield Problem("warning", f"salesforce {rule['SobjectType']}", what, RULES)


def _key(shape: Shape, packed: Definition | None) -> Iterator[Problem]:
    found, where = shape.fields.get(KEY), f"salesforce {shape.name}.{KEY}"
    if found is None:
        yield Problem("error", where, "does not exist for the integration user", DEPLOY)
        return
    if not (found.createable and found.updateable):
        yield Problem("error", where, "is read-only for the integration user", f"{DEPLOY}, or {GRANT}")
    if not found.external:
        yield Problem("error", where, "is no External ID: records cannot be found by it", f"{DEPLOY}, or {REPLACE}")
    if packed and packed.unique and not found.unique:
        what = "is not unique: a repeated write could make a second record"
        yield Problem("error", where, what, f"{DEPLOY}, or {REPLACE}")


def _writable(shape: Shape, fields: Sequence[str]) -> Iterator[Problem]:
    for name in fields:
        found = shape.fields.get(name)
        if name == KEY or (found and found.createable):
            continue
        what = "is read-only for the integration user" if found else "does not exist for the integration user"
        mend = DEPLOY if name.startswith("Syncd_") else GRANT
        needed = found is not None and found.required
        yield Problem("error" if needed else "warning", f"salesforce {shape.name}.{name}", what, mend)


def _required(shape: Shape, fields: Sequence[str]) -> Iterator[Problem]:
    """A record without a field that the org insists on is refused, and so is every other of its kind."""
    for found in shape.fields.values():
        if found.required and found.createable and found.name not in (KEY, *fields):
            what = "is required, and nothing is written there: every new record would be refused"
            mend = "give it a default value in Setup, make it optional, or require it on the page layout instead"
            yield Problem("error", f"salesforce {shape.name}.{found.name}", what, mend)


def _differing(shape: Shape, packed: Mapping[tuple[str, str], Definition]) -> Iterator[Problem]:
    """Our own fields must be as the package has them."""
    for (object_, name), wanted in packed.items():
        found = shape.fields.get(name)
        if object_ != shape.name or found is None:
            continue
        where = f"salesforce {object_}.{name}"
        if found.type != wanted.type:
            yield Problem("error", where, f"is of type {found.type}, and has to be of type {wanted.type}", REPLACE)
        elif found.length < wanted.length:
            what = f"takes {found.length} characters, and needs {wanted.length}"
            yield Problem("error", where, what, f"{DEPLOY}, or lengthen it in Setup, Object Manager")
        elif lacking := _lacking(found, wanted.values):
            yield Problem("error", where, f"does not take {lacking}", f"{DEPLOY}, or activate it in Setup")


def _offered(shape: Shape, values: Values) -> Iterator[Problem]:
    for (object_, name), wanted in values.items():
        code = shape.code(name)
        found = code or shape.fields.get(name)
        if object_ == shape.name and found and (lacking := _lacking(found, wanted)):
            mend = PLACE if code else f"add it in Setup, Object Manager, {object_}, {name}, to every record type"
            yield Problem("error", f"salesforce {object_}.{found.name}", f"does not take {lacking}", mend)


def _lacking(found: Field, wanted: Sequence[str]) -> str:
    if not found.restricted:  # any text is taken
        return ""
    return ", ".join(repr(value) for value in wanted if value not in found.values)
