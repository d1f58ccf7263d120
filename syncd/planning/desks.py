"""A rep's desk: one week in parts, what is owed of it, and what was taken.

Of a segment with a capacity of its own, N people are a rep's whole week, so that one of them takes an N-th of it. A rep
who serves several segments has one week all the same: where 8 a week are agreed in general and 4 of one segment, it is
cut into eight parts, of which each of the four takes two. Nobody gets more than the agreed number of any of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import lcm

from syncd.model.queue import How, QueueEntry, Taken
from syncd.planning.weeks import WHOLE, WORKING_DAYS, Calendar, days_at_work, full_week, week_of

WEEK = timedelta(days=7)
OTHERS = (How.RANK, How.WAITING)


@dataclass(slots=True)
class Desk:
    """One rep's week. costs: by segment, how many parts one of its people takes; at least one segment.

    owed: people who came over the cap before, by segment. taken: people, by how they came and segment.
    """

    week: date
    parts: int
    costs: Mapping[str, int]
    owed: Counter[str] = field(default_factory=Counter)
    taken: Counter[tuple[How, str]] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        """Parts that nobody has taken; none where more was taken than there is."""
        owed = sum(number * self.costs[segment] for segment, number in self.owed.items())
        return max(0, self.parts - owed - self._parts(how for how in How if how is not How.OVER))

    def fits(self, segment: str, kept: int = 0) -> bool:
        """Whether there is room for one more of that segment, if so many parts are kept free."""
        return self.free - kept >= self.costs[segment]

    def by_waiting(self, percent: int) -> int:
        """How many of the free parts go by waiting time alone, so that they are their share of the week's others."""
        others = self._parts(OTHERS)
        share = (2 * percent * (others + self.free) + WHOLE) // (2 * WHOLE)  # rounded half up
        return min(self.free, max(0, share - self._parts([How.WAITING])))

    def owes_next(self) -> Counter[str]:
        """Who is owed of the next week: whom this one could not make up for, and who came over its cap."""
        left, owed = self.parts, Counter[str]()
        for segment, number in sorted(self.owed.items()):
            settled = min(number, left // self.costs[segment])
            left -= settled * self.costs[segment]
            owed[segment] += number - settled
        for (how, segment), number in self.taken.items():
            if how is How.OVER:
                owed[segment] += number
        return +owed

    def people(self, parts: int) -> dict[str, int]:
        """How many people of each segment alone so many parts are."""
        return {segment: parts // cost for segment, cost in sorted(self.costs.items())}

    def number(self, *hows: How) -> int:
        """How many people came by one of these ways."""
        return sum(number for (how, _), number in self.taken.items() if how in hows)

    def _parts(self, hows: Iterable[How]) -> int:
        kinds = set(hows)
        return sum(number * self.costs[segment] for (how, segment), number in self.taken.items() if how in kinds)


def room_for(week: date, calendar: Calendar, mix: Mapping[str, int]) -> int:
    """How many people a rep takes in that week, if they come from the segments in these proportions."""
    desk = desk_of(week, calendar, mix or {""})
    parts = sum(number * desk.costs[segment] for segment, number in mix.items())
    return desk.parts * sum(mix.values()) // parts if parts else max(desk.people(desk.parts).values())


def desk_of(week: date, calendar: Calendar, segments: Collection[str]) -> Desk:
    """The rep's desk of that week, cut so that people of these segments take whole parts of it."""
    full = {segment: full_week(week, calendar, segment) for segment in segments}
    cut = lcm(*(people for people in full.values() if people)) if any(full.values()) else 0
    parts = cut * days_at_work(week, calendar) // (WHOLE * WORKING_DAYS)
    costs = {segment: cut // people if people else parts + 1 for segment, people in full.items()}
    return Desk(week, parts, costs)


def desks_of(
    taken: Iterable[Taken], entries: Iterable[QueueEntry], crew: Mapping[str, Calendar], now: datetime
) -> dict[str, Desk]:
    """The desk of every rep this week, with what the weeks before owe it."""
    weeks: dict[str, dict[date, Counter[tuple[How, str]]]] = defaultdict(lambda: defaultdict(Counter))
    served: dict[str, set[str]] = defaultdict(set)
    for part in taken:
        if part.rep in crew:
            week = week_of(now, crew[part.rep]) if part.unsent else part.week
            weeks[part.rep][week][part.how, part.segment] += part.number
            served[part.rep].add(part.segment)
    for rep, segment in _asked(entries):
        served[rep].add(segment)
    desks = {}
    for rep, calendar in crew.items():
        this, had, segments = week_of(now, calendar), weeks.get(rep, {}), served.get(rep) or {""}
        week = min((week for week in had if week < this), default=this)
        desk = desk_of(week, calendar, segments)
        desk.taken += had.get(week, Counter())
        while week < this:
            desk, week = next_of(desk, calendar), week + WEEK
            desk.taken += had.get(week, Counter())
        desks[rep] = desk
    return desks


def next_of(desk: Desk, calendar: Calendar) -> Desk:
    """The same rep's desk of the week after."""
    coming = desk_of(desk.week + WEEK, calendar, desk.costs)
    coming.owed = desk.owes_next()
    return coming


def _asked(entries: Iterable[QueueEntry]) -> Iterator[tuple[str, str]]:
    """Who may be handed somebody of which segment."""
    candidates = [entry.candidate for entry in entries]
    for rep, team, segment in {(one.rep, one.team, one.segment) for one in candidates}:
        yield from ((one, segment) for one in ((rep,) if rep else team))
