"""When a pack is due: on the agreed day and hour where its receiver is, and for a while after. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from syncd.settings import WEEKDAYS

LATE: Final = timedelta(days=2)  # after which nobody needs it any more: a daemon that was away sends it until then
WEEK: Final = timedelta(days=7)


class Moment(NamedTuple):
    """A moment of the week. weekday: Monday is 0."""

    weekday: int
    at: time

    @classmethod
    def read(cls, text: str) -> Moment:
        """Read `monday 07:00`, as the settings let it be."""
        day, _, hour = text.partition(" ")
        return cls(WEEKDAYS.index(day), time.fromisoformat(hour))


def week_due(now: datetime, moment: Moment, where: tzinfo) -> date | None:
    """The Monday of the week whose pack is due in that place; None where none is. now: aware."""
    day = now.astimezone(where).date()
    this = day - timedelta(days=day.weekday())
    for week in (this, this - WEEK):  # what is due late on a Sunday is still due on Monday
        begins = datetime.combine(week + timedelta(days=moment.weekday), moment.at, where).astimezone(UTC)
        if begins <= now < begins + LATE:
            return week
    return None
