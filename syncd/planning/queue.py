"""The queue: who is handed to which rep now, who waits and until which week, and who goes back to marketing.

For one rep and week, with `places` after holidays, absence and ramp (`planning.weeks`):

    free = places − owed − at once − others
    owed next week = max(0, owed − places) + over the cap

counted in parts of the week where people of several segments take more or less of it (`planning.desks`).

Hand-raises and booked demos are never held back: they take a free place of this week; where turns chose a rep without
one, a teammate with a free place gets them; else they go over the cap and are owed from the next week. All others go
by rank, but for the agreed share of the places, which goes by waiting time alone. The order of input makes no
difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from syncd.model.queue import Candidate, How, QueueEntry, Release, Taken, Wait
from syncd.planning.desks import WEEK, Desk, desks_of, next_of
from syncd.planning.turns import Team, Turns
from syncd.planning.weeks import Calendar, begins, is_present
from syncd.rules.days import local_day, zone

NOBODY = "no rep: the account has no active owner, and no territory names an active user"
TOO_LONG = "waited longer than {weeks} weeks for a rep's place"


@dataclass(frozen=True, slots=True)
class QueueTerms:
    """The agreement's terms of the queue. dry_weeks: so many weeks ahead it is told that a rep runs dry.

    waiting_of, longest_of: by segment, where it says something of its own.
    """

    waiting_percent: int
    longest_weeks: int
    dry_weeks: int
    waiting_of: Mapping[str, int] = field(default_factory=dict)
    longest_of: Mapping[str, int] = field(default_factory=dict)

    def longest(self, entry: QueueEntry) -> int:
        """For how many weeks somebody waits before they return to marketing."""
        return self.longest_of.get(entry.candidate.segment, self.longest_weeks)

    def returns(self, entry: QueueEntry) -> datetime:
        """The moment after which they have waited too long."""
        return entry.entered + self.longest(entry) * WEEK

    def waiting(self, segments: Collection[str]) -> int:
        """Percent of the places of a rep who serves these segments that go by waiting time alone."""
        return max(self.waiting_of.get(segment, self.waiting_percent) for segment in segments)


@dataclass(frozen=True, slots=True)
class Dry:
    """A rep who has more places in a coming week than people who wait for them."""

    rep: str
    week: date
    places: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Handout:
    """What the queue says now. due: the next moment at which time alone changes it."""

    released: tuple[Release, ...]
    waiting: tuple[Wait, ...]
    returned: Mapping[str, str]  # key → the reason
    dry: tuple[Dry, ...]
    due: datetime | None


def hand_out(
    entries: Iterable[QueueEntry],
    taken: Sequence[Taken],
    turns: Mapping[tuple[Team, str], int],
    crew: Mapping[str, Calendar],
    terms: QueueTerms,
    now: datetime,
) -> Handout:
    """Hand out the places of this week.

    taken: the releases of this week and of those before from which something may be owed. turns: how many each member
    of a team has had. crew: the calendar of every rep who takes records, by golden id.
    """
    returned: dict[str, str] = {}
    waiting: list[QueueEntry] = []
    for entry in sorted(entries, key=lambda entry: entry.candidate.key):
        if now > terms.returns(entry) and not entry.candidate.at_once:
            returned[entry.candidate.key] = TOO_LONG.format(weeks=terms.longest(entry))
        else:
            waiting.append(entry)
    desks = desks_of(taken, waiting, crew, now)
    week = _Week(desks, crew, Turns(turns), terms, now)
    week.give_at_once(entry for entry in waiting if entry.candidate.at_once)
    week.give_by_rank_and_waiting([entry for entry in waiting if not entry.candidate.at_once])
    left = [entry for entry in waiting if entry.candidate.key not in week.releases]
    fed = {part.rep for part in taken} | {release.rep for release in week.releases.values()}
    fed |= {rep for entry in left for rep in (entry.candidate.rep, *entry.candidate.team)}
    waits, dry = _look_ahead(left, week, terms)
    moments = [begins(desk.week, crew[rep]) + WEEK for rep, desk in desks.items()]
    moments += [terms.returns(entry) + timedelta(seconds=1) for entry in left]
    moments += [_tomorrow(calendar, now) for calendar in crew.values() if not _is_here(calendar, now)]
    return Handout(
        released=tuple(week.releases[key] for key in sorted(week.releases)),
        waiting=tuple(sorted(waits, key=lambda wait: wait.key)),
        returned=returned,
        dry=tuple(entry for entry in dry if entry.rep in fed),
        due=min((moment for moment in moments if moment > now), default=None),
    )


def by_rank(entry: QueueEntry) -> tuple[float, datetime, datetime, str]:
    """The strongest first, then who has waited longest."""
    return (-entry.candidate.rank, *by_waiting(entry))


def by_waiting(entry: QueueEntry) -> tuple[datetime, datetime, str]:
    """Who has waited longest first, then whose act is the oldest."""
    return (entry.entered, entry.candidate.since, entry.candidate.key)


def _is_here(calendar: Calendar, now: datetime) -> bool:
    return is_present(local_day(now, zone(calendar.time_zone)), calendar)


def _tomorrow(calendar: Calendar, now: datetime) -> datetime:
    return begins(local_day(now, zone(calendar.time_zone)) + timedelta(days=1), calendar)


# ---- one week over all reps ---------------------------------------------------------------------------------------


class _Week:
    """Gives out one week's places, and notes the releases. Who is away takes nothing but what falls to them at once."""

    def __init__(
        self, desks: Mapping[str, Desk], crew: Mapping[str, Calendar], turns: Turns, terms: QueueTerms, now: datetime
    ) -> None:
        self.desks, self.turns, self.terms, self.now = desks, turns, terms, now
        self.crew = crew
        self.here = {rep for rep, calendar in crew.items() if _is_here(calendar, now)}
        self.releases: dict[str, Release] = {}
        self.chosen: dict[str, str] = {}  # account → the rep whom a turn chose: its people are one rep's

    def give_at_once(self, entries: Iterable[QueueEntry]) -> None:
        """Hand these out in the order of their waiting; a team's last, who can take another one's place."""
        for entry in sorted(entries, key=lambda entry: (entry.candidate.rep is None, by_waiting(entry))):
            self._hand(entry.candidate, self._choose_at_once(entry.candidate))

    def give_by_rank_and_waiting(self, entries: Sequence[QueueEntry]) -> None:
        """Hand these out by rank, but the agreed share of the places by waiting time alone."""
        kept = {rep: desk.by_waiting(self.terms.waiting(desk.costs)) for rep, desk in self.desks.items()}
        rest = self._pass(sorted(entries, key=by_rank), How.RANK, kept)
        self._pass(sorted(rest, key=by_waiting), How.WAITING, {})

    def _pass(self, entries: Sequence[QueueEntry], how: How, kept: Mapping[str, int]) -> list[QueueEntry]:
        """One pass over all reps: those who still wait after it.

        kept: parts of the week that this pass leaves free, but for the first, who may take more of it than the others.
        """
        free = {rep: self.desks[rep].free for rep in self.here}
        room = {rep: parts for rep, parts in free.items() if parts > kept.get(rep, 0)}
        rest = []
        for entry in entries:
            candidate = entry.candidate
            rep = self._rep(candidate, room) if room else None
            if rep is None:
                rest.append(entry)
                continue
            self._hand(candidate, (rep, how))
            room[rep] = self.desks[rep].free - kept.get(rep, 0)
            if room[rep] <= 0:
                del room[rep]
        return rest

    def _rep(self, candidate: Candidate, room: Mapping[str, int]) -> str | None:
        """Who takes them: whose they are, or whose turn it is, if so many parts are left."""
        desks, segment = self.desks, candidate.segment
        if rep := candidate.rep or self.chosen.get(candidate.account_id):
            return rep if rep in room and room[rep] >= desks[rep].costs[segment] else None
        able = [one for one, parts in room.items() if parts >= desks[one].costs.get(segment, parts + 1)]
        return self.turns.next_of(candidate.team, able)

    def _choose_at_once(self, candidate: Candidate) -> tuple[str, How] | None:
        """Who gets somebody that is never held back: a place of this week, a teammate's, or one over the cap."""
        if rep := candidate.rep or self.chosen.get(candidate.account_id):
            return (rep, How.AT_ONCE if self._fits(rep, candidate) else How.OVER) if rep in self.desks else None
        team = [rep for rep in candidate.team if rep in self.desks]
        able = self.here.intersection(team)
        if rep := self.turns.next_of(candidate.team, [rep for rep in able if self._fits(rep, candidate)]):
            return rep, How.AT_ONCE
        rep = self.turns.next_of(candidate.team, able or team)
        return (rep, How.OVER) if rep else None

    def _fits(self, rep: str, candidate: Candidate) -> bool:
        return self.desks[rep].fits(candidate.segment)

    def _hand(self, candidate: Candidate, choice: tuple[str, How] | None) -> None:
        if choice is None:
            return
        rep, how = choice
        desk = self.desks[rep]
        desk.taken[how, candidate.segment] += 1
        by_turn = candidate.rep is None and candidate.account_id not in self.chosen
        if by_turn:
            self.turns.take(candidate.team, rep)
            self.chosen[candidate.account_id] = rep
        self.releases[candidate.key] = Release(
            key=candidate.key,
            kind=candidate.kind,
            account_id=candidate.account_id,
            contact_id=candidate.contact_id,
            rep=rep,
            at=self.now,
            week=desk.week,
            how=how,
            offer=candidate.offer,
            team=candidate.team if by_turn else (),
            segment=candidate.segment,
        )


