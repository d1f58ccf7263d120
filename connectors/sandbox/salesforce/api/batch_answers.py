"""How Bulk 1.0 shows its jobs, batches and refusals: as XML or JSON.

Source: Salesforce, Bulk API 2.0 and Bulk API Developer Guide, "Bulk API" (JobInfo, BatchInfo, errors).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ..envelope import tag
from ..refusal import Refusal
from ..wire import XML, Response

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
PLAIN_JSON = "application/json"  # without a charset: clients compare the whole header


def show(name: str, content: Mapping[str, Any], *, json: bool, status: int = 200) -> Response:
    """Return a JobInfo or BatchInfo in the caller's format; XML leaves out what is null."""
    if json:
        return Response(status, orjson.dumps(content), PLAIN_JSON)
    return Response(status, _document(name, [_pieces(content)]), XML)


def show_list(name: str, part: str, contents: Sequence[Any], *, json: bool) -> Response:
    """Return a list of batches or of result ids; in JSON a list of ids stands bare."""
    if json:
        return Response(200, orjson.dumps(contents if part == "result" else {part: contents}), PLAIN_JSON)
    inner = [tag(part, found if isinstance(found, str) else [_pieces(found)]) for found in contents]
    return Response(200, _document(name, inner), XML)


def refuse_bulk(error: Refusal, *, json: bool) -> Response:
    """Return a refused call: Bulk 1.0 says exceptionCode and exceptionMessage, with status 400."""
    code, message = (
        ("InvalidSessionId", "Invalid session id")
        if error.code == "INVALID_SESSION_ID"
        else ("ExceededQuota", "ApiBatchItems Limit exceeded.")
        if error.code == "REQUEST_LIMIT_EXCEEDED"
        else (error.code, error.message)
    )
    return show("error", {"exceptionCode": code, "exceptionMessage": message}, json=json, status=400)


def _pieces(content: Mapping[str, Any]) -> str:
    return "".join(tag(name, _printed(value)) for name, value in content.items())


def _printed(value: Any) -> Any:
    return f"{value.removesuffix('+0000')}Z" if isinstance(value, str) and value.endswith(".000+0000") else value


def _document(name: str, inner: list[str]) -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{NAMESPACE}">{"".join(inner)}</{name}>'
    return text.encode()
