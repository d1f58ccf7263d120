"""The daemon: APScheduler is the clock, the cycle does the work, SIGTERM ends it after the page in hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from connectors.base import ConnectorError, Stopped
from syncd.errors import AlreadyRunning, SyncdError, Unavailable
from syncd.health.holding import hold_lost, hold_taken_again
from syncd.model.runs import RunOutcome
from syncd.nights import Nights
from syncd.pulse import Pulse
from syncd.store.notes import PAUSED
from syncd.store.runs import Asked
from syncd.strangers import outlined, reason_of
from syncd.sync.beat import CALM, Pace
from syncd.sync.cycle import Wiring
from syncd.sync.door import Act, Door
from syncd.sync.follow import next_following
from syncd.sync.verbs import act_of
from syncd.wall import Jumps
from syncd.watch import Watch

REQUESTS_EVERY = 2.0  # seconds between looks at what people ask for, and at what systems announce
TURN = 30.0  # seconds after which what is announced lets others have their turn
WAKE_EVERY = 1.0  # seconds

log = structlog.get_logger()


class Daemon:
    """Runs cycles on a schedule until it is told to stop. One run at a time; late runs are coalesced, never dropped."""

    def __init__(
        self,
        wiring: Wiring,
        *,
        interval_minutes: float,
        reconcile_at: clock_time,
        stop: threading.Event,
        pace: Pace = CALM,
        watch: Callable[[Pulse], Watch] | None = None,
    ) -> None:
        self.wiring = wiring
        self.stop = stop
        self.pulse = Pulse()
        self.watch = watch(self.pulse) if watch else Watch(wiring, self.pulse, interval_minutes)
        self.door = Door(wiring, stop, pace)
        self._lost: AlreadyRunning | None = None  # another syncd has taken the store
        self._scheduler = BackgroundScheduler(  # in UTC, which nobody sets: nights alone know the zone
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        every = IntervalTrigger(minutes=interval_minutes, timezone=UTC)
        nightly = Nights(reconcile_at, ZoneInfo(wiring.agreement.time_zone))
        self._scheduler.add_job(self._cycle, every, id="cycle", next_run_time=datetime.now(UTC))
        self._scheduler.add_job(self._reconcile, nightly, id="reconcile")
        looking = IntervalTrigger(seconds=REQUESTS_EVERY, timezone=UTC)
        self._scheduler.add_job(self._requests, looking, id="requests")
        if wiring.announcers:
            self._scheduler.add_job(self._announced, looking, id="announced")
        self._scheduler.add_listener(self._noticed, EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)

    def run(self) -> None:
        """Work until `stop` is set; returns when the run in hand has ended.

        Raises AlreadyRunning where another syncd has taken the store meanwhile.
        """
        self._whatever_comes("look ahead", self.watch.look_ahead)
        with suppress(SyncdError), self.wiring.store.reading() as unit:
            self.pulse.after = unit.runs.newest()
        self.watch.start()
        self._scheduler.start()
        log.info("started", agreement=self.wiring.agreement.version, systems=list(self.wiring.sources))
        jumps = Jumps()
        while not self.stop.wait(WAKE_EVERY):  # a signal that comes just before a wait begins does not end it
            self._go_by(jumps.since())
        log.info("stopping", why=str(self._lost) if self._lost else "asked to; the page in hand is finished")
        self._scheduler.shutdown(wait=True)
        self.watch.end()
        log.info("stopped")
        if self._lost:
            raise self._lost

    def _go_by(self, jump: timedelta) -> None:
        """Wait on by the time that passes: a clock that is set an hour back must not keep us from work for an hour."""
        if not jump:
            return
        self.watch.clock_set(jump)
        for job in self._scheduler.get_jobs():
            if isinstance(job.trigger, IntervalTrigger):
                job.modify(next_run_time=_due(job.next_run_time, jump, job.trigger.interval))
            else:  # by the calendar, which the new time stands in; a night that was passed over is due
                night = job.trigger.get_next_fire_time(None, datetime.now(UTC))
                job.modify(next_run_time=min(job.next_run_time, night))

    def _cycle(self) -> None:
        self._unless_paused("cycle")

    def _reconcile(self) -> None:
        """The night's work; a defect in one part of it keeps no other from its turn."""
        self._whatever_comes("look ahead", self.watch.look_ahead)
        self._whatever_comes("reconcile", lambda: self._unless_paused("reconcile"))
        self._whatever_comes("prune", lambda: self._guarded(Act("prune")))
        if self.wiring.backups:
            self._whatever_comes("backup", lambda: self._guarded(Act("backup")))

    def _whatever_comes(self, part: str, work: Callable[[], None]) -> None:
        if self.stop.is_set():
            return
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told as one that ends a job is
            log.error("broken", job=part, error=reason_of(error), exception=outlined(error))

    def _unless_paused(self, verb: str) -> None:
        try:
            paused = self._paused()
        except Unavailable as error:
            self.pulse.missed += 1
            self._failed(verb, error)
            return
        if not paused:
            self._guarded(Act(verb))

    def _paused(self) -> bool:
        if paused := self._is_paused():
            log.info("paused", mend="syncd resume")
        return paused

    def _is_paused(self) -> bool:
        with self.wiring.store.reading() as unit:
            return unit.notes.says(PAUSED)

    def _requests(self) -> None:
        """Carry out what people ask for, in its order. What a stop broke off waits for the next start."""
        for asked in self._asked():
            if self.stop.is_set():
                return
            self._guarded(Act(asked.verb, asked.actor, asked.scope), asked.id)

    def look_at_announced(self) -> None:
        """Follow what was announced as soon as nothing else is at work; any thread may say so."""
        with suppress(JobLookupError):
            self._scheduler.modify_job("announced", next_run_time=datetime.now(self._scheduler.timezone))

    def _announced(self) -> None:
        """Follow what systems announce, one account after the other, while nobody has paused the daemon."""
        end = time.monotonic() + TURN
        while not self.stop.is_set() and time.monotonic() < end:
            try:
                if self._is_paused() or (following := next_following(self.wiring.store, datetime.now(UTC))) is None:
                    return
            except Unavailable as error:
                self.watch.unusable(error)
                return
            self._guarded(following.act)

    def _asked(self) -> list[Asked]:
        """What people ask for; nothing while the database does not answer, which is told once."""
        try:
            self._require_alone()
            self.door.settle()
            with self.wiring.store.reading() as unit:
                waiting = unit.runs.waiting()
        except Unavailable as error:
            self.watch.unusable(error)
            return []
        except AlreadyRunning:
            return []
        return waiting

    def _require_alone(self) -> None:
        """Look whether the store is still ours alone; raises AlreadyRunning, after which the daemon stops, aloud."""
        try:
            if self.wiring.store.require_alone():
                log.warning("the store was let go of, by a database that restarted, and is held again")
                self.watch.note(hold_taken_again())
        except AlreadyRunning as error:
            self._give_up(error)
            raise

    def _give_up(self, error: AlreadyRunning) -> None:
        """Another syncd has the store: it works on, and this one ends."""
        self.watch.note(hold_lost(error))
        self._lost = error
        self.stop.set()

    def _guarded(self, act: Act, number: int | None = None) -> None:
        """Carry out one act; what goes wrong stands in its run and in the log, and the clock goes on."""
        try:
            self._require_alone()
            ended = self.door.carry_out(act, lambda run: act_of(act.verb)(self.wiring, act.scope, run), number=number)
        except AlreadyRunning as error:  # before the run, or in the middle of its push
            self._give_up(error)
            self._failed(act.verb, error)
        except Stopped:  # it was taken back before it began
            log.info(act.verb, run=number, outcome=RunOutcome.CANCELLED.value)
        except (SyncdError, ConnectorError) as error:
            self._failed(act.verb, error)
        else:
            well = ended.ending.outcome in (RunOutcome.DONE, RunOutcome.STOPPED, RunOutcome.CANCELLED)
            level = log.info if well else log.warning
            level(act.verb, run=ended.number, exit_code=ended.ending.exit_code, **ended.summary.logged())

    def _failed(self, verb: str, error: SyncdError | ConnectorError) -> None:
        if isinstance(error, Unavailable):  # told once, however often it is tried
            self.watch.unusable(error)
            return
        log.error(verb, outcome=RunOutcome.FAILED.value, error=reason_of(error))

    def _noticed(self, event: JobExecutionEvent) -> None:
        """A run that came late or broke is counted and logged; requests wait their turn behind a long run."""
        error: Any = getattr(event, "exception", None)
        if error is not None:
            log.error("broken", job=event.job_id, error=reason_of(error), exception=outlined(error))
        elif event.job_id not in ("requests", "announced"):
            self.pulse.missed += 1
            log.warning("late", job=event.job_id)


def _due(before: datetime, jump: timedelta, interval: timedelta) -> datetime:
    """When a job is due by a clock that was set meanwhile; one that was due since may have been started by the new one.

    To move that one on would keep it from work for as long as the clock was set on.
    """
    now = datetime.now(before.tzinfo)
    times = (stamp for stamp in (before + jump, before) if stamp <= now + interval)
    return max(next(times, now), now)