# ---- the weeks to come -------------------------------------------------------------------------------------------


def _look_ahead(entries: Sequence[QueueEntry], week: _Week, terms: QueueTerms) -> tuple[list[Wait], list[Dry]]:
    """In which week each who waits will come if nothing changes, and who runs dry within the agreed weeks."""
    crew, turns, desks, chosen = week.crew, week.turns.copy(), dict(week.desks), dict(week.chosen)
    weeks: dict[str, date] = {}
    dry: list[Dry] = []
    left = list(entries)
    for ahead in range(1, max(terms.longest_weeks, *terms.longest_of.values(), terms.dry_weeks) + 1):
        if not left and ahead > terms.dry_weeks:
            break
        desks = {rep: next_of(desk, crew[rep]) for rep, desk in desks.items()}
        now = week.now + ahead * WEEK
        coming = _Week(desks, _present(crew), turns, terms, now)
        coming.chosen = chosen
        coming.give_by_rank_and_waiting([one for one in left if now <= terms.returns(one)])
        weeks |= {key: release.week for key, release in coming.releases.items()}
        left = [one for one in left if one.candidate.key not in coming.releases]
        if ahead <= terms.dry_weeks:
            came = _by_rep(coming.releases.values())
            dry += [
                Dry(rep, desk.week, came[rep] + more, came[rep])
                for rep, desk in sorted(desks.items())
                if (more := max(desk.people(desk.free).values()))
            ]
    return list(_positions(entries, weeks, terms, set(crew))), dry


