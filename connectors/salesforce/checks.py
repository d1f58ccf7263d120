"""What would make a cycle fail, found before the first one: credentials, rights, fields; and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Literal

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, Problem, Rest
from connectors.salesforce import assignments, marks, org, paths, soql
from connectors.salesforce.client import Client
from connectors.salesforce.describes import Shapes, exists
from connectors.salesforce.metadata import Definition, definitions, only_changed
from connectors.salesforce.permissions import compound, granted_by_name
from connectors.salesforce.refusals import KEY, Declined
from connectors.salesforce.shapes import CURRENCY, RECORD_TYPE, OrgField, Shape

SKEW = timedelta(minutes=2)
SCARCE = 0.1  # share of the daily calls below which a cycle may not get through
SHARED = ("Account", "Contact", "Opportunity", "Task")  # objects with sharing of their own, of those that we write
MAY_LACK = frozenset({CURRENCY})
CREDENTIALS = (
    "check the credentials (SYNCD_SALESFORCE_CLIENT_ID, with its secret or private key), SYNCD_CA_FILE, and the "
    "external client app with its user"
)
NETWORK = (
    "try again; check SYNCD_SALESFORCE_LOGIN_URL, SYNCD_CA_FILE, the network, the proxy, and status.salesforce.com"
)
CALLS = "wait, or find out who uses them: Setup, System Overview, API Usage"
DEPLOY = "run `syncd salesforce deploy`"
GRANT = f"{DEPLOY}, or grant it in a permission set of the integration user's, or take it out of the mapping"
LEADS = f"{GRANT}; where leads are none of yours, say so: SYNCD_WITHOUT=salesforce.Lead"
REPLACE = f"rename or delete the field in Setup, Object Manager, then {DEPLOY}"
LEFT_OUT = "is left out: the org refused it when syncd was deployed"
ALLOW = f"`syncd salesforce deploy --check` says why it does; mend that, then {DEPLOY}"
PLACE = "add it in Setup, State and Country/Territory Picklists, or take it out of the agreement's served market"
ACCESS = "put the integration user into a role above the owners of these records, or share them with it"
RULES = "exempt the integration user from it in Setup, Duplicate Rules, or link what it refuses with `syncd link`"

Fields = Mapping[str, Sequence[str]]  # object → fields
Values = Mapping[tuple[str, str], Sequence[str]]  # (object, field) → what is written there


def check_reads(client: Client, shapes: Shapes, reads: Fields) -> Iterator[Problem]:
    """Yield the problems of reading these fields of these objects, and of the org."""
    try:
        yield from _reads(client, shapes, reads)
    except Misconfigured as error:
        yield Problem("error", "salesforce", str(error), CREDENTIALS)
    except BudgetExhausted as error:
        yield Problem("error", "salesforce", str(error), CALLS)
    except ConnectorError as error:
        yield Problem("error", "salesforce", str(error), NETWORK)


def _reads(client: Client, shapes: Shapes, reads: Fields) -> Iterator[Problem]:
    known = [str(row["version"]) for row in client.call(paths.VERSIONS)]
    if client.version not in known:
        what = f"the org does not speak API version {client.version}"
        yield Problem("error", "salesforce version", what, f"set the version to {max(known, key=float)}")
        return
    yield from _clock(client)
    yield from _budget(client)
    yield from _grants(client)
    for name, fields in reads.items():
        yield from _readable(shapes, name, fields)
    behind = (path.partition(".")[0] for fields in reads.values() for path in fields if "." in path)
    for name in granted_by_name(behind):
        if name not in reads and shapes.find(name) is None:
            yield Problem("error", f"salesforce {name}", "does not exist for the integration user", GRANT)


def _grant(name: str) -> str:
    return LEADS if name == "Lead" else GRANT


def _readable(shapes: Shapes, name: str, fields: Sequence[str]) -> Iterator[Problem]:
    shape = shapes.find(name)
    if shape is None:
        yield Problem("error", f"salesforce {name}", "does not exist for the integration user", _grant(name))
        return
    for path in fields:
        if path not in MAY_LACK and not exists(shapes, shape, path) and path not in marks.done_without(shape):
            yield Problem("error", f"salesforce {name}.{path}", "is not there, or hidden from us", _mend(name, path))


def _mend(name: str, field: str) -> str:
    if field.startswith("Syncd_"):
        return DEPLOY
    return f"{GRANT}; it is granted as {name}.{of}" if (of := compound(field)) else GRANT


def _clock(client: Client) -> Iterator[Problem]:
    skew = client.skew or timedelta()
    if abs(skew) > SKEW:
        what = f"this machine's clock differs from Salesforce's by {abs(skew).total_seconds():.0f} s"
        yield Problem("warning", "clock", what, "synchronise it (NTP): signing in and reading since a time rely on it")


def _budget(client: Client) -> Iterator[Problem]:
    calls = client.call(paths.LIMITS).get("DailyApiRequests")
    if calls and calls["Remaining"] < SCARCE * calls["Max"]:
        what = f"{calls['Remaining']} of {calls['Max']} API calls are left for 24 hours"
        yield Problem("warning", "salesforce API calls", what, CALLS)


def _grants(client: Client) -> Iterator[Problem]:
    try:
        if assignments.is_assigned(client, client.user()):
            return
    except Declined:  # who may not see permission sets is told by the fields that are missing
        return
    what = f"the integration user does not have the permission set {assignments.PERMISSION_SET}"
    yield Problem("error", "salesforce permissions", what, DEPLOY)


# ---- before writing --------------------------------------------------------------------------------------------------


def check_writes(shapes: Shapes, writes: Fields, values: Values) -> Iterator[Problem]:
    """Yield the problems of writing these fields, and these values of picklists."""
    packed = definitions()
    for name, fields in writes.items():
        shape = shapes.find(name)
        if shape is None:
            what = "does not exist for the integration user"
            yield Problem("error", f"salesforce {name}", what, _grant(name), "object rights", (Rest(name),))
            continue
        creates = not only_changed(packed, name)
        yield from _rights(shape, creates)
        if creates:
            yield from _key(shape, packed.get((name, KEY)))
            yield from _required(shape, fields)
        yield from _writable(shape, fields, creates)
        yield from _differing(shape, packed)
        yield from _offered(shape, values)


def _rights(shape: Shape, creates: bool) -> Iterator[Problem]:
    missing = {}
    if creates and not shape.createable:
        missing["created"] = Rest(shape.name, "create")
    if not shape.updateable:
        missing["edited"] = Rest(shape.name, "change")
    if missing:
        what = f"may not be {' and '.join(missing)}"
        yield Problem("error", f"salesforce {shape.name}", what, GRANT, "object rights", (*missing.values(),))


def check_access(client: Client, objects: Sequence[str]) -> Iterator[Problem]:
    """Yield the objects of whose records, a sample of those that changed last, our user may not edit all.

    Rights to an object are not access to its records. A run asks for the very records that it is about to change.
    """
    for name in (name for name in objects if name in SHARED):
        try:
            ids = org.sample(client, name)
            closed = org.uneditable(client, ids)
        except Declined:  # who may not ask is told by what a run asks
            continue
        if closed:
            level: Literal["error", "warning"] = "error" if len(closed) == len(ids) else "warning"
            what = (
                f"{len(closed):,} of {len(ids):,} records that changed last may not be edited by the integration user"
            )
            yield Problem(level, f"salesforce {name} access", what, ACCESS, "record access")


def check_rules(client: Client, objects: Sequence[str]) -> Iterator[Problem]:
    """Yield the duplicate rules that may refuse a record of these objects; even one that only alerts refuses ours.

    Source: Salesforce, Object Reference, "DuplicateRule"; REST API Developer Guide, "Duplicate Rule Header".
    """
    if not objects:
        return
    names = ", ".join(soql.text(name) for name in objects)
    query = soql.select(("MasterLabel", "SobjectType"), "DuplicateRule", "IsActive = true", f"SobjectType IN ({names})")
    try:
        rules = list(client.rows(query))
    except Declined:  # who may not see them is told by the rows that they refuse
        return
    for rule in rules:
        what = f"the duplicate rule {rule['MasterLabel']!r} is active: what it takes for a double is refused"
        yield Problem("warning", f"salesforce {rule['SobjectType']}", what, RULES)


def _key(shape: Shape, packed: Definition | None) -> Iterator[Problem]:
    key, where, premise = shape.fields.get(KEY), f"salesforce {shape.name}.{KEY}", "keys"
    everything, creation = (Rest(shape.name),), (Rest(shape.name, "create"),)
    if key is None:
        what = "does not exist for the integration user"
        if marks.knows_ours(shape):
            yield Problem("warning", where, f"{what}: {marks.HOW[shape.name]}", DEPLOY)
            return
        yield Problem("error", where, what, DEPLOY, premise, everything)
        return
    if not (key.createable and key.updateable):
        what = "is read-only for the integration user"
        yield Problem("error", where, what, GRANT, premise, everything)
    if not key.external:
        what = "is no External ID: records cannot be found by it"
        if shape.name in marks.KEYLESS:  # looked up and then created, not upserted: see finding
            yield Problem("warning", where, what, DEPLOY)
            return
        yield Problem("error", where, what, f"{DEPLOY}, or {REPLACE}", premise, creation)
    if packed and packed.unique and not key.unique:
        what = "is not unique: a repeated write could make a second record"
        if shape.name in marks.KEYLESS:  # an org may take no unique field there: see deploy
            yield Problem("warning", where, what, DEPLOY)
        else:
            yield Problem("error", where, what, f"{DEPLOY}, or {REPLACE}", premise, creation)


def _writable(shape: Shape, fields: Sequence[str], creates: bool) -> Iterator[Problem]:
    """What we may not write is left out until we may; a record that cannot be without it waits as a whole."""
    for name in fields:
        field = shape.fields.get(name)
        if name == KEY or name in MAY_LACK or (field and (field.createable if creates else field.updateable)):
            continue
        if name in shape.left_out:
            yield _left_out(shape, name)._replace(
                premise="own fields", rests=(Rest(shape.name, field=name, whole=False),)
            )
            continue
        what = "is read-only for the integration user" if field else "does not exist for the integration user"
        mend = _mend(shape.name, name)
        rests = (Rest(shape.name, "create" if field and field.required else "write", name, whole=_needed(field)),)
        yield Problem("error", f"salesforce {shape.name}.{name}", what, mend, "field rights", rests)


def check_package(shapes: Shapes) -> Iterator[Problem]:
    """Yield the fields of the package that are hidden from our user, or locked on events and not on tasks.

    What sales sees and we neither read nor write has to stand there too. Task and Event share field-level security: a
    grant for one alone is none (Object Reference, "Task").
    """
    packed = definitions()
    for owner, name in packed:
        shape = shapes.find(owner)
        if shape is None:  # told by what is read there
            continue
        where, field, twin = f"salesforce {owner}.{name}", shape.fields.get(name), shapes.find("Task")
        if field is None:
            if name == KEY and (marks.knows_ours(shape) or (owner == "Event" and twin and marks.is_marked(twin))):
                continue
            if name in shape.left_out:
                if owner != "Event" or not (twin and name in twin.left_out):  # said of the task already
                    yield _left_out(shape, name)
                continue
            yield Problem("error", where, "does not exist for the integration user", DEPLOY, "package")
        elif owner == "Event" and twin and name in twin.fields and field.createable != twin.fields[name].createable:
            what = "is read-only for the integration user, or its like of tasks is"
            yield Problem("error", where, what, DEPLOY, "package")


def _left_out(shape: Shape, name: str) -> Problem:
    """What deploying was refused is no error for ever: syncd goes on without it."""
    where, stands = f"salesforce {shape.name}.{name}", shape.left_out[name]
    if stands:
        what = f"is left out: a field of the type {stands} has its name"
        return Problem("warning", where, what, REPLACE, "package")
    return Problem("warning", where, LEFT_OUT, ALLOW, "package")


def _needed(field: OrgField | None) -> bool:
    return field is not None and field.required


def _required(shape: Shape, fields: Sequence[str]) -> Iterator[Problem]:
    """A record without a field that the org insists on is refused, and so is every other of its kind."""
    for field in shape.fields.values():
        if field.required and field.createable and field.name not in (KEY, *fields):
            what = "is required, and nothing is written there: every new record would be refused"
            mend = "give it a default value in Setup, make it optional, or require it on the page layout instead"
            where, rests = f"salesforce {shape.name}.{field.name}", (Rest(shape.name, "create"),)
            yield Problem("error", where, what, mend, "required fields", rests)


def _differing(shape: Shape, packed: Mapping[tuple[str, str], Definition]) -> Iterator[Problem]:
    """Our own fields must be as the package has them."""
    for (object_, name), wanted in packed.items():
        field = shape.fields.get(name)
        if object_ != shape.name or field is None:
            continue
        where, premise = f"salesforce {object_}.{name}", "own fields"
        rests = (Rest(object_, "create") if name == KEY else Rest(object_, field=name, whole=False),)
        if field.type != wanted.type:
            what = f"is of type {field.type}, and has to be of type {wanted.type}"
            yield Problem("error", where, what, REPLACE, premise, rests)
        elif field.formula != wanted.formula:
            what = "is a formula, and has to take values" if field.formula else "takes values, and has to be a formula"
            yield Problem("error", where, what, REPLACE, premise, rests)
        elif lacking := tuple(target for target in wanted.targets if target not in field.targets):
            what = f"does not point at {_quoted(lacking)}"
            yield Problem("error", where, what, REPLACE, premise, rests)
        elif field.length < wanted.length:
            what = f"takes {field.length} characters, and needs {wanted.length}"
            mend = f"{DEPLOY}, or lengthen it in Setup, Object Manager"
            yield Problem("error", where, what, mend, premise, rests)
        elif lacking := _lacking(field, wanted.values):
            rests = (Rest(object_, field=name, values=lacking, whole=False),)
            what, mend = f"does not take {_quoted(lacking)}", f"{DEPLOY}, or activate it in Setup"
            yield Problem("error", where, what, mend, premise, rests)


def _offered(shape: Shape, values: Values) -> Iterator[Problem]:
    for (object_, name), wanted in values.items():
        code = shape.code(name)
        field = code or shape.fields.get(name)
        if object_ == shape.name and name == RECORD_TYPE:
            yield from _record_types(shape, wanted)
        elif object_ == shape.name and field and (lacking := _lacking(field, wanted)):
            mend = PLACE if code else f"add it in Setup, Object Manager, {object_}, {name}, to every record type"
            where, what = f"salesforce {object_}.{field.name}", f"does not take {_quoted(lacking)}"
            yield Problem("error", where, what, mend, "picklists", (Rest(object_, field=name, values=lacking),))


def _record_types(shape: Shape, wanted: Sequence[str]) -> Iterator[Problem]:
    """A record type that our user may not choose is refused; that of its profile would be another one."""
    known = {full[:15] for full in shape.record_types}
    for record_type in wanted:
        if record_type[:15] not in known:
            what = f"the record type {record_type} is not there, inactive, or not the integration user's to choose"
            where = f"salesforce {shape.name}.{RECORD_TYPE}"
            rests = (Rest(shape.name, "create", RECORD_TYPE, values=(record_type,)),)
            mend = "give it to the integration user's profile or permission set, or take it out of the mapping"
            yield Problem("error", where, what, mend, "record types", rests)


def _lacking(field: OrgField, wanted: Sequence[str]) -> tuple[str, ...]:
    if not field.restricted:  # any text is taken
        return ()
    return tuple(value for value in wanted if value not in field.values)


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(map(repr, values))
