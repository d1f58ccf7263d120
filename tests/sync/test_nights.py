"""Nights: once each, through both changes of the clock, wherever clocks are set."""

import threading
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
import time_machine
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from syncd.daemon import Daemon
from syncd.nights import Nights, first_moment
from syncd.sync.cycle import Wiring

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = 366
ZONES = (  # clocks set by an hour, by half of one, at midnight, never
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "America/Nuuk",
    "Asia/Tokyo",
    "UTC",
)
WALLS = (time(0), time(1, 30), time(2), time(2, 30), time(3), time(23, 30))


def nights(at: time, zone: tzinfo, begun: datetime, number: int = YEAR) -> list[datetime]:
    """The nights as a scheduler asks for them: the first from now on, and then the one behind each."""
    trigger = Nights(at, zone)
    moments = [trigger.get_next_fire_time(None, begun)]
    while len(moments) < number:
        moments.append(trigger.get_next_fire_time(moments[-1], moments[-1]))
    return moments


@pytest.mark.parametrize("at", WALLS, ids=str)
@pytest.mark.parametrize("zone", ZONES)
def test_a_year_has_each_night_once(zone: str, at: time) -> None:
    place = ZoneInfo(zone)
    moments = nights(at, place, datetime(2026, 3, 1, 12, tzinfo=UTC))
    steps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(timedelta(hours=22) < step < timedelta(hours=26) for step in steps)
    walls = [moment.astimezone(place) for moment in moments]
    elsewhere = [wall for wall in walls if (wall.hour, wall.minute) != (at.hour, at.minute)]
    assert len(elsewhere) <= 1, "only where clocks pass that time in the gap of spring"
    assert all(_gap_ends(wall) for wall in elsewhere)
    assert not any(wall.fold for wall in walls), "of two equal times the first"


def _gap_ends(wall: datetime) -> bool:
    """Whether clocks were set on at this moment."""
    before = (wall.astimezone(UTC) - timedelta(seconds=1)).astimezone(wall.tzinfo)
    return wall.utcoffset() > before.utcoffset()  # type: ignore[operator]


def test_a_skipped_time_runs_at_the_first_moment_that_exists() -> None:
    begun = datetime(2027, 3, 27, 12, tzinfo=UTC)  # clocks go from 2:00 to 3:00 on the 28th
    walls = [moment.astimezone(BERLIN) for moment in nights(time(2, 30), BERLIN, begun, 2)]
    assert [f"{wall:%d %H:%M}" for wall in walls] == ["28 03:00", "29 02:30"]


def test_a_time_that_comes_twice_runs_once_at_the_first() -> None:
    begun = datetime(2026, 10, 24, 12, tzinfo=UTC)  # clocks go from 3:00 to 2:00 on the 25th
    assert nights(time(2, 30), BERLIN, begun, 2) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]


def test_between_the_two_the_next_night_is_due() -> None:
    between = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert nights(time(2, 30), BERLIN, between, 1) == [datetime(2026, 10, 26, 1, 30, tzinfo=UTC)]


def test_at_the_very_moment_it_is_due() -> None:
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert nights(time(2, 30), BERLIN, moment, 1) == [moment]


def test_a_day_that_a_zone_does_not_have_has_no_night() -> None:
    apia = ZoneInfo("Pacific/Apia")
    moments = nights(time(2, 30), apia, datetime(2011, 12, 28, 0, tzinfo=apia), 4)
    assert [moment.astimezone(apia).day for moment in moments] == [28, 29, 31, 1]


