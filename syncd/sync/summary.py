"""What a cycle did, for people and for machines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.base import ConnectorError, NotThere
from syncd.errors import HoldLost
from syncd.model.queue import QueueState
from syncd.model.runs import Cause, CauseKind, RunOutcome
from syncd.store.judgements import LeftOut
from syncd.sync.causes import MENDS, grouped, kind_of_failure
from syncd.sync.counts import Counts


@dataclass
class Summary:
    """What a cycle did, what it cost, what went wrong."""

    outcome: RunOutcome = RunOutcome.DONE
    counts: Counts = field(default_factory=Counts)
    seconds: dict[str, float] = field(default_factory=dict)  # by verb, wall time
    calls: dict[str, int] = field(default_factory=dict)  # API calls by system
    retries: dict[str, dict[str, int]] = field(default_factory=dict)  # repeated calls by system and cause
    waited: dict[str, float] = field(default_factory=dict)  # seconds that systems made us wait
    failures: dict[str, str] = field(default_factory=dict)  # stream or object → reason
    kinds: dict[str, CauseKind] = field(default_factory=dict)  # of the failures, where they are not to be waited for
    mends: dict[str, str] = field(default_factory=dict)  # of the failures
    unseen: set[str] = field(default_factory=set)  # the failures of streams that a system does not show us
    notes: list[str] = field(default_factory=list)
    set_aside: list[Cause] = field(default_factory=list)  # records that this run could not read, place or judge
    waits: set[str] = field(default_factory=set)  # the notes of what stands as the run ends, whatever it did
    quarantined: dict[str, int] = field(default_factory=dict)  # records set aside as the run ended, by step
    held_back: bool = False  # nothing is pushed: the picture is incomplete
    unsafe: bool = False  # nothing is pushed: a person must look at the plan
    premises: list[dict[str, str]] = field(default_factory=list)  # those that do not hold
    queue: QueueState = field(default_factory=QueueState)  # who waits for a rep
    alerts: int = 0  # contacts that somebody must look at
    left_out: LeftOut = field(default_factory=lambda: LeftOut(0, 0))  # person accounts
    unaccepted: int = 0  # writes that this run tried and that do not stand yet

    @property
    def written(self) -> int:
        """How many remote records were created or changed."""
        return self.counts.written

    def fail(self, where: str, error: ConnectorError | HoldLost) -> None:
        """Note what a system failed at, and from when on it is worth another try."""
        retry_at = error.retry_at if isinstance(error, ConnectorError) else None
        again = f"; again from {retry_at:%Y-%m-%d %H:%M} UTC" if retry_at else ""
        self.note_failure(
            where, f"{str(error).removesuffix('.') if again else error}{again}", kind_of_failure(error), error.mend
        )
        if isinstance(error, NotThere):
            self.unseen.add(where)

    def note_failure(self, where: str, what: str, kind: CauseKind, mend: str = "") -> None:
        """Note something that was not done, and what kind of thing would mend it; mend: another than its kind's."""
        self.failures[where], self.kinds[where] = what, kind
        self.mends[where] = mend or MENDS[kind]

    def note_waiting(self, *notes: str) -> None:
        """Note what stands as the run ends: each run tells it, and none keeps it."""
        self.notes += notes
        self.waits.update(notes)

    def causes(self) -> tuple[Cause, ...]:
        """Why not all was done, each cause once."""
        return grouped(self._causes())

    def _causes(self) -> Iterator[Cause]:
        premises = [(f"{premise['system']} premise {premise['where']}", premise) for premise in self.premises]
        for where, what in self.failures.items():
            kind = self.kinds.get(where, CauseKind.UNAVAILABLE)
            if where not in dict(premises):
                number = int(where in self.unseen)
                yield Cause(kind, (where,), what, self.mends.get(where) or MENDS[kind], number)
        for where, premise in premises:
            if where in self.failures:  # else the system was found to do without, and nothing waits
                number = int(premise.get("waiting") or 0)
                yield Cause(CauseKind.PREMISE, (where,), premise["what"], premise["mend"], number)
        for (where, refusal), number in self.counts.refusals.items():
            yield Cause(refusal.kind, (where,), refusal.what, MENDS[refusal.kind], number)
        yield from self.set_aside

    @contextmanager
    def timed(self, verb: str) -> Iterator[None]:
        """Add the wall time of a block."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[verb] = self.seconds.get(verb, 0.0) + time.monotonic() - start

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "outcome": self.outcome.value,
            "written": self.written,
            "counts": self.counts.plain(),
            "quarantined": self.quarantined,
            "seconds": {verb: round(spent, 3) for verb, spent in self.seconds.items()},
            "calls": self.calls,
            "retries": self.retries,
            "waited": {system: round(spent, 1) for system, spent in self.waited.items()},
            "failures": self.failures,
            "premises": self.premises,
            "alerts": self.alerts,
            "left_out": self.left_out._asdict(),
            "queue": {"waiting": self.queue.waiting, "nobody": self.queue.nobody, "dry": list(self.queue.dry)},
            "notes": self.notes,
        }

    def logged(self) -> dict[str, Any]:
        """What the log says of it, in a line: no person, and nothing that the run's own row tells better."""
        counts = self.counts
        causes = self.causes()
        more = [f"and {len(causes) - LOGGED:,} more"] if len(causes) > LOGGED else []
        return {"outcome": self.outcome.value} | _said(
            {
                "seconds": round(sum(self.seconds.values()), 2),
                "written": self.written,
                "changed": counts.changed.total(),
                "judged": len(counts.judged),
                "calls": {system: number for system, number in self.calls.items() if number},
                "causes": [_without_records(cause) for cause in causes[:LOGGED]] + more,
                "notes": [note for note in self.notes if note not in self.waits][:LOGGED],
            }
        )

    def kept(self) -> dict[str, Any]:
        """What is kept of it: what it did and cost, without zeros, and without what the store tells at any time.

        Of streams without news their number of records alone is kept, all together.
        """
        counts = self.counts.plain()
        streams = {name: steps for name, steps in counts["streams"].items() if any(_NEWS & _said(steps).keys())}
        pulled = sum(steps.get("pulled", 0) for name, steps in counts["streams"].items() if name not in streams)
        quiet = len([name for name in counts["streams"] if name not in streams])
        content = {
            "written": self.written,
            "counts": counts | {"streams": streams},
            "quiet": {"streams": quiet, "pulled": pulled} if pulled else {},
            "seconds": {verb: round(spent, 2) for verb, spent in self.seconds.items()},
            "calls": self.calls,
            "retries": self.retries,
            "waited": {system: round(spent, 1) for system, spent in self.waited.items()},
            "notes": [note for note in self.notes if note not in self.waits],
        }
        return _said(content)


LOGGED: Final = 5  # causes, and notes, that a line of the log names
_OF_RECORDS = (CauseKind.REFUSED, CauseKind.UNREADABLE)
_NEWS = {"changed", "swept", "matched"}


def _without_records(cause: Cause) -> str:
    """A cause as the log names it: what a vendor says of single records may hold anybody's address."""
    if cause.kind in _OF_RECORDS and cause.number:
        return f"{cause.kind.value}: {', '.join(cause.where)}: {cause.number:,} records"
    return f"{cause.kind.value}: {cause}"


def _said(content: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is zero or empty, at any depth."""
    parts = {name: _said(value) if isinstance(value, Mapping) else value for name, value in content.items()}
    return {name: value for name, value in parts.items() if value}