def _present(crew: Mapping[str, Calendar]) -> dict[str, Calendar]:
    """The same reps, at work: whose absence takes places away has fewer of them, and takes the others."""
    return {
        rep: Calendar(calendar.cap, calendar.time_zone, calendar.country, calendar.subdivision)
        for rep, calendar in crew.items()
    }


def _by_rep(releases: Iterable[Release]) -> dict[str | None, int]:
    numbers: dict[str | None, int] = defaultdict(int)
    for release in releases:
        numbers[release.rep] += 1
    return numbers


def _positions(
    entries: Iterable[QueueEntry], weeks: Mapping[str, date], terms: QueueTerms, crew: set[str]
) -> Iterable[Wait]:
    """Each one's rank among those who wait for the same rep or team."""
    queues: dict[tuple[str | None, Team], list[QueueEntry]] = defaultdict(list)
    for entry in entries:
        queues[entry.candidate.rep, entry.candidate.team if entry.candidate.rep is None else ()].append(entry)
    for (rep, team), queue in queues.items():
        nobody = rep not in crew if rep else not crew.intersection(team)
        for position, entry in enumerate(sorted(queue, key=by_rank), 1):
            key = entry.candidate.key
            week = weeks.get(key)
            late = f"returns to marketing before: its turn does not come within {terms.longest(entry)} weeks"
            yield Wait(key, position, week, "" if week else NOBODY if nobody else late)
