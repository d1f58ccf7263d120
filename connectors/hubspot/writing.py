"""Writing to HubSpot: properties of contacts and companies in batches, members of lists.

Payloads with a remote id update that record; the others are upserted by the unique property `syncd_key`, which `deploy`
creates. A batch answers 207 with errors beside results, or refuses as a whole because of one row (mautic#4664): then it
is halved until the bad row stands alone. All these writes are idempotent: a call whose answer was lost is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from connectors.base import ConnectorError, Misconfigured, Payload, Receipt, Refused, WriteError, WriteKind
from connectors.hubspot import paths
from connectors.hubspot.client import Client
from connectors.hubspot.paths import Path
from connectors.hubspot.refusals import Absent, Rejection, read
from connectors.transport import batches

Json = dict[str, Any]
Job = tuple[Sequence[Payload], Callable[[Sequence[Payload]], Iterable[Receipt]]]

KEY = "syncd_key"
LIST = "syncd: potential MQLs"
BATCH = 100
MEMBERS = 250
OBJECTS = {"contact": "contacts", "company": "companies"}
CONTACTS = "0-1"  # the type id of contacts, whose lists we keep
KINDS: Mapping[str, WriteKind] = {
    "OBJECT_NOT_FOUND": "gone",
    "RATE_LIMITS": "retry",
    "INTERNAL_ERROR": "retry",
    "SERVICE_UNAVAILABLE": "retry",
}


# What the dated versions hold writes to, and the numbered ones do not: developers.hubspot.com/changelog, "CRM API Write
# Validation Enforcement Starting with the 2026-09 API Version".
RULES: Mapping[str, str] = {
    "MISSING_REQUIRED_PROPERTY": "the portal requires it of new records (Settings, Objects, Create Record): map it, or "
    "require it no more",
    "MISSING_CONDITIONAL_REQUIRED_PROPERTY": "the portal requires it beside another value (Settings, Properties, "
    "conditional logic): fill it in there, map it, or take the rule away",
}


class Lists:
    """The ids of lists by name, each looked up once."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._ids: dict[str, str] = {}

    def id(self, name: str) -> str:
        """Return a contact list's id; raise Misconfigured where there is no list of that name."""
        if name not in self._ids:
            try:
                definition = self.client.call(paths.LIST_BY_NAME, object=CONTACTS, name=name)["list"]
            except Absent as error:
                raise Misconfigured(f"HubSpot has no list {name!r}: run `syncd hubspot deploy`") from error
            self._ids[name] = str(definition["listId"])
        return self._ids[name]

    def forget(self) -> None:
        """Look the ids up again: one of the lists is gone."""
        self._ids.clear()


def push(lists: Lists, object: str, wishes: Sequence[Payload]) -> list[Receipt]:
    """Write `wishes` of a contact, company or list_member; one receipt each, in their order.

    list_member: `remote_id` is the contact's id, `fields` are {"member": bool, "list": name (our list by default)}.
    """
    if object == "list_member":
        return _carry_out(wishes, _memberships(lists, wishes))
    if object not in OBJECTS:
        raise Refused(f"syncd writes no {object!r} to HubSpot, but {', '.join([*OBJECTS, 'list_member'])}")
    known = [wish for wish in wishes if wish.remote_id is not None]
    new = [wish for wish in wishes if wish.remote_id is None]
    calls = ((paths.BATCH_UPDATE, known), (paths.BATCH_UPSERT, new))
    return _carry_out(
        wishes,
        [
            (batch, partial(_write, lists.client, path, OBJECTS[object]))
            for path, payloads in calls
            for batch in batches(payloads, BATCH)
        ],
    )


def find(client: Client, object: str, keys: Sequence[str]) -> dict[str, str]:
    """Return key → record id, for the keys that stand in the portal."""
    ids: dict[str, str] = {}
    for batch in batches(dict.fromkeys(keys), BATCH) if object in OBJECTS else ():
        body = {
            "idProperty": KEY,
            "properties": [KEY],
            "propertiesWithHistory": [],
            "inputs": [{"id": key} for key in batch],
        }
        results = client.call(paths.BATCH_READ, body=body, object=OBJECTS[object])["results"]
        ids |= {result["properties"][KEY]: str(result["id"]) for result in results}
    return ids


def _carry_out(wishes: Sequence[Payload], jobs: Iterable[Job]) -> list[Receipt]:
    """Do the jobs one after another; once HubSpot cannot be used, the rows not tried are to be retried."""
    receipts: dict[str, Receipt] = {}
    failure: ConnectorError | None = None
    for batch, write in jobs:
        if failure is None:
            try:
                receipts |= {receipt.key: receipt for receipt in write(batch)}
                continue
            except ConnectorError as error:
                if not receipts:
                    raise
                failure = error
        fault = WriteError("retry", type(failure).__name__, str(failure))
        receipts |= {wish.key: Receipt(wish.key, wish.remote_id, fault) for wish in batch}
    return [receipts[wish.key] for wish in wishes]


# ---- records -----------------------------------------------------------------------------------------------------


