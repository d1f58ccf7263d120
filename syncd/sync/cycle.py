"""One cycle: pull all systems side by side, match, judge, push, and read back what was written until all is quiet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import ConnectorError, Misconfigured, Source
from syncd.agreement import Agreement, unread_terms
from syncd.errors import SyncdError, UnsafePlan
from syncd.mapping import SystemMapping
from syncd.rules import Rulebook
from syncd.store import Store
from syncd.sync.counts import Counts
from syncd.sync.judge import judge
from syncd.sync.match import match
from syncd.sync.plan import require_safe
from syncd.sync.pull import Mode, Outcome, pull
from syncd.sync.push import Pushing, Remote, push
from syncd.sync.reader import Readers
from syncd.sync.tenants import admit

ROUNDS = 3  # push, read back, judge again: the second round finds nothing unless something moved meanwhile

Progress = Callable[[str, int], None]


def _silent(_: str, __: int) -> None:
    return None


@dataclass(frozen=True)
class Wiring:
    """Everything a cycle needs, put together once at the top: see `syncd.wiring`."""

    store: Store
    readers: Readers
    sources: Mapping[str, Source]
    targets: Mapping[str, Remote]
    book: Rulebook
    agreement_digest: str
    agreement_text: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def agreement(self) -> Agreement:
        """The agreement in force."""
        return self.book.agreement

    @property
    def mappings(self) -> Mapping[str, SystemMapping]:
        """The mapping of each system."""
        return self.readers.mappings

    def today(self) -> date:
        """The calendar day where the agreement was signed."""
        return self.clock().astimezone(ZoneInfo(self.agreement.time_zone)).date()


@dataclass
class Summary:
    """What a cycle did, for people and for machines."""

    outcome: str = "done"  # done, incomplete (a stream or a write must be tried again), stopped, failed
    counts: Counts = field(default_factory=Counts)
    seconds: dict[str, float] = field(default_factory=dict)  # by verb, wall time
    calls: dict[str, int] = field(default_factory=dict)  # API calls by system
    retries: dict[str, dict[str, int]] = field(default_factory=dict)  # repeated calls by system and cause
    waited: dict[str, float] = field(default_factory=dict)  # seconds that systems made us wait
    failures: dict[str, str] = field(default_factory=dict)  # stream or object → reason
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # terms of the agreement that nothing reads yet
    unaccepted: int = 0  # writes that this run tried and that do not stand yet

    @property
    def written(self) -> int:
        """How many remote records were created or changed."""
        return self.counts.under("created ") + self.counts.under("updated ")

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "outcome": self.outcome,
            "written": self.written,
            "counts": self.counts.plain(),
            "seconds": {verb: round(spent, 3) for verb, spent in self.seconds.items()},
            "calls": self.calls,
            "retries": self.retries,
            "waited": {system: round(spent, 1) for system, spent in self.waited.items()},
            "failures": self.failures,
            "notes": self.notes,
            "unread": self.unread,
        }


def cycle(
    wiring: Wiring,
    *,
    mode: Mode = "news",
    force: bool = False,
    stop: threading.Event | None = None,
    progress: Progress = _silent,
) -> Summary:
    """Run one cycle and keep a record of it. mode `full` reads everything again and finds what was deleted.

    Failures of a system are in the summary, not raised: what could be done is done. Raises SyncdError for what a
    person must mend. Whatever is raised, the run is closed as failed.
    """
    stop = stop or threading.Event()
    summary = Summary(unread=list(map(str, unread_terms(wiring.agreement))))
    number = wiring.store.start_run("reconcile" if mode == "full" else "cycle")
    meters = {system: _Meter(source) for system, source in wiring.sources.items()}
    try:
        _run(wiring, summary, mode, force, stop, progress)
    except Exception as error:
        summary.outcome = "failed"
        with suppress(SyncdError):  # a store that cannot be used hides no cause; the next run closes this one
            _settle_accounts(wiring, summary, meters)
            wiring.store.finish_run(number, "failed", summary.plain(), _cause(error))
        raise
    _settle_accounts(wiring, summary, meters)
    if stop.is_set():
        summary.outcome = "stopped"
    elif summary.failures or summary.unaccepted:
        summary.outcome = "incomplete"
    wiring.store.finish_run(number, summary.outcome, summary.plain())
    return summary


def _cause(error: Exception) -> str:
    """Why a run broke: our own words as they are, of a stranger's its type and first line."""
    if isinstance(error, SyncdError | ConnectorError):
        return str(error)
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


class _Meter:
    """What a system's budget has counted since now."""

    def __init__(self, source: Source) -> None:
        self.budget = source.budget
        self.calls, self.waited, self.retries = source.budget.calls, source.budget.waited, dict(source.budget.retries)

    def since(self) -> tuple[int, float, dict[str, int]]:
        """Calls, seconds waited and repeated calls by cause."""
        now = self.budget
        again = {cause: number - self.retries.get(cause, 0) for cause, number in dict(now.retries).items()}
        return now.calls - self.calls, now.waited - self.waited, {cause: n for cause, n in again.items() if n}


