"""`syncd queue`: every rep's week, and who waits until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from syncd.agreement import Agreement
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_table
from syncd.errors import NotFound
from syncd.in_force import load_rulebook
from syncd.model import How, User
from syncd.planning.crew import crew_of
from syncd.planning.desks import OTHERS, Desk, desks_of
from syncd.planning.names import RepNames
from syncd.rules import Rulebook
from syncd.store import UnitOfWork
from syncd.store.queue import QueueState
from syncd.sync.release import concerned, in_short, running_dry
from syncd.today import day_in


def queue(
    rep: Annotated[str | None, typer.Option(help="One rep's alone: e-mail address, name or golden id.")] = None,
    as_json: Json = False,
) -> None:
    """Show every rep's week: its places, who came, and who waits until when.

    Hand-raises and booked demos are never held back; what they take beyond the cap is owed from the next week.
    Exit code 6: nobody of the queue answers to that name.

    - `syncd queue`

    - `syncd queue --rep east@syncd-demo.example --json`
    """
    configured = settings()
    book = load_rulebook(configured)
    with opened(configured) as store, store.reading() as unit:
        board = board_of(unit, book, datetime.now(UTC), rep)
    if as_json:
        show_json(board.plain())
        return
    _show(board.weeks, board.waiting, book.agreement)
    for line in (*in_short(board.state), *running_dry(board.state)) if rep is None else ():
        show_line(line)


@dataclass(frozen=True, slots=True)
class Board:
    """Every rep's week, who waits until when, and what the queue says of itself."""

    weeks: Sequence[Mapping[str, Any]]
    waiting: Sequence[Mapping[str, Any]]
    state: QueueState

    def plain(self) -> dict[str, Any]:
        """The board as JSON."""
        return {"reps": self.weeks, "waiting": self.waiting, "due": self.state.due}


def board_of(unit: UnitOfWork, book: Rulebook, now: datetime, rep: str | None = None) -> Board:
    """The queue as it stands, of all reps or of one. Raises NotFound where nobody of it answers to that name."""
    users, entries, taken = unit.groups.users(), unit.queue.waiting(), unit.queue.taken(now)
    waiting, (state, _) = unit.queue.shown(), unit.queue.state()
    stream, names = book.destinations["user"].stream, RepNames(users)
    desks = desks_of(taken, entries, crew_of(book.agreement, users, stream, concerned(entries, taken)), now)
    if rep is not None:
        chosen = {golden_id for golden_id in desks if _answers(users[golden_id], rep)}
        if not chosen:
            raise NotFound(f"no rep of the queue answers to {rep!r}; `syncd queue` shows them")
        desks = {golden_id: desk for golden_id, desk in desks.items() if golden_id in chosen}
        waiting = [row for row in waiting if row["rep"] in chosen or chosen.intersection(row["team"])]
    weeks = [_week(names[golden_id], desk) for golden_id, desk in desks.items()]
    weeks.sort(key=lambda week: week["rep"])
    for row in waiting:
        row["rep"] = names[row["rep"]] if row["rep"] else None
        row["team"] = [names[member] for member in row["team"]]
    return Board(weeks, waiting, state)


def _answers(user: User, name: str) -> bool:
    return name.casefold() in {known.casefold() for known in (user.id, user.email, user.name) if known}


def _week(rep: str, desk: Desk) -> dict[str, Any]:
    places, free = desk.people(desk.parts), desk.people(desk.free)
    several = len(set(desk.costs.values())) > 1
    return {
        "rep": rep,
        "week": desk.week,
        "places": max(places.values()),
        "owed": desk.owed.total(),
        "at_once": desk.number(How.AT_ONCE),
        "others": desk.number(*OTHERS, How.BEFORE),
        "over": desk.number(How.OVER),
        "free": max(free.values()),
        "segments": {name: {"places": places[name], "free": free[name]} for name in places} if several else {},
    }


def _or_less(week: Mapping[str, Any], name: str) -> Any:
    """The value of a column; of a rep who serves several segments, how many of which would fill what is there."""
    segments = week["segments"] if name in ("places", "free") else {}
    return " or ".join(f"{of[name]} {segment or 'others'}" for segment, of in segments.items()) or week[name]


def _show(weeks: Iterable[Mapping[str, Any]], waiting: Iterable[Mapping[str, Any]], agreement: Agreement) -> None:
    names = ("rep", "week", "places", "owed", "at_once", "others", "over", "free")
    headings = ("rep", "week of", "places", "owed", "at once", "others", "over the cap", "free")
    table = [[_or_less(week, name) for name in names] for week in weeks]
    show_table("this week", headings, table, right=range(2, 8), empty="nobody was handed over, and nobody waits")
    rows = [
        (
            row["position"] or "",
            row["contact"],
            row["account"],
            row["kind"],
            row["offer"],
            row["rep"] or " or ".join(row["team"]),
            day_in(agreement, row["entered"]),
            row["week"] or ("with marketing" if row["returned_at"] else ""),
            row["why"],
        )
        for row in waiting
    ]
    columns = ("rank", "contact", "account", "for", "offer", "rep", "waits since", "comes in the week of", "why not")
    show_table("waiting", columns, rows, right=(0,), empty="nobody waits for a rep")
