"""The radar: the first page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from syncd.web.api.runs import Word
from syncd.web.operations import Call
from syncd.web.pages.page import Listed, Page


class Which(Listed):
    """Whose radar, and which part of it."""

    rep: Word | None = Field(default=None, description="a rep's name")
    segment: Word | None = Field(default=None, description="a segment's name")
    offer: Word | None = Field(default=None, description="an offer's name")
    part: Literal["asked", "new", "heating", "cooling", "stuck"] | None = Field(
        default=None, description="one part alone"
    )


def show_radar(call: Call) -> Any:
    """Who asked for sales, and which accounts are new, heating, cooling or stuck."""
    wiring, which = call.house.wiring, call.query_as(Which)
    with call.house.store.reading() as unit:
        radar = call.house.radar.read(unit, wiring.book, wiring.clock())
    return radar.shown(**which.model_dump(exclude={"format"}))


PAGES = (Page("/", "Radar", "radar", show_radar, place="Radar", query=Which),)
