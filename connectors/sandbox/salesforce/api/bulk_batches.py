"""/services/async/…/job: Bulk 1.0, whose jobs are filled batch by batch, for the clients that still speak it.

The session comes in X-SFDC-Session. A job made in JSON answers in JSON where its batches are JSON; else in XML. A batch
does its work when it comes; `Settings.bulk_polls` looks still find it InProgress.
Source: Salesforce, Bulk API 2.0 and Bulk API Developer Guide, "Bulk API"; PK chunking: "Use PK Chunking".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lxml import etree

from ..batches import Batch, BatchJob, RowResult
from ..parsing import read_object
from ..refusal import Refusal, retired
from ..soql import running
from ..soql.tree import parse
from ..wire import Request, Response
from ..writes import Call
from .batch_answers import refuse_bulk, show, show_list
from .batch_rows import TYPES, read_rows, show_records, show_results
from .bulk_ingest import in_cell, write
from .bulk_query import NO_COMPOUND, NOT_IN_BULK, is_compound
from .describing import OLDEST
from .records import key_field

_PATH = re.compile(r"/services/async/(\d\d)\.0/(.*)")
_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete", "query", "queryAll")
_BECOMES = {"Closed": ("Open",), "Aborted": ("Open", "Closed")}  # new state → from
_MOST_ROWS, _CHUNK, _MOST_CHUNK = 10_000, 100_000, 250_000


def answer(request: Request) -> Response:
    """Answer a call to /services/async/; refusals have Bulk 1.0's own form."""
    json = "json" in request.headers.get("content-type", "")
    try:
        user = request.simulator.sessions.user(request.headers.get("x-sfdc-session", ""))
        request.simulator.usage.count()
        match = _PATH.fullmatch(request.path.rstrip("/"))
        parts = tuple(match[2].split("/")) if match else ()
        shape = tuple("*" if place % 2 else part for place, part in enumerate(parts))
        handler = _HANDLERS.get((request.method, shape))
        if match is None or handler is None:
            raise Refusal("InvalidUrl", f"Destination URL not reachable: {request.path}")
        version = float(match[1])
        if version < OLDEST:
            raise retired("InvalidVersion", 400)
        known = replace(request, user=user, version=version, path=f"/services/data/v{version:.1f}/jobs", parts=parts)
        return handler(known, *parts[1::2])
    except Refusal as error:
        return refuse_bulk(error, json=json)


def create(request: Request) -> Response:
    """Answer POST …/job."""
    asked = _asked(request)
    operation, sobject = asked.get("operation"), request.org.schema.find(str(asked.get("object") or ""))
    if operation not in _OPERATIONS:
        raise Refusal("InvalidJob", f"Unsupported operation {operation}")
    if sobject is None:
        raise Refusal("InvalidJob", f"Unable to find object: {asked.get('object')}")
    if sobject.name in NOT_IN_BULK:
        raise Refusal("InvalidEntity", f"Entity '{sobject.name}' is not supported by the Bulk API.")
    if operation == "upsert":
        try:
            key_field(request, sobject, str(asked.get("externalIdFieldName") or ""))
        except Refusal:
            message = f"InvalidJob : Field name provided, {asked.get('externalIdFieldName')} is not an External ID"
            raise Refusal("InvalidJob", message) from None
    chunk = _chunk(request.headers.get("sforce-enable-pkchunking", ""))
    job = request.simulator.batch_jobs.make(asked, sobject.name, request.user, request.version, chunk)
    return show("jobInfo", job.info(), json=_speaks_json(request), status=201)


def look(request: Request, job_id: str) -> Response:
    """Answer GET …/job/Id."""
    job = request.simulator.batch_jobs.get(job_id)
    return show("jobInfo", job.info(), json=job.kind == "JSON")


def change(request: Request, job_id: str) -> Response:
    """Answer POST …/job/Id: Closed, or Aborted."""
    job, state = request.simulator.batch_jobs.get(job_id), str(_asked(request).get("state"))
    if job.state not in _BECOMES.get(state, ()):
        raise Refusal("InvalidJobState", f"{job.state} job cannot become {state}")
    job.state = state
    return show("jobInfo", job.info(), json=_speaks_json(request))


def add(request: Request, job_id: str) -> Response:
    """Answer POST …/job/Id/batch: SOQL for a job that reads, rows for one that writes."""
    job = request.simulator.batch_jobs.get(job_id)
    batch = request.simulator.batch_jobs.add(job, request.body)
    try:
        (_read if job.is_query else _write)(request, job, batch)
    except Refusal as error:
        begin = "" if error.code == "InvalidBatch" else f"Failed to process query: {error.code}: "
        batch.state, batch.problem = "Failed", f"InvalidBatch : {begin}{error.message}"
    return show("batchInfo", batch.info("Queued"), json=job.kind == "JSON", status=201)


def list_batches(request: Request, job_id: str) -> Response:
    """Answer GET …/job/Id/batch."""
    job = request.simulator.batch_jobs.get(job_id)
    infos = [batch.info(batch.look()) for batch in job.batches]
    return show_list("batchInfoList", "batchInfo", infos, json=job.kind == "JSON")


def look_batch(request: Request, job_id: str, batch_id: str) -> Response:
    """Answer GET …/job/Id/batch/Id."""
    job, batch = _batch(request, job_id, batch_id)
    return show("batchInfo", batch.info(batch.look()), json=job.kind == "JSON")


