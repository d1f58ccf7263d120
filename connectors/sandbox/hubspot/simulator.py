"""The HubSpot simulator: a raw ASGI app over one portal's state."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from connectors.sandbox.faults import Faults
from connectors.sandbox.hubspot import admin
from connectors.sandbox.hubspot.kinds import BY_NAME
from connectors.sandbox.hubspot.paths import PATHS
from connectors.sandbox.hubspot.portal import Options, Portal, Records
from connectors.sandbox.hubspot.refusals import Refusal, expired, limited
from connectors.sandbox.hubspot.routes import Route, Routes
from connectors.sandbox.hubspot.shelf import iso
from connectors.sandbox.hubspot.wire import Answer, Headers, Receive, Request, Scope, Send, read_body, write

ADMIN = "/_sandbox/"
TOO_LONG = Answer(
    414,
    b"<html><head><title>414 Request-URI Too Large</title></head><body></body></html>",
    ((b"content-type", b"text/html"),),
)
# What stands in front of the vendor's services answers for a path that none of them has.
NOWHERE = Answer(
    404,
    b'<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n'
    b"<title>Error 404 Not Found</title>\n</head>\n<body><h2>HTTP ERROR 404 Not Found</h2>\n</body>\n</html>\n",
    ((b"content-type", b"text/html;charset=utf-8"),),
)
_CORRELATION, _REQUEST = b"x-hubspot-correlation-id", b"x-request-id"


class NoPath(Exception):
    """No endpoint has this path."""


class HubSpotSimulator:
    """Answers as HubSpot's API does, from `records`: object type → vendor-shaped records.

    `clock` gives the portal's time (aware UTC), `faults` what goes wrong, `options` the portal's tier and habits.
    `timer` runs in seconds and measures the burst limits. Use as an ASGI app; state lives as long as the object.
    """

    system = "hubspot"

    def __init__(
        self,
        records: Records,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        faults: Faults | None = None,
        options: Options | None = None,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.portal = Portal(records, clock=clock, options=options, timer=timer)
        self.clock = clock
        self.faults = faults if faults is not None else Faults()
        self.routes = Routes(PATHS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, spoilt by the faults in force."""
        if scope["type"] != "http":
            return
        if self.faults.rules and not scope["path"].startswith(ADMIN):
            await self.faults.serve(self, scope, receive, send)
        else:
            await self.answer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, without faults."""
        method, path = scope["method"], scope["path"]
        body = b"" if method == "GET" else await read_body(receive)
        request = Request(method, path, scope["query_string"], dict(scope["headers"]), body)
        if host := request.headers.get(b"host"):  # where it was called is where its links lead
            self.portal.origin = f"{scope['scheme']}://{host.decode('latin-1')}"
        if path.startswith(ADMIN):
            await write(send, admin.answer(self, request))
        else:
            await write(send, self._packed(request, self.respond(request)))

    def respond(self, request: Request) -> Answer:
        """Answer one call to the API: find its endpoint, admit the caller, count the call, carry it out."""
        headers: Headers = ()
        try:
            if len(request.path) + len(request.raw_query) > self.portal.options.url_limit:
                return TOO_LONG
            route = self._route(request)
            if not route.path.public:
                self.portal.identity.admit(request.headers.get(b"authorization", b""), self._scopes(route))
                headers = self.portal.limits.admit(_is_search(request.template))
            if route.path.body is not None:
                request.shape(route.path.body)
            answer = route.path.handler(self.portal, request)
        except NoPath:
            return NOWHERE
        except Refusal as refusal:
            return self._refuse(refusal, headers)
        return answer._replace(headers=(*answer.headers, *headers, *self._traces(self.portal.correlation())))

    def refusal(self, kind: str, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Return the vendor's answer for a fault of that kind; an expired session stays expired."""
        authorization = dict(scope["headers"]).get(b"authorization", b"")
        if kind == "expired":
            self.portal.identity.lapse(authorization)
        now = self.portal.now()
        refusals = {
            "limited": limited("TEN_SECONDLY_ROLLING", self.portal.limits.headers(left=0)),
            "exhausted": limited("DAILY", self.portal.limits.headers(left=0)),
            "unavailable": Refusal(503, "Service unavailable", None),
            "expired": expired(1, iso(now - 1000)),
        }
        answer = self._refuse(refusals[kind], ())
        return answer.status, [(b"content-type", b"application/json;charset=utf-8"), *answer.headers], answer.body

    def disturb(self, scope: Scope) -> None:
        """Let a person edit a record of the type that the call is about: a random one, and its stamp moves."""
        for part in scope["path"].split("/"):
            if (kind := BY_NAME.get(part)) and (shelf := self.portal.shelves[kind.plural]).live:
                item = shelf.items[self.portal.random.choice(shelf.live)]
                self.portal.change(shelf, item, {}, who="somebody")

    def _packed(self, request: Request, answer: Answer) -> Answer:
        if not self.portal.options.compress or b"gzip" not in request.headers.get(b"accept-encoding", b""):
            return answer
        headers = (*answer.headers, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))
        return answer._replace(body=gzip.compress(answer.body, 1), headers=headers)

    def _route(self, request: Request) -> Route:
        route = self.routes.find(request.method, request.path)
        if route is None:
            if self.routes.allows(request.path):
                raise Refusal(405, "HTTP 405 Method Not Allowed", None)
            raise NoPath
        request.params, request.template, request.version = route.params, route.path.template, route.path.version
        self.portal.calls[request.method, request.template] += 1
        return route

    def _scopes(self, route: Route) -> tuple[str, ...]:
        scope = route.path.scope
        if "{scope}" not in scope:
            return (scope,) if scope else ()
        name = route.params.get("type") or route.params.get("from") or ""
        return (scope.format(scope=self.portal.kind(name).scope),)

    def _refuse(self, refusal: Refusal, headers: Headers) -> Answer:
        correlation = self.portal.correlation()
        body = orjson.dumps(refusal.content(correlation))
        return Answer(refusal.status, body, (*refusal.headers, *headers, *self._traces(correlation)))

    def _traces(self, correlation: str) -> Headers:
        return ((_CORRELATION, correlation.encode()), (_REQUEST, correlation.encode()))


def _is_search(template: str) -> bool:
    """Say whether the limit for searches counts a path: CRM searches only, not that of lists."""
    return template.endswith("/search") and "/objects/" in template
