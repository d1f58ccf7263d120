"""What the queue has taken of the reps' weeks: who was handed over this week, who is owed, and who waits. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from syncd.model.queue import How, QueueEntry, Taken, Wait
from syncd.planning.desks import desks_of, next_of
from syncd.planning.weeks import Calendar

IN_PLACES = tuple(how for how in How if how is not How.OVER)  # who came over the cap is owed from the next week


def reserve(
    entries: Sequence[QueueEntry],
    waits: Mapping[str, Wait],
    taken: Iterable[Taken],
    crew: Mapping[str, Calendar],
    weeks: int,
    now: datetime,
) -> dict[tuple[str, date], float]:
    """Rep and Monday → how many people of the queue have a place there, in so many weeks from this one.

    entries, waits: who waits, and the week in which the queue says that each will come. Of whom a team takes by turns
    each member of it has an equal part.
    """
    reserved: dict[tuple[str, date], float] = defaultdict(float)
    for rep, this_week in desks_of(taken, entries, crew, now).items():
        reserved[rep, this_week.week] += this_week.number(*IN_PLACES)
        desk = this_week
        for _ in range(weeks):
            reserved[rep, desk.week] += desk.owed.total()
            desk = next_of(desk, crew[rep])
    for entry in entries:
        wait = waits.get(entry.candidate.key)
        if wait is None or wait.week is None:
            continue
        reps = _reps(entry, crew)
        for rep in reps:
            reserved[rep, wait.week] += 1 / len(reps)
    return dict(reserved)


def _reps(entry: QueueEntry, crew: Collection[str]) -> list[str]:
    """To whom somebody may fall."""
    candidate = entry.candidate
    return [rep for rep in ((candidate.rep,) if candidate.rep else candidate.team) if rep in crew]