def _settle_accounts(wiring: Wiring, summary: Summary, meters: Mapping[str, _Meter]) -> None:
    """Say what the run cost, and what still waits to be accepted: success is not claimed over it."""
    for system, meter in meters.items():
        summary.calls[system], waited, again = meter.since()
        if waited:
            summary.waited[system] = waited
        if again:
            summary.retries[system] = again
    for (system, object_), number in wiring.store.unaccepted().items():
        if any(summary.counts[f"{kind} {object_}"] for kind in ("refused", "retry", "uncertain")):
            summary.unaccepted += number
        summary.notes.append(f"{number:,} {object_} not accepted by {system}, tried again later: `syncd plan` says why")


def _run(wiring: Wiring, summary: Summary, mode: Mode, force: bool, stop: threading.Event, progress: Progress) -> None:
    store = wiring.store
    admit(store, wiring.sources.values())
    if store.use_agreement(wiring.agreement_digest, wiring.agreement.version, wiring.agreement_text):
        summary.notes.append(f"agreement {wiring.agreement.version} is new: every account is judged again")
    with _timed(summary, "pull"):
        _pull(wiring, summary, mode, force, stop, progress)
    for turn in range(ROUNDS):
        if stop.is_set():
            return
        with _timed(summary, "match"):
            summary.counts.update(match(store, wiring.readers, stop=stop, progress=progress))
        with _timed(summary, "judge"):
            summary.counts.update(judge(store, wiring.book, wiring.today(), stop=stop, progress=progress))
        written = {}
        with _timed(summary, "push"):
            written = _push(wiring, summary, turn, force, stop, progress)
        if stop.is_set() or not any(written.values()):
            return
        with _timed(summary, "pull"):
            _pull(wiring, summary, "news", False, stop, progress, written)


def _pull(
    wiring: Wiring,
    summary: Summary,
    mode: Mode,
    force: bool,
    stop: threading.Event,
    progress: Progress,
    streams: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Pull the systems side by side; with `streams` only those."""
    chosen = {system: source for system, source in wiring.sources.items() if streams is None or streams.get(system)}

    def one(system: str) -> Outcome:
        mapping = wiring.mappings[system]
        only = streams[system] if streams else None
        return pull(
            chosen[system], mapping, wiring.store, streams=only, mode=mode, force=force, stop=stop, progress=progress
        )

    with ThreadPoolExecutor(max(1, len(chosen)), thread_name_prefix="pull") as pool:
        for outcome in pool.map(one, chosen):
            summary.counts.update(outcome.counts)
            summary.failures.update({name: _told(error) for name, error in outcome.failures.items()})
            summary.failures.update(outcome.refused_sweeps)
            for name, error in outcome.failures.items():
                _judge_failure(wiring, summary, name, error)


def _told(error: ConnectorError) -> str:
    """What went wrong, and from when on it is worth another try."""
    return f"{error}; again from {error.retry_at:%Y-%m-%d %H:%M} UTC" if error.retry_at else str(error)


def _judge_failure(wiring: Wiring, summary: Summary, name: str, error: ConnectorError) -> None:
    """A stream that was never read to its end leaves the picture incomplete: then nothing is pushed."""
    system, _, stream = name.partition(".")
    if isinstance(error, Misconfigured) and stream not in (*NEEDED.get(system, ()), *_PEOPLE):
        return
    if not wiring.store.completed(system, stream) or stream in NEEDED.get(system, ()):
        summary.notes.append(f"nothing is pushed: {name} could not be read to its end")
        summary.counts["push held back"] += 1


# A stream that the app may not read is done without, but not these.
_PEOPLE = ("contacts", "companies")

# Without fresh sight of these a push could double what sales just made.
NEEDED = {"salesforce": ("Account", "Contact", "Opportunity", "OpportunityContactRole")}


def _push(
    wiring: Wiring, summary: Summary, turn: int, force: bool, stop: threading.Event, progress: Progress
) -> dict[str, list[str]]:
    """Push what is pending; returns the streams written, by system, so that they are read back."""
    written: dict[str, list[str]] = {}
    if summary.counts["push held back"]:
        return written
    for system, remote in wiring.targets.items():
        mapping = wiring.mappings[system]
        if turn == 0 and not force:
            try:
                pending = wiring.store.count_pending(system).get("opportunity", 0)
                require_safe(pending, wiring.agreement, wiring.store.standings())
            except UnsafePlan as error:
                summary.failures[f"{system} push"] = str(error)
                continue
        pushing = push(remote, mapping, wiring.store, wiring.readers, stop=stop, progress=progress)
        summary.counts.update(pushing.counts)
        if pushing.failure:
            summary.failures[f"{system} push"] = _told(pushing.failure)
        written[system] = _streams_written(mapping, pushing)
    return written


def _streams_written(mapping: SystemMapping, pushing: Pushing) -> list[str]:
    written = {
        rule.object: name
        for name, rule in mapping.writes.items()
        if rule.object in mapping.streams and pushing.counts[f"created {name}"] + pushing.counts[f"updated {name}"]
    }
    history = [mapping.stream_into("stage_change")] if "opportunity" in written.values() else []
    return [*written, *(stream for stream in history if stream)]


class _timed:
    """Add the wall time of a block to the summary."""

    def __init__(self, summary: Summary, verb: str) -> None:
        self.summary, self.verb = summary, verb

    def __enter__(self) -> None:
        self.start = time.monotonic()

    def __exit__(self, *_: object) -> None:
        spent = time.monotonic() - self.start
        self.summary.seconds[self.verb] = self.summary.seconds.get(self.verb, 0.0) + spent
