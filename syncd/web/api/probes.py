"""Probes: that the process lives, and that it can work."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from syncd.errors import SyncdError
from syncd.legible import legible
from syncd.strangers import reason_of
from syncd.sync.first_plan import WAITS
from syncd.web.operations import Call, Operation


def lives(_: Call) -> Response:
    """That it answers is the answer."""
    return PlainTextResponse("alive\n")


def can_work(call: Call) -> Response:
    """The database answers and stands at the newest revision; and whether somebody must look at a first plan."""
    store = call.house.store
    try:
        store.database.ping()
        store.require_head()
        with store.reading() as unit:
            waits = unit.first_plan.waits()
    except SyncdError as error:
        return PlainTextResponse(f"{legible(reason_of(error))}\n", status_code=503)
    return PlainTextResponse(f"ready; {WAITS}\n" if waits else "ready\n")


TEXT = "text/plain; charset=utf-8"
OPERATIONS = (
    Operation("GET", "/healthz", None, "Whether the process lives", lives, media_type=TEXT, probe=True),
    Operation("GET", "/readyz", None, "Whether it can work", can_work, media_type=TEXT, probe=True),
)
