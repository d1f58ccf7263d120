"""Milestones as stays between two stages: what the lag model learns from.

A contact's stages belong to a round, an opportunity's to its key or id. What a system's own dates tell (round 0) is
watched until syncd began to keep milestones, and is no failure after it. A round that began before that day is set
aside: its beginning is known from old activities, its end only from the day on which syncd first looked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from syncd.model.milestones import BEFORE, OF_OPPORTUNITIES, Milestone, Stage
from syncd.planning.lag import Passage, why_aside

UNTOLD = "of the time before syncd, whose releases no system tells of"
UNWATCHED = "began before syncd kept milestones, and its end was seen only when syncd first looked"


class Traverse(NamedTuple):
    """From one stage to another, and the ways out that compete with it."""

    entry: Stage
    exit: Stage
    others: tuple[Stage, ...] = ()

    @property
    def name(self) -> str:
        """As the command line takes it, such as mql-accepted."""
        return f"{self.entry}-{self.exit}"

    @property
    def words(self) -> str:
        """As people read it."""
        return f"{self.entry.words} → {self.exit.words}"


_ENDS = (Stage.REJECTED, Stage.RECYCLED)
STEPS = (
    Traverse(Stage.INQUIRY, Stage.MQL),
    Traverse(Stage.MQL, Stage.RELEASED, (Stage.RECYCLED,)),
    Traverse(Stage.RELEASED, Stage.ACCEPTED, _ENDS),
    Traverse(Stage.MQL, Stage.ACCEPTED, _ENDS),
    Traverse(Stage.MQL, Stage.SQO, _ENDS),
    Traverse(Stage.MQL, Stage.WON, (*_ENDS, Stage.LOST)),
    Traverse(Stage.SQO, Stage.WON, (Stage.LOST,)),
    Traverse(Stage.SQO, Stage.LOST, (Stage.WON,)),
)


class Stretch(NamedTuple):
    """A passage, and the milestone with which it began: it knows segment, offer, campaign and rep."""

    passage: Passage
    began_with: Milestone


@dataclass(frozen=True, slots=True)
class Stretches:
    """Those that count, and how many were set aside for which reason."""

    kept: tuple[Stretch, ...]
    aside: Mapping[str, int]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages alone."""
        return tuple(stretch.passage for stretch in self.kept)


@dataclass(frozen=True, slots=True)
class Book:
    """Milestones by whom they are about. since: when this store began to keep them; zone: of the days."""

    contacts: Mapping[tuple[str, int], Sequence[Milestone]]
    opened: Sequence[Milestone]
    outcomes: Mapping[str, Milestone]  # an opportunity's first one, by its key and by its id
    brought: Mapping[str, Sequence[Milestone]]  # by contact, the qualified opportunities that they stand on
    since: datetime
    zone: tzinfo

    def day(self, milestone: Milestone) -> date:
        """The day of it in the book's time zone."""
        return milestone.at.astimezone(self.zone).date()

    def outcome(self, opened: Milestone) -> Milestone | None:
        """What a qualified opportunity came to."""
        names = filter(None, (opened.opportunity_key, opened.opportunity_id))
        return next((self.outcomes[name] for name in names if name in self.outcomes), None)


def compile_book(milestones: Iterable[Milestone], since: datetime | None = None, zone: tzinfo = UTC) -> Book:
    """Sort milestones by whom they are about."""
    contacts: dict[tuple[str, int], list[Milestone]] = defaultdict(list)
    opened: list[Milestone] = []
    outcomes: dict[str, Milestone] = {}
    brought: dict[str, list[Milestone]] = defaultdict(list)
    for milestone in sorted(milestones, key=lambda milestone: (milestone.at, milestone.key)):
        if milestone.stage is Stage.SQO:
            opened.append(milestone)
            for named in milestone.evidence:
                brought[named].append(milestone)
        elif milestone.stage in OF_OPPORTUNITIES:
            for name in filter(None, (milestone.opportunity_key, milestone.opportunity_id)):
                outcomes.setdefault(name, milestone)
        elif milestone.contact_id:
            contacts[milestone.kept_as, milestone.round].append(milestone)  # a merge moves no count
    return Book(contacts, opened, outcomes, brought, since or datetime.max.replace(tzinfo=UTC), zone)


def stretches(book: Book, step: Traverse, today: date) -> Stretches:
    """The stays of one step as known at the end of `today`, without those that cannot be or say nothing."""
    aside = Counter[str]()
    every = list(_of_opportunities(book, step) if step.entry is Stage.SQO else _of_contacts(book, step, aside))
    kept = []
    for passage, began_with in every:
        if why := why_aside(passage, today):
            aside[why] += 1
        else:
            kept.append(Stretch(passage.known_on(today), began_with))
    return Stretches(tuple(kept), dict(aside))


def _of_opportunities(book: Book, step: Traverse) -> Iterator[Stretch]:
    for opened in book.opened:
        outcome = book.outcome(opened)
        taken = outcome if outcome and outcome.stage in (step.exit, *step.others) else None
        yield Stretch(_passage(book, opened, taken), opened)


def _of_contacts(book: Book, step: Traverse, aside: Counter[str]) -> Iterator[Stretch]:
    for (contact_id, number), reached in book.contacts.items():
        entry = next((milestone for milestone in reached if milestone.stage is step.entry), None)
        if entry is None:
            continue
        if number > BEFORE and entry.at < book.since:
            aside[UNWATCHED] += 1
            continue
        if number == BEFORE and step.exit is Stage.RELEASED:
            aside[UNTOLD] += 1
            continue
        ways = (*reached, *_later(book, contact_id, entry, step)) if step.exit in OF_OPPORTUNITIES else reached
        exits = [milestone for milestone in ways if milestone.stage in (step.exit, *step.others)]
        taken = min(exits, key=lambda milestone: (milestone.at, milestone.key), default=None)
        yield Stretch(_passage(book, entry, taken, of_before=number == BEFORE), entry)


def _later(book: Book, contact_id: str, entry: Milestone, step: Traverse) -> Iterator[Milestone]:
    """What became of the first qualified opportunity that they stood on from then on: itself, or its outcome."""
    opened = next((milestone for milestone in book.brought.get(contact_id, ()) if milestone.at >= entry.at), None)
    if opened is not None:
        yield opened
        outcome = book.outcome(opened)
        if outcome is not None and step.exit is not Stage.SQO:
            yield outcome


def _passage(book: Book, entry: Milestone, taken: Milestone | None, *, of_before: bool = False) -> Passage:
    began = book.day(entry)
    if taken is not None:
        return Passage(began, book.day(taken), taken.stage.value)
    if of_before:
        watched = (book.since.astimezone(book.zone) - timedelta(days=1)).date()
        return Passage(began, max(began, watched))
    return Passage(began)
