"""Bulk API 2.0: query jobs with CSV pages, and ingest jobs with successful, failed and unprocessed results.

Source: Salesforce, Bulk API 2.0 and Bulk API Developer Guide. Jobs do their work when they are closed (ingest) or made
(query); `Settings.bulk_polls` says for how many looks they still show InProgress.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .. import values, writes
from ..org import Org
from ..refusal import Refusal, not_found
from ..schema import SObject
from ..soql import running as querying
from ..soql.tree import parse
from ..wire import CSV, Request, Response, Route, nothing, reply
from .records import key_field

_DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
_SHOWN_ALWAYS = ("id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state")
_LARGEST_PAGE = 50000


@dataclass
class Job:
    """One job. `rows` are its CSV rows in order, `results` what became of those that were processed."""

    id: str
    operation: str
    sobject: str
    user: str
    created: str
    version: float
    delimiter: str = "COMMA"
    ending: str = "LF"
    key: str | None = None
    state: str = "Open"
    waits: int = 0
    result: querying.Result | None = None
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    results: list[tuple[str, bool, str]] = field(default_factory=list)  # id, created, error ("" where it went well)

    @property
    def is_query(self) -> bool:
        return self.operation in ("query", "queryAll")

    @property
    def failed(self) -> int:
        return sum(1 for _, _, error in self.results if error)


class Jobs:
    """Every bulk job of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs: dict[str, Job] = {}

    def add(self, job: Job) -> Job:
        self._jobs[job.id] = job
        return job

    def get(self, job_id: str, *, is_query: bool) -> Job:
        """Return the job of that id; raises Refusal NOT_FOUND."""
        job = self._jobs.get(job_id)
        if job is None or job.is_query != is_query:
            raise not_found()
        return job

    def drop(self, job: Job) -> None:
        del self._jobs[job.id]

    def of_kind(self, *, is_query: bool) -> list[Job]:
        return [job for job in self._jobs.values() if job.is_query == is_query]


def open_query(request: Request) -> Response:
    """Answer POST …/jobs/query."""
    asked = request.fields()
    if asked.get("operation") not in ("query", "queryAll"):
        raise Refusal("INVALIDJOB", "Operation must be query or queryAll")
    tree = parse(asked.get("query") or "")
    deleted = asked["operation"] == "queryAll"
    result = querying.run(request.org, request.user, tree, request.base, deleted=deleted)
    if not result.names:
        raise Refusal(
            "API_ERROR", "Aggregate queries are not supported by Bulk API 2.0" if result.show is None else "No fields"
        )
    job = _new(request, asked, asked["operation"], tree.source)
    job.result, job.state = result, "UploadComplete"
    job.waits = request.org.settings.bulk_polls
    return reply(_info(job))


def open_ingest(request: Request) -> Response:
    """Answer POST …/jobs/ingest."""
    asked = request.fields()
    operation = asked.get("operation")
    sobject = request.org.schema.find(asked.get("object") or "")
    if operation not in _OPERATIONS:
        raise Refusal("INVALIDJOB", f"Unsupported operation {operation}")
    if sobject is None:
        raise Refusal("INVALIDENTITY", f"Entity '{asked.get('object')}' is not supported by the Bulk API.")
    if operation == "upsert":
        key_field(request, sobject, asked.get("externalIdFieldName") or "")
    job = _new(request, asked, operation, sobject.name)
    job.key = asked.get("externalIdFieldName")
    return reply(_info(job) | {"contentUrl": f"services/data/v{request.version:.1f}/jobs/ingest/{job.id}/batches"})


def upload(request: Request, job_id: str) -> Response:
    """Answer PUT …/jobs/ingest/Id/batches: the CSV, once."""
    job = request.simulator.jobs.get(job_id, is_query=False)
    if job.state != "Open":
        raise Refusal("INVALIDJOBSTATE", "Job is not open for uploads")
    if job.header:
        raise Refusal(
            "INVALIDREQUEST",
            "Found multiple contents for job: <"
            + job.id
            + ">, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job.",
        )
    text = io.StringIO(request.body.decode("utf-8-sig"), newline="")
    table = [row for row in csv.reader(text, delimiter=_DELIMITERS[job.delimiter]) if row]
    if not table:
        raise Refusal("INVALIDBATCH", "The CSV has no header row")
    job.header, job.rows = table[0], table[1:]
    return Response(201)


