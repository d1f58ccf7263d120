"""The partner SOAP API's calls over records: query, create, update, upsert, delete, retrieve; for clients of old.

Source: Salesforce, SOAP API Developer Guide, "Core Calls"; Partner WSDL (sObject: type, fieldsToNull, Id, any).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from .. import ids, writes
from ..envelope import Message, error_tag, tag
from ..refusal import Refusal, in_row
from ..schema import SObject
from ..soql import running
from ..soql.columns import Scope
from ..soql.projection import print_row
from ..soql.tree import parse
from ..wire import Request
from ..writes import Call
from .records import key_field

_RECORDS = "urn:sobject.partner.soap.sforce.com"
_MOST = 200
Body = dict[str, Any]


def _query(request: Request, message: Message, *, deleted: bool = False) -> str:
    known = _versioned(request)
    result = running.run(known.org, known.user, parse(message.text("queryString")), known.base, deleted=deleted)
    size = known.org.settings.page_size
    if result.total <= size or result.show is None:
        return tag("result", _page(result.page(0, size), result.total, None))
    locator = known.simulator.cursors.open(known.user, result, size)
    return tag("result", _page(result.page(0, size), result.total, f"{locator}-{size}"))


def _query_all(request: Request, message: Message) -> str:
    return _query(request, message, deleted=True)


def _query_more(request: Request, message: Message) -> str:
    name, _, offset = message.text("queryLocator").partition("-")
    cursor = request.simulator.cursors.get(request.user, name)
    if not offset.isdecimal() or int(offset) >= cursor.result.total:
        raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
    end = int(offset) + cursor.size
    cursor.left = min(cursor.left, max(0, cursor.result.total - end))
    more = f"{name}-{end}" if end < cursor.result.total else None
    return tag("result", _page(cursor.result.page(int(offset), cursor.size), cursor.result.total, more))


def _page(records: list[Body], total: int, locator: str | None) -> list[str]:
    where = tag("queryLocator", locator) if locator else '<queryLocator xsi:nil="true"/>'
    return [tag("done", locator is None), where, *(_record("records", row) for row in records), tag("size", total)]


def _retrieve(request: Request, message: Message) -> str:
    known = _versioned(request)
    sobject = _object(known, message.text("sObjectType"))
    names = [name.strip() for name in message.text("fieldList").split(",") if name.strip()]
    view = known.org.access.view(known.user, sobject)
    show = print_row(Scope(known.org, known.user, view, None, ",".join(names)), names, known.base)
    rows = (known.org.table(sobject).rows.get(ids.read(found) or "") for found in message.texts("ids"))
    return "".join(
        '<result xsi:nil="true"/>' if row is None or row.get("IsDeleted") else _record("result", show(row))
        for row in rows
    )


def _create(request: Request, message: Message) -> str:
    def work(call: Call, sobject: SObject, body: Body) -> tuple[str, list[str]]:
        return writes.create(call, sobject, body), []

    return _each(request, message, work)


def _update(request: Request, message: Message) -> str:
    def work(call: Call, sobject: SObject, body: Body) -> tuple[str, list[str]]:
        record_id = str(body.pop("Id", ""))
        if not record_id:
            raise Refusal("MISSING_ARGUMENT", "Id not specified in an update call", [])
        writes.update(call, sobject, record_id, body)
        return ids.read(record_id) or record_id, []

    return _each(request, message, work)


def _upsert(request: Request, message: Message) -> str:
    name = message.text("externalIDFieldName")

    def work(call: Call, sobject: SObject, body: Body) -> tuple[str, list[str]]:
        key = key_field(request, sobject, name)
        record_id, created = writes.upsert(call, sobject, key, body.pop(key.name, None), body)
        return record_id, [tag("created", created)]

    return _each(request, message, work)


def _delete(request: Request, message: Message) -> str:
    results = []
    for record_id in _limited(message.texts("ids")):
        call = Call(request.org, request.user)
        try:
            sobject = request.org.schema.of_id(record_id)
            if sobject is None or ids.read(record_id) is None:
                raise Refusal("MALFORMED_ID", f"malformed id {record_id}", [])
            writes.delete(call, sobject, record_id)
            results.append(tag("result", [tag("id", ids.read(record_id)), tag("success", True)]))
        except Refusal as error:
            call.journal.roll_back()
            results.append(_failed(error))
    return "".join(results)


def _each(request: Request, message: Message, work: Callable[[Call, SObject, Body], tuple[str, list[str]]]) -> str:
    """Do the work for every record of the call; one that is refused does not keep the others."""
    results = []
    for element in _limited(list(message.operation.iterchildren("{*}sObjects"))):
        call = Call(request.org, request.user)
        try:
            body = dict(_fields(element))
            sobject = _object(request, str(body.pop("type", "")))
            record_id, more = work(call, sobject, body)
            results.append(tag("result", [*more, tag("id", record_id), tag("success", True)]))
        except Refusal as error:
            call.journal.roll_back()
            results.append(_failed(error))
    return "".join(results)


def _failed(error: Refusal) -> str:
    return tag("result", [error_tag(in_row(error)), '<id xsi:nil="true"/>', tag("success", False)])


def _limited(records: list[Any]) -> list[Any]:
    if len(records) > _MOST:
        message = f"record limit reached. cannot submit more than {_MOST} records in this operation"
        raise Refusal("EXCEEDED_ID_LIMIT", message)
    return records


def _object(request: Request, name: str) -> SObject:
    sobject = request.org.schema.find(name)
    if sobject is None:
        raise Refusal("INVALID_TYPE", f"sObject type '{name}' is not supported.", [])
    return sobject


def _fields(element: Any) -> Iterator[tuple[str, Any]]:
    """Yield an sObject's fields; one within another refers to the parent by an external id."""
    for child in element.iterchildren("*"):
        name = str(etree.QName(child).localname)
        if name == "fieldsToNull":
            yield (child.text or "").strip(), None
        elif len(child):
            inner = dict(_fields(child))
            yield name, {"attributes": {"type": inner.pop("type", None)}, **inner}
        elif child.text:
            yield name, child.text


