"""Every rep's week as a page shows it: their places, who waits until when, who came, and of whom a word is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from syncd.planning.crew import crew_of
from syncd.planning.names import NO_REP, finder
from syncd.rules import Rulebook
from syncd.store import UnitOfWork
from syncd.sync.release import running_dry
from syncd.views.listing import ROWS, Listing, listed, require_column
from syncd.views.monday_pack import Week
from syncd.views.queue import board_of

PARTS: Final = ("waiting", "came", "overdue")
SORTS: Final = ("contact", "account", "for", "offer", "rep", "entered", "week", "handed_on", "due_on", "outcome")
FEW: Final = 15  # rows of each part where all are shown


def rep_weeks(
    unit: UnitOfWork,
    book: Rulebook,
    now: datetime,
    *,
    rep: str | None = None,
    part: str | None = None,
    sort: str | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The weeks of all reps, or of one; part: that one alone, and whole. Raises NotFound and ConfigError."""
    if sort:
        require_column(sort, SORTS)
    week, board = Week(unit, book, now), board_of(unit, book, now, rep)
    golden_id = finder(unit.groups.users())(rep) if rep else None
    rows = {
        "waiting": [_waiting(row) for row in board.waiting],
        "came": week.came(golden_id),
        "overdue": week.overdue(golden_id),
    }
    return {
        "as_of": now,
        "reps": reps_of(unit, book, now),
        "weeks": _with_calendars(board.weeks, week),
        "parts": {name: _part(rows[name], sort, after, alone=bool(part)) for name in ((part,) if part else PARTS)},
        "dry": [] if rep else [line.removeprefix("alert: ") for line in running_dry(board.state)],
    }


def reps_of(unit: UnitOfWork, book: Rulebook, now: datetime) -> list[dict[str, str]]:
    """The reps of the queue, by name: id and name."""
    weeks = board_of(unit, book, now).weeks
    return [{"id": week["rep_id"], "name": week["rep"]} for week in weeks]


def _with_calendars(weeks: Sequence[Mapping[str, Any]], week: Week) -> list[dict[str, Any]]:
    """Beside each rep's week their cap, and the days from today on when they are away."""
    agreement, users = week.book.agreement, week.unit.groups.users()
    stream = week.book.destinations["user"].stream
    crew = crew_of(agreement, users, stream, [of["rep_id"] for of in weeks])
    away = {rep: [days for days in calendar.absent if days[1] >= week.today] for rep, calendar in crew.items()}
    return [
        {**of, "cap": crew[of["rep_id"]].cap if of["rep_id"] in crew else None, "away": away.get(of["rep_id"], [])}
        for of in weeks
    ]


def _waiting(row: Mapping[str, Any]) -> dict[str, Any]:
    rep = row["rep"] or " or ".join(row["team"]) or NO_REP
    return {**row, "for": row["kind"], "rep": rep}


def _part(rows: Sequence[Mapping[str, Any]], sort: str | None, after: str | None, *, alone: bool) -> Listing:
    by = sort if sort and rows and sort.removeprefix("-") in rows[0] else None
    return listed(rows, key="key", columns=SORTS, sort=by, after=after, most=ROWS if alone else FEW)
