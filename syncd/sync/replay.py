"""Replaying other terms over the stored past: groups are read as judge reads them, and nothing is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from syncd import rules
from syncd.model import User
from syncd.model.milestones import BEFORE, Stage
from syncd.model.queue import QueueEntry
from syncd.planning.crew import crew_of, queue_terms
from syncd.planning.queue import QueueTerms
from syncd.planning.rep_weeks import WEEKS, RepWeeks, arrivals, weeks_of
from syncd.planning.replay import REPLAYED, Replay
from syncd.planning.trial import Trial
from syncd.planning.weeks import Calendar
from syncd.rules import Rulebook
from syncd.store import Store, UnitOfWork
from syncd.sync.judge import BATCH

WEEK = timedelta(days=7)


@dataclass(slots=True)
class Replayed:
    """What differs, and every rep's weeks by either terms, before and after. mondays: which weeks these are."""

    replay: Replay
    mondays: list[date]
    before: dict[str, RepWeeks]
    after: dict[str, RepWeeks]
    users: dict[str, User]

    @property
    def is_empty(self) -> bool:
        """Whether the new terms change nothing, no week of a rep either."""
        return self.replay.is_empty and self.before == self.after


def replay(
    store: Store,
    old: Rulebook,
    new: Rulebook,
    since: date,
    today: date,
    *,
    names: bool = False,
    progress: Callable[[str, int], None] = lambda step, number: None,
) -> Replayed:
    """Judge every account by both rulebooks on today's facts, and hold what the past reached against both.

    since: the first day of the period. today: the calendar day in the agreement's time zone.
    """
    result = Replay(names)
    mondays = _mondays(today)
    first = datetime.combine(mondays[0], time(), old.scale.where).astimezone(UTC)
    with store.reading() as unit:
        users, corrections = unit.groups.users(), unit.titles.corrections()
        books = [book.corrected(corrections) for book in ((old,) if old.terms == new.terms else (old, new))]
        came: list[list[QueueEntry]] = [[] for _ in books]
        for ids in unit.groups.pages(BATCH):
            kept = unit.milestones.of(ids)
            for group in unit.groups.of(ids, users):
                trials = [Trial(group, book, rules.judge(group, book, today), since) for book in books]
                result.take(trials[0], trials[-1], kept.get(group.account.id, ()))
                for entries, trial in zip(came, trials, strict=True):
                    entries.extend(arrivals(trial, first))
            progress("replay", len(ids))
        result.gone(_numbers(unit, since, old))
    weeks = [
        weeks_of(entries, *_desks(book, users), mondays, book.agreement.time_zone)
        for entries, book in zip(came, books, strict=True)
    ]
    return Replayed(result, mondays, weeks[0], weeks[-1], users)


def _numbers(unit: UnitOfWork, since: date, book: Rulebook) -> Counter[Stage]:
    """How many milestones of each stage the period has, without what the systems' own histories tell of people."""
    start = datetime.combine(since, time(), book.scale.where).astimezone(UTC)
    milestones = unit.milestones.stream(since=start, stages=REPLAYED)
    return Counter(one.stage for one in milestones if one.round > BEFORE)


def _mondays(today: date) -> list[date]:
    """The weeks before this one."""
    this = today - timedelta(days=today.weekday())
    return [this - number * WEEK for number in range(WEEKS, 0, -1)]


def _desks(book: Rulebook, users: Mapping[str, User]) -> tuple[Mapping[str, Calendar], QueueTerms]:
    """The calendars of everybody who takes records, and the terms of the queue."""
    return crew_of(book.agreement, users, book.destinations["user"].stream, users), queue_terms(book.agreement)
