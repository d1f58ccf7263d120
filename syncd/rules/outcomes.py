"""Whether an activity happened, by its own status: only what happened counts.

A meeting that was cancelled or missed, a call that nobody took, a task that is still open count nothing. A meeting
whose end has passed and that nobody marked counts as held, assumed, from the day after; the agreement may demand the
mark. A call that we made is an answered one where the agreement names its disposition; one that they made counts unless
its disposition says otherwise. A demo counts from the day on which it was booked.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import NamedTuple

from syncd.model import Activity
from syncd.rules.days import local_day, plus, stamp

DONE, OPEN = "done", "open"
MADE, ANSWERED, HELD = "call_made", "call_answered", "meeting_held"


class Answered(NamedTuple):
    """When a call was answered: its disposition is one of these, and it lasted so long, as far as that is known."""

    dispositions: frozenset[str]
    seconds: float

    def short(self, call: Activity) -> bool:
        """Whether it is known to have been too short."""
        return call.seconds is not None and call.seconds < self.seconds


NO_CALLS = Answered(frozenset(), 0)


def kind_of(activity: Activity, answered: Answered) -> str:
    """The kind that counts: a call that we made and that was answered is an answered call."""
    if activity.kind != MADE:
        return activity.kind
    return ANSWERED if activity.disposition in answered.dispositions and not answered.short(activity) else MADE


def is_a_rep_s(kind: str) -> bool:
    """Whether a rep brings such activities about: a call that was answered, a meeting."""
    return kind in (ANSWERED, HELD)


def is_ours(activity: Activity, answered: Answered) -> bool:
    """Whether it is a touch of ours and nothing that they did: they took the call that was answered."""
    return activity.by_us and kind_of(activity, answered) == activity.kind


def counts_from(activity: Activity, answered: Answered, unmarked: bool, where: tzinfo) -> date | None:
    """The first day on which it counts; None for what did not happen, as far as its system says.

    unmarked: whether a meeting counts whose end has passed and that nobody marked.
    """
    day = local_day(stamp(activity.at), where)
    if activity.kind == ANSWERED and _is_unanswered(activity, answered):
        return None
    if activity.outcome == DONE:
        return day
    if is_unmarked(activity):
        return max(day, plus(local_day(stamp(activity.ends or activity.at), where), 1)) if unmarked else None
    return day if activity.outcome is None else None


def _is_unanswered(call: Activity, answered: Answered) -> bool:
    otherwise = call.disposition is not None and call.disposition not in answered.dispositions
    return otherwise or answered.short(call)


def is_unmarked(activity: Activity) -> bool:
    """Whether it has an end, and nobody said what became of it."""
    return activity.ends is not None and activity.outcome in (None, OPEN)


def meets(activity: Activity, unmarked: bool, where: tzinfo, since: date, today: date) -> bool:
    """Whether it is a meeting that was held since that day, or one that lies ahead and was not called off."""
    if activity.kind != HELD:
        return False
    day = counts_from(activity, NO_CALLS, unmarked, where)
    ahead = local_day(stamp(activity.at), where) >= today and activity.outcome in (None, OPEN)
    return ahead or (day is not None and day >= since)


def answers(activity: Activity, raised_at: datetime, answered: Answered, unmarked: bool, where: tzinfo) -> bool:
    """Whether sales touched somebody by it since they asked: wrote, called, spoke or met, or is going to meet."""
    if stamp(activity.at) < raised_at:
        return False
    if activity.kind == HELD:
        return activity.outcome in (None, DONE, OPEN)
    touch = (activity.by_us and activity.selling) or kind_of(activity, answered) == ANSWERED
    return touch and counts_from(activity, answered, unmarked, where) is not None


def booked_from(activity: Activity, where: tzinfo) -> tuple[datetime, date] | None:
    """The moment and day of a booking, which is what somebody did; None where it was called off."""
    if activity.outcome not in (None, DONE, OPEN):
        return None
    at = stamp(min(activity.made, activity.at) if activity.made else activity.at)
    return at, local_day(at, where)
