"""What a request says: its query and its body, each as its operation declares it, or refused in our words.

No refusal quotes what was sent, the names of fields among it: only what the operation declares is named. Answers are
scrubbed on their way out, so a word of the sender's that came back changed would be a secret, guessed rightly.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import Request

from syncd.document import wording
from syncd.web.operations import SMALL, Model, Nothing, Operation
from syncd.web.problems import Refusal

DEEPEST: Final = 64  # levels of a body's JSON
NAMED: Final = 8  # mistakes at a time
_DAY: Final = "a day is expected, such as 2026-11-02"
WORDS: Final[Mapping[str, str]] = {  # pydantic's kinds of problems
    "extra_forbidden": "an unknown field",
    "missing": "it is missing",
    "string_type": "a text is expected",
    "string_too_short": "it is empty",
    "string_too_long": "it has more than {max_length} characters",
    "string_pattern_mismatch": "it holds a character that no name has",
    "greater_than_equal": "it is less than {ge}",
    "less_than_equal": "it is more than {le}",
    "literal_error": "it is none of {expected}",
    "enum": "it is none of {expected}",
    "union_tag_invalid": "{discriminator} is none of {expected_tags}",
    "union_tag_not_found": "{discriminator} is missing",
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DAY),
}


async def read_body(request: Request, most: int) -> bytes:
    """The body, no more of it than the operation takes. Raises Refusal."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {most:,} bytes", "send less")
        chunks.append(chunk)
    return b"".join(chunks)


def query_of(request: Request, operation: Operation) -> BaseModel:
    """The query as the operation's model; a probe reads none. Raises Refusal."""
    if operation.probe:
        return Nothing()
    pairs = request.query_params.multi_items()
    values = dict(pairs)
    if len(values) < len(pairs):
        raise _wrong("something stands twice in the query", ())
    if operation.page:  # a form sends its empty fields too
        values = {name: value for name, value in values.items() if value}
    with _checked(operation.query, "the query"):
        return operation.query.model_validate(values)


def content_of(raw: bytes, operation: Operation) -> BaseModel | None:
    """The body as the operation's model; an operation without one reads none. Raises Refusal."""
    model = operation.body
    if model is None or (not raw and operation.body_may_be_left_out):
        return None
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise _wrong("the body is no JSON", ()) from None
    _require_flat(content)
    _require_single(raw)
    with _checked(model, "the body"):
        return model.model_validate_json(raw, strict=True)


def form_of(raw: bytes, model: type[Model]) -> Model:
    """What a form of a page sends, as its model; a field that is left empty is left out. Raises Refusal."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=False, strict_parsing=bool(raw))
    except ValueError:
        raise _wrong("the form cannot be read", ()) from None
    values = dict(pairs)
    if len(values) < len(pairs):
        raise _wrong("something stands twice in the form", ())
    with _checked(model, "the form"):
        return model.model_validate(values)


def _require_flat(content: Any) -> None:
    level = [content]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise _wrong(f"the body's JSON is nested more than {DEEPEST} deep", ())


def _require_single(raw: bytes) -> None:
    """Raise Refusal where a name stands twice in one object: readers differ in which they take.

    Of a large body, which is a plan, the digest says that it is what was drawn.
    """
    if len(raw) <= SMALL:
        json.loads(raw, object_pairs_hook=_single)


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(content := dict(pairs)) < len(pairs):
        raise _wrong("a name stands twice in an object of the body", ())
    return content


@contextmanager
def _checked(model: type[BaseModel], whole: str) -> Iterator[None]:
    """Say in our words what is wrong with a query or a body, and where."""
    try:
        yield
    except ValidationError as error:
        schema = model.model_json_schema()
        tags, declared = schema.get("discriminator", {}).get("mapping", {}).keys(), frozenset(_declared(schema))
        wrong = error.errors(include_url=False, include_input=False)[:NAMED]
        places = [".".join(_place(one, tags, declared)) for one in wrong]
        words = [f"{place or whole}: {_words(one)}" for place, one in zip(places, wrong, strict=True)]
        raise _wrong("; ".join(dict.fromkeys(words)), tuple(dict.fromkeys(filter(None, places)))) from None


def _place(problem: ErrorDetails, tags: Collection[str], declared: Collection[str]) -> Iterator[str]:
    """Where something stands, without the name of the choice among several models, which nobody wrote."""
    path = problem["loc"]
    if problem["type"] == "extra_forbidden":
        path = path[:-1]  # the name that is not known
    for part in path[1:] if path and path[0] in tags else path:
        yield str(part) if isinstance(part, int) or part in declared else "…"


def _declared(schema: Any) -> Iterator[str]:
    """Every name of a field in a JSON schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _declared(inner)


def _words(problem: ErrorDetails) -> str:
    words = WORDS.get(problem["type"])
    return words.format_map(problem.get("ctx", {})) if words else wording((), problem)


def _wrong(what: str, where: tuple[str, ...]) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, what, "send what /api/openapi.json describes", where=where)
