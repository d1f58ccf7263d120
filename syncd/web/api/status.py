"""Status and figures: what stands in the store at a glance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from starlette.responses import Response

from syncd.health import examine
from syncd.legible import legible
from syncd.views.status import glance
from syncd.web.metrics import Figures
from syncd.web.operations import Call, Operation, Told
from syncd.web.rights import Right


class Status(Told):
    """What `syncd status --json` shows, and what each system still lets us ask."""

    health: dict[str, Any]
    streams: list[dict[str, Any]]
    pending: dict[str, dict[str, int]]
    quarantined: dict[str, int]
    runs: list[dict[str, Any]]
    paused: bool
    tables: dict[str, Any]
    budgets: dict[str, dict[str, Any]]


def read_status_of_now(call: Call) -> Any:
    """`budgets`: what each system still lets us ask."""
    house = call.house
    wiring, now = house.wiring, datetime.now(UTC)
    state = examine(house.store, now, house.pulse)
    status = glance(house.store, state, wiring.keep, now, wiring.today(), known=house.streams)
    return {**status, "budgets": house.budgets()}


def read_metrics(call: Call) -> Response:
    """Figures of this moment."""
    house, registry = call.house, CollectorRegistry()
    registry.register(
        Figures(house.store, house.pulse, house.budgets, house.streams, memory=house.memory, channels=house.channels)
    )
    ProcessCollector(registry=registry)
    return Response(legible(generate_latest(registry).decode()), media_type=CONTENT_TYPE_LATEST)


OPERATIONS = (
    Operation(
        "GET",
        "/api/status",
        Right.VIEW,
        "Freshness per stream, what waits, what is quarantined, and the last runs",
        read_status_of_now,
        answer=Status,
        command="syncd status",
    ),
    Operation("GET", "/metrics", Right.VIEW, "Figures for Prometheus", read_metrics, media_type=CONTENT_TYPE_LATEST),
)
