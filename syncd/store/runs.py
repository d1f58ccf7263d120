"""Runs, the one record of work: what was asked for, what is at work and how far, how each ended and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from syncd.errors import NotFound
from syncd.model.runs import OF_OUTCOMES, Ending, RunOutcome
from syncd.model.verbs import BESIDE, verb_named
from syncd.store.mentions import Names
from syncd.tables.core import run

MANY = 5_000  # runs in a row that are looked through, seven weeks of them by the quarter of an hour
MOST = 2**31 - 1  # the largest number that a database gives to a run
SILENT = timedelta(seconds=30)  # without a heartbeat for so long, a run that needs no hold is broken off
WAITING, WORKING = "waiting", "working"  # the states before the end; those after it are the outcomes
GONE = "the process ended before the run did"
AGAIN = "its process ended once before it was done; it is carried out again"
FORGOTTEN = "[forgotten]"

CANCELLED = Ending(RunOutcome.CANCELLED, OF_OUTCOMES[RunOutcome.CANCELLED])

_SAYING = (run.c.scope, run.c.error, run.c.causes)  # where somebody may be named
_OPEN = run.c.finished_at.is_(None)
_WAITS = (_OPEN, run.c.started_at.is_(None))
_WANTED = run.c.cancel_asked_at.is_(None)
_UNWELL = [RunOutcome.INCOMPLETE, RunOutcome.UNSAFE, RunOutcome.FAILED, RunOutcome.BROKEN_OFF]
_HELD = run.c.verb.not_in(BESIDE)


class Asked(NamedTuple):
    """One run that waits for the daemon."""

    id: int
    verb: str
    scope: dict[str, Any]
    actor: str


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs, of which one at most holds the store; those that need no hold are not counted."""

    connection: Connection

    def ask(self, actor: str, verb: str, scope: Mapping[str, Any], key: str | None = None) -> int:
        """Leave a run for the daemon; returns its number. key: a digest that no other run has."""
        return self._insert(verb=verb, actor=actor, scope=_json(scope), asked_at=datetime.now(UTC), asked_as=key)

    def asked_as(self, key: str) -> dict[str, Any] | None:
        """The run that was asked for under this key; None where none was."""
        row = self.connection.execute(select(run).where(run.c.asked_as == key)).first()
        return _plain(row) if row else None

    def waiting(self) -> list[Asked]:
        """What waits for the daemon, oldest first."""
        rows = self.connection.execute(select(run).where(*_WAITS).order_by(run.c.id))
        return [Asked(row.id, row.verb, orjson.loads(row.scope), row.actor) for row in rows]

    def start(self, verb: str, actor: str = "", scope: Mapping[str, Any] | None = None) -> int:
        """Open a run and return its number; those that a kill left open are closed, as this one has the store."""
        if verb_named(verb).needs_hold:
            self.break_off()
        return self._insert(verb=verb, actor=actor, scope=_json(scope or {}), started_at=datetime.now(UTC))

    def begin(self, number: int) -> bool:
        """Begin a run that waited; False where it was taken back meanwhile."""
        return self._update(number, *_WAITS, _WANTED, values={"started_at": datetime.now(UTC)})

    def beat(self, number: int, phase: str | None, done: int | None, total: int | None) -> None:
        """Tell that a run works, and how far it is."""
        values = {"heartbeat_at": datetime.now(UTC), "phase": phase, "done": done, "total": total}
        self._update(number, _OPEN, values=values)

    def finish(self, number: int, ending: Ending, counts: Mapping[str, Any]) -> None:
        """Close a run with what it did and how it ended; one that is closed already stays as it is."""
        values = {
            "finished_at": datetime.now(UTC),
            "outcome": ending.outcome.value,
            "exit_code": ending.exit_code,
            "counts": _json(counts),
            "causes": _json([cause.plain() for cause in ending.causes]),
            "error": ending.error,
            "heartbeat_at": None,
            "phase": None,
            "done": None,
            "total": None,
        }
        self._update(number, _OPEN, values=values)

    def put_back(self, number: int, why: str | None = None) -> bool:
        """Have a run that was asked for wait again, for the next start; one that was taken back ends: False."""
        begun = dict.fromkeys(("started_at", "heartbeat_at", "phase", "done", "total"))
        if self._update(number, _OPEN, _WANTED, values={**begun, "error": why}):
            return True
        self.finish(number, CANCELLED, {})
        return False

    def break_off(self) -> None:
        """Close the runs that a kill left open. What somebody asked for waits again, once."""
        silent = func.coalesce(run.c.heartbeat_at, run.c.started_at) < datetime.now(UTC) - SILENT
        for row in self.connection.execute(select(run).where(_OPEN, run.c.started_at.is_not(None), or_(_HELD, silent))):
            if row.asked_at is not None and row.error is None and row.cancel_asked_at is None:
                self.put_back(row.id, AGAIN)
            else:
                ending = Ending(RunOutcome.BROKEN_OFF, OF_OUTCOMES[RunOutcome.BROKEN_OFF], error=GONE)
                self.finish(row.id, ending, {})

    def cancel(self, number: int, actor: str) -> str:
        """Take a run back; returns the state that it is in then. One at work hears of it, one that waits ends here.

        It is looked at once its row is ours: who begins or ends it at the same time comes wholly before or after.
        """
        self._row(number)
        asked = {"cancel_asked_at": datetime.now(UTC), "cancel_by": actor}
        open_ = self._update(number, _OPEN, values=asked)
        row = self._row(number)
        if not open_:
            return str(row.outcome)
        if row.started_at is not None:
            return WORKING
        self.finish(number, CANCELLED, {})
        return RunOutcome.CANCELLED.value

    def cancelled_by(self, number: int) -> str | None:
        """Who takes this run back; None where nobody does."""
        return self.connection.scalar(select(run.c.cancel_by).where(run.c.id == number))

    def not_over(self) -> list[dict[str, Any]]:
        """The runs that nobody has closed: those at work first, then those that wait, each the oldest first."""
        order = (run.c.started_at.is_(None), run.c.id)
        return [_plain(row) for row in self.connection.execute(select(run).where(_OPEN).order_by(*order))]

    def over(self, limit: int, *, verb: str | None, outcome: str | None, before: int | None) -> list[dict[str, Any]]:
        """The latest runs that have ended, newest first; see `last`."""
        earlier = [run.c.id < before] if before else []
        chosen = select(run).where(*_over(verb, outcome), *earlier).order_by(run.c.id.desc()).limit(limit)
        return [_plain(row) for row in self.connection.execute(chosen)]

    def count_over(self, most: int, *, verb: str | None, outcome: str | None) -> int:
        """How many runs have ended; beyond `most` it does not count on."""
        first = select(run.c.id).where(*_over(verb, outcome)).limit(most).subquery()
        return self.connection.scalar(select(func.count()).select_from(first)) or 0

    def last(
        self, limit: int = 10, *, verb: str | None = None, state: str | None = None, before: int | None = None
    ) -> list[dict[str, Any]]:
        """The latest runs, newest first. state: of those at work, that nobody works on any more are among them.

        before: those with a smaller number alone.
        """
        named = [run.c.verb == verb] if verb else []
        earlier = [run.c.id < before] if before else []
        states = [_in_state(state)] if state else []
        chosen = select(run).where(*named, *earlier, *states).order_by(run.c.id.desc()).limit(limit)
        return [_plain(row) for row in self.connection.execute(chosen)]

    def read(self, number: int) -> dict[str, Any]:
        """One run. Raises NotFound where there is none of that number."""
        return _plain(self._row(number))

    def is_open(self) -> bool:
        """Whether a run was begun and not closed."""
        return self.connection.scalar(select(run.c.id).where(_OPEN, run.c.started_at.is_not(None)).limit(1)) is not None

    def open_since(self) -> datetime | None:
        """When the run that is at work, or was when its process ended, was begun; None where all are closed."""
        begun: datetime | None = self.connection.scalar(select(func.min(run.c.started_at)).where(_OPEN))
        return begun

    def newest(self) -> int:
        """The number of the latest run; 0 where there is none."""
        return self.connection.scalar(select(func.max(run.c.id))) or 0

    def last_of_verbs(self) -> dict[str, tuple[datetime, datetime]]:
        """When the last run of each verb began and ended."""
        newest = select(func.max(run.c.id)).where(run.c.finished_at.is_not(None), run.c.started_at.is_not(None))
        rows = self.connection.execute(select(run).where(run.c.id.in_(newest.group_by(run.c.verb))))
        return {row.verb: (row.started_at, row.finished_at) for row in rows}

    def last_ended(self) -> int:
        """The number of the latest run that has ended; 0 where there is none."""
        ended = select(run.c.id).where(run.c.finished_at.is_not(None))
        return self.connection.scalar(ended.order_by(run.c.id.desc()).limit(1)) or 0

    def count_outcomes(self, after: int = 0) -> dict[str, int]:
        """How many runs behind this number ended so."""
        ended = select(run.c.outcome, func.count()).where(run.c.id > after, run.c.outcome.is_not(None))
        return {row[0]: row[1] for row in self.connection.execute(ended.group_by(run.c.outcome))}

    def count_since(self, verb: str, before: Collection[str]) -> int:
        """How many runs of a verb were begun since the last of those others was."""
        last = select(func.max(run.c.id)).where(run.c.verb.in_(before), run.c.started_at.is_not(None)).scalar_subquery()
        begun = (run.c.verb == verb, run.c.id > func.coalesce(last, 0), run.c.started_at.is_not(None))
        return self.connection.scalar(select(func.count()).select_from(run).where(*begun)) or 0

    def last_finished(self, *outcomes: RunOutcome, verbs: Collection[str]) -> datetime | None:
        """When the latest of these verbs ended so; None where none did."""
        those = select(run.c.finished_at).where(run.c.outcome.in_(outcomes), run.c.verb.in_(verbs))
        return self.connection.scalar(those.order_by(run.c.id.desc()).limit(1))

    def last_begun(self, verbs: Collection[str]) -> datetime | None:
        """When the latest of these verbs was begun; None where none was."""
        those = select(run.c.started_at).where(run.c.started_at.is_not(None), run.c.verb.in_(verbs))
        return self.connection.scalar(those.order_by(run.c.id.desc()).limit(1))

    def unwell(self, verbs: Collection[str]) -> Iterator[dict[str, Any]]:
        """The runs of these verbs that ended since the last one that was done, newest first; none that was stopped."""
        of = run.c.verb.in_(verbs)
        done = select(run.c.id).where(of, run.c.outcome == RunOutcome.DONE).order_by(run.c.id.desc()).limit(1)
        last = self.connection.scalar(done) or 0
        ended = select(run).where(run.c.id > last, of, run.c.outcome.in_(_UNWELL))
        for row in self.connection.execute(ended.order_by(run.c.id.desc()).limit(MANY)):
            yield _plain(row)

    def naming(self, somebody: Collection[str]) -> list[int]:
        """The numbers of the runs that were asked for somebody of these names, or whose end tells of them."""
        names = Names(tuple(somebody))
        rows = self.connection.execute(select(run.c.id, *_SAYING).where(names.perhaps_in(*_SAYING))).all()
        return [row.id for row in rows if any(text and names.stand_in_json(text) for text in row[1:])]

    def forget(self, somebody: Collection[str]) -> None:
        """Take the names of somebody who is erased out of what was asked for, and of how it ended."""
        names = Names(tuple(somebody))
        for number in self.naming(somebody):
            row = self.connection.execute(select(*_SAYING).where(run.c.id == number)).one()
            kept = {key: names.taken_out_of_json(text, FORGOTTEN) for key, text in row._mapping.items() if text}
            self.connection.execute(update(run).where(run.c.id == number).values(kept))

    def _update(self, number: int, *conditions: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        """Change a run on these conditions, which the database looks at as it changes it; whether they held."""
        changed = update(run).where(run.c.id == number, *conditions).values(dict(values))
        return self.connection.execute(changed).rowcount > 0

    def _insert(self, **values: Any) -> int:
        key = self.connection.execute(insert(run).values(values)).inserted_primary_key
        return int(key[0]) if key else 0

    def _row(self, number: int) -> Row[Any]:
        row = self.connection.execute(select(run).where(run.c.id == number)).first() if number <= MOST else None
        if row is None:
            raise NotFound(f"there is no run {number}", plain="there is no run of that number")
        return row


def _over(verb: str | None, outcome: str | None) -> list[ColumnElement[bool]]:
    named = ((run.c.verb, verb), (run.c.outcome, outcome))
    return [run.c.finished_at.is_not(None), *(column == value for column, value in named if value)]


def _in_state(state: str) -> ColumnElement[bool]:
    """What a row says of a state; of one that is open and begun, the hold on the store tells the rest."""
    at_work = and_(run.c.outcome.is_(None), run.c.started_at.is_not(None))
    match state:
        case "waiting":
            return and_(run.c.outcome.is_(None), run.c.started_at.is_(None))
        case "working":
            return at_work
        case RunOutcome.BROKEN_OFF:
            return or_(at_work, run.c.outcome == state)
        case _:
            return run.c.outcome == state


def state_of(row: Mapping[str, Any], now: datetime, *, held: bool) -> str:
    """What a run is at: waiting, working or its outcome. held: whether a syncd has the store.

    A run that has neither ended nor a process that works on it is broken off, before anybody has said so.
    """
    if row["outcome"] is not None:
        return str(row["outcome"])
    if row["started_at"] is None:
        return WAITING
    beaten = row["heartbeat_at"] or row["started_at"]
    alive = held if verb_named(row["verb"]).needs_hold else now - beaten < SILENT
    return WORKING if alive else RunOutcome.BROKEN_OFF.value


def _plain(row: Row[Any]) -> dict[str, Any]:
    parsed = {name: orjson.loads(row._mapping[name]) for name in ("scope", "counts", "causes")}
    return {name: value for name, value in row._mapping.items() if name != "asked_as"} | parsed


def _json(content: Any) -> str:
    return orjson.dumps(content).decode()
