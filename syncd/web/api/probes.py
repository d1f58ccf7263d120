"""Probes: that the process lives, and that it serves and reaches its store; neither asks whether anything is synced."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from syncd.errors import SyncdError, Unavailable
from syncd.legible import legible
from syncd.strangers import reason_of
from syncd.web.operations import Call, Operation


async def lives(_: Call) -> Response:
    """That it answers is the answer, for which it needs neither a thread nor the store."""
    return PlainTextResponse("alive\n")


def serves(call: Call) -> Response:
    """The store answers and stands at the newest revision; nothing more: the page stays where somebody must look.

    While the daemon knows that its database is away, nobody waits for that to be found out once more.
    """
    house = call.house
    try:
        if (since := house.pulse.away_since) is not None:
            raise Unavailable(f"the database does not answer since {since:%Y-%m-%d %H:%M:%S} UTC")
        house.store.database.ping()
        house.store.require_head()
    except SyncdError as error:
        return PlainTextResponse(f"{legible(reason_of(error))}\n", status_code=503)
    return PlainTextResponse("ready\n")


TEXT = "text/plain; charset=utf-8"
OPERATIONS = (
    Operation("GET", "/livez", None, "Whether the process lives", lives, media_type=TEXT, probe=True),
    Operation("GET", "/readyz", None, "Whether it serves, and reaches its store", serves, media_type=TEXT, probe=True),
)
