"""The queue: every rep's week, who waits until when, who came, and of whom a word is overdue."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from syncd.views.rep_weeks import rep_weeks
from syncd.web.api.runs import Word
from syncd.web.operations import Call
from syncd.web.pages.page import Listed, Page


class Which(Listed):
    """Whose week, and which part of it."""

    rep: Word | None = Field(default=None, description="a rep's golden id, e-mail address or name")
    part: Literal["waiting", "came", "overdue"] | None = Field(default=None, description="one part alone")


def show_queue(call: Call) -> Any:
    """As `syncd queue` has it, with who came this week and whose verdict is overdue."""
    wiring, which = call.house.wiring, call.query_as(Which)
    with call.house.store.reading() as unit:
        return rep_weeks(unit, wiring.book, wiring.clock(), **which.model_dump(exclude={"format"}))


PAGES = (Page("/queue", "Queue", "queue", show_queue, place="Sales", query=Which),)
