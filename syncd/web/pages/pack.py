"""The Monday pack: a week on one page, for one rep or for both leaders, to be read and printed."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from syncd.views.monday_pack import pack_of
from syncd.views.rep_weeks import reps_of
from syncd.web.api.runs import Word
from syncd.web.operations import Call
from syncd.web.pages.page import Page, Shown


class Which(Shown):
    """Whose pack; without a rep it is that of both leaders."""

    rep: Word | None = Field(default=None, description="a rep's golden id, e-mail address or name")


def show_pack(call: Call) -> Any:
    """As `syncd pack` has it."""
    wiring, which = call.house.wiring, call.query_as(Which)
    with call.house.store.reading() as unit:
        pack = pack_of(unit, wiring.book, wiring.clock(), which.rep)
        return {**pack, "reps": reps_of(unit, wiring.book, wiring.clock())}


PAGES = (Page("/pack", "Monday pack", "pack", show_pack, place="Sales", query=Which),)
