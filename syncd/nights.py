"""Nights: one moment of each day, by a wall clock that is set twice a year.

APScheduler's own `CronTrigger` gives the second of two equal wall times again and again, so that a scheduler that asks
for the one after it never ends (3.11, in the night in which clocks go back).
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from apscheduler.triggers.base import BaseTrigger

DAY = timedelta(days=1)
BEFORE = 2 * DAY  # a night's moment may lie on the next day; of the day before the one asked for, none comes later


class Nights(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Once in every night that a zone has, at a wall time: at the first of two, at the first moment behind a gap."""

    def __init__(self, at: time, zone: tzinfo) -> None:
        self._at, self._zone = at.replace(tzinfo=None), zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first night behind the one before, else the first from now on, in UTC."""
        if previous_fire_time is None:
            after = now.astimezone(UTC) - timedelta.resolution
        else:
            after = previous_fire_time.astimezone(UTC)
        day = after.astimezone(self._zone).date() - BEFORE
        while not self._is_there(day) or (moment := self._moment(day)) <= after:
            day += DAY
        return moment

    def _is_there(self, day: date) -> bool:
        """Whether the zone has the day at all: Samoa has no 30 December 2011."""
        return first_moment(datetime.combine(day, time()), self._zone).astimezone(self._zone).date() == day

    def _moment(self, day: date) -> datetime:
        return first_moment(datetime.combine(day, self._at), self._zone)


def first_moment(wall: datetime, zone: tzinfo) -> datetime:
    """The first moment, in UTC, at which clocks of the zone show this time; where none does, at which they pass it."""
    early, late = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if _shown(early, zone) == wall:
        return early
    seconds = range(int((late - early).total_seconds()))
    passed = bisect_left(seconds, True, key=lambda second: _shown(early + timedelta(seconds=second), zone) >= wall)
    return early + timedelta(seconds=passed)


def _shown(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