def test_in_every_zone_of_the_world_a_scheduler_comes_through_the_year() -> None:
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    weeks = [begun + timedelta(weeks=number) for number in range(53)]
    alike = {
        tuple(week.astimezone(ZoneInfo(name)).utcoffset() for week in weeks): name for name in available_timezones()
    }
    assert len(alike) > len(ZONES)
    for zone in alike.values():
        days = [moment.astimezone(ZoneInfo(zone)).date() for moment in nights(time(2, 30), ZoneInfo(zone), begun)]
        assert days == [days[0] + timedelta(days=number) for number in range(YEAR)], zone


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2027-03-28 02:00", "2027-03-28 01:00"),
        ("2027-03-28 02:59:59", "2027-03-28 01:00"),
        ("2027-03-28 03:00", "2027-03-28 01:00"),
        ("2026-10-25 03:00", "2026-10-25 02:00"),
    ],
)
def test_the_first_moment_of_a_wall_time(wall: str, moment: str) -> None:
    assert first_moment(datetime.fromisoformat(wall), BERLIN) == datetime.fromisoformat(f"{moment}+00:00")


BACK, ON, ORDINARY = date(2026, 10, 25), date(2027, 3, 28), date(2027, 6, 1)


@pytest.mark.parametrize("day", [BACK, ON, ORDINARY], ids=["clocks back", "clocks on", "an ordinary day"])
def test_apscheduler_runs_the_night_once_and_goes_on(day: date) -> None:
    at, runs, ran = time(2, 30), [], threading.Event()  # type: ignore[var-annotated]

    def work() -> None:
        runs.append(datetime.now(UTC))
        ran.set()

    due = first_moment(datetime.combine(day, at), BERLIN)
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
    with time_machine.travel(due - timedelta(milliseconds=50), tick=True):
        job = scheduler.add_job(work, Nights(at, BERLIN), coalesce=True, misfire_grace_time=None)
        scheduler.start()
        try:
            assert job.next_run_time == due
            assert ran.wait(30)
        finally:
            _end(scheduler)
    assert len(runs) == 1
    assert job.next_run_time == first_moment(datetime.combine(day + timedelta(days=1), at), BERLIN)


def _end(scheduler: BackgroundScheduler) -> None:
    """A scheduler that never stops asking for the next night does not end."""
    ending = threading.Thread(target=scheduler.shutdown, daemon=True)
    ending.start()
    ending.join(30)
    assert not ending.is_alive(), "the scheduler is caught in this night"


def test_the_daemon_s_night_is_by_the_agreement_s_clock_on_the_day_when_clocks_go_back(wiring: Wiring) -> None:
    zone = ZoneInfo(wiring.agreement.time_zone)
    back = next(
        moment
        for moment in (datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=hours) for hours in range(24 * 60))
        if moment.astimezone(zone).fold
    )
    wall = back.astimezone(zone).time()
    with time_machine.travel(back - timedelta(hours=12), tick=False):
        daemon = Daemon(wiring, interval_minutes=60, reconcile_at=wall, stop=threading.Event())
        (job,) = (job for job in daemon._scheduler.get_jobs() if job.id == "reconcile")
        first = job.trigger.get_next_fire_time(None, datetime.now(UTC))
        later = job.trigger.get_next_fire_time(first, back)
    assert first == back - timedelta(hours=1)
    assert later.astimezone(zone).time() == wall
    assert later - first == timedelta(hours=25)


@pytest.mark.parametrize(("jump", "due"), [(timedelta(hours=5), "03:00"), (timedelta(days=-40), "22:00")])
def test_a_night_is_lost_by_no_clock_that_is_set(wiring: Wiring, jump: timedelta, due: str) -> None:
    zone = ZoneInfo(wiring.agreement.time_zone)
    evening = datetime(2026, 6, 1, 22, tzinfo=zone)
    with time_machine.travel(evening, tick=False) as traveller:
        daemon = Daemon(wiring, interval_minutes=60, reconcile_at=time(2, 30), stop=threading.Event())
        daemon._scheduler.start(paused=True)
        try:
            traveller.move_to(evening + jump, tick=False)
            daemon._go_by(jump)
            (job,) = (job for job in daemon._scheduler.get_jobs() if job.id == "reconcile")
            now = datetime.now(zone)
            assert f"{now:%H:%M}" == due
            assert job.next_run_time < now if jump > timedelta() else job.next_run_time - now < timedelta(hours=5)
        finally:
            daemon._scheduler.shutdown()
