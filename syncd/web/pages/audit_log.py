"""The audit log: what people did by hand, and who; it only grows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import Field

from syncd.errors import NotFound
from syncd.rules.days import zone
from syncd.store.audit import WantedLines
from syncd.store.runs import MOST
from syncd.views.listing import MOST_COUNTED, ROWS, Listing
from syncd.web.api.runs import Word
from syncd.web.operations import Call
from syncd.web.pages.page import Page, Shown

FIRST, LAST = date(1970, 1, 1), date(9000, 1, 1)  # days that every zone and database can count from


class WhichLines(Shown):
    """Which lines."""

    actor: Word | None = Field(default=None, description="of this person alone")
    action: Word | None = Field(default=None, description="of this act alone")
    since: date | None = Field(
        default=None, ge=FIRST, le=LAST, description="from this day on, in the agreement's time zone"
    )
    until: date | None = Field(default=None, ge=FIRST, le=LAST, description="to the end of this day")
    after: int | None = Field(default=None, ge=1, le=MOST, description="where the part of the list before this ended")


def show_log(call: Call) -> Any:
    """Newest first."""
    which, house = call.query_as(WhichLines), call.house
    here = zone(house.wiring.book.agreement.time_zone)
    since = datetime.combine(which.since, time(), here) if which.since else None
    until = datetime.combine(which.until + timedelta(days=1), time(), here) if which.until else None
    wanted = WantedLines(which.actor, which.action, since, until)
    with house.store.reading() as unit:
        actors, actions = unit.audit.actors(), unit.audit.actions()
        if which.actor not in (None, *actors) or which.action not in (None, *actions):
            raise NotFound("the log has no such line", plain="the log has no such line")
        lines = unit.audit.lines(ROWS + 1, before=which.after, wanted=wanted)
        number = unit.audit.count(MOST_COUNTED + 1, wanted)
    goes_on = str(lines[ROWS - 1].id) if len(lines) > ROWS else None
    rows = [line._asdict() for line in lines[:ROWS]]
    begun = which.after is not None
    return {
        "lines": Listing(rows, min(number, MOST_COUNTED), number > MOST_COUNTED, goes_on, "", begun),
        "actors": actors,
        "actions": actions,
    }


PAGES = (Page("/audit-log", "Audit log", "audit_log", show_log, place="Operations", query=WhichLines),)
