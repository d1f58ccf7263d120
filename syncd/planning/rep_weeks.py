"""What reps' weeks would have looked like by other terms: who arrived week by week, through the queue. Pure.

Whoever is an MQL arrives on the day of their first response within the window; the weeks of the period go through
`planning.queue` one after another, each with the places of its calendar, from an empty queue: when a week has begun
for those who wait, and towards its end for those who came.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from syncd.model.queue import Candidate, Entry, How, Release, Taken, TaskKind
from syncd.planning.queue import QueueTerms, hand_out
from syncd.planning.trial import Trial
from syncd.planning.weeks import Calendar, begins
from syncd.rules.days import stamp

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


def arrivals(trial: Trial, first: datetime) -> Iterable[Entry]:
    """Yield the account's MQLs whose first response within the window came from that moment on."""
    moments = {activity.id: stamp(activity.at) for activity in trial.group.activities}
    for contact_id, judged in trial.contacts.items():
        interest = judged.interest
        at = moments.get(interest.first_response or "")
        if at is None or at < first or trial.hindrance(contact_id):
            continue
        at_once = interest.raised_at is not None
        yield Entry(
            Candidate(
                key=f"{TaskKind.MQL}/{contact_id}",
                kind=TaskKind.MQL,
                account_id=trial.group.account.id,
                contact_id=contact_id,
                rank=interest.strength,
                since=at,
                rep=trial.rep.id if trial.rep else None,
                at_once=at_once,
            ),
            at,
        )


def weeks_of(
    entries: Iterable[Entry], crew: Mapping[str, Calendar], terms: QueueTerms, mondays: Sequence[date], zone: str
) -> dict[str, RepWeeks]:
    """Hand these out week by week, in the weeks that begin on those Mondays in that time zone; by rep."""
    coming = sorted(entries, key=lambda entry: (entry.entered, entry.candidate.key))
    rep_of = {entry.candidate.key: entry.candidate.rep or "" for entry in coming}
    weeks = {rep: RepWeeks(rep) for rep in sorted({*rep_of.values()})}
    waiting: list[Entry] = []
    taken: Counter[tuple[str, date, How]] = Counter()
    for monday in mondays:
        start = begins(monday, Calendar(0, zone))
        arrived = [entry for entry in coming if start <= entry.entered < start + WEEK]
        released: list[Release] = []
        returned: list[str] = []
        for comers, now in (([], start + BEGUN), (arrived, start + ENDS)):
            waiting = [*waiting, *comers]
            crewed = [entry for entry in waiting if entry.candidate.rep in crew]
            had = [Taken(rep, week, how, number) for (rep, week, how), number in taken.items()]
            handout = hand_out(crewed, had, {}, crew, terms, now)
            gone = {release.key for release in handout.released} | handout.returned.keys()
            waiting = [entry for entry in waiting if entry.candidate.key not in gone]
            released += handout.released
            returned += handout.returned
            taken.update((release.rep or "", release.week, release.how) for release in handout.released)
        _note(weeks, arrived, released, returned, waiting, rep_of)
    return weeks


def _note(
    weeks: Mapping[str, RepWeeks],
    arrived: Iterable[Entry],
    released: Iterable[Release],
    returned: Iterable[str],
    waiting: Iterable[Entry],
    rep_of: Mapping[str, str],
) -> None:
    """Write one week down at every rep."""
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in arrived:
        numbers["arrived"][entry.candidate.rep or ""] += 1
    for release in released:
        numbers["handed"][release.rep or ""] += 1
        numbers["over"][release.rep or ""] += release.how is How.OVER
    for key in returned:
        numbers["returned"][rep_of[key]] += 1
    for entry in waiting:
        numbers["waiting"][entry.candidate.rep or ""] += 1
    for rep, week in weeks.items():
        week.arrived.append(numbers["arrived"][rep])
        week.handed.append(numbers["handed"][rep])
        week.waiting.append(numbers["waiting"][rep])
        week.over += numbers["over"][rep]
        week.returned += numbers["returned"][rep]
