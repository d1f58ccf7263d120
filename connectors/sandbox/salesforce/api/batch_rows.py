"""The rows of a Bulk 1.0 batch as they come, and its results as they go: CSV, JSON or XML.

Source: Salesforce, Bulk API 2.0 and Bulk API Developer Guide, "Prepare XML and JSON Files", "Get Batch
Results".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from lxml import etree

from ..batches import Batch, BatchJob, RowResult
from ..envelope import error_tag, tag
from ..refusal import Refusal
from ..sheets import read_sheet
from ..wire import XML, Request, Response
from .batch_answers import NAMESPACE, PLAIN_JSON
from .bulk_ingest import body_of, tell, unknown_column
from .bulk_query import cell

CSV_TYPE = "text/csv"
TYPES = {"CSV": CSV_TYPE, "JSON": PLAIN_JSON, "XML": XML}
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def read_rows(request: Request, job: BatchJob) -> tuple[list[str], list[dict[str, Any]]]:
    """Return a batch's columns (of CSV) and its rows; raises Refusal InvalidBatch where it cannot be read."""
    match job.kind:
        case "JSON":
            return [], _json_rows(request.body)
        case "XML":
            return [], list(_xml_rows(request.body))
    table = read_sheet(request.body)
    header = table[0] if table else []
    view = request.org.access.view(request.user, request.org.schema.objects[job.sobject])
    if problem := unknown_column(view, header):
        raise Refusal("InvalidBatch", problem.removeprefix("InvalidBatch : "))
    return header, [dict(body_of(header, row)) for row in table[1:]]


def show_results(job: BatchJob, batch: Batch) -> Response:
    """Return what became of a batch's rows."""
    match job.kind:
        case "JSON":
            return Response(200, orjson.dumps([_json(row) for row in batch.rows]), PLAIN_JSON)
        case "XML":
            return _document("results", [tag("result", _pieces(row)) for row in batch.rows])
    lines = (
        [row.id, str(row.error is None).lower(), str(row.created).lower(), tell(row.error) if row.error else ""]
        for row in batch.rows
    )
    return Response(200, _csv(["Id", "Success", "Created", "Error"], lines), CSV_TYPE)


def show_records(job: BatchJob, names: Sequence[str], rows: list[dict[str, Any]]) -> Response:
    """Return the records that a batch read."""
    match job.kind:
        case "JSON":
            return Response(200, orjson.dumps(rows), PLAIN_JSON)
        case "XML":
            return _document("queryResult", [_record(row) for row in rows])
    if not rows:
        return Response(200, b"Records not found for this query", CSV_TYPE)
    return Response(200, _csv(names, ([cell(row, name) for name in names] for row in rows)), CSV_TYPE)


def _json_rows(body: bytes) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal("InvalidBatch", "Failed to parse JSON") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal("InvalidBatch", "Failed to parse JSON: an array of records is expected")
    return rows


def _xml_rows(body: bytes) -> Iterator[dict[str, Any]]:
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise Refusal("InvalidBatch", f"Failed to parse XML. {error.msg}") from None
    if etree.QName(root).localname != "sObjects":
        raise Refusal("InvalidBatch", "Failed to parse XML. The root element must be sObjects")
    return (_xml_row(element) for element in root.iterchildren("{*}sObject"))


def _xml_row(element: Any) -> dict[str, Any]:
    """Return one sObject; one inside a field refers to the parent by its external id."""
    row: dict[str, Any] = {}
    for child in element.iterchildren("*"):
        name = str(etree.QName(child).localname)
        inner = child.find("{*}sObject")
        if inner is not None:
            row[name] = _xml_row(inner)
        elif name == "type":
            row["attributes"] = {"type": child.text}
        elif child.get(f"{{{_XSI}}}nil") == "true":
            row[name] = None
        elif child.text:
            row[name] = child.text
    return row


def _json(row: RowResult) -> dict[str, Any]:
    errors = [{**row.error.as_row(), "extendedErrorDetails": None}] if row.error else []
    return {"success": row.error is None, "created": row.created, "id": row.id or None, "errors": errors}


def _pieces(row: RowResult) -> list[str]:
    outcome = [tag("success", row.error is None), tag("created", row.created)]
    return [error_tag(row.error), *outcome] if row.error else [tag("id", row.id), *outcome]


def _record(row: dict[str, Any], name: str = "records") -> str:
    """Return a record with its parents; the id comes twice, as in the SOAP API."""
    kind = tag("type", row["attributes"]["type"])
    fields = [
        _record(value, key) if isinstance(value, dict) else _field(key, value)
        for key, value in row.items()
        if key != "attributes"
    ]
    record_id = tag("Id", row["Id"]) if "Id" in row else '<Id xsi:nil="true"/>'
    return f'<{name} xsi:type="sObject">{kind}{record_id}{"".join(fields)}</{name}>'


def _field(name: str, value: Any) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    is_time = isinstance(value, str) and value.endswith(".000+0000")
    return tag(name, f"{value.removesuffix('+0000')}Z" if is_time else value)


def _document(name: str, inner: list[str]) -> Response:
    opened = f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{NAMESPACE}" xmlns:xsi="{_XSI}">'
    return Response(200, f"{opened}{''.join(inner)}</{name}>".encode(), XML)


def _csv(header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(lines)
    return text.getvalue().encode()
