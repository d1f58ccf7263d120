"""One cycle: pull all systems side by side, match, judge, push, and read back what was written until all is quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.announcing import Announcer
from connectors.base import ConnectorError, Source, Stopped
from syncd.agreement import NOT_YET, Agreement, terms_digest
from syncd.errors import AgreementError, HoldLost, UnsafePlan
from syncd.mapping import SystemMapping
from syncd.model.keeping import Keep
from syncd.model.runs import CauseKind, RunOutcome
from syncd.rules import Rulebook
from syncd.store import Store
from syncd.store.restoring import go_on, restored_from
from syncd.sync.audits import take_snapshot
from syncd.sync.counts import WriteOutcome
from syncd.sync.drafts import NOBODY
from syncd.sync.first_plan import require_applied
from syncd.sync.holds import Holds, done_without, doubted, in_words, look, note_doubts
from syncd.sync.judge import judge
from syncd.sync.match import match
from syncd.sync.not_ours import advice, pass_over, unsighted
from syncd.sync.pull import Mode, Shortfall, pull
from syncd.sync.push import SystemPush, push
from syncd.sync.reader import Readers
from syncd.sync.release import in_short, release
from syncd.sync.run import Run
from syncd.sync.sight import is_passing, told_of, unseen
from syncd.sync.summary import Summary
from syncd.sync.tenants import admit
from syncd.sync.threads import of_this_run
from syncd.sync.valve import LOOK, Valve, note_passed, require_nothing
from syncd.sync.whereabouts import Remote

ROUNDS = 3  # push, read back, judge again: the second round finds nothing unless something moved meanwhile


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
    keep: Keep = field(default_factory=Keep)
    backups: Path | None = None  # the folder of the nightly ones
    backups_kept: int = 14
    announcers: Mapping[str, Announcer] = field(default_factory=dict)  # of the systems that call us

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

    def use_agreement(self) -> str | None:
        """Note the agreement as the one in force; returns what is new, for which every account is judged again.

        Raises AgreementError where nobody signed it yet, and where its version was signed with other terms.
        """
        self.require_signed()
        agreement = self.agreement
        with self.store.writing() as unit:
            return unit.judgements.use_agreement(
                self.agreement_digest,
                agreement.version,
                self.agreement_text,
                terms_digest(agreement),
                agreement.in_force_from,
            )

    def require_signed(self) -> None:
        """Raise AgreementError for an agreement that is tried and not in force: nothing may be written by it."""
        if missing := self.agreement.unsigned:
            raise AgreementError(
                f"agreement {self.agreement.label}: {' and '.join(missing)} did not sign, and nothing comes of it; "
                "`syncd agreement check` and `syncd explain` show what it would say"
            )
        if (first := self.agreement.in_force_from) > self.today():
            raise AgreementError(f"agreement {self.agreement.label}: {NOT_YET.format(day=first)}")

    def require_in_force(self) -> None:
        """Raise AgreementError unless it is signed, and its version has the terms that it was signed with."""
        self.require_signed()
        with self.store.reading() as unit:
            unit.judgements.require_bound(self.agreement.version, terms_digest(self.agreement))


def cycle(wiring: Wiring, run: Run, *, mode: Mode = "news", force: bool = False) -> Summary:
    """Run one cycle. mode `full` reads everything again and finds what was deleted. `syncd.sync.door` keeps the record.

    force: a person has looked, and what the safety valves hold back may pass. Failures of a system are in the summary,
    not raised: what could be done is done. Raises SyncdError for what a person must mend.
    """
    run = run.by(wiring.clock)
    summary = Summary(counts=run.counts)
    try:
        _Cycle(wiring, run, summary, force).work(mode)
    except Stopped:
        run.breaks_off()
    _settle_accounts(wiring, summary)
    if run.is_cut_short(summary.failures):
        summary.outcome = RunOutcome.STOPPED
    elif summary.unsafe:
        summary.outcome = RunOutcome.UNSAFE
    elif summary.failures or summary.unaccepted:
        summary.outcome = RunOutcome.INCOMPLETE
    return summary


def push_for(wiring: Wiring, run: Run, summary: Summary, accounts: Sequence[str]) -> None:
    """Push what is pending for these accounts alone, as a cycle would: behind the same premises and the same valve."""
    work = _Cycle(wiring, run, summary, force=False, accounts=accounts)
    try:
        with work.at("push"):
            work.push()
    except HoldLost as error:
        summary.fail("push", error)
    finally:
        work.tell_premises()


def _settle_accounts(wiring: Wiring, summary: Summary) -> None:
    """Say what still waits to be accepted: success is not claimed over it."""
    with wiring.store.reading() as unit:
        summary.quarantined, unaccepted = unit.quarantine.count(), unit.wishes.count_unaccepted()
        summary.alerts = unit.judgements.count_alerts()
        summary.left_out = unit.judgements.count_left_out()
        summary.note_waiting(*in_short(summary.queue))
        if doubles := unit.doubles.count():
            summary.note_waiting(f"{doubles:,} likely doubles wait for a decision: `syncd doubles` lists them")
        for system, mapping in wiring.mappings.items():
            for name, rule in mapping.writes.items():
                if rule.needs and (number := unit.wishes.count_lacking(system, name, rule.needs)):
                    summary.note_waiting(f"{number:,} {name} {NOBODY}")
    tried = summary.counts.by_object(WriteOutcome.REFUSED, WriteOutcome.RETRY, WriteOutcome.UNCERTAIN)
    for (system, object_), number in unaccepted.items():
        if tried[object_]:
            summary.unaccepted += number
        summary.note_waiting(f"{number:,} {object_} not accepted by {system}, tried again later: `syncd plan` says why")


@dataclass
class _Cycle:
    """One cycle at work: its four verbs, in rounds."""

    wiring: Wiring
    run: Run
    summary: Summary
    force: bool
    accounts: Sequence[str] | None = None  # for which alone it pushes
    restored: datetime | None = None  # when the backup was made, where nothing was read since it was restored
    holds: dict[str, Holds] = field(default_factory=dict)  # of the systems whose premises this run has looked at

    def work(self, mode: Mode) -> None:
        """Pull, then match, judge, push and read back what was written, until nothing is."""
        wiring, run, summary = self.wiring, self.run, self.summary
        self.restored = restored_from(wiring.store)
        if self.restored:
            mode = "full"
            summary.notes.append(told_of(self.restored))
        admit(wiring.store, wiring.sources.values())
        if news := wiring.use_agreement():
            summary.notes.append(f"{news}: every account is judged again")
        with self.at("pull"):
            self._pull(dict.fromkeys(wiring.sources), mode)
        try:
            self._rounds()
        except HoldLost as error:  # all that would be pushed was decided before: the next run decides anew
            summary.fail("push", error)
        finally:
            self.tell_premises()
        if not (summary.held_back or run.breaks_off()):
            with self.at("audit"):
                take_snapshot(wiring.store, wiring.book, wiring.today(), wiring.readers.folder)

    @contextmanager
    def at(self, verb: str) -> Iterator[None]:
        """One of the verbs at work: told, and timed."""
        self.run.enter(verb)
        with self.summary.timed(verb):
            yield

    def _rounds(self) -> None:
        """Match, judge, push and read back what was written, until nothing is."""
        wiring, run, summary = self.wiring, self.run, self.summary
        for _ in range(ROUNDS):
            if run.breaks_off():
                return
            with self.at("match"):
                match(wiring.store, wiring.readers, run)
            with self.at("judge"):
                judge(wiring.store, wiring.book, wiring.today(), run)
            with self.at("release"):
                summary.queue = release(wiring.store, wiring.book, wiring.today(), run)
            with self.at("push"):
                written = self.push()
            if not any(written.values()) or run.breaks_off():
                return
            with self.at("pull"):
                self._pull({system: streams for system, streams in written.items() if streams}, "news")

    def _pull(self, streams: Mapping[str, Sequence[str] | None], mode: Mode) -> None:
        """Pull these systems side by side: all of their streams (None) or some."""
        parts = {system: self.run.part() for system in streams}

        def pull_system(system: str) -> Shortfall:
            wiring = self.wiring
            source, mapping = wiring.sources[system], wiring.mappings[system]
            chosen, force = streams[system], self.force
            return pull(source, mapping, wiring.store, parts[system], streams=chosen, mode=mode, force=force)

        failures: dict[str, ConnectorError] = {}
        hidden: dict[str, str] = {}
        with ThreadPoolExecutor(max(1, len(parts)), thread_name_prefix="pull") as pool:
            for system, shortfall in zip(parts, pool.map(of_this_run(pull_system), parts), strict=True):
                self.run.counts.add(parts[system].counts)
                failures |= shortfall.failures
                self.summary.held_back |= bool(self.restored and shortfall.refused_sweeps)
                for where, why in shortfall.refused_sweeps.items():
                    self.summary.note_failure(where, why, CauseKind.UNSAFE)
                hidden |= shortfall.hidden
        stopped = {name for name, error in failures.items() if isinstance(error, Stopped)}
        failures = {name: error for name, error in failures.items() if name not in stopped}
        if stopped:
            self.run.breaks_off()
        mappings = self.wiring.mappings
        blind = unsighted(mappings, failures)
        for where, why in hidden.items():
            if where.partition(".")[0] not in blind:  # where nothing is shown, what is hidden has the same cause
                self.summary.note_failure(where, why, CauseKind.PREMISE)
        tried = [f"{system}.{stream}" for system in parts for stream in streams[system] or mappings[system].streams]
        tried = [name for name in tried if name not in stopped]  # what a stop broke off says nothing of its stream
        self.summary.notes += pass_over(self.wiring.store, mappings, failures, tried)
        self.summary.notes += advice(mappings, failures, tried)
        for name, error in failures.items():
            self.summary.fail(name, error)
        if not self.run.stopped:
            self._look(failures)

    def _look(self, failures: Mapping[str, ConnectorError]) -> None:
        """Where too little was seen, nothing is pushed by this cycle any more."""
        for name in unseen(self.wiring.store, self.wiring.mappings, failures):
            self.summary.notes.append(f"nothing is pushed: {name} could not be read to its end")
            self.summary.held_back = True
        if self.restored and (missing := [name for name, error in failures.items() if is_passing(error)]):
            self.summary.notes.append(f"nothing is pushed: since the backup {', '.join(missing)} was not read")
            self.summary.held_back = True

    def push(self) -> dict[str, list[str]]:
        """Push what is pending; returns the streams written, by system, so that they are read back."""
        written: dict[str, list[str]] = {}
        if self.summary.held_back:
            return written
        wiring = self.wiring
        if self.restored:
            go_on(wiring.store)
            self.restored = None
        if self._is_still_shut():
            return written
        self._look_at_premises()
        if not self._passes():
            return written
        for system, holds in self.holds.items():
            mapping, remote = wiring.mappings[system], wiring.targets[system]
            of_it = (remote, mapping, wiring.store, wiring.readers, self.run)
            pushing = push(*of_it, holds=holds, accounts=self.accounts)
            if isinstance(pushing.failure, Stopped):
                self.run.breaks_off()
            elif pushing.failure:
                self.summary.fail(f"{system} push", pushing.failure)
            written[system] = _streams_written(mapping, pushing)
        return written

    def _is_still_shut(self) -> bool:
        """Whether the valve was shut when it was looked at last, and nothing has happened that could have opened it.

        A premise that did not hold is looked at and told all the same.
        """
        wiring, counts = self.wiring, self.run.counts
        if self.force or any((counts.changed.total(), counts.swept.total(), counts.matched.total(), counts.judged)):
            return False
        with wiring.store.reading() as unit:
            if unit.first_plan.is_due() or doubted(unit, wiring.targets):
                return False
        valve = Valve(wiring.store, wiring.agreement, wiring.mappings)
        if excess := valve.still_shut(wiring.clock()):
            self._hold_back(f"{excess}. {LOOK}")
        return bool(excess)

    def _look_at_premises(self) -> None:
        """Once a run, before its first push. Where nobody answers nothing is pushed.

        Where nothing is to be pushed nobody is asked, unless something did not hold when it was looked at last: that
        is told by every run until it holds.
        """
        wiring, summary = self.wiring, self.summary
        with wiring.store.reading() as unit:
            concerned = {*unit.wishes.count_pending(wiring.clock(), self.accounts), *doubted(unit, wiring.targets)}
        for system, remote in wiring.targets.items():
            if system in self.holds or system not in concerned or f"{system} push" in summary.failures:
                continue
            try:
                self.holds[system] = look(remote, wiring.agreement, wiring.mappings[system])
            except Stopped:
                raise
            except ConnectorError as error:
                summary.fail(f"{system} push", error)

    def tell_premises(self) -> None:
        """Say what does not hold, and how much waits for it."""
        for system, holds in self.holds.items():
            self.summary.premises += holds.plain(system)
        for where, what in in_words(self.holds):
            self.summary.note_failure(where, what, CauseKind.PREMISE)
        self.summary.note_waiting(*done_without(self.holds))
        note_doubts(self.wiring.store, self.holds)

    def _passes(self) -> bool:
        """Whether a person need not look at the plan first.

        Everything is counted before the first write: where one system would be written to too much, none is. What
        arrives while a round writes is counted before the next one, with what stands written by then.
        """
        wiring, summary = self.wiring, self.summary
        targets = {system: wiring.targets[system] for system in self.holds}
        try:
            require_applied(wiring.store)
            valve = Valve(wiring.store, wiring.agreement, wiring.mappings, self.run.counts.wrote, self.accounts)
            plan = valve.doubtful(targets, wiring.readers, self.run, self.holds)
            excess = valve.excess(plan) if plan else ""
            if not self.force:
                valve.note(excess, wiring.clock())
                require_nothing(excess)
            elif plan and excess:
                note_passed(wiring.store, self.run.actor, "cycle", plan, excess)
        except UnsafePlan as error:
            self._hold_back(str(error), error.mend)
            return False
        except Stopped:
            raise
        except ConnectorError as error:
            summary.fail("push", error)
            return False
        return True

    def _hold_back(self, why: str, mend: str = "") -> None:
        """A person must look at the plan first."""
        self.summary.note_failure("push", why, CauseKind.UNSAFE, mend)
        self.summary.unsafe = True


def _streams_written(mapping: SystemMapping, pushing: SystemPush) -> list[str]:
    written = {
        rule.object: name
        for name, rule in mapping.writes.items()
        if rule.object in mapping.streams and name in pushing.written
    }
    history = [mapping.stream_into("stage_change")] if "opportunity" in written.values() else []
    return [*written, *(stream for stream in history if stream)]
