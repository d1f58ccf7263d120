"""What answers to a name, an id, an address, or the beginning of one."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from syncd.views.search import search
from syncd.web.api.runs import Word
from syncd.web.operations import Call
from syncd.web.pages.page import Page, Shown


class Sought(Shown):
    """What is looked for."""

    UNQUOTED: ClassVar[frozenset[str]] = Shown.UNQUOTED | {"q"}
    q: Word | None = Field(default=None, max_length=200, description="a name, an id, an address, or its beginning")


def show_hits(call: Call) -> Any:
    """Accounts, people and opportunities. The words themselves are not said back."""
    sought = call.query_as(Sought).q
    with call.house.store.reading() as unit:
        return {"asked": sought is not None, **(search(unit, sought) if sought else {})}


PAGES = (Page("/search", "Search", "search", show_hits, place="Radar", query=Sought),)
