"""…/composite, /composite/batch, /composite/tree and /composite/graph: several requests in one call.

Source: Salesforce, REST API Developer Guide, "Composite", "Composite Batch", "sObject Tree", "Composite Graph".
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import orjson

from .. import writes
from ..parsing import objects, word
from ..refusal import Refusal
from ..schema import SObject
from ..wire import Request, Response, Route, refuse, reply
from ..writes import Call
from .describing import named
from .records import start

_MOST_REQUESTS, _MOST_QUERIES, _MOST_RECORDS, _DEEPEST = 25, 5, 200, 5
_QUERIES = re.compile(r"/services/data/v[\d.]+/(query|queryAll|composite/sobjects)\b")
_NAME = re.compile(r"[A-Za-z0-9]\w*")
_REFERENCE = re.compile(r"@\{([^}]+)\}")
_CONDITIONAL = ("if-modified-since", "if-match", "if-none-match")
_FIXED = ("accept", "authorization", "content-type")  # headers that a subrequest cannot set
_NO_REFERENCE = "Include a reference ID for each record in the request."
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."


def composite(request: Request) -> Response:
    """Answer POST …/composite: results may be referred to as @{reference.field}; allOrNone takes all back."""
    body = request.fields()
    wanted = objects(body, "compositeRequest")
    if len(wanted) > _MOST_REQUESTS:
        raise Refusal("INVALID_INPUT", f"The request can't contain more than {_MOST_REQUESTS} operations.")
    _check_references(wanted)
    if sum(_QUERIES.match(subrequest["url"]) is not None for subrequest in wanted) > _MOST_QUERIES:
        problem = f"The request can't contain more than {_MOST_QUERIES} sObject Collections or query operations."
        raise Refusal("LIMIT_EXCEEDED", problem)
    responses, _ = _run(request, wanted, bool(body.get("allOrNone")))
    return reply({"compositeResponse": responses})


def graph(request: Request) -> Response:
    """Answer POST …/composite/graph: each graph is a composite call that takes place wholly or not at all."""
    answers = []
    for part in objects(request.fields(), "graphs"):
        wanted = objects(part, "compositeRequest")
        _check_references(wanted)
        responses, good = _run(request, wanted, all_or_none=True)
        answers.append(
            {"graphId": part.get("graphId"), "graphResponse": {"compositeResponse": responses}, "isSuccessful": good}
        )
    return reply({"graphs": answers})


def batch(request: Request) -> Response:
    """Answer POST …/composite/batch: independent requests, no references, results in order."""
    body = request.fields()
    wanted = objects(body, "batchRequests")
    if len(wanted) > _MOST_REQUESTS:
        raise Refusal("INVALID_INPUT", f"The request can't contain more than {_MOST_REQUESTS} operations.")
    results: list[dict[str, Any]] = []
    for subrequest in wanted:
        if results and body.get("haltOnError") and any(result["statusCode"] >= 400 for result in results):
            halted = [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted by request"}]
            results.append({"statusCode": 412, "result": halted})
            continue
        method, path = word(subrequest, "method"), word(subrequest, "url")
        if not method or not path:
            raise Refusal("INVALID_INPUT", "The method and url are required in every subrequest of a batch request.")
        url = path if path.startswith("/") else f"/services/data/{path}"
        response = _ask(request, request.below(method, url, subrequest.get("richInput")))
        results.append({"statusCode": response.status, "result": response.content})
    return reply({"hasErrors": any(result["statusCode"] >= 400 for result in results), "results": results})


def tree(request: Request, name: str) -> Response:
    """Answer POST …/composite/tree/Name: parents with their children, all of them or none."""
    sobject, call = named(request, name), start(request)
    records = objects(request.fields(), "records")
    made: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    _plant(call, sobject, records, {}, (made, errors), 1)
    if len(made) > _MOST_RECORDS:
        call.journal.roll_back()
        raise Refusal("INVALID_INPUT", f"The request can't contain more than {_MOST_RECORDS} records.")
    if errors:
        call.journal.roll_back()
        return reply({"hasErrors": True, "results": errors}, 400)
    return reply({"hasErrors": False, "results": made}, 201)


def _plant(
    call: Call,
    sobject: SObject,
    records: list[dict[str, Any]],
    parent: dict[str, str],
    results: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    depth: int,
) -> None:
    if depth > _DEEPEST:
        raise Refusal("INVALID_INPUT", f"The tree can't be deeper than {_DEEPEST} levels.")
    made, errors = results
    for record in records:
        attributes = record.get("attributes")
        reference = attributes.get("referenceId") if isinstance(attributes, dict) else None
        if not reference or any(known["referenceId"] == reference for known in (*made, *errors)):
            problem = "Duplicate ReferenceId provided in the request." if reference else _NO_REFERENCE
            errors.append({"referenceId": reference, "errors": [Refusal("INVALID_INPUT", problem).as_row()]})
            continue
        below = {
            key: value["records"] for key, value in record.items() if isinstance(value, dict) and "records" in value
        }
        body = {key: value for key, value in record.items() if key not in below}
        try:
            record_id = writes.create(call, sobject, body | parent)
        except Refusal as error:
            errors.append({"referenceId": reference, "errors": [error.as_row()]})
            continue
        made.append({"referenceId": reference, "id": record_id})
        for relationship in below:
            child = next((c for c in call.org.schema.children(sobject.name) if c.field.children == relationship), None)
            if child is None:
                raise Refusal(
                    "INVALID_FIELD", f"No such relationship '{relationship}' on sobject of type {sobject.name}"
                )
            _plant(call, child.sobject, objects(below, relationship), {child.field.name: record_id}, results, depth + 1)


def _check_references(wanted: list[dict[str, Any]]) -> None:
    """Raise Refusal where a subrequest lacks what all of them need, or two share a reference."""
    names: set[str] = set()
    for subrequest in wanted:
        for key in ("method", "url", "referenceId"):
            if not isinstance(subrequest.get(key), str):
                raise Refusal("INVALID_INPUT", f"The {key} is required in every subrequest of a composite request.")
        name = subrequest["referenceId"]
        if not _NAME.fullmatch(name):
            problem = "must start with a letter or a number, and it can contain only letters, numbers and underscores"
            raise Refusal("INVALID_INPUT", f"Provided referenceId ('{name}') {problem} ('_').")
        if name in names:
            raise Refusal("INVALID_INPUT", f"Duplicate referenceId provided in the request: {name}")
        names.add(name)


def _run(request: Request, wanted: list[dict[str, Any]], all_or_none: bool) -> tuple[list[dict[str, Any]], bool]:
    """Run subrequests one after the other; return their responses, and whether all were good."""
    results: dict[str, Any] = {}
    responses: list[dict[str, Any]] = []
    before = request.org.snapshot() if all_or_none else None
    for subrequest in wanted:
        response = _subrequest(request, subrequest, results)
        results[subrequest["referenceId"]] = response.content
        responses.append(_shown(subrequest, response))
    good = all(response["httpStatusCode"] < 400 for response in responses)
    if before is not None and not good:
        request.org.restore(before)
        halted = [{"errorCode": "PROCESSING_HALTED", "message": _HALTED}]
        responses = [
            response
            if response["httpStatusCode"] >= 400
            else response | {"body": halted, "httpStatusCode": 400, "httpHeaders": {}}
            for response in responses
        ]
    return responses, good


def _shown(subrequest: dict[str, Any], response: Response) -> dict[str, Any]:
    return {
        "body": response.content,
        "httpHeaders": dict(response.headers),
        "httpStatusCode": response.status,
        "referenceId": subrequest["referenceId"],
    }


def _subrequest(request: Request, subrequest: dict[str, Any], results: dict[str, Any]) -> Response:
    try:
        url = _filled(subrequest["url"], results)
        body = (
            orjson.loads(_filled(orjson.dumps(subrequest["body"]).decode(), results))
            if subrequest.get("body") is not None
            else None
        )
    except Refusal as error:
        return refuse(error)
    return _ask(request, _with_headers(request.below(subrequest["method"], url, body), subrequest.get("httpHeaders")))


def _with_headers(inner: Request, headers: Any) -> Request:
    """Return a subrequest with its own headers; of what is conditional, those of the whole call do not count for it."""
    own = {str(name).lower(): str(value) for name, value in headers.items()} if isinstance(headers, dict) else {}
    kept = {name: value for name, value in inner.headers.items() if name not in _CONDITIONAL}
    return replace(inner, headers=kept | {name: value for name, value in own.items() if name not in _FIXED})


def _ask(request: Request, inner: Request) -> Response:
    try:
        return request.simulator.dispatch(inner)
    except Refusal as error:
        return refuse(error)


def _filled(text: str, results: dict[str, Any]) -> str:
    """Put the values of earlier results in the place of @{reference.path}."""

    def value(match: re.Match[str]) -> str:
        name, *path = re.split(r"\.|\[(\d+)\]\.?", match[1])
        value: Any = results.get(name)
        for step in filter(None, path):
            try:
                value = value[int(step)] if step.isdigit() else value[step]
            except (KeyError, IndexError, TypeError):
                problem = f"Invalid reference specified. No value for {match[1]} found in {name}"
                raise Refusal("PROCESSING_HALTED", problem) from None
        return str(value)

    return _REFERENCE.sub(value, text)


ROUTES: tuple[Route, ...] = (
    ("POST", "composite", composite),
    ("POST", "composite/batch", batch),
    ("POST", "composite/graph", graph),
    ("POST", "composite/tree/*", tree),
)
