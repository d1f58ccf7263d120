"""The application: /livez (the process lives), /readyz (it serves, and reaches its store), /api/health (whether the
systems are kept in step), /metrics (Prometheus), /api/status (JSON)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syncd.errors import SyncdError
from syncd.health import examine
from syncd.legible import legible
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.store.status import Stream, read_status
from syncd.strangers import reason_of
from syncd.web.asking import Asking
from syncd.web.metrics import Figures
from syncd.web.reached import require_reached, status_of


def application(
    store: Store,
    pulse: Pulse,
    budgets: Callable[[], dict[str, Any]],
    streams: Sequence[Stream],
    today: Callable[[], date],
    asking: Asking | None = None,
) -> Starlette:
    """The ASGI application.

    budgets: what each system still lets us ask; streams: all that the mappings name; today: the agreement's day;
    asking: what the token's holder may ask for, where the installation has a token.
    """
    registry = CollectorRegistry()
    registry.register(Figures(store, pulse, budgets, streams, today))

    async def livez(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        try:
            await run_in_threadpool(require_reached, store, pulse)
        except SyncdError as error:
            return PlainTextResponse(f"{legible(reason_of(error))}\n", status_code=503)
        return PlainTextResponse("ready\n")

    async def health(_: Request) -> Response:
        report = await run_in_threadpool(examine, store, datetime.now(UTC), pulse)
        content = orjson.dumps(report.plain(), option=orjson.OPT_INDENT_2).decode()
        return Response(legible(content), status_of(report), media_type="application/json")

    async def metrics(_: Request) -> Response:
        text = (await run_in_threadpool(generate_latest, registry)).decode()
        return Response(legible(text), media_type=CONTENT_TYPE_LATEST)

    async def status(_: Request) -> Response:
        glance = await run_in_threadpool(partial(read_status, store, datetime.now(UTC), today(), known=streams))
        content = orjson.dumps({**glance, "budgets": budgets()}, option=orjson.OPT_INDENT_2).decode()
        return Response(legible(content), media_type="application/json")

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/api/health", health),
            Route("/metrics", metrics),
            Route("/api/status", status),
            *(asking.routes() if asking else ()),
        ]
    )
