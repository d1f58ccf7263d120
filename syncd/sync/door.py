"""The door: every act goes through it, whoever asked for it, and nothing else keeps the record of work.

It opens the run first and writes down who asked; hears meanwhile how far it is, and whether somebody takes it back; and
closes it with the kind of its outcome, the exit code, and each cause once, whatever is raised.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from structlog.contextvars import bound_contextvars

from connectors.base import Calling, Stopped, TryLater
from connectors.callers import Caller
from syncd.errors import ConfigError, NotFound, SyncdError, Unavailable, UnsafePlan
from syncd.model.runs import SCHEDULE, Cause, CauseKind, Ending, RunOutcome, exit_code
from syncd.model.verbs import verb_named
from syncd.store import Store, UnitOfWork
from syncd.store.notes import ASKED_PLANS
from syncd.store.runs import WORKING
from syncd.strangers import outlined, reason_of
from syncd.sync.batch import FIELD, PLACED, READ
from syncd.sync.beat import CALM, Beat, Pace
from syncd.sync.causes import MENDS, cause_of, grouped
from syncd.sync.cycle import Wiring
from syncd.sync.judge import JUDGED
from syncd.sync.meters import settle
from syncd.sync.run import Halt, Progress, Run
from syncd.sync.summary import Summary

log = structlog.get_logger()


@dataclass(frozen=True)
class Act:
    """What is to be done, for whom. scope: what was named, as JSON; without what was left out."""

    verb: str
    actor: str = SCHEDULE
    scope: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_audited(self) -> bool:
        """Whether it stands in the audit log: somebody asked for it, and it is no verb that only looks."""
        return self.actor != SCHEDULE and verb_named(self.verb).audited

    def in_words(self, number: int) -> str:
        """For the audit log: the run, and what was named."""
        named = (f"--{name}" if value is True else f"{name}={value}" for name, value in self.scope.items() if value)
        return ", ".join([*named, f"run {number}"])


@dataclass(frozen=True)
class Ended:
    """A run that has ended without an error of its own."""

    number: int
    summary: Summary
    ending: Ending


Work = Callable[[Run], Summary]


def _nobody(_: str, __: int) -> None:
    return None


class Door:
    """The one door to an installation's acts, also of several at a time: each is stopped, counted and told by itself.

    ending: the end of the process, which all of them heed.
    """

    def __init__(self, wiring: Wiring, ending: threading.Event, pace: Pace = CALM) -> None:
        self._wiring, self._ending, self._pace = wiring, ending, pace
        self._unclosed: list[tuple[int, Ending, Mapping[str, Any]]] = []
        self._settling = threading.Lock()

    def carry_out(self, act: Act, work: Work, *, number: int | None = None, progress: Progress = _nobody) -> Ended:
        """Carry an act out; number: of the run that waits for it, where it was asked for.

        What is raised is raised again once the run is closed; that it was stopped is an ending like others.
        """
        number = self._open(act, number)
        with bound_contextvars(run=number):
            return self._do(act, work, number, progress)

    def _do(self, act: Act, work: Work, number: int, progress: Progress) -> Ended:
        """Do what is open. All that is logged meanwhile bears its number."""
        halt, begun_at = Halt(self._ending), datetime.now(UTC)
        with (
            Caller(halt.sleep) as caller,
            Beat(self._wiring.store, number, halt, self._breaker(caller), self._remaining(act), self._pace) as beat,
        ):
            run = Run(halt, beat.heard_by(progress), actor=act.actor, enter=beat.enter)
            summary = Summary(counts=run.counts)
            error: Exception | None = None
            try:
                summary = work(run)
            except Exception as raised:  # noqa: BLE001 - raised again below
                error = raised
            halted = _halted(run, halt, summary, error)
        with suppress(SyncdError, DBAPIError):
            self._look_aside(summary, begun_at)
        settle(summary, caller, self._wiring.sources)
        ending = _ending(summary, None if halted else error, halted)
        self._close(number, ending, summary.kept())
        if error is not None and not halted:
            raise error
        summary.outcome = ending.outcome
        return Ended(number, summary, ending)

    def settle(self) -> None:
        """Close what could not be closed when it ended, because the store was away. Raises Unavailable."""
        with self._settling:
            while self._unclosed:
                self._keep(*self._unclosed[0])
                self._unclosed.pop(0)

    def _open(self, act: Act, number: int | None) -> int:
        """Open the run; the line of audit of one that waited was written when it was asked for."""
        self.settle()
        with self._wiring.store.writing() as unit:
            if number is None:
                number = unit.runs.start(act.verb, act.actor, act.scope)
                if act.is_audited:
                    unit.audit.write(act.actor, act.verb, act.in_words(number))
            elif not unit.runs.begin(number):
                raise Stopped(f"run {number} was taken back before it began")
        return number

    def _close(self, number: int, ending: Ending, counts: Mapping[str, Any]) -> None:
        """Close the run. One that was asked for and stopped with its process waits for the next start, unless somebody
        has taken it back.

        A store that cannot be used hides no cause: this is done again, and else by the next syncd on it.
        """
        try:
            self._keep(number, ending, counts)
        except Unavailable:
            self._unclosed.append((number, ending, counts))

    def _keep(self, number: int, ending: Ending, counts: Mapping[str, Any]) -> None:
        """Write an ending down. What the store does not take, for any other reason than that it cannot be used now,
        it would not take the next time either: how the run ended is kept, without the words. Raises Unavailable."""
        try:
            self._write(number, ending, counts)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - no ending of one run may hold up all others
            log.error("broken", operation="to close a run", error=reason_of(error), exception=outlined(error))
            with suppress(ConfigError, NotFound, DBAPIError):  # the next syncd on the store closes it
                self._write(number, Ending(ending.outcome, ending.exit_code), {})

    def _write(self, number: int, ending: Ending, counts: Mapping[str, Any]) -> None:
        with self._wiring.store.writing() as unit:
            row = unit.runs.read(number)
            if ending.outcome is RunOutcome.STOPPED and row["asked_at"] is not None:
                if not unit.runs.put_back(number):
                    _drop_plan(unit, row)
            else:
                unit.runs.finish(number, ending, counts)

    def _look_aside(self, summary: Summary, since: datetime) -> None:
        """Which records this run could not read, place or judge, by reason."""
        counts = summary.counts
        if not (counts.matched or counts.judged or counts.changed):
            return
        with self._wiring.store.reading() as unit:
            reasons = unit.quarantine.reasons(since, READ, PLACED, JUDGED, FIELD)
        kind = CauseKind.UNREADABLE
        summary.set_aside += [Cause(kind, (where,), why, MENDS[kind], number) for where, why, number in reasons]

    def _breaker(self, caller: Caller) -> Callable[[], None]:
        """What breaks off the calls of a caller that are on their way."""

        def break_off() -> None:
            for source in self._wiring.sources.values():
                if isinstance(source, Calling):
                    source.hang_up(caller)

        return break_off

    def _remaining(self, act: Act) -> Callable[[str, int], int | None]:
        """How much there is of a phase in all: what is done, and what the store says is left."""
        wiring, full = self._wiring, act.verb == "reconcile" or bool(act.scope.get("full"))

        def remaining(phase: str, done: int) -> int | None:
            with wiring.store.reading() as unit:
                match phase:
                    case "match":
                        return done + unit.records.count_unmatched()
                    case "judge":
                        return done + unit.groups.count_stale(wiring.today())
                    case "plan":
                        return sum(sum(objects.values()) for objects in unit.wishes.count_pending().values())
                    case "push":
                        pending = unit.wishes.count_pending(wiring.clock())
                        return done + sum(sum(objects.values()) for objects in pending.values())
                    case "pull" if full:
                        return max(done, unit.records.count_all(act.scope.get("system"), act.scope.get("stream")))
            return None

        return remaining


def _halted(run: Run, halt: Halt, summary: Summary, error: Exception | None) -> RunOutcome | None:
    """How a run ended that was asked to. What was done when it was asked is done; an error of its own, which no stop
    explains, comes before that."""
    cut_short = (
        run.broken_off or summary.outcome is RunOutcome.STOPPED if error is None else isinstance(error, TryLater)
    )
    if not (halt.is_set() and cut_short):
        return None
    return RunOutcome.STOPPED if halt.cancelled_by is None else RunOutcome.CANCELLED


def _ending(summary: Summary, error: Exception | None, halted: RunOutcome | None) -> Ending:
    """How a run ended: asked to, by an error that was raised, or as its summary says."""
    if error is None:
        outcome, causes = halted or summary.outcome, summary.causes()
        return Ending(outcome, exit_code(outcome, causes), causes)
    outcome = RunOutcome.UNSAFE if isinstance(error, UnsafePlan) else RunOutcome.FAILED
    cause = cause_of(error)
    return Ending(outcome, exit_code(outcome, (cause,)), grouped((cause, *summary.causes())), reason_of(error))


def ask(store: Store, act: Act, key: str | None = None) -> int:
    """Leave an act for the daemon, with its line of audit, if it has one; returns the number of its run.

    key: of a request that may come twice, because its answer was lost: it is one run. Raises ConfigError where its
    sender asked for something else under that key.
    """
    try:
        with store.writing() as unit:
            if (number := _asked_before(unit, act, key)) is None:
                number = unit.runs.ask(act.actor, act.verb, act.scope, _digest(act, key))
                if act.is_audited:
                    unit.audit.write(act.actor, act.verb, act.in_words(number))
            return number
    except IntegrityError:  # it came twice at one time
        if (number := asked_before(store, act, key)) is None:
            raise
        return number


def asked_before(store: Store, act: Act, key: str | None) -> int | None:
    """The run of an act that was asked for under this key. Raises ConfigError where another one was."""
    with store.reading() as unit:
        return _asked_before(unit, act, key)


def _asked_before(unit: UnitOfWork, act: Act, key: str | None) -> int | None:
    digest = _digest(act, key)
    row = unit.runs.asked_as(digest) if digest else None
    if row is None:
        return None
    if (row["verb"], _named(row["scope"])) != (act.verb, _named(act.scope)):
        words = f"this key asked for something else before, which is run {row['id']}: take a new key"
        raise ConfigError(words, plain=words)
    return int(row["id"])


def _digest(act: Act, key: str | None) -> str | None:
    return blake2b(f"{act.actor}\0{key}".encode(), digest_size=16).hexdigest() if key else None


def _named(scope: Mapping[str, Any]) -> Mapping[str, Any]:
    """A scope without the mark of the note that keeps its plan."""
    return {**scope, "plan": str(scope["plan"]).partition("-")[0]} if scope.get("plan") else scope


def cancel(store: Store, number: int, actor: str) -> str:
    """Take a run back; returns its state then. Raises NotFound where there is none of that number."""
    with store.writing() as unit:
        row = unit.runs.read(number)
        if row["outcome"] is not None:
            return str(row["outcome"])
        state = unit.runs.cancel(number, actor)
        if state in (WORKING, RunOutcome.CANCELLED):
            unit.audit.write(actor, "cancel", f"run {number}")
        if state != WORKING:
            _drop_plan(unit, row)
    return state


def _drop_plan(unit: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Let go of the plan that was kept for a run: it shows people by name and address."""
    if plan := row["scope"].get("plan"):
        unit.notes.drop(ASKED_PLANS.of(plan))
