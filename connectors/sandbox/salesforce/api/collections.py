"""…/composite/sobjects: up to 200 records in one call, each with its own result; the status is 200 whatever fails.

Source: Salesforce, REST API Developer Guide, "sObject Collections" (200 records, 10 chunks by object type, allOrNone).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from .. import ids, values, writes
from ..parsing import objects, type_of, unreadable
from ..refusal import Refusal, in_row
from ..schema import SObject
from ..soql.columns import Scope
from ..soql.projection import print_row
from ..wire import Request, Response, Route, reply
from ..writes import Call
from .describing import named
from .records import key_field, start

_LARGEST, _MOST_CHUNKS, _MOST_READ = 200, 10, 2000
_ROLLED_BACK = Refusal(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
    [],
)
_OVERLOAD = Refusal(
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "Everything: execution of BeforeInsert\n\ncaused by: System.LimitException: Apex CPU time limit exceeded",
    [],
)
_NO_ATTRIBUTES = "Nested object for polymorphic foreign key must have an attributes field before any other fields."
Row = dict[str, Any]
# does one row's work and returns its id, and what else its result says
Work = Callable[[Call, Any], tuple[str, Row]]


def create(request: Request) -> Response:
    """Answer POST …/composite/sobjects."""

    def work(call: Call, body: Row) -> tuple[str, Row]:
        return writes.create(call, typed(request, body), _without(body, "id")), {}

    return _each(request, _records(request), work)


def update(request: Request) -> Response:
    """Answer PATCH …/composite/sobjects."""

    def work(call: Call, body: Row) -> tuple[str, Row]:
        record_id = next((value for name, value in body.items() if name.lower() == "id"), None)
        if not record_id:
            raise Refusal("MISSING_ARGUMENT", "Id not specified in an update call", [])
        if not isinstance(record_id, str):
            raise unreadable("id", record_id)
        sobject = typed(request, body)
        writes.update(call, sobject, record_id, _without(body, "id"))
        return ids.read(record_id) or record_id, {}

    return _each(request, _records(request), work)


def upsert(request: Request, name: str, field: str) -> Response:
    """Answer PATCH …/composite/sobjects/Name/Field: results say whether each record was created."""
    sobject = named(request, name)
    key = key_field(request, sobject, field)
    keys: set[Any] = set()

    def work(call: Call, body: Row) -> tuple[str, Row]:
        if type_of(body) is None:
            raise _untyped()
        value = next((found for given, found in body.items() if given.lower() == key.name.lower()), None)
        known = values.coerce(key, value)
        if known is not None and known in keys:
            raise Refusal("DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [key.name])
        keys.add(known)
        record_id, created = writes.upsert(call, sobject, key, value, _without(body, key.name.lower()))
        return record_id, {"created": created}

    return _each(request, _records(request), work, failed={"created": False})


def delete(request: Request) -> Response:
    """Answer DELETE …/composite/sobjects?ids=…"""

    def work(call: Call, record_id: str) -> tuple[str, Row]:
        whole = ids.read(record_id)
        sobject = request.org.schema.of_id(whole) if whole else None
        if whole is None or sobject is None:
            raise Refusal("MALFORMED_ID", f"malformed id {record_id}", [])
        writes.delete(call, sobject, whole)
        return whole, {}

    wanted = [found for found in request.query.get("ids", "").split(",") if found]
    return _each(request, _limited(wanted), work, all_or_none=request.query.get("allOrNone", "").lower() == "true")


def retrieve(request: Request, name: str) -> Response:
    """Answer GET or POST …/composite/sobjects/Name with ids and fields: null stands where a record does not exist."""
    sobject = named(request, name)
    asked = request.fields() if request.method == "POST" else request.query
    for key in ("ids", "fields"):
        if not asked.get(key):
            raise Refusal("INVALID_INPUT", f"The {key} parameter is required")
    wanted, fields = (_words(asked[key]) for key in ("ids", "fields"))
    if len(wanted) > _MOST_READ:
        raise Refusal("EXCEEDED_ID_LIMIT", f"record limit reached. cannot retrieve more than {_MOST_READ} records")
    scope = Scope(request.org, request.user, request.org.access.view(request.user, sobject), None, ",".join(fields))
    show = print_row(scope, list(dict.fromkeys(fields)), request.base)
    rows = [request.org.table(sobject).rows.get(ids.read(found) or "") for found in wanted]
    return reply([None if row is None or row.get("IsDeleted") else show(row) for row in rows])


def _untyped() -> Refusal:
    return Refusal("JSON_PARSER_ERROR", _NO_ATTRIBUTES, [])


def _words(content: Any) -> list[str]:
    words = content.split(",") if isinstance(content, str) else content
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise unreadable("list", content)
    return words


def typed(request: Request, body: Row) -> SObject:
    """Return the object that a record's attributes name."""
    kind = type_of(body)
    if kind is None:
        raise _untyped()
    sobject = request.org.schema.find(kind or "")
    if sobject is None:
        raise Refusal("INVALID_TYPE", f"sObject type '{kind}' is not supported.", [])
    return sobject


