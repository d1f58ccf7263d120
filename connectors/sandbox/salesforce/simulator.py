"""The ASGI application: sign-in, sessions, the day's allowance, and the way from a path to its handler."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from connectors.sandbox.faults import Faults

from . import cors
from .api import (
    actions,
    admin,
    analytics,
    bulk_batches,
    bulk_ingest,
    bulk_query,
    collections,
    composite,
    describing,
    folders,
    identity,
    layouts,
    list_views,
    metadata,
    oauth,
    queries,
    quick_actions,
    recents,
    record_ui,
    records,
    searching,
    soap,
)  # fmt: skip
from .batches import BatchJobs
from .cursors import Cursors
from .jobs import Jobs
from .loading import load
from .metadata.deployment import Deployments
from .metadata.retrieval import Retrievals
from .refusal import Refusal, not_found, retired
from .sessions import Sessions
from .settings import Settings
from .table import Row
from .usage import EXHAUSTED, Usage
from .wire import Handler, Request, Response, Route, refuse

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_DATA = re.compile(r"/services/data/v(\d{1,2})\.0(?:/(.*))?")
_LONGEST_URL = 16384
_VERBS = ("HEAD", "GET", "POST", "PATCH", "PUT", "DELETE")
_READ = ("application/json", "application/xml", "text/xml", "text/csv", "multipart/form-data")
_TOO_LONG = Response(414, b"<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>", "text/html;charset=iso-8859-1")
_REFUSALS: Mapping[str, Refusal] = {
    "limited": Refusal(
        "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", status=403
    ),
    "exhausted": EXHAUSTED,
    "unavailable": Refusal("SERVER_UNAVAILABLE", "Server temporarily unavailable", status=503),
    "expired": Refusal("INVALID_SESSION_ID", "Session expired or invalid", status=401),
}


class SalesforceSimulator:
    """Salesforce on a socket, with its rows in memory: a raw ASGI app.

    rows: object name → rows with API field names and 18-character ids; what an org needs and the rows lack (stages,
    statuses, an organization, the integration user) is added. Further options are the fields of `Settings`.
    """

    system = "salesforce"

    def __init__(
        self,
        rows: Mapping[str, Iterable[Row]],
        *,
        clock: Callable[[], datetime],
        faults: Faults | None = None,
        settings: Settings | None = None,
        **options: Any,
    ) -> None:
        self.org = load(rows, clock, settings or Settings(**options))
        self.faults = faults if faults is not None else Faults()
        self.sessions = Sessions(self.org)
        self.cursors = Cursors(self.org)
        self.usage = Usage(self.org)
        self.jobs = Jobs(self.org)
        self.batch_jobs = BatchJobs(self.org)
        self.deployments = Deployments(self.org)
        self.retrievals = Retrievals(self.org)
        self.calls: deque[dict[str, Any]] = deque(maxlen=10000)  # method, path, status, newest last

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, spoilt by the faults in force."""
        if self.faults.rules and not scope["path"].startswith("/_sandbox/"):
            await self.faults.serve(self, scope, receive, send)
        else:
            await self.answer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, without faults."""
        parts = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        request = self._request(scope, b"".join(parts))
        too_long = len(scope.get("raw_path", b"")) + len(scope.get("query_string", b"")) > _LONGEST_URL
        response = _TOO_LONG if too_long else self.respond(request)
        headers = [
            (b"content-type", response.type.encode()),
            (b"cache-control", b"no-cache,must-revalidate,no-store,private"),
        ]
        if response.status == 204:
            headers = []
        elif request.path.startswith("/services/data/v") and response.status != 401:
            headers.append((b"sforce-limit-info", self._usage().encode()))
        more = {**response.headers, **cors.headers(request, self.org.settings.cors)}
        headers += [(name.lower().encode(), value.encode()) for name, value in more.items()]
        if response.status != 204:
            headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    def respond(self, request: Request) -> Response:
        """Return the answer to a request, and note the call."""
        try:
            response = self._route(request)
        except Refusal as error:
            response = refuse(error)
        if not request.path.startswith("/_sandbox/"):
            self.calls.append({"method": request.method, "path": request.path, "status": response.status})
        return response

    def dispatch(self, request: Request) -> Response:
        """Return the answer to a request below /services/data/ whose session is known."""
        match = _DATA.fullmatch(request.path.rstrip("/"))
        if match is not None and int(match[1]) < describing.OLDEST:
            raise retired("GONE", 410)
        if match is None or int(match[1]) > describing.NEWEST:
            raise not_found()
        parts = tuple(unquote(part) for part in (match[2] or "").split("/") if part)
        handler, arguments = _find(_ROUTES, "GET" if request.method == "HEAD" else request.method, parts)
        inner = Request(**{**vars(request), "version": float(match[1]), "parts": parts})
        return handler(inner, *arguments)

    def refusal(self, kind: str, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Return Salesforce's answer to one of the faults' refusals; `expired` ends the call's session."""
        if kind == "expired":
            self.sessions.close(oauth.bearer(self._request(scope, b"")))
        response = refuse(_REFUSALS[kind])
        return response.status, [(b"content-type", response.type.encode())], response.body

    def disturb(self, scope: Scope) -> None:
        """Let a person change a contact or account that the call may be about to show."""
        admin.disturb(self.org)

    def _route(self, request: Request) -> Response:
        path = request.path
        if request.method == "OPTIONS":
            return cors.preflight(request, self.org.settings.cors)
        if path.startswith("/_sandbox/"):
            return admin.answer(request)
        if path.startswith("/services/Soap/"):
            return soap.answer(request)
        if path.startswith("/services/async/"):
            return bulk_batches.answer(request)
        if (request.method, path) in _OPEN:
            return _OPEN[request.method, path](request)
        if path == "/services/oauth2/userinfo" or path.startswith("/id/"):
            return identity.answer(request)
        oauth.check_scheme(request)
        user = self.sessions.user(oauth.bearer(request))
        known = Request(**{**vars(request), "user": user})
        self.usage.count()
        _check_type(request)
        return self.dispatch(known)

    def _request(self, scope: Scope, body: bytes) -> Request:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        headers[":scheme"] = scope.get("scheme", "https")
        text = scope.get("query_string", b"").decode()
        path = scope.get("raw_path", scope["path"].encode()).decode()  # an external id may hold an escaped slash
        if path.startswith("//"):  # clients join an instance URL that ends in a slash with a path that begins with one
            path = "/" + path.lstrip("/")
        query = dict(parse_qsl(text, keep_blank_values=True))
        method = query.pop("_HTTP_METHOD", scope["method"]) if scope["method"] == "POST" else scope["method"]
        return Request(method.upper(), path, query, headers, _inflated(headers, body), self)

    def _usage(self) -> str:
        return f"api-usage={self.usage.used()}/{self.org.settings.daily_limit}"