def change(request: Request, job_id: str) -> Response:
    """Answer PATCH …/jobs/ingest/Id: UploadComplete starts the work, Aborted leaves the rest unprocessed."""
    job = request.simulator.jobs.get(job_id, is_query=False)
    state = request.fields().get("state")
    if state == "UploadComplete" and job.state == "Open":
        job.state, job.waits = "UploadComplete", request.org.settings.bulk_polls
        if not job.waits:
            _ingest(request, job)
    elif state == "Aborted" and job.state in ("Open", "UploadComplete", "InProgress"):
        job.state = "Aborted"
    else:
        raise Refusal("INVALIDJOBSTATE", f"Job state {job.state} cannot become {state}")
    return reply(_info(job))


def change_query(request: Request, job_id: str) -> Response:
    """Answer PATCH …/jobs/query/Id, which can only abort."""
    job = request.simulator.jobs.get(job_id, is_query=True)
    job.state = "Aborted"
    return reply(_info(job))


def look(request: Request, job_id: str) -> Response:
    """Answer GET …/jobs/ingest/Id; each look brings the job nearer to its end."""
    job = request.simulator.jobs.get(job_id, is_query=False)
    if job.state in ("UploadComplete", "InProgress"):
        job.state, job.waits = "InProgress", job.waits - 1
        if job.waits <= 0 or job.results:
            _ingest(request, job)
    return reply(_info(job) | _numbers(job))


def look_query(request: Request, job_id: str) -> Response:
    """Answer GET …/jobs/query/Id."""
    job = request.simulator.jobs.get(job_id, is_query=True)
    if job.state in ("UploadComplete", "InProgress"):
        job.waits -= 1
        job.state = "InProgress" if job.waits >= 0 else "JobComplete"
    return reply(_info(job) | _numbers(job))


def list_jobs(request: Request, kind: str) -> Response:
    """Answer GET …/jobs/ingest and …/jobs/query."""
    jobs = request.simulator.jobs.of_kind(is_query=kind == "query")
    return reply({"done": True, "records": [_info(job) for job in jobs], "nextRecordsUrl": None})


def drop(request: Request, kind: str, job_id: str) -> Response:
    """Answer DELETE …/jobs/ingest/Id and …/jobs/query/Id."""
    request.simulator.jobs.drop(request.simulator.jobs.get(job_id, is_query=kind == "query"))
    return nothing()


def query_results(request: Request, job_id: str) -> Response:
    """Answer GET …/jobs/query/Id/results?maxRecords=…&locator=…"""
    job = request.simulator.jobs.get(job_id, is_query=True)
    if job.state != "JobComplete" or job.result is None:
        raise Refusal("INVALIDJOBSTATE", f"Job is in state {job.state}, results are not available")
    locator = request.query.get("locator", "")
    start = _offset(locator)
    size = min(int(request.query.get("maxRecords") or _LARGEST_PAGE), _LARGEST_PAGE)
    rows = job.result.page(start, size)
    end = start + len(rows)
    lines = [job.result.names, *([_cell(row, name) for name in job.result.names] for row in rows)]
    headers = {
        "Sforce-Locator": "null" if end >= job.result.total else _locator(end),
        "Sforce-NumberOfRecords": str(len(rows)),
    }
    return Response(200, _written(job, lines), CSV, headers)


def ingest_results(request: Request, job_id: str, kind: str) -> Response:
    """Answer GET …/jobs/ingest/Id/successfulResults, failedResults or unprocessedrecords."""
    job = request.simulator.jobs.get(job_id, is_query=False)
    match kind.lower():
        case "successfulresults":
            lines = [
                [made, str(created).lower(), *row]
                for row, (made, created, error) in zip(job.rows, job.results, strict=False)
                if not error
            ]
            return Response(200, _written(job, [["sf__Id", "sf__Created", *job.header], *lines]), CSV)
        case "failedresults":
            lines = [[made, error, *row] for row, (made, _, error) in zip(job.rows, job.results, strict=False) if error]
            return Response(200, _written(job, [["sf__Id", "sf__Error", *job.header], *lines]), CSV)
        case "unprocessedrecords":
            left = job.rows[len(job.results) :] if job.state in ("Aborted", "Failed") else []
            return Response(200, _written(job, [job.header, *left]), CSV)
    raise not_found()


def _new(request: Request, asked: dict[str, Any], operation: str, sobject: str) -> Job:
    delimiter, ending = asked.get("columnDelimiter") or "COMMA", asked.get("lineEnding") or "LF"
    if delimiter not in _DELIMITERS or ending not in _ENDINGS:
        raise Refusal("INVALIDJOB", "columnDelimiter or lineEnding is not supported")
    org = request.org
    job_id = org.mint.next("750")
    return request.simulator.jobs.add(
        Job(job_id, operation, sobject, request.user, org.stamp(), request.version, delimiter, ending)
    )


