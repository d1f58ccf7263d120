"""Pages of other origins: what a browser asks before it calls the API from one, and what it must find in the answer.

An org allows the origins of its CORS allowlist (Setup), which is empty at first; the sandbox's allows this machine.
Source: Salesforce, REST API Developer Guide, "Use CORS with Salesforce" and "Perform Cross-Origin Requests from Web
Browsers": an origin that is not allowed is refused with 403.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from .refusal import Refusal
from .wire import Request, Response

_METHODS = "DELETE,GET,HEAD,PATCH,POST,PUT"
_HEADERS = (
    "authorization,content-type,if-modified-since,if-none-match,sforce-duplicate-rule-header,sforce-query-options"
)


def headers(request: Request, allowed: Sequence[str]) -> Mapping[str, str]:
    """Return the headers that let the asking page read an answer; none where no page of an allowed origin asks."""
    origin = request.headers.get("origin", "")
    if not any(fnmatchcase(origin, pattern) for pattern in allowed):
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "etag,location,sforce-limit-info",
        "vary": "origin",
    }


def preflight(request: Request, allowed: Sequence[str]) -> Response:
    """Answer OPTIONS: what a page of that origin may send. It needs no session and costs no call."""
    said = headers(request, allowed)
    if not said:
        raise Refusal("FORBIDDEN", "The origin is not in the CORS allowlist", status=403)
    may = {"access-control-allow-methods": _METHODS, "access-control-allow-headers": _HEADERS}
    return Response(200, headers={**said, **may, "access-control-max-age": "86400"})
