"""Status and figures: what stands in the store at a glance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from starlette.responses import Response

from syncd.legible import legible
from syncd.store.status import read_status
from syncd.web.metrics import Figures
from syncd.web.operations import Call, Operation, Told
from syncd.web.rights import Right


class Status(Told):
    """What `syncd status --json` shows, and what each system still lets us ask."""

    streams: list[dict[str, Any]]
    pending: dict[str, dict[str, int]]
    quarantined: dict[str, int]
    runs: list[dict[str, Any]]
    paused: bool
    budgets: dict[str, dict[str, Any]]


def read_status_of_now(call: Call) -> Any:
    """`budgets`: what each system still lets us ask."""
    house = call.house
    glance = read_status(house.store, datetime.now(UTC), house.wiring.today(), known=house.streams)
    return {**glance, "budgets": house.budgets()}


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