def _info(job: Job) -> dict[str, Any]:
    shown: dict[str, Any] = dict(
        zip(
            _SHOWN_ALWAYS,
            (job.id, job.operation, job.sobject, job.user, job.created, job.created, job.state),
            strict=True,
        )
    )
    shown |= {
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": job.version,
        "lineEnding": job.ending,
        "columnDelimiter": job.delimiter,
    }
    if job.key:
        shown["externalIdFieldName"] = job.key
    return shown


def _numbers(job: Job) -> dict[str, Any]:
    done = job.result.total if job.result and job.state == "JobComplete" else len(job.results)
    shown = {
        "jobType": "V2Query" if job.is_query else "V2Ingest",
        "numberRecordsProcessed": done,
        "retries": 0,
        "totalProcessingTime": 1,
    }
    if job.is_query:
        return shown
    return shown | {"numberRecordsFailed": job.failed, "apiActiveProcessingTime": 1, "apexProcessingTime": 0}


def _ingest(request: Request, job: Job) -> None:
    """Process the next rows of a job; where all are done, it is complete."""
    sobject = request.org.schema.objects[job.sobject]
    job.state = "InProgress"
    begin = len(job.results)
    for row in job.rows[begin : begin + request.org.settings.ingest_rows]:
        job.results.append(_process(request, job, sobject, row))
    if len(job.results) == len(job.rows):
        job.state = "JobComplete"


def _process(request: Request, job: Job, sobject: SObject, row: list[str]) -> tuple[str, bool, str]:
    call = writes.Call(request.org, job.user)
    body = dict(_body(job.header, row))
    record_id = str(body.pop("Id", "") or "")
    try:
        match job.operation:
            case "insert":
                return writes.create(call, sobject, body), True, ""
            case "update":
                writes.update(call, sobject, record_id, body)
                return record_id, False, ""
            case "upsert":
                key = key_field(request, sobject, job.key or "")
                value = record_id if key.name == "Id" else body.pop(key.name, None)
                return (*writes.upsert(call, sobject, key, value, body), "")
        writes.delete(call, sobject, record_id)
        if job.operation == "hardDelete":
            call.journal.purge(request.org.table(sobject), record_id)
        return record_id, False, ""
    except Refusal as error:
        call.journal.roll_back()
        return record_id, False, f"{error.code}:{error.message}:{','.join(error.fields or []) or '--'}"


def _body(header: list[str], row: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield a CSV row's fields: empty means leave as it is, #N/A null, Parent.Key__c a reference by external id."""
    for name, text in zip(header, row, strict=False):
        if text == "":
            continue
        value = None if text == "#N/A" else text
        relationship, dot, key = name.partition(".")
        yield (relationship, {key: value}) if dot else (name, value)


def _cell(row: dict[str, Any], name: str) -> str:
    value: Any = row
    for step in name.split("."):
        value = next((found for key, found in (value or {}).items() if key.lower() == step.lower()), None)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.endswith("+0000"):
        return value.removesuffix("+0000") + "Z"
    return "" if value is None else str(value)


def _written(job: Job, lines: list[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=_DELIMITERS[job.delimiter], lineterminator=_ENDINGS[job.ending], quoting=csv.QUOTE_ALL
    )
    writer.writerows(lines)
    return text.getvalue().encode()


def _locator(offset: int) -> str:
    return f"MTA{offset:09d}"


def _offset(locator: str) -> int:
    if not locator:
        return 0
    if not locator.startswith("MTA") or not locator[3:].isdigit():
        raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(locator[3:])


ROUTES: tuple[Route, ...] = (
    ("POST", "jobs/query", open_query),
    ("POST", "jobs/ingest", open_ingest),
    ("GET", "jobs/*", list_jobs),
    ("GET", "jobs/query/*", look_query),
    ("GET", "jobs/ingest/*", look),
    ("PATCH", "jobs/query/*", change_query),
    ("PATCH", "jobs/ingest/*", change),
    ("DELETE", "jobs/*/*", drop),
    ("PUT", "jobs/ingest/*/batches", upload),
    ("GET", "jobs/query/*/results", query_results),
    ("GET", "jobs/ingest/*/*", ingest_results),
)
__all__ = ["ROUTES", "Jobs", "values"]
