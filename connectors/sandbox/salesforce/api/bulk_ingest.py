"""…/jobs/ingest: Bulk 2.0 jobs that write, with successful, failed and unprocessed results as CSV.

Source: Salesforce, Bulk API 2.0 and Bulk API Developer Guide, "Ingest". A closed job does its work at once, or, after
`Settings.bulk_polls` looks, `Settings.ingest_rows` rows a look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .. import writes
from ..access import View
from ..jobs import Job
from ..parsing import read_object, word
from ..refusal import Refusal, in_row, not_found
from ..schema import SObject
from ..sheets import read_parts
from ..values import Unreadable
from ..wire import CSV, Request, Response, Route, nothing, reply
from ..writes import Call
from .described_fields import soap_type
from .records import key_field

_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
_BECOMES = {"UploadComplete": ("Open",), "Aborted": ("Open", "UploadComplete", "InProgress")}  # new state → from
_LARGEST_BODY, _LARGEST_PART = 150_000_000, 100_000


def create(request: Request) -> Response:
    """Answer POST …/jobs/ingest."""
    parts = _parts(request)
    asked = read_object(parts["job"]) if parts else request.fields()
    operation, sobject = word(asked, "operation"), request.org.schema.find(word(asked, "object"))
    if operation not in _OPERATIONS:
        raise Refusal("INVALIDJOB", f"Unsupported operation {operation}")
    if sobject is None:
        raise Refusal("INVALIDENTITY", f"Entity '{asked.get('object')}' is not supported by the Bulk API.")
    if asked.get("contentType", "CSV") != "CSV":
        raise Refusal("INVALIDJOB", f"InvalidJob : Unsupported content type {asked['contentType']}")
    if operation == "upsert":
        _check_key(request, sobject, word(asked, "externalIdFieldName"))
    job = request.simulator.jobs.make(asked, sobject.name, request.user, request.version)
    job.key = asked.get("externalIdFieldName")
    if parts:
        job.content, job.state = parts["content"], "UploadComplete"
    return reply(job.info() | {"contentUrl": f"services/data/v{request.version:.1f}/jobs/ingest/{job.id}/batches"})


def _parts(request: Request) -> dict[str, bytes]:
    """Return the parts `job` and `content` of a multipart request, which makes a job and fills it; else nothing."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/"):
        return {}
    parts = read_parts(kind, request.body)
    if missing := [name for name in ("job", "content") if name not in parts]:
        raise Refusal("INVALID_MULTIPART_REQUEST", f"The part {missing[0]} is missing")
    if len(parts["content"]) > _LARGEST_PART:
        raise Refusal("INVALIDREQUEST", f"The content of a multipart request exceeds {_LARGEST_PART} characters")
    return parts


def _check_key(request: Request, sobject: SObject, name: str) -> None:
    try:
        key_field(request, sobject, name)
    except Refusal:
        message = f"InvalidJob : Field name provided, {name} does not match an External ID for {sobject.name}"
        raise Refusal("INVALIDJOB", message) from None


def upload(request: Request, job_id: str) -> Response:
    """Answer PUT …/jobs/ingest/Id/batches: the CSV, once."""
    job = request.simulator.jobs.get(job_id, is_query=False)
    if job.state != "Open":
        raise Refusal("INVALIDJOBSTATE", "Job is not open for uploads")
    if job.content is not None:
        raise Refusal("INVALIDREQUEST", f"Found multiple contents for job: <{job.id}>, use PUT only once on a job")
    if len(request.body) > _LARGEST_BODY:
        raise Refusal("INVALIDREQUEST", "The uploaded content exceeds 150 MB", status=413)
    job.content = request.body
    return Response(201)


def change(request: Request, job_id: str) -> Response:
    """Answer PATCH …/jobs/ingest/Id: UploadComplete starts the work, Aborted leaves the rest unprocessed."""
    job = request.simulator.jobs.get(job_id, is_query=False)
    state = str(request.fields().get("state"))
    if job.state not in _BECOMES.get(state, ()):
        raise Refusal("INVALIDJOBSTATE", f"Job state {job.state} cannot become {state}")
    job.state = state
    if state == "Aborted":
        _read(job)
    return reply(job.info())


def _read(job: Job) -> bool:
    """Read what was uploaded; a job whose content cannot be read fails."""
    try:
        job.read()
    except Refusal as error:
        job.state, job.problem = "Failed", f"{error.code} : {error.message}"
    return job.problem is None


def look(request: Request, job_id: str) -> Response:
    """Answer GET …/jobs/ingest/Id; each look brings the job nearer to its end."""
    job = request.simulator.jobs.get(job_id, is_query=False)
    if job.state in ("UploadComplete", "InProgress"):
        job.state, job.waits = "InProgress", job.waits - 1
        if job.waits < 0:
            _work(request, job)
    return reply(job.progress())


def drop(request: Request, job_id: str) -> Response:
    """Answer DELETE …/jobs/ingest/Id."""
    request.simulator.jobs.drop(request.simulator.jobs.get(job_id, is_query=False))
    return nothing()


