"""The terms of handing over: to whom an account falls, how many a rep takes in a week, and when a rep is there."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from syncd.agreement.term import MOST, TEN_YEARS, Term

Percent = Annotated[int, Field(ge=0, le=100)]


class Territory(Term):
    """Accounts that fit everything a line names go to its rep, or to its team by turns; an empty line takes the rest.

    accounts: names or domains. offers: those that the contact engages with most. rep, team: e-mail addresses.
    """

    accounts: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    rep: str | None = None
    team: tuple[str, ...] = ()

    @property
    def reps(self) -> tuple[str, ...]:
        """Everybody whom the line names."""
        return (self.rep, *self.team) if self.rep else self.team


class Handover(Term):
    """To whom an MQL goes when its account has no owner, and when the task falls due (business days).

    reminder_days, recycle_days: business days of silence after which the rep is reminded, and after which somebody goes
    back to marketing. rest_days: calendar days for which who went back is not handed over again. moot_status: the org's
    closed status in which syncd closes a task of its own that there is nothing to do about; without one it closes none.
    """

    territories: tuple[Territory, ...] = ()
    task_due_days: Annotated[int, Field(le=TEN_YEARS)] = 2
    reminder_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] = 3
    recycle_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] = 10
    moot_status: Annotated[str, Field(min_length=1)] | None = None
    rest_days: Annotated[int, Field(ge=0, le=TEN_YEARS)] = 90


class Holidays(Term):
    """Whose public holidays are kept: ISO 3166-1 country, and its subdivision."""

    country: str | None = None
    subdivision: str | None = None


class Capacity(Term):
    """How many people a rep takes in a week, and who comes first.

    waiting_percent: of the places, by waiting time alone; the others go by strength or points. longest_wait_weeks: so
    long somebody waits before they return to marketing. at_once: kinds of exploring that are never held back, as no
    hand-raise is. ramp: percent of the places in a new rep's first, second, … week. dry_weeks: how far ahead it is
    told that too few wait for a rep. holidays: of every rep who names no country of their own.
    """

    per_rep_per_week: Annotated[int, Field(gt=0, le=MOST)] = 8
    waiting_percent: Percent = 25
    longest_wait_weeks: Annotated[int, Field(gt=0, le=520)] = 8
    at_once: tuple[str, ...] = ("demo_booked",)
    ramp: tuple[Percent, ...] = ()
    dry_weeks: Annotated[int, Field(ge=0, le=52)] = 1
    holidays: Holidays = Holidays()


class SegmentCapacity(Term):
    """What a segment says of its own capacity; what it leaves out is as in general.

    per_rep_per_week: that many of its people are a rep's whole week, so that each takes that part of it. Of a rep who
    serves several segments, the largest of their waiting_percent counts.
    """

    per_rep_per_week: Annotated[int, Field(gt=0, le=MOST)] | None = None
    waiting_percent: Percent | None = None
    longest_wait_weeks: Annotated[int, Field(gt=0, le=520)] | None = None
    ramp: tuple[Percent, ...] | None = None


class Absence(Term):
    """Days on which a rep is away, both included."""

    first: date
    last: date


class RepTerms(Term):
    """One rep's calendar, by e-mail address; no signature binds it, for it changes from week to week.

    per_week: places of this rep's own. started: the first day at work, from which the ramp runs. time_zone: else the
    one that the systems know of the user, else the agreement's.
    """

    rep: str
    per_week: Annotated[int, Field(ge=0, le=MOST)] | None = None
    time_zone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    started: date | None = None
    absent: tuple[Absence, ...] = ()