def _check_type(request: Request) -> None:
    """Raise Refusal UNSUPPORTED_MEDIA_TYPE where a body is said to be of a kind that the REST API does not read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.body and kind and kind not in _READ:
        problem = f"Content-Type header specified in HTTP request is not supported: {kind}"
        raise Refusal("UNSUPPORTED_MEDIA_TYPE", problem, status=415)


def _inflated(headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a request's body as it was before it was compressed; as it is where it cannot be read."""
    try:
        match headers.get("content-encoding", "").lower():
            case "gzip":
                return gzip.decompress(body)
            case "deflate":
                return zlib.decompress(body)
    except (OSError, EOFError, zlib.error):
        pass
    return body


def _find(
    routes: Mapping[tuple[str, int], list[tuple[tuple[str, ...], Handler]]], method: str, parts: tuple[str, ...]
) -> tuple[Handler, list[str]]:
    """Return the first handler whose pattern fits, and the segments under its stars."""
    for pattern, handler in routes.get((method, len(parts)), ()):
        if all(wanted in ("*", part) for wanted, part in zip(pattern, parts, strict=True)):
            return handler, [part for wanted, part in zip(pattern, parts, strict=True) if wanted == "*"]
    allowed = [
        verb
        for (verb, length), known in routes.items()
        if length == len(parts)
        and any(all(wanted in ("*", part) for wanted, part in zip(found, parts, strict=True)) for found, _ in known)
    ]
    if allowed:
        verbs = [verb for verb in _VERBS if verb in allowed or (verb == "HEAD" and "GET" in allowed)]
        problem = f"HTTP Method '{method}' not allowed. Allowed are {','.join(verbs)}"
        raise Refusal("METHOD_NOT_ALLOWED", problem, status=405)
    raise not_found()


def _tabled(routes: Iterable[Route]) -> dict[tuple[str, int], list[tuple[tuple[str, ...], Handler]]]:
    table: dict[tuple[str, int], list[tuple[tuple[str, ...], Handler]]] = {}
    for method, pattern, handler in routes:
        parts = tuple(part for part in pattern.split("/") if part)
        table.setdefault((method, len(parts)), []).append((parts, handler))
    return table


_ROUTES = _tabled(
    [
        *actions.ROUTES,
        *analytics.ROUTES,
        *describing.ROUTES,
        *folders.ROUTES,
        *layouts.ROUTES,
        *list_views.ROUTES,
        *quick_actions.ROUTES,
        *recents.ROUTES,
        *queries.ROUTES,
        *searching.ROUTES,
        *collections.ROUTES,
        *composite.ROUTES,
        *bulk_query.ROUTES,
        *bulk_ingest.ROUTES,
        *metadata.ROUTES,
        *record_ui.ROUTES,
        *records.ROUTES,
    ]
)
_OPEN: Mapping[tuple[str, str], Handler] = {
    ("GET", "/services/data"): describing.versions,
    ("GET", "/services/data/"): describing.versions,
    ("POST", "/services/oauth2/introspect"): identity.introspect,
    ("GET", "/services/oauth2/token"): oauth.refuse_get,
    ("POST", "/services/oauth2/token"): oauth.give_token,
    ("POST", "/services/oauth2/revoke"): oauth.revoke,
    ("GET", "/services/oauth2/revoke"): oauth.revoke,
}