def list_all(request: Request) -> Response:
    """Answer GET …/jobs/ingest."""
    jobs = request.simulator.jobs.of_kind(is_query=False)
    wanted = request.query.get("jobType", "V2Ingest")
    shown = [job.listed() for job in jobs if wanted == "V2Ingest"]
    return reply({"done": True, "records": shown, "nextRecordsUrl": None})


def results(request: Request, job_id: str, kind: str) -> Response:
    """Answer GET …/jobs/ingest/Id/successfulResults, failedResults or unprocessedrecords."""
    job = request.simulator.jobs.get(job_id, is_query=False)
    done = list(zip(job.rows, job.results, strict=False))
    match kind.lower():
        case "successfulresults":
            good = ([made, str(created).lower(), *row] for row, (made, created, error) in done if not error)
            return Response(200, job.csv(["sf__Id", "sf__Created", *job.header], good), CSV)
        case "failedresults":
            bad = ([made, error, *row] for row, (made, _, error) in done if error)
            return Response(200, job.csv(["sf__Id", "sf__Error", *job.header], bad), CSV)
        case "unprocessedrecords":
            left = job.rows[len(job.results) :] if job.state in ("Aborted", "Failed") else []
            return Response(200, job.csv(job.header, left), CSV)
    raise not_found()


def _work(request: Request, job: Job) -> None:
    """Process the next rows of a job; where all are done, it is complete."""
    sobject = request.org.schema.objects[job.sobject]
    if not _read(job):
        return
    if problem := unknown_column(request.org.access.view(job.user, sobject), job.header):
        job.state, job.problem = "Failed", problem
        return
    begin = len(job.results)
    for row in job.rows[begin : begin + request.org.settings.ingest_rows]:
        job.results.append(_process(request, job, sobject, row))
    if len(job.results) == len(job.rows):
        job.state = "JobComplete"


def _process(request: Request, job: Job, sobject: SObject, row: list[str]) -> tuple[str, bool, str]:
    call = Call(request.org, job.user)
    body = dict(body_of(job.header, row))
    record_id = str(body.get("Id") or "")
    try:
        return (*write(request, call, (job.operation, job.key), sobject, body), "")
    except Refusal as refusal:
        call.journal.roll_back()
        return record_id, False, tell(in_cell(refusal, job.header))


def write(
    request: Request, call: Call, asked: tuple[str, str | None], sobject: SObject, body: dict[str, Any]
) -> tuple[str, bool]:
    """Do a bulk job's operation (and key field) with one row; return the record's id and whether it was created."""
    operation, key_name = asked
    record_id = str(body.pop("Id", None) or "")
    match operation:
        case "insert":
            return writes.create(call, sobject, body), True
        case "update":
            writes.update(call, sobject, record_id, body)
        case "upsert":
            key = key_field(request, sobject, key_name or "")
            value = record_id if key.name == "Id" else body.pop(key.name, None)
            return writes.upsert(call, sobject, key, value, body)
        case _:
            writes.delete(call, sobject, record_id)
            if operation == "hardDelete":
                call.journal.purge(request.org.table(sobject), record_id)
    return record_id, False


def in_cell(error: Refusal, header: Sequence[str]) -> Refusal:
    """Return a row's refusal in Bulk's words: a value that cannot be read is named by its column, from 0."""
    if not isinstance(error, Unreadable):
        return in_row(error)
    field = error.field
    place = next((at for at, name in enumerate(header) if name.lower() == field.name.lower()), 0)
    kind = soap_type(field)
    problem = f"Due to, '{error.value}' is not a valid value for the type {kind}"
    return Refusal("INVALID_FIELD", f"Failed to deserialize field at col {place}. {problem}", [field.name])


def tell(error: Refusal) -> str:
    """Return a row's error as a CSV result shows it."""
    return f"{error.code}:{error.message}:{','.join(error.fields) + ' --' if error.fields else '--'}"


def unknown_column(view: View, header: Iterable[str]) -> str | None:
    """Return why a CSV cannot be read: a column that is neither a field nor a relationship's."""
    relationships = {(found.relationship or "").lower() for found in view.fields.values()}
    for name in header:
        above, dot, _ = name.partition(".")
        if above.lower() not in relationships if dot else view.find(name) is None:
            return f"InvalidBatch : Field name not found : {name}"
    return None


def body_of(header: list[str], row: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield a CSV row's fields: empty means leave as it is, #N/A null, Parent.Key__c a reference by external id."""
    for name, text in zip(header, row, strict=False):
        if text == "":
            continue
        value = None if text == "#N/A" else text
        relationship, dot, key = name.partition(".")
        yield (relationship, {key: value}) if dot else (name, value)


ROUTES: tuple[Route, ...] = (
    ("POST", "jobs/ingest", create),
    ("GET", "jobs/ingest", list_all),
    ("GET", "jobs/ingest/*", look),
    ("PATCH", "jobs/ingest/*", change),
    ("DELETE", "jobs/ingest/*", drop),
    ("PUT", "jobs/ingest/*/batches", upload),
    ("GET", "jobs/ingest/*/*", results),
)
