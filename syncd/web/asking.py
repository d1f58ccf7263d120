"""What may be asked for over HTTP with the installation's token: the plan, that it be applied, how that ended.

The daemon carries a request out, as it does one from the command line. What the safety valve stops, it stops here too:
`--force` is typed by a person.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.base import ConnectorError
from connectors.scrubber import scrub
from syncd.errors import NotFound, SyncdError
from syncd.store import Store
from syncd.store.at_work import plain, read_run
from syncd.strangers import reason_of
from syncd.sync.apply import request as request_for
from syncd.sync.door import Act, ask
from syncd.sync.plan import Plan

ACTOR = "api:token"  # who holds the installation's token
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Asking:
    """The token's holder and what they may ask. plan: makes the plan of now, which asks the systems."""

    store: Store
    token: str
    plan: Callable[[], Plan]

    def routes(self) -> list[Route]:
        """GET /api/plan, POST /api/apply with a plan or nothing, GET /api/runs/N."""
        return [
            Route("/api/plan", self._guarded(self._plan)),
            Route("/api/apply", self._guarded(self._apply), methods=["POST"]),
            Route("/api/runs/{number:int}", self._guarded(self._run)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            sent = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
            if not hmac.compare_digest(sent, self.token.encode()):
                return _json({"error": "the token of SYNCD_HTTP_TOKEN is needed"}, 401)
            try:
                return await handler(request)
            except NotFound as error:
                return _json({"error": str(error)}, 404)
            except (SyncdError, ConnectorError) as error:
                return _json({"error": reason_of(error)}, 400)

        return answer

    async def _plan(self, _: Request) -> Response:
        return _json((await run_in_threadpool(self.plan)).plain())

    async def _apply(self, request: Request) -> Response:
        body = await request.body()
        plan = Plan.read(body) if body else None
        return _json({"run": await run_in_threadpool(self._ask, plan)}, 202)

    def _ask(self, plan: Plan | None) -> int:
        return ask(self.store, Act("apply", ACTOR, request_for(self.store, plan, force=False)))

    async def _run(self, request: Request) -> Response:
        return _json(plain(await run_in_threadpool(read_run, self.store, request.path_params["number"])))


def _json(content: Any, status: int = 200) -> Response:
    text = orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str).decode()
    return Response(scrub(text), status_code=status, media_type="application/json")
