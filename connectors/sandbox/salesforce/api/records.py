"""…/sobjects/…: reading and writing one record, by its id or by an external id; what changed and what was deleted.

Source: Salesforce, REST API Developer Guide, "sObject Rows", "… by External ID", "sObject Get Updated", "… Deleted".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .. import ids, values, writes
from ..refusal import Refusal, not_found
from ..schema import Field, SObject
from ..soql.columns import Scope
from ..soql.projection import print_row
from ..table import Row
from ..wire import Request, Response, Route, nothing, refuse, reply
from ..writes import Call
from .describing import named
from .queries import query

_SHORTEST_SPAN, _LONGEST_AGO = timedelta(minutes=1), timedelta(days=30)  # of what was changed or deleted
_BODY_UPSERT_SINCE = 46.0  # before, a successful update by external id answered 204


def start(request: Request) -> Call:
    """Return the call under which this request writes."""
    header = request.headers.get("sforce-duplicate-rule-header", "")
    allowed = {part.strip().lower().replace(" ", "") for part in header.replace(";", ",").split(",")}
    return Call(request.org, request.user, allow_duplicates="allowsave=true" in allowed)


def write_once(request: Request, work: Callable[[Call], Response]) -> Response:
    """Do one write; a refusal takes back all of it."""
    call = start(request)
    try:
        return work(call)
    except Refusal as error:
        call.journal.roll_back()
        return refuse(error)


def create(request: Request, name: str) -> Response:
    """Answer POST …/sobjects/Name."""
    sobject, body = named(request, name), request.fields()
    if "Id" in body:
        message = "cannot specify Id in an insert call"
        raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, ["Id"])

    def work(call: Call) -> Response:
        record_id = writes.create(call, sobject, body)
        return reply(
            {"id": record_id, "success": True, "errors": []},
            201,
            Location=f"{request.base}/sobjects/{name}/{record_id}",
        )

    return write_once(request, work)


def create_by_id(request: Request, name: str) -> Response:
    """Answer POST …/sobjects/Name/Id: an upsert by an id that is not there yet, which creates."""
    made = create(request, name)
    return reply(made.content | {"created": True}, 201) if made.status == 201 else made


def retrieve(request: Request, name: str, record_id: str) -> Response:
    """Answer GET …/sobjects/Name/Id."""
    sobject = named(request, name)
    if ids.read(record_id) is None:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")
    if request.org.schema.of_id(record_id) is not sobject:
        raise not_found()
    return _show(request, sobject, writes.find(start(request), sobject, record_id))


def update(request: Request, name: str, record_id: str) -> Response:
    """Answer PATCH …/sobjects/Name/Id."""
    sobject, body = named(request, name), request.fields()
    if len(record_id) not in (15, 18):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")
    _refuse_key(body, "Id")

    def work(call: Call) -> Response:
        writes.update(call, sobject, record_id, body)
        return nothing()

    return write_once(request, work)


def delete(request: Request, name: str, record_id: str) -> Response:
    """Answer DELETE …/sobjects/Name/Id."""
    sobject = named(request, name)
    if len(record_id) not in (15, 18):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")
    whole = ids.read(record_id)
    if whole and request.org.row(whole) is None:
        raise Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [], status=404)

    def work(call: Call) -> Response:
        writes.delete(call, sobject, record_id)
        return nothing()

    return write_once(request, work)


def retrieve_by_key(request: Request, name: str, field: str, value: str) -> Response:
    """Answer GET …/sobjects/Name/Field/value: 300 with the list of URLs where several records carry the value.

    With an id in the field's place, it answers the parent or the children that a relationship leads to.
    """
    sobject = named(request, name)
    if ids.read(field) is not None:
        return _related(request, sobject, writes.find(start(request), sobject, field), value)
    record_ids = _by_key(request, sobject, key_field(request, sobject, field), value)
    if len(record_ids) > 1:
        return _several(request, sobject, record_ids)
    if not record_ids:
        raise not_found()
    return _show(request, sobject, request.org.table(sobject).rows[record_ids[0]])


def upsert(request: Request, name: str, field: str, value: str) -> Response:
    """Answer PATCH …/sobjects/Name/Field/value: 201 created, 200 (204 before v46) updated, 300 ambiguous."""
    sobject, body = named(request, name), request.fields()
    key = key_field(request, sobject, field)
    _refuse_key(body, key.name)
    record_ids = _by_key(request, sobject, key, value)
    if len(record_ids) > 1:
        return _several(request, sobject, record_ids)

    if not record_ids and request.query.get("updateOnly", "").lower() == "true":
        raise not_found()

    def work(call: Call) -> Response:
        record_id, created = writes.upsert(call, sobject, key, value, body)
        if not created and request.version < _BODY_UPSERT_SINCE:
            return nothing()
        said = {"id": record_id, "success": True, "errors": [], "created": created}
        where = f"{request.base}/sobjects/{sobject.name}/{record_id}"
        return reply(said, 201 if created else 200, Location=where)

    return write_once(request, work)


def delete_by_key(request: Request, name: str, field: str, value: str) -> Response:
    """Answer DELETE …/sobjects/Name/Field/value."""
    sobject = named(request, name)
    record_ids = _by_key(request, sobject, key_field(request, sobject, field), value)
    if len(record_ids) > 1:
        return _several(request, sobject, record_ids)
    if not record_ids:
        raise not_found()
    return delete(request, name, record_ids[0])


def updated(request: Request, name: str) -> Response:
    """Answer GET …/sobjects/Name/updated?start=…&end=…"""
    sobject = named(request, name)
    begin, end = _span(request)
    table = request.org.table(sobject)
    changed = [found for found in table.since(begin, end) if not table.rows[found].get("IsDeleted")]
    return reply({"ids": changed, "latestDateCovered": end})


def deleted(request: Request, name: str) -> Response:
    """Answer GET …/sobjects/Name/deleted?start=…&end=…, merged and hard-deleted records included."""
    sobject = named(request, name)
    begin, end = _span(request)
    graves = request.org.table(sobject).graves.items()
    gone = [{"id": found, "deletedDate": at} for found, at in graves if begin <= at < end]
    earliest = values.stamp(request.org.now() - _LONGEST_AGO)
    return reply({"deletedRecords": gone, "earliestDateAvailable": earliest, "latestDateCovered": end})


def key_field(request: Request, sobject: SObject, name: str) -> Field:
    """Return a field that records can be upserted by; raises Refusal NOT_FOUND for any other."""
    key = request.org.access.view(request.user, sobject).find(name)
    if key is None or not (key["externalId"] or key["idLookup"]):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return key


def _refuse_key(body: dict[str, Any], name: str) -> None:
    if any(key.lower() == name.lower() for key in body):
        message = f"The {name} field should not be specified in the sobject data."
        raise Refusal("INVALID_FIELD", message, [name])


def _by_key(request: Request, sobject: SObject, key: Field, value: str) -> list[str]:
    if key.name == "Id":
        return [record_id] if (record_id := ids.read(value)) and record_id in request.org.table(sobject).rows else []
    return writes.living(request.org, sobject, key.name, values.coerce(key, value))


def _several(request: Request, sobject: SObject, record_ids: list[str]) -> Response:
    return reply([f"{request.base}/sobjects/{sobject.name}/{record_id}" for record_id in record_ids], 300)


def _show(request: Request, sobject: SObject, row: Row) -> Response:
    view = request.org.access.view(request.user, sobject)
    wanted = [name.strip() for name in request.query.get("fields", "").split(",") if name.strip()]
    for name in wanted:
        if "." not in name and view.find(name) is None:
            raise Refusal("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    scope = Scope(request.org, request.user, view, None, ",".join(wanted))
    return reply(print_row(scope, wanted or list(view.fields), request.base)(row))


def _related(request: Request, sobject: SObject, row: Row, relationship: str) -> Response:
    """Answer the parent record or the page of children behind a relationship's name; 204 where no parent stands."""
    wanted = relationship.lower()
    view = request.org.access.view(request.user, sobject)
    reference = next((found for found in view.fields.values() if (found.relationship or "").lower() == wanted), None)
    if reference is not None:
        parent = request.org.row(row.get(reference.name))
        target = request.org.schema.of_id(parent["Id"]) if parent else None
        return nothing() if parent is None or target is None else _show(request, target, parent)
    children = ((found, field) for found, field in request.org.schema.children(sobject.name) if field.children)
    child, field = next((pair for pair in children if (pair[1].children or "").lower() == wanted), (None, None))
    if child is None or field is None:
        raise not_found()
    fields = request.query.get("fields") or ",".join(request.org.access.view(request.user, child).fields)
    text = f"SELECT {fields} FROM {child.name} WHERE {field.name} = '{row['Id']}' ORDER BY Id"
    return query(replace(request, query={"q": text}))


def _span(request: Request) -> tuple[str, str]:
    try:
        begin, end = (datetime.fromisoformat(request.query[name].replace(" ", "+")) for name in ("start", "end"))
    except (KeyError, ValueError):
        raise Refusal("INVALID_FIELD", "start and end must be ISO 8601 date times") from None
    if begin.tzinfo is None or end.tzinfo is None or end - begin < _SHORTEST_SPAN:
        raise Refusal("INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate")
    if begin < request.org.now() - _LONGEST_AGO:
        raise Refusal("INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago")
    return values.stamp(begin), values.stamp(end)


ROUTES: tuple[Route, ...] = (
    ("POST", "sobjects/*", create),
    ("GET", "sobjects/*/updated", updated),
    ("GET", "sobjects/*/deleted", deleted),
    ("POST", "sobjects/*/Id", create_by_id),
    ("GET", "sobjects/*/*", retrieve),
    ("PATCH", "sobjects/*/*", update),
    ("DELETE", "sobjects/*/*", delete),
    ("GET", "sobjects/*/*/*", retrieve_by_key),
    ("PATCH", "sobjects/*/*/*", upsert),
    ("DELETE", "sobjects/*/*/*", delete_by_key),
)
