"""What would make a cycle fail, found before the first one: credentials, scopes, properties, clocks, the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, Problem, Refused, Rest
from connectors.hubspot import deploy, links, paths
from connectors.hubspot.client import Client
from connectors.hubspot.refusals import Absent, Forbidden
from connectors.hubspot.stamps import OVERLAP
from connectors.hubspot.streams import STREAMS
from connectors.hubspot.writing import LIST, OBJECTS

SKEW = timedelta(seconds=30)
SCARCE = 0.1  # share of the daily calls below which a cycle may not get through
EMAIL_SCOPE = "sales-email-read"
HOST = "SYNCD_HUBSPOT_URL"
CREDENTIALS = (
    f"set SYNCD_HUBSPOT_TOKEN to a service key or an app's access token, SYNCD_CA_FILE to its authority; check {HOST}"
)
CALLS = "wait for midnight where the portal is, or find out who uses them: HubSpot, Settings, Integrations, Logs"
GRANT = "grant the scopes in HubSpot: Settings, Integrations, Service Keys, or where the app is declared"

WITHOUT = "or set SYNCD_HUBSPOT_WRITES=false"
DEPLOY = f"run `syncd hubspot deploy`, {WITHOUT}"
WHERE = "hubspot writes"

Writes = Mapping[str, Sequence[str]]  # contact, company or list_member → names of properties

# What a key or app needs to write each kind of record.
SCOPES: Mapping[str, tuple[str, ...]] = {
    "contact": ("crm.objects.contacts.write",),
    "company": ("crm.objects.companies.write",),
    "list_member": ("crm.lists.read", "crm.lists.write"),
}


def check_reads(client: Client, wanted: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Yield the problems, most fundamental first; where the portal cannot be used at all, only that one."""
    try:
        portal = client.portal()
        client.call(paths.PROPERTIES, object="contacts")
    except Absent as error:
        if portal is None:
            yield Problem("error", "hubspot", f"this is not HubSpot's API: {error}", f"correct {HOST}")
            return
    except (Refused, Forbidden):
        pass  # the streams say more
    except Misconfigured as error:
        yield Problem("error", "hubspot", str(error), CREDENTIALS)
        return
    except BudgetExhausted as error:
        yield Problem("error", "hubspot", str(error), CALLS)
        return
    except ConnectorError as error:
        yield Problem("error", "hubspot", str(error), f"check {HOST}, the network, the proxy and status.hubspot.com")
        return
    yield from _skew(client)
    yield from _budget(client)
    for name, fields in wanted.items():
        yield from _stream(client, name, fields)
    yield from _redacted(client, wanted)


def _skew(client: Client) -> Iterator[Problem]:
    if client.server_time is None:
        return
    skew = client.clock() - client.server_time
    if abs(skew) > SKEW:
        what = f"this machine's clock is {skew.total_seconds():+.0f} s off HubSpot's"
        # Windows of changes overlap by so much; beyond, changes would be missed.
        yield Problem("error" if abs(skew) >= OVERLAP else "warning", "hubspot", what, "synchronise the clock (NTP)")


def _budget(client: Client) -> Iterator[Problem]:
    left, whole = client.budget.daily_remaining, client.budget.daily_limit
    if left is not None and whole and left < SCARCE * whole:
        what = f"{left:,} of {whole:,} API calls are left today"
        yield Problem("warning", "hubspot API calls", what, CALLS)


