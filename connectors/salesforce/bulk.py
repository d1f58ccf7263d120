"""Bulk API 2.0 queries: much data for few calls, as CSV, page by page, resumable for seven days.

simple-salesforce's `bulk2` keeps a stale session, has no queryAll download and loads pages as text, so its paths are
called directly. https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

import orjson
import requests

from connectors.base import Page, Raw, TryLater
from connectors.salesforce import paths
from connectors.salesforce.client import Client
from connectors.salesforce.cursor import Cursor
from connectors.salesforce.describes import Shapes
from connectors.salesforce.query import Query, Tree
from connectors.salesforce.refusals import LOCATOR_EXPIRED, Declined
from connectors.salesforce.shapes import Shape

RESULT = 10_000  # rows in one call: bounds the memory
PAGE = 2_000  # rows handed out at once
PATIENCE = 3600.0  # seconds for the job to complete
POLLS = (1.0, 2.0, 5.0, 10.0, 20.0)  # seconds between looks, the last one repeated

csv.field_size_limit(1_000_000)  # a long text area has up to 131,072 characters, Python's default limit

Convert = Callable[[str], Any]
CONVERT: Mapping[str, Convert] = {
    "boolean": lambda text: text == "true",
    "int": int,
    "long": int,
    "double": float,
    "currency": float,
    "percent": float,
    "datetime": lambda text: text.replace("Z", "+0000"),  # as REST writes it
}


class JobLost(Exception):
    """The query job failed, was aborted or has expired."""


def start(client: Client, query: str) -> str:
    """Start a queryAll job and return its id."""
    body = {"operation": "queryAll", "query": query, "columnDelimiter": "COMMA", "lineEnding": "LF"}
    return str(client.call(paths.BULK_QUERY, body=orjson.dumps(body))["id"])


def pages(client: Client, shapes: Shapes, query: Query, mark: Cursor) -> Iterator[Page]:
    """Yield the job's rows behind `mark` once it is complete. Raises JobLost."""
    job = mark.job
    assert job
    _wait(client, job)
    while True:
        result = _result(client, job, mark.locator)
        rows = _rows(shapes, query, result.text)
        skipped = sum(1 for _ in islice(rows, mark.skip))
        # One batch is held back, so that the last one carries the cursor behind this result.
        batch = list(islice(rows, PAGE))
        while following := list(islice(rows, PAGE)):
            skipped += len(batch)
            yield Page(query.records(batch), replace(mark, skip=skipped).text, query.missing)
            batch = following
        if skipped + len(batch) != result.rows:
            raise TryLater("Salesforce's bulk result was cut off.")
        mark = replace(mark, locator=result.after, skip=0) if result.after else mark.end()
        yield Page(query.records(batch), mark.text, query.missing)
        if not result.after:
            return


def _wait(client: Client, job: str) -> None:
    waited, looks = 0.0, iter(POLLS)
    pause = POLLS[-1]
    while True:
        state = _of_the_job(lambda: client.call(paths.BULK_JOB, job=job))["state"]
        if state == "JobComplete":
            return
        if state in ("Failed", "Aborted"):
            raise JobLost
        if waited >= PATIENCE:
            raise TryLater("Salesforce's bulk query is not complete after an hour.")
        pause = next(looks, pause)
        client.sleep(pause)
        waited += pause


class Result(NamedTuple):
    """One part of the job's rows as CSV, how many there are, and the locator behind them."""

    text: str
    rows: int
    after: str | None


def _result(client: Client, job: str, locator: str | None) -> Result:
    params = {"maxRecords": RESULT} | ({"locator": locator} if locator else {})
    headers = {"Accept": "text/csv"}
    result: Result = _of_the_job(
        lambda: client.call(paths.BULK_RESULTS, params=params, headers=headers, parse=_read, job=job)
    )
    return result


def _of_the_job(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Declined as refusal:
        if refusal.code in LOCATOR_EXPIRED or refusal.code in ("NOT_FOUND", "INVALIDJOB", "INVALIDJOBSTATE", "404"):
            raise JobLost from refusal
        raise


def _read(response: requests.Response) -> Result:
    """Read a result; ValueError where it is none, such as a proxy's page."""
    count = int(response.headers.get("Sforce-NumberOfRecords", ""))
    locator = response.headers.get("Sforce-Locator")
    text = response.content.decode("utf-8").replace("\x00", "")
    if count and not text.endswith("\n"):
        raise ValueError("the result is cut off")
    return Result(text, count, None if locator in (None, "", "null") else locator)


def _rows(shapes: Shapes, query: Query, text: str) -> Iterator[Raw]:
    """Yield rows in the form that REST gives them: nested relationships, typed values, null for nothing."""
    lines = csv.reader(io.StringIO(text, newline=""))
    columns = [(path.split("."), _convert(shapes, query.shape, path)) for path in next(lines, [])]
    for line in lines:
        if len(line) != len(columns):
            return  # cut off; the count will tell
        row: Raw = {"attributes": None}
        for (path, convert), value in zip(columns, line, strict=True):
            node = row
            for name in path[:-1]:
                node = node.setdefault(name, {"attributes": None})
            node[path[-1]] = convert(value) if value else None
        _prune(row, query.relations)
        yield row


def _prune(row: Raw, relations: Tree) -> None:
    """Make an empty reference null, as it is in REST."""
    for name, deeper in relations.items():
        _prune(row[name], deeper)
        if all(value is None for value in row[name].values()):
            row[name] = None


def _convert(shapes: Shapes, shape: Shape, path: str) -> Convert:
    head, _, rest = path.partition(".")
    if not rest:
        field = shape.fields.get(head)
        return CONVERT.get(field.type, str) if field else str
    reference = shape.relations.get(head)
    target = shapes.find(reference.targets[0]) if reference and len(reference.targets) == 1 else None
    return _convert(shapes, target, rest) if target else str
