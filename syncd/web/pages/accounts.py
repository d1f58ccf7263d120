"""The list of accounts."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from syncd.model import Standing
from syncd.store.directory import Wanted
from syncd.views.accounts import accounts_of
from syncd.web.api.runs import Word
from syncd.web.operations import Call
from syncd.web.pages.page import Listed, Page


class Which(Listed):
    """Which accounts."""

    standing: Standing | None = Field(default=None, description="how they stand in the served market")
    segment: Word | None = Field(default=None, description="the segment that admits them")
    owner: Word | None = Field(default=None, description="whose they are: a user's golden id")


def list_accounts(call: Call) -> Any:
    """Judged accounts, by name unless another order is asked for."""
    which = call.query_as(Which)
    wanted = Wanted(which.standing and which.standing.value, which.segment, which.owner)
    with call.house.store.reading() as unit:
        return accounts_of(unit, wanted, which.sort, which.after)


PAGES = (Page("/accounts", "Accounts", "accounts", list_accounts, place="Radar", query=Which),)