def sent(request: Request, job_id: str, batch_id: str) -> Response:
    """Answer GET …/job/Id/batch/Id/request: what was sent."""
    job, batch = _batch(request, job_id, batch_id)
    return Response(200, batch.content, TYPES[job.kind])


def results(request: Request, job_id: str, batch_id: str) -> Response:
    """Answer GET …/batch/Id/result: ids of results for a job that reads, the rows' results for one that writes."""
    job, batch = _batch(request, job_id, batch_id)
    if batch.waits > 0 or batch.state not in ("Completed", "Failed"):
        raise Refusal("InvalidBatch", "Batch not completed")
    if batch.state == "Failed":
        raise Refusal("InvalidBatch", batch.problem or "Batch failed")
    if job.is_query:
        return show_list("result-list", "result", [_result_id(batch)], json=job.kind == "JSON")
    return show_results(job, batch)


def records(request: Request, job_id: str, batch_id: str, result_id: str) -> Response:
    """Answer GET …/batch/Id/result/Id: the records that a batch read."""
    job, batch = _batch(request, job_id, batch_id)
    if batch.result is None or result_id != _result_id(batch):
        raise Refusal("InvalidBatch", f"Invalid result id: {result_id}")
    return show_records(job, batch.result.names, batch.result.page(batch.start, batch.end - batch.start))


def _read(request: Request, job: BatchJob, batch: Batch) -> None:
    tree, deleted = parse(request.body.decode("utf-8", "replace").removeprefix("\ufeff")), job.operation == "queryAll"
    if tree.source.lower() != job.sobject.lower():
        raise Refusal("InvalidBatch", f"Query is on {tree.source}, the job on {job.sobject}")
    result = running.run(request.org, request.user, tree, f"/services/data/v{job.version:.1f}", deleted=deleted)
    if result.show is None or not result.names:
        raise Refusal("FUNCTIONALITY_NOT_ENABLED", "Aggregate and nested queries are not supported in the Bulk API")
    if is_compound(request, tree.source, result.names):
        raise Refusal("FUNCTIONALITY_NOT_ENABLED", NO_COMPOUND)
    batch.result, batch.end = result, result.total
    if job.chunk is None:
        return
    batch.state, batch.end = "NotProcessed", 0
    for start in range(0, result.total, job.chunk):
        part = request.simulator.batch_jobs.add(job, request.body)
        part.result, part.start, part.end = result, start, min(start + job.chunk, result.total)


def _write(request: Request, job: BatchJob, batch: Batch) -> None:
    sobject = request.org.schema.objects[job.sobject]
    header, rows = read_rows(request, job)
    if len(rows) > _MOST_ROWS:
        raise Refusal("InvalidBatch", f"Records per batch limit exceeded: {len(rows)} is more than {_MOST_ROWS}")
    for row in rows:
        call, record_id = Call(request.org, request.user), str(row.get("Id") or "")
        try:
            batch.rows.append(RowResult(*write(request, call, (job.operation, job.key), sobject, row), error=None))
        except Refusal as error:
            call.journal.roll_back()
            batch.rows.append(RowResult(record_id, False, in_cell(error, header)))


def _batch(request: Request, job_id: str, batch_id: str) -> tuple[BatchJob, Batch]:
    job = request.simulator.batch_jobs.get(job_id)
    wanted = next((batch for batch in job.batches if batch_id in (batch.id, batch.id[:15])), None)
    if wanted is None:
        raise Refusal("InvalidBatch", f"Invalid batch id: {batch_id}")
    return job, wanted


def _result_id(batch: Batch) -> str:
    return f"752{batch.id[3:]}"


def _asked(request: Request) -> dict[str, Any]:
    """Return a JobInfo that was sent as JSON or XML."""
    try:
        if _speaks_json(request):
            return read_object(request.body)
        root = etree.fromstring(request.body, etree.XMLParser(resolve_entities=False, no_network=True))
    except Refusal as error:
        raise Refusal("InvalidJob", f"Failed to parse job: {error.message}") from None
    except etree.XMLSyntaxError as error:
        raise Refusal("InvalidXML", f"Failed to parse job: {error.msg}") from None
    return {str(etree.QName(found).localname): (found.text or "").strip() for found in root.iterchildren("*")}


def _speaks_json(request: Request) -> bool:
    return "json" in request.headers.get("content-type", "")


def _chunk(header: str) -> int | None:
    """Return the rows per batch that Sforce-Enable-PKChunking asks for, None where it does not."""
    if not header or header.strip().lower() == "false":
        return None
    match = re.search(r"chunkSize\s*=\s*(\d+)", header, re.IGNORECASE)
    return min(int(match[1]), _MOST_CHUNK) if match else _CHUNK


# (method, path with * for ids) → handler taking the request and the ids
_HANDLERS: dict[tuple[str, tuple[str, ...]], Callable[..., Response]] = {
    ("POST", ("job",)): create,
    ("GET", ("job", "*")): look,
    ("POST", ("job", "*")): change,
    ("POST", ("job", "*", "batch")): add,
    ("GET", ("job", "*", "batch")): list_batches,
    ("GET", ("job", "*", "batch", "*")): look_batch,
    ("GET", ("job", "*", "batch", "*", "request")): sent,
    ("GET", ("job", "*", "batch", "*", "result")): results,
    ("GET", ("job", "*", "batch", "*", "result", "*")): records,
}
