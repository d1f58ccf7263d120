"""Who waits for a rep, and who was handed over: what judge asks for, and what the queue made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class TaskKind(StrEnum):
    """What a rep is asked to do; the first part of the task's key."""

    MQL = "mql"
    EXPLORE = "explore"
    RAISE = "raise"  # somebody asked for sales, and no task of an MQL answers
    QUESTION = "question"


class How(StrEnum):
    """By what a release came: its place of the week, or none."""

    RANK = "rank"
    WAITING = "waiting"  # by waiting time alone
    AT_ONCE = "at once"  # a hand-raise or a booked demo, in a place of this week
    OVER = "over the cap"  # the same where no place was free: owed from the next week
    BEFORE = "before"  # its task stood when the queue began


class Word(StrEnum):
    """What a rep says of somebody who was handed over."""

    ACCEPTED = "accepted"
    NOT_YET = "not yet"
    REJECTED = "rejected"


# The reasons of a word. Who rejects an opportunity says some of the whole account: nothing else of it is theirs to sell
# for now. The others speak of the offer, its time, or those who stand on it.
OF_THE_ACCOUNT: Mapping[str, bool] = MappingProxyType(
    {
        "no need": False,
        "no budget": False,
        "wrong time": False,
        "wrong person": False,
        "not reachable": False,
        "already with a competitor": True,
        "already a customer": True,
        "wrong facts": True,
        "other": False,
    }
)


class About(StrEnum):
    """Whose record a verdict stands in."""

    TASK = "task"
    CONTACT = "contact"
    OPPORTUNITY = "opportunity"


class Outcome(StrEnum):
    """What became of a release: the rep's word, what they did, what their silence led to, or that its task is gone."""

    OPEN = "open"
    ACCEPTED = "accepted"
    NOT_YET = "not yet"
    REJECTED = "rejected"
    RECYCLED = "recycled"
    MOOT = "moot"  # a person deleted the task, or the contact with it

    @property
    def ends(self) -> bool:
        """Whether who was handed over is back with marketing, and needs another release to come again."""
        return self in (Outcome.NOT_YET, Outcome.REJECTED, Outcome.RECYCLED, Outcome.MOOT)


def is_touched(row: Mapping[str, Any]) -> bool:
    """Whether somebody but its creator wrote a mapped record last."""
    return row.get("modified_by") != row.get("created_by")


def words_of(word: str | None, reason: str | None) -> str:
    """What a record says, with its reason: `rejected: no need`."""
    return ": ".join(filter(None, (word, reason)))


def taken_up(closed: object, word: object, touched: bool) -> str:
    """By what somebody took up a task of ours, in words; empty where nobody did."""
    if closed:
        return "the task is closed"
    if word:
        return "the task was answered"
    return "somebody took the task up" if touched else ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands in one record that a rep has before them, and when it was seen first.

    subject: the task's key, or the golden id. word: None where nothing is said; then it is a task of ours. closed,
    touched: of a task, whether it is done, and whether anybody but syncd wrote it last.
    """

    about: About
    subject: str
    word: Word | None
    reason: str
    at: datetime
    closed: bool = False
    touched: bool = False
    remote_id: str = ""

    @property
    def words(self) -> str:
        """What is said, with its reason."""
        return words_of(self.word, self.reason)

    @property
    def taken_up(self) -> str:
        """By what somebody took the task up; empty where nobody did."""
        return taken_up(self.closed, self.word, self.touched)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One task that the rules ask for: it is a task, and a wish, from its release on.

    rep: the golden id of the user whom it falls to; empty where a team takes turns, or nobody was found.
    team: golden ids of those who take turns, in the agreement's order. rank: strength, or points; the highest first.
    since: when the act happened for which they are called. at_once: it is never held back. segment: the account's, by
    whose terms they wait and take a part of a rep's week; "" for none.
    """

    key: str
    kind: TaskKind
    account_id: str
    contact_id: str
    rank: float
    since: datetime
    offer: str | None = None
    rep: str | None = None
    team: tuple[str, ...] = ()
    at_once: bool = False
    segment: str = ""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A candidate in the queue. entered: when it began to wait."""

    candidate: Candidate
    entered: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """A candidate that was handed to a named rep: the day on which its task is made, and what became of it.

    week: the Monday of the rep's week. team: those who took turns, where this was a turn. segment: as of the candidate.
    """

    key: str
    kind: TaskKind
    account_id: str
    contact_id: str
    rep: str | None
    at: datetime
    week: date
    how: How
    offer: str | None = None
    team: tuple[str, ...] = ()
    outcome: Outcome = Outcome.OPEN
    outcome_at: datetime | None = None
    why: str = ""  # the reason that was given, or what they did
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """A candidate that went back to marketing, since when, and why."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How many releases of one kind, and of accounts of one segment, a rep had in one week.

    unsent: their tasks do not stand yet, so that they take places of the week in which they will.
    """

    rep: str
    week: date
    how: How
    number: int
    unsent: bool = False
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Where one candidate stands: its rank in the rep's or team's queue, and the week in which it will come.

    week: the Monday of that week; None where it would return to marketing before, or nobody can take it: `why` says so.
    """

    key: str
    position: int
    week: date | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class QueueState:
    """What the queue said last. due: the next moment at which time alone changes it; None: never."""

    due: datetime | None = None
    waiting: int = 0
    nobody: int = 0  # who waits and has no rep
    dry: tuple[Mapping[str, Any], ...] = field(default=())  # reps with more places than people: rep, week, …