def _records(request: Request) -> list[Row]:
    if "records" not in request.fields():
        raise Refusal("INVALID_INPUT", "The records field is required")
    records: list[Row] = _limited(objects(request.fields(), "records"))
    chunks = [kind for kind, _ in groupby(records, key=type_of)]
    if len(chunks) > _MOST_CHUNKS:
        message = "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."
        raise Refusal("INVALID_INPUT", message)
    return records


def _limited(records: list[Any]) -> list[Any]:
    if len(records) > _LARGEST:
        message = f"record limit reached. cannot submit more than {_LARGEST} records in this operation"
        raise Refusal("EXCEEDED_ID_LIMIT", message)
    return records


def _without(body: Row, name: str) -> Row:
    return {key: value for key, value in body.items() if key.lower() != name}


def _each(
    request: Request,
    bodies: Sequence[Any],
    work: Work,
    all_or_none: bool | None = None,
    failed: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """Do the work for every row and collect the results; with allOrNone one failure takes all rows back.

    `failed` is what a refused row's result says besides.
    """
    call = start(request)
    if all_or_none is None:
        all_or_none = bool(request.fields().get("allOrNone"))
    heavy = _heavy(request, bodies)
    results = [_failed(_OVERLOAD) if heavy and type_of(body) in heavy else _result(call, body, work) for body in bodies]
    if all_or_none and not all(result["success"] for result in results):
        call.journal.roll_back()
        results = [_failed(_ROLLED_BACK) if result["success"] else result for result in results]
    return reply([result if result["success"] else {**result, **failed} for result in results])


def _heavy(request: Request, bodies: Sequence[Any]) -> set[str | None]:
    """The objects of which the call holds more rows than the org's triggers can work on in one transaction.

    Source: Salesforce, Apex Developer Guide, "Execution Governors and Limits" (10 seconds of CPU a transaction).
    """
    rows = Counter(type_of(body) for body in bodies if isinstance(body, dict))
    return {kind for kind, most in request.org.settings.trigger_rows.items() if rows[kind] > most}


def _result(call: Call, body: Any, work: Work) -> Row:
    mark = call.journal.mark()
    try:
        record_id, more = work(call, body)
    except Refusal as error:
        call.journal.roll_back(mark)
        return _failed(in_row(error))
    return {"id": record_id, "success": True, "errors": []} | more


def _failed(error: Refusal) -> Row:
    return {"success": False, "errors": [error.as_row()]}


ROUTES: tuple[Route, ...] = (
    ("POST", "composite/sobjects", create),
    ("PATCH", "composite/sobjects", update),
    ("DELETE", "composite/sobjects", delete),
    ("PATCH", "composite/sobjects/*/*", upsert),
    ("GET", "composite/sobjects/*", retrieve),
    ("POST", "composite/sobjects/*", retrieve),
)
