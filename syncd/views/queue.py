"""The queue: every rep's week, and who waits until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from syncd.errors import NotFound
from syncd.model import How, User
from syncd.model.queue import QueueState
from syncd.planning.crew import crew_of
from syncd.planning.desks import OTHERS, Desk, desks_of
from syncd.planning.names import RepNames
from syncd.rules import Rulebook
from syncd.store import UnitOfWork
from syncd.sync.release import concerned


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
            shown = "`syncd queue` shows them"
            plain = f"no rep of the queue answers to that name; {shown}"
            raise NotFound(f"no rep of the queue answers to {rep!r}; {shown}", plain=plain)
        desks = {golden_id: desk for golden_id, desk in desks.items() if golden_id in chosen}
        waiting = [row for row in waiting if row["rep"] in chosen or chosen.intersection(row["team"])]
    weeks = [_week(golden_id, names[golden_id], desk) for golden_id, desk in desks.items()]
    weeks.sort(key=lambda week: week["rep"])
    for row in waiting:
        row["rep"] = names[row["rep"]] if row["rep"] else None
        row["team"] = [names[member] for member in row["team"]]
    return Board(weeks, waiting, state)


def _answers(user: User, name: str) -> bool:
    return name.casefold() in {known.casefold() for known in (user.id, user.email, user.name) if known}


def _week(golden_id: str, rep: str, desk: Desk) -> dict[str, Any]:
    places, free = desk.people(desk.parts), desk.people(desk.free)
    several = len(set(desk.costs.values())) > 1
    return {
        "rep_id": golden_id,
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