def _record(name: str, row: Body) -> str:
    """Return a record as an sObject: its type, its id twice, then its fields in their order."""
    record_id = tag("sf:Id", row["Id"]) if row.get("Id") else '<sf:Id xsi:nil="true"/>'
    fields = "".join(_field(f"sf:{key}", value) for key, value in row.items() if key != "attributes")
    kind = tag("sf:type", row["attributes"]["type"])
    return f'<{name} xsi:type="sf:sObject" xmlns:sf="{_RECORDS}">{kind}{record_id}{fields}</{name}>'


def _field(name: str, value: Any) -> str:
    match value:
        case None:
            return f'<{name} xsi:nil="true"/>'
        case {"records": list(rows), "totalSize": total}:
            return f'<{name} xsi:type="QueryResult">{"".join(_page(rows, total, None))}</{name}>'
        case {"attributes": _}:
            return _record(name, value)
        case dict():
            return f"<{name}>{''.join(_field(key, part) for key, part in value.items())}</{name}>"
        case str() if value.endswith(".000+0000"):
            return tag(name, f"{value.removesuffix('+0000')}Z")
    return tag(name, value)


def _versioned(request: Request) -> Request:
    """Return the request under the API version of its path, /services/Soap/u/59.0[/Org]."""
    version = request.path.removeprefix("/services/Soap/").split("/")[1:2]
    try:
        return replace(request, version=float(version[0]))
    except (IndexError, ValueError):
        return request


OPERATIONS: dict[str, Callable[[Request, Message], str]] = {
    "create": _create,
    "delete": _delete,
    "query": _query,
    "queryAll": _query_all,
    "queryMore": _query_more,
    "retrieve": _retrieve,
    "update": _update,
    "upsert": _upsert,
}
