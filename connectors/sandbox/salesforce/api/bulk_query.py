"""…/jobs/query: Bulk 2.0 query jobs, whose result is read as CSV pages behind locators.

Source: Salesforce, Bulk API 2.0 and Bulk API Developer Guide, "Query". A job's result stands when it is made;
`Settings.bulk_polls` says for how many looks it still shows InProgress.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..parsing import word
from ..refusal import Refusal
from ..soql import running
from ..soql.tree import parse
from ..wire import CSV, Request, Response, Route, nothing, reply

_LARGEST_PAGE = 50000
NOT_IN_BULK = ("TaskPriority", "TaskStatus")  # objects that only the other APIs read
NO_COMPOUND = "Selecting compound data not supported in Bulk Query"


def create(request: Request) -> Response:
    """Answer POST …/jobs/query."""
    asked = request.fields()
    if word(asked, "operation") not in ("query", "queryAll"):
        raise Refusal("INVALIDJOB", "Operation must be query or queryAll")
    tree = parse(word(asked, "query"))
    if tree.source in NOT_IN_BULK:
        raise Refusal("INVALIDENTITY", f"Entity '{tree.source}' is not supported by the Bulk API.")
    deleted = asked["operation"] == "queryAll"
    result = running.run(request.org, request.user, tree, request.base, deleted=deleted)
    if result.show is None or not result.names:
        raise Refusal("API_ERROR", "Aggregates, subqueries and FIELDS() are not supported in Bulk API 2.0 queries")
    if is_compound(request, tree.source, result.names):
        raise Refusal("API_ERROR", NO_COMPOUND)
    job = request.simulator.jobs.make(asked, tree.source, request.user, request.version)
    job.result, job.state = result, "UploadComplete"
    return reply(job.info())


def look(request: Request, job_id: str) -> Response:
    """Answer GET …/jobs/query/Id; each look brings the job nearer to its end."""
    job = request.simulator.jobs.get(job_id, is_query=True)
    if job.state in ("UploadComplete", "InProgress"):
        job.waits -= 1
        job.state = "InProgress" if job.waits >= 0 else "JobComplete"
    return reply(job.progress())


def change(request: Request, job_id: str) -> Response:
    """Answer PATCH …/jobs/query/Id, which can only abort."""
    job = request.simulator.jobs.get(job_id, is_query=True)
    if request.fields().get("state") != "Aborted" or job.state == "JobComplete":
        raise Refusal("INVALIDJOBSTATE", f"Job state {job.state} can only be changed to Aborted")
    job.state = "Aborted"
    return reply(job.info())


def drop(request: Request, job_id: str) -> Response:
    """Answer DELETE …/jobs/query/Id."""
    request.simulator.jobs.drop(request.simulator.jobs.get(job_id, is_query=True))
    return nothing()


def list_all(request: Request) -> Response:
    """Answer GET …/jobs/query."""
    jobs = request.simulator.jobs.of_kind(is_query=True)
    return reply({"done": True, "records": [job.listed() for job in jobs], "nextRecordsUrl": None})


def results(request: Request, job_id: str) -> Response:
    """Answer GET …/jobs/query/Id/results?maxRecords=…&locator=…; the last page's locator is the word null."""
    job = request.simulator.jobs.get(job_id, is_query=True)
    if job.state != "JobComplete" or job.result is None:
        raise Refusal("INVALIDJOBSTATE", f"Job is in state {job.state}, results are not available")
    start, size = _offset(request.query.get("locator", "")), request.query.get("maxRecords", "")
    rows = job.result.page(start, min(int(size), _LARGEST_PAGE) if size.isdigit() else _LARGEST_PAGE)
    end, names = start + len(rows), job.result.names
    headers = {
        "Sforce-Locator": "null" if end >= job.result.total else _locator(end),
        "Sforce-NumberOfRecords": str(len(rows)),
    }
    return Response(200, job.csv(names, ([cell(row, name) for name in names] for row in rows)), CSV, headers)


def is_compound(request: Request, source: str, names: Iterable[str]) -> bool:
    """Say whether one of a query's columns is an address, which holds several fields."""
    sobject = request.org.schema.find(source)
    fields = [sobject.find(name) for name in names] if sobject else []
    return any(field is not None and field.type == "address" for field in fields)


def cell(row: dict[str, Any], name: str) -> str:
    """Return the CSV text of a printed field: null is empty, times end in Z."""
    value: Any = row
    for step in name.split("."):
        value = next((found for key, found in (value or {}).items() if key.lower() == step.lower()), None)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.endswith(".000+0000"):
        return value.removesuffix("+0000") + "Z"
    return "" if value is None else str(value)


def _locator(offset: int) -> str:
    return f"MTA{offset:09d}"


def _offset(locator: str) -> int:
    if not locator:
        return 0
    if not locator.startswith("MTA") or not locator[3:].isdigit():
        raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(locator[3:])


ROUTES: tuple[Route, ...] = (
    ("POST", "jobs/query", create),
    ("GET", "jobs/query", list_all),
    ("GET", "jobs/query/*", look),
    ("PATCH", "jobs/query/*", change),
    ("DELETE", "jobs/query/*", drop),
    ("GET", "jobs/query/*/results", results),
)
