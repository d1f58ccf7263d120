"""The OpenAPI 3.1 document of the table: what each operation takes, answers and refuses.

https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from syncd import __version__
from syncd.model.runs import CauseKind
from syncd.web.entry.limits import COSTLY
from syncd.web.operations import Operation
from syncd.web.problems import MEDIA_TYPE, STATUS_OF, TITLES, Problem

REFS: Final = "#/components/schemas/{model}"
PROBLEM: Final = {"content": {MEDIA_TYPE: {"schema": {"$ref": REFS.format(model="Problem")}}}}
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "of your choice, new for each thing you ask for: sent again with the same request, it is one run",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}
_PLACE = re.compile(r"{(\w+)(?::(\w+))?}")
_PLACES: Final = {"int": {"type": "integer", "minimum": 0}, None: {"type": "string"}}
_ALWAYS: Final = {  # status → what every operation behind a right may say
    401: "Nobody is known by what the request carries",
    403: "Whoever sends it may not, or another site's page sent it",
    421: "The Host header names somebody else",
    500: TITLES[CauseKind.DEFECT],
    503: TITLES[CauseKind.UNAVAILABLE],
}


def document(table: Sequence[Operation]) -> dict[str, Any]:
    """All operations of a table. Times in it stand for nothing: it is the same for every house of one version."""
    paths: dict[str, dict[str, Any]] = {}
    schemas = _schemas(table)
    for operation in table:
        paths.setdefault(_PLACE.sub(r"{\1}", operation.path), {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "syncd",
            "version": __version__,
            "summary": "What the command line of syncd does, over HTTP",
            "description": "Refusals are problem+json (RFC 9457), with the kinds and exit codes of the command line.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "a token of `syncd token create`"}
            },
        },
    }


def _schemas(table: Sequence[Operation]) -> dict[str, Any]:
    asked = [(operation.body, "validation") for operation in table if operation.body]
    answered = [(model, "serialization") for operation in table for model in _models(operation.answer)]
    models: Any = dict.fromkeys([*asked, *answered, (Problem, "serialization")])
    _, definitions = models_json_schema([*models], ref_template=REFS)
    return dict(sorted(definitions["$defs"].items()))


def _models(answer: Any) -> Iterator[type[BaseModel]]:
    for part in (answer, *getattr(answer, "__args__", ())):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part


def _described(operation: Operation) -> dict[str, Any]:
    right = operation.right
    does = [operation.description or cleandoc(operation.handler.__doc__ or "")]
    does += [f"On the command line: `{operation.command}`."] if operation.command else []
    does += [f"It takes the right to {right.word}."] if right else []
    does += [f"At most one at a time, and {COSTLY.rate.amount} a minute for whoever asks."] if operation.costly else []
    content: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": "\n\n".join(filter(None, does)),
        "parameters": [*_places(operation.path), *_query(operation.query), *([KEY] if operation.asked_once else [])],
        "responses": _responses(operation),
        "security": [{"token": []}] if right else [],
    }
    if right:
        content["x-right"] = right.word
    if operation.body:
        schema = {"$ref": REFS.format(model=operation.body.__name__)}
        required = not operation.body_may_be_left_out
        content["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    return {name: value for name, value in content.items() if value != [] or name == "security"}


def _places(path: str) -> Iterator[dict[str, Any]]:
    for name, kind in _PLACE.findall(path):
        yield {"name": name, "in": "path", "required": True, "schema": _PLACES[kind or None]}


def _query(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=REFS)
    for name, field in schema.get("properties", {}).items():
        text = {"description": field.pop("description")} if "description" in field else {}
        field.update(next((choice for choice in field.pop("anyOf", ()) if choice != {"type": "null"}), {}))
        if field.get("default", ...) is None:  # what is left out, which a query cannot say
            del field["default"]
        yield {"name": name, "in": "query", "required": name in schema.get("required", ()), **text, "schema": field}


def _responses(operation: Operation) -> dict[str, Any]:
    media = operation.media_type.partition(";")[0]
    well: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.answer is not None:
        well["content"] = {media: {"schema": _answer(operation.answer)}}
    else:
        well["content"] = {media: {"schema": {"type": "string"}}}
    if operation.headers:
        well["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in operation.headers.items()
        }
    responses = {str(operation.status): well}
    refusals = dict(_refusals(operation)) if operation.right else {}
    responses |= {str(status): {"description": text, **PROBLEM} for status, text in sorted(refusals.items())}
    for status, text in operation.also.items():
        refused = PROBLEM["content"] if status in refusals else {}
        responses[str(status)] = {"description": text, "content": {**well["content"], **refused}}
    return responses


def _refusals(operation: Operation) -> Iterator[tuple[int, str]]:
    yield from _ALWAYS.items()
    yield STATUS_OF[CauseKind.CONFIGURATION], TITLES[CauseKind.CONFIGURATION]
    if operation.body:
        yield 408, "The request took too long to come"
        yield 413, "The body is too large"
    if operation.costly:
        yield 429, "Somebody asks for this already"
    if operation.asked_once:
        yield 429, "Too many runs wait already"
    for kind in operation.refusals:
        yield STATUS_OF[kind], TITLES[kind]


@cache
def _answer(answer: Any) -> dict[str, Any]:
    if isinstance(answer, type) and issubclass(answer, BaseModel):
        return {"$ref": REFS.format(model=answer.__name__)}
    schema = TypeAdapter(answer).json_schema(ref_template=REFS, mode="serialization")
    schema.pop("$defs", None)
    return schema