def _redacted(client: Client, wanted: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Without its scope HubSpot shows one-to-one e-mails with their subjects blacked out, and says nothing.

    Source: developers.hubspot.com/changelog, "New scope required to get the content of email engagements".
    """
    if "emails" not in wanted:
        return
    granted = client.granted()
    if granted is not None and EMAIL_SCOPE not in granted:
        what = f"the key or app lacks the scope {EMAIL_SCOPE}: e-mails come without their subjects"
        yield Problem("warning", "hubspot emails", what, GRANT)


def _stream(client: Client, name: str, fields: Sequence[str]) -> Iterator[Problem]:
    where = f"hubspot {name}"
    if name not in STREAMS:
        yield Problem("error", where, "HubSpot has no such stream", f"map one of {', '.join(STREAMS)}")
        return
    stream = STREAMS[name]
    try:
        client.call(stream.trial, stream.query, object=stream.object)
        # A property that does not exist is left out of every answer, without a word.
        known = deploy.definitions(client, stream.object) if stream.object else None
    except Misconfigured as error:
        yield Problem("error", where, str(error), f"{GRANT}; or take the stream out of mappings/hubspot.yaml")
    except ConnectorError as error:
        yield Problem("error", where, str(error), "run it again later; if it stays, look at HubSpot's status page")
    else:
        for field in fields:
            if known is not None and field not in known and not field.startswith(links.PREFIX):
                what = f"there is no property {field!r}"
                yield Problem("error", where, what, "correct mappings/hubspot.yaml, or create the property in HubSpot")


# ---- before writing ---------------------------------------------------------------------------------------------


def check_writes(client: Client, writes: Writes) -> Iterator[Problem]:
    """Yield the problems of writing these properties of these kinds of records; three calls."""
    yield from _write_scopes(client, writes)
    standing = deploy.Survey(client)
    records = {kind: names for kind, names in writes.items() if kind in OBJECTS}
    for kind in writes:
        if kind not in SCOPES:
            what = f"syncd writes no {kind!r} to HubSpot"
            mend = f"correct `object` in mappings/hubspot.yaml: {', '.join(SCOPES)}"
            yield Problem("error", WHERE, what, mend, "properties", (Rest(kind),))
    try:
        yield from _lacking(deploy.properties(client, standing))
        for kind, names in records.items():
            yield from _writable(client, kind, names, standing)
    except Misconfigured as error:
        rests = tuple(Rest(kind) for kind in records)
        yield Problem("error", WHERE, str(error), f"grant the scope, {WITHOUT}", "scopes", rests)
    if "list_member" not in writes:
        return
    try:
        yield from _lacking(deploy.lists(client, standing))
        yield from _fillable(standing)
    except Misconfigured as error:
        rests = (Rest("list_member"),)
        yield Problem("error", WHERE, str(error), f"grant the scope, {WITHOUT}", "scopes", rests)


def _write_scopes(client: Client, writes: Writes) -> Iterator[Problem]:
    """Nothing but a write shows that the right to write is missing; the token's own description does."""
    granted = client.granted()
    if granted is None:
        return
    for kind in writes:
        for scope in SCOPES.get(kind, ()):
            if scope not in granted:
                what = f"the key or app lacks the scope {scope}: no {kind.replace('_', ' ')} can be written"
                mend = (
                    f"grant it: HubSpot, Settings, Integrations, Service Keys, or where the app is declared, {WITHOUT}"
                )
                yield Problem("error", WHERE, what, mend, "scopes", (Rest(kind),))


def _lacking(steps: Iterable[deploy.DeployStep]) -> Iterator[Problem]:
    """What is left of a record without the properties that are not there is written all the same."""
    for step in steps:
        rests = [
            Rest("contact", field=name, values=values or None, whole=False) for name, values in step.properties.items()
        ]
        what, premise = f"not there yet: {step.what}", "list" if step.list else "properties"
        yield Problem("error", WHERE, what, DEPLOY, premise, (*rests, *([Rest("list_member")] if step.list else [])))


def _writable(client: Client, kind: str, names: Sequence[str], standing: deploy.Survey) -> Iterator[Problem]:
    object, premise = OBJECTS[kind], "properties"
    known = standing.properties if object == deploy.OBJECT else deploy.definitions(client, object)
    ours = {definition.name for definition in deploy.PROPERTIES} if object == deploy.OBJECT else set()
    if object == deploy.OBJECT:
        for name, clash in deploy.clashes(known).items():
            yield Problem("error", WHERE, clash, deploy.ARCHIVE, premise, (Rest(kind, field=name, whole=False),))
    for name in names:
        rests = (Rest(kind, field=name, whole=False),)
        if name not in known and name not in ours:
            what = f"there is no property {name!r} of {object}"
            mend = "correct `writes` in mappings/hubspot.yaml, or create it in HubSpot"
            yield Problem("error", WHERE, what, mend, premise, rests)
        elif (known.get(name, {}).get("modificationMetadata") or {}).get("readOnlyValue"):
            what = f"the property {name!r} of {object} is read-only"
            mend = "map another property in `writes` of mappings/hubspot.yaml"
            yield Problem("error", WHERE, what, mend, premise, rests)


def _fillable(standing: deploy.Survey) -> Iterator[Problem]:
    how = standing.list and standing.list.get("processingType")
    if how not in (None, "MANUAL", "SNAPSHOT"):
        what = f"the list {LIST!r} fills itself ({how}): members cannot be added"
        mend = f"rename or delete it in HubSpot, under Segments, then {DEPLOY}"
        yield Problem("error", WHERE, what, mend, "list", (Rest("list_member"),))