def _write(client: Client, path: Path, object: str, batch: Sequence[Payload]) -> list[Receipt]:
    """Write one batch. What the answer does not mention is sent alone, where it cannot be mistaken for another's."""
    inputs = [_input(wish, row) for row, wish in enumerate(batch)]
    try:
        answer = client.call(path, body={"inputs": inputs}, object=object)
    except Rejection as error:
        return _halve(partial(_write, client, path, object), batch, error)
    written, refused = _written(answer), _refused(answer)
    if len(batch) == 1:  # a merged record answers under its survivor's id
        written = dict.fromkeys([_trace(0)], next(iter(written.values()))) if written else {}
    receipts: list[Receipt] = []
    for row, wish in enumerate(batch):
        names = (_trace(row), wish.remote_id or wish.key)
        if id := next((written[name] for name in names if name in written), None):
            receipts.append(Receipt(wish.key, id, None))
        elif len(batch) == 1 or any(name in refused for name in names):
            fault = next((refused[name] for name in names if name in refused), _SILENCE)
            receipts.append(Receipt(wish.key, wish.remote_id, _fault(fault)))
        else:
            receipts += _write(client, path, object, [wish])
    return receipts


_SILENCE: Json = {"message": "HubSpot's answer does not mention this record"}


def _input(wish: Payload, row: int) -> Json:
    """Return a payload as an input; with trace ids HubSpot answers row by row instead of refusing the whole batch."""
    values = {name: _text(value) for name, value in wish.fields.items()}
    if wish.remote_id is not None:
        return {"id": wish.remote_id, "properties": values, "objectWriteTraceId": _trace(row)}
    values[KEY] = wish.key
    return {"id": wish.key, "idProperty": KEY, "properties": values, "objectWriteTraceId": _trace(row)}


def _trace(row: int) -> str:
    return f"row-{row}"


def _written(answer: Json) -> dict[str, str]:
    """Return the ids of the records that were written, by their rows' traces, ids and keys."""
    written: dict[str, str] = {}
    for result in answer["results"]:
        names = (result.get("objectWriteTraceId"), result["id"], (result.get("properties") or {}).get(KEY))
        written |= {str(name): str(result["id"]) for name in names if name}
    return written


def _refused(answer: Json) -> dict[str, Json]:
    """Return the errors of a multi-status answer by the rows' traces and ids that they name."""
    refused: dict[str, Json] = {}
    for error in answer.get("errors") or ():
        context = error.get("context") or {}
        for key in ("objectWriteTraceId", "ids", "id"):
            refused |= {str(name): error for name in context.get(key) or ()}
    return refused


def _fault(error: Json) -> WriteError:
    code, message, fields = read(error)
    kind = KINDS.get(str(error.get("category")), "refused")
    return WriteError(kind, code, f"{message}; {RULES[code]}" if code in RULES else message, fields)


def _halve(
    write: Callable[[Sequence[Payload]], list[Receipt]], batch: Sequence[Payload], error: Rejection
) -> list[Receipt]:
    if len(batch) == 1:
        kind: WriteKind = "gone" if isinstance(error, Absent) else "refused"
        return [Receipt(batch[0].key, batch[0].remote_id, WriteError(kind, error.code, str(error), error.fields))]
    middle = len(batch) // 2
    return [*write(batch[:middle]), *write(batch[middle:])]


def _text(value: Any) -> str:
    """Write a value as HubSpot's properties take it; booleans are 'true' and 'false', nothing is the empty text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case list() | tuple():
            return ";".join(_text(part) for part in value)
    return str(value)


# ---- members -----------------------------------------------------------------------------------------------------


def _memberships(lists: Lists, wishes: Sequence[Payload]) -> list[Job]:
    nobody = [wish for wish in wishes if not wish.remote_id]
    named: dict[str, list[Payload]] = {}
    for wish in wishes:
        if wish.remote_id:
            named.setdefault(str(wish.fields.get("list") or LIST), []).append(wish)
    jobs: list[Job] = [(nobody, _unnamed)] if nobody else []
    return jobs + [
        (batch, partial(_change, lists, name)) for name, wanted in named.items() for batch in batches(wanted, MEMBERS)
    ]


def _unnamed(batch: Sequence[Payload]) -> list[Receipt]:
    fault = WriteError("refused", "NO_CONTACT", "a list member needs the contact's id")
    return [Receipt(wish.key, None, fault) for wish in batch]


def _change(lists: Lists, name: str, batch: Sequence[Payload]) -> list[Receipt]:
    """Add and remove members. Who is a member already, or none, is no error; ids that lead nowhere are reported."""
    ids = {
        flag: [wish.remote_id for wish in batch if bool(wish.fields.get("member")) == flag] for flag in (True, False)
    }
    body = {"recordIdsToAdd": ids[True], "recordIdsToRemove": ids[False]}
    try:
        answer = lists.client.call(paths.MEMBERSHIPS, body=body, id=lists.id(name))
    except Absent as error:
        lists.forget()
        raise Misconfigured(f"HubSpot's list {name!r} is gone: run `syncd hubspot deploy`") from error
    except Rejection as error:
        return _halve(partial(_change, lists, name), batch, error)
    missing = {str(id) for id in answer.get("recordIdsMissing") or ()}
    gone = WriteError("gone", "RECORD_MISSING", "HubSpot has no contact with this id")
    return [
        Receipt(wish.key, wish.remote_id, gone if wish.remote_id in missing and wish.fields.get("member") else None)
        for wish in batch
    ]
