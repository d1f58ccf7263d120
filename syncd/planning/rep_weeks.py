"""What reps' weeks would have looked like by other terms: who arrived week by week, through the queue. Pure.

Whoever became an MQL arrives on the day on which they did for the first time; the weeks of the period go through
`planning.queue` one after another, each with the places of its calendar, from an empty queue: when a week has begun
for those who wait, and towards its end for those who came.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from syncd.model.queue import Candidate, How, QueueEntry, Release, Taken, TaskKind
from syncd.planning.queue import QueueTerms, hand_out
from syncd.planning.trial import Trial
from syncd.planning.turns import Team
from syncd.planning.weeks import Calendar, begins

WEEKS = 13  # at most, before this one
WEEK = timedelta(days=7)
BEGUN, ENDS = timedelta(days=1), timedelta(days=4, hours=12)  # of a week, in every rep's time zone


@dataclass(slots=True)
class RepWeeks:
    """One rep's weeks. rep: golden id; "" for those whom nobody is found to take.

    arrived, handed, waiting: by week, the oldest first: who came to the queue, who was handed over, who waited in the
    end. over: of those handed, how many went over the cap. returned: back to marketing, having waited too long.
    """

    rep: str
    arrived: list[int] = field(default_factory=list)
    handed: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    over: int = 0
    returned: int = 0


def arrivals(trial: Trial, first: datetime) -> Iterator[QueueEntry]:
    """Yield the account's people who became MQLs for the first time at that moment or later."""
    contacts = {contact.id: contact for contact in trial.group.contacts}
    for contact_id in trial.contacts:
        arrival = trial.arrival(contact_id)
        if arrival is None or arrival[0] < first:
            continue
        at, interest = arrival
        offer = interest.favourite
        falls = trial.falls(contacts[contact_id], offer)
        candidate = Candidate(
            key=f"{TaskKind.MQL}/{contact_id}",
            kind=TaskKind.MQL,
            account_id=trial.group.account.id,
            contact_id=contact_id,
            rank=interest.strength,
            since=at,
            offer=offer,
            rep=falls.rep,
            team=falls.team,
            at_once=interest.raised_at is not None,
            segment=trial.judgement.segment or "",
        )
        yield QueueEntry(candidate, at)


def weeks_of(
    entries: Iterable[QueueEntry], crew: Mapping[str, Calendar], terms: QueueTerms, mondays: Sequence[date], zone: str
) -> dict[str, RepWeeks]:
    """Hand these out week by week, in the weeks that begin on those Mondays in that time zone; by rep.

    Who waits for a team is counted at the first of it who takes records, until a turn chooses the rep.
    """
    coming = sorted(entries, key=lambda entry: (entry.entered, entry.candidate.key))
    rep_of = {entry.candidate.key: _rep(entry.candidate, crew) for entry in coming}
    weeks = {
        rep: RepWeeks(rep)
        for rep in sorted({*rep_of.values(), *(one for entry in coming for one in entry.candidate.team if one in crew)})
    }
    waiting: list[QueueEntry] = []
    taken: Counter[tuple[str, date, How, str]] = Counter()
    turns: Counter[tuple[Team, str]] = Counter()
    for monday in mondays:
        start = begins(monday, Calendar(0, zone))
        arrived = [entry for entry in coming if start <= entry.entered < start + WEEK]
        released: list[Release] = []
        returned: list[str] = []
        for comers, now in (([], start + BEGUN), (arrived, start + ENDS)):
            waiting = [*waiting, *comers]
            crewed = [entry for entry in waiting if rep_of[entry.candidate.key]]
            had = [
                Taken(rep, week, how, number, segment=segment) for (rep, week, how, segment), number in taken.items()
            ]
            handout = hand_out(crewed, had, turns, crew, terms, now)
            gone = {release.key for release in handout.released} | handout.returned.keys()
            waiting = [entry for entry in waiting if entry.candidate.key not in gone]
            released += handout.released
            returned += handout.returned
            taken.update((one.rep or "", one.week, one.how, one.segment) for one in handout.released)
            turns.update((release.team, release.rep or "") for release in handout.released if release.team)
        _note(weeks, arrived, released, returned, waiting, rep_of)
    return weeks


def _rep(candidate: Candidate, crew: Mapping[str, Calendar]) -> str:
    return next((rep for rep in (candidate.rep, *candidate.team) if rep in crew), None) or ""


def _note(
    weeks: Mapping[str, RepWeeks],
    arrived: Iterable[QueueEntry],
    released: Iterable[Release],
    returned: Iterable[str],
    waiting: Iterable[QueueEntry],
    rep_of: Mapping[str, str],
) -> None:
    """Write one week down at every rep."""
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in arrived:
        numbers["arrived"][rep_of[entry.candidate.key]] += 1
    for release in released:
        numbers["handed"][release.rep or ""] += 1
        numbers["over"][release.rep or ""] += release.how is How.OVER
    for key in returned:
        numbers["returned"][rep_of[key]] += 1
    for entry in waiting:
        numbers["waiting"][rep_of[entry.candidate.key]] += 1
    for rep, week in weeks.items():
        week.arrived.append(numbers["arrived"][rep])
        week.handed.append(numbers["handed"][rep])
        week.waiting.append(numbers["waiting"][rep])
        week.over += numbers["over"][rep]
        week.returned += numbers["returned"][rep]
