"""What would make a cycle fail, found before the first one: credentials, rights, fields; and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, Problem
from connectors.salesforce import deploy, paths, soql
from connectors.salesforce.client import Client
from connectors.salesforce.describes import Shapes, exists
from connectors.salesforce.metadata import Definition, definitions
from connectors.salesforce.refusals import KEY, Declined
from connectors.salesforce.shapes import Field, Shape

SKEW = timedelta(minutes=2)
SCARCE = 0.1  # share of the daily calls below which a cycle may not get through
MAY_LACK = frozenset({"CurrencyIsoCode"})  # only orgs with several currencies have it
CREDENTIALS = (
    "check the credentials (SYNCD_SALESFORCE_CLIENT_ID, with its secret or private key), SYNCD_CA_FILE, and the "
    "connected app with its user"
)
NETWORK = (
    "try again; check SYNCD_SALESFORCE_LOGIN_URL, SYNCD_CA_FILE, the network, the proxy, and status.salesforce.com"
)
CALLS = "wait, or find out who uses them: Setup, System Overview, API Usage"
DEPLOY = "run `syncd salesforce deploy`"
GRANT = f"{DEPLOY}, or grant it in a permission set of the integration user's, or take it out of the mapping"
REPLACE = f"rename or delete the field in Setup, Object Manager, then {DEPLOY}"
PLACE = "add it in Setup, State and Country/Territory Picklists, or take it out of the agreement's served market"
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


def _readable(shapes: Shapes, name: str, fields: Sequence[str]) -> Iterator[Problem]:
    shape = shapes.find(name)
    if shape is None:
        yield Problem("error", f"salesforce {name}", "does not exist for the integration user", GRANT)
        return
    for path in fields:
        if path not in MAY_LACK and not exists(shapes, shape, path):
            yield Problem("error", f"salesforce {name}.{path}", "is not there, or hidden from us", _mend(path))


def _mend(name: str) -> str:
    return DEPLOY if name.startswith("Syncd_") else GRANT


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
        if deploy.is_assigned(client, client.user()):
            return
    except Declined:  # who may not see permission sets is told by the fields that are missing
        return
    what = f"the integration user does not have the permission set {deploy.PERMISSION_SET}"
    yield Problem("error", "salesforce permissions", what, DEPLOY)


# ---- before writing --------------------------------------------------------------------------------------------------


def check_writes(shapes: Shapes, writes: Fields, values: Values) -> Iterator[Problem]:
    """Yield the problems of writing these fields, and these values of picklists."""
    packed = definitions()
    for name, fields in writes.items():
        shape = shapes.find(name)
        missing = [] if shape else ["created", "edited"]
        if shape:
            missing = [verb for verb, may in (("created", shape.createable), ("edited", shape.updateable)) if not may]
        if missing:
            what = f"may not be {' and '.join(missing)}"
            yield Problem("error", f"salesforce {name}", what, GRANT)
        if shape:
            yield from _key(shape, packed.get((name, KEY)))
            yield from _writable(shape, fields)
            yield from _required(shape, fields)
            yield from _differing(shape, packed)
            yield from _offered(shape, values)


def check_rules(client: Client, objects: Sequence[str]) -> Iterator[Problem]:
    """Yield the duplicate rules that may refuse a record of these objects; even one that only alerts refuses ours.

    Source: Salesforce, Object Reference, "DuplicateRule"; REST API Developer Guide, "Duplicate Rule Header".
    """
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
    key, where = shape.fields.get(KEY), f"salesforce {shape.name}.{KEY}"
    if key is None:
        yield Problem("error", where, "does not exist for the integration user", DEPLOY)
        return
    if not (key.createable and key.updateable):
        yield Problem("error", where, "is read-only for the integration user", GRANT)
    if not key.external:
        yield Problem("error", where, "is no External ID: records cannot be found by it", f"{DEPLOY}, or {REPLACE}")
    if packed and packed.unique and not key.unique:
        what = "is not unique: a repeated write could make a second record"
        yield Problem("error", where, what, f"{DEPLOY}, or {REPLACE}")


def _writable(shape: Shape, fields: Sequence[str]) -> Iterator[Problem]:
    for name in fields:
        field = shape.fields.get(name)
        if name == KEY or (field and field.createable):
            continue
        what = "is read-only for the integration user" if field else "does not exist for the integration user"
        mend = DEPLOY if name.startswith("Syncd_") else GRANT
        yield Problem("error", f"salesforce {shape.name}.{name}", what, mend)


def _required(shape: Shape, fields: Sequence[str]) -> Iterator[Problem]:
    """A record without a field that the org insists on is refused, and so is every other of its kind."""
    for field in shape.fields.values():
        if field.required and field.createable and field.name not in (KEY, *fields):
            what = "is required, and nothing is written there: every new record would be refused"
            mend = "give it a default value in Setup, make it optional, or require it on the page layout instead"
            yield Problem("error", f"salesforce {shape.name}.{field.name}", what, mend)


def _differing(shape: Shape, packed: Mapping[tuple[str, str], Definition]) -> Iterator[Problem]:
    """Our own fields must be as the package has them."""
    for (object_, name), wanted in packed.items():
        field = shape.fields.get(name)
        if object_ != shape.name or field is None:
            continue
        where = f"salesforce {object_}.{name}"
        if field.type != wanted.type:
            yield Problem("error", where, f"is of type {field.type}, and has to be of type {wanted.type}", REPLACE)
        elif field.length < wanted.length:
            what = f"takes {field.length} characters, and needs {wanted.length}"
            yield Problem("error", where, what, f"{DEPLOY}, or lengthen it in Setup, Object Manager")
        elif lacking := _lacking(field, wanted.values):
            yield Problem("error", where, f"does not take {lacking}", f"{DEPLOY}, or activate it in Setup")


def _offered(shape: Shape, values: Values) -> Iterator[Problem]:
    for (object_, name), wanted in values.items():
        code = shape.code(name)
        field = code or shape.fields.get(name)
        if object_ == shape.name and field and (lacking := _lacking(field, wanted)):
            mend = PLACE if code else f"add it in Setup, Object Manager, {object_}, {name}, to every record type"
            yield Problem("error", f"salesforce {object_}.{field.name}", f"does not take {lacking}", mend)


def _lacking(field: Field, wanted: Sequence[str]) -> str:
    if not field.restricted:  # any text is taken
        return ""
    return ", ".join(repr(value) for value in wanted if value not in field.values)
