"""Follow: what a system announced of one account is read afresh from both systems, and goes through the four verbs.

A shortcut for one account, never the only way: cycles read everything, and whatever is too much, too old or at the
wrong moment is left to the next one. So a run is bounded, and so is how many come between two cycles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from connectors.base import ConnectorError, Stopped
from syncd.errors import SyncdError
from syncd.model.runs import WEBHOOK, RunOutcome
from syncd.model.verbs import ENTIRE
from syncd.store import Store
from syncd.store.announcements import FOLLOWED, LEFT, Waiting
from syncd.store.notes import VALVE
from syncd.store.restoring import restored_from
from syncd.sync.afresh import Afresh
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, push_for
from syncd.sync.door import Act
from syncd.sync.judge import judge
from syncd.sync.match import is_in_step, match
from syncd.sync.release import release
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.tenants import admit

FOLLOW: Final = "follow"
MOST_RUNS: Final = 100  # between two cycles
MOST_STRANGERS: Final = 100  # records of no account that one run reads
MOST_BEHIND: Final = 2_000  # records that wait to be matched: more is a cycle's work
OLDEST: Final = timedelta(hours=1)  # what waited longer is left
ATTEMPTS: Final = 3
RESERVE: Final = 0.2  # of a day's allowance of calls, which is kept for cycles
AGAIN: Final = timedelta(seconds=10)  # after which what is awaited is looked for again
STRANGERS: Final = "of no account yet"

_UNACCEPTED = (WriteOutcome.REFUSED, WriteOutcome.RETRY, WriteOutcome.UNCERTAIN)


class Following(NamedTuple):
    """What one run follows: what is announced of one account, or of records that belong to none yet."""

    account_id: str | None
    announced: Sequence[Waiting]

    @property
    def act(self) -> Act:
        """What the door is asked for."""
        actor, refs = f"{self.announced[0].ref.system}{WEBHOOK}", {one.ref for one in self.announced}
        if self.account_id is not None:
            return Act(FOLLOW, actor, {"account": self.account_id})
        return Act(FOLLOW, actor, {"record": str(refs.pop())} if len(refs) == 1 else {"records": STRANGERS})


def next_following(store: Store, now: datetime) -> Following | None:
    """What is to be followed next; None where nothing waits. What is too old, or too much, is left to the cycle."""
    with store.reading() as unit:
        waiting = unit.announcements.waiting(now)
        spent = bool(waiting) and unit.runs.count_since(FOLLOW, ENTIRE) >= MOST_RUNS
    left = {one.id for one in waiting if spent or one.attempts >= ATTEMPTS or now - one.heard_at > OLDEST}
    if left:
        with store.writing() as unit:
            unit.announcements.end(left, LEFT, now)
    return next(iter(_followings(one for one in waiting if one.id not in left)), None)


def _followings(waiting: Iterable[Waiting]) -> list[Following]:
    """By account, the longest waiting first."""
    together: dict[tuple[str, str | None], list[Waiting]] = defaultdict(list)
    for waits in waiting:
        together[waits.ref.system, waits.account_id].append(waits)
    return [Following(account_id, announced) for (_, account_id), announced in together.items()]


def follow(wiring: Wiring, scope: Mapping[str, Any], run: Run) -> Summary:
    """Follow what is announced of an account, or of the record, that the scope names.

    What was announced is ended with the run. Where a system cannot be used now, or does not show yet what it announced,
    it is put off and followed again. Raises SyncdError for what a person must mend.
    """
    run = run.by(wiring.clock)
    summary = Summary(counts=run.counts)
    announced = _begin(wiring.store, scope)
    if not announced:
        summary.notes.append("nothing is announced of it any more")
        return summary
    work = _Work(wiring, run, summary, announced)
    try:
        work.carry_out(scope.get("account"))
    except Stopped:
        run.breaks_off()
    except ConnectorError as error:
        summary.fail(FOLLOW, error)
    except SyncdError:
        work.settle()
        raise
    work.settle()
    if run.is_cut_short(summary.failures):
        summary.outcome = RunOutcome.STOPPED
    elif summary.unsafe:
        summary.outcome = RunOutcome.UNSAFE
    elif summary.failures or any(run.counts.of(outcome) for outcome in _UNACCEPTED):
        summary.outcome = RunOutcome.INCOMPLETE
    return summary


def _begin(store: Store, scope: Mapping[str, Any]) -> list[Waiting]:
    """What this run follows; that it tries is noted first: what ends the process is not tried for ever."""
    account_id, record = scope.get("account"), scope.get("record")
    with store.writing() as unit:
        waiting = [one for one in unit.announcements.waiting(datetime.now(UTC)) if one.account_id == account_id]
        if account_id is None:
            waiting = [one for one in waiting if record in (None, str(one.ref))][:MOST_STRANGERS]
        unit.announcements.begin([one.id for one in waiting])
    return waiting


@dataclass
class _Work:
    """One run at work. outcome: what becomes of the announcements; None: they wait and are followed again."""

    wiring: Wiring
    run: Run
    summary: Summary
    announced: Sequence[Waiting]
    outcome: str | None = None

    def carry_out(self, account_id: str | None) -> None:
        """Read afresh, match, judge, release, push. Raises ConnectorError and SyncdError."""
        wiring, run, summary = self.wiring, self.run, self.summary
        for failure in admit(wiring.store, wiring.sources.values()).values():
            raise failure
        if why := _why_not_now(wiring):
            summary.notes.append(f"left to the next cycle: {why}")
            self.outcome = LEFT
            return
        reading = Afresh(wiring, run, summary)
        with summary.timed("pull"):
            run.enter("pull")
            reading.read(self.announced, account_id)
        with summary.timed("match"):
            run.enter("match")
            match(wiring.store, wiring.readers, run)
        accounts = self._accounts(account_id)
        if not accounts:
            summary.notes.append("who was announced belongs to no account: nothing is judged")
        elif not run.breaks_off():
            self._decide(accounts)
            self._push(accounts)
        if not (reading.awaited or run.broken_off):
            self.outcome = FOLLOWED

    def settle(self) -> None:
        """Say what became of what was announced."""
        ids, now = [one.id for one in self.announced], datetime.now(UTC)
        with self.wiring.store.writing() as unit:
            if self.outcome is not None:
                unit.announcements.end(ids, self.outcome, now)
            elif self.run.cancelled:
                unit.announcements.end(ids, LEFT, now)
            elif not self.run.stopped:
                unit.announcements.put_off(ids, now + AGAIN)

    def _accounts(self, account_id: str | None) -> list[str]:
        """The account that was named, and those that the announced records belong to now."""
        with self.wiring.store.reading() as unit:
            now = {one.account_id for one in unit.announcements.named([one.id for one in self.announced])}
        return sorted(filter(None, {account_id, *now}))

    def _decide(self, accounts: Sequence[str]) -> None:
        wiring, run, summary = self.wiring, self.run, self.summary
        with summary.timed("judge"):
            run.enter("judge")
            judge(wiring.store, wiring.book, wiring.today(), run, accounts)
        with summary.timed("release"):
            run.enter("release")
            summary.queue = release(wiring.store, wiring.book, wiring.today(), run)

    def _push(self, accounts: Sequence[str]) -> None:
        """Push what is pending for these, unless a person has to look at the plan of everything first."""
        with self.wiring.store.reading() as unit:
            shut = unit.notes.read(VALVE) is not None
        if shut:
            self.summary.notes.append("nothing is pushed: the safety valve is shut until somebody looks at the plan")
        elif not (self.summary.held_back or self.run.breaks_off()):
            push_for(self.wiring, self.run, self.summary, accounts)


def _why_not_now(wiring: Wiring) -> str:
    """Why this is no moment for a single account; empty where it is one. Raises AgreementError."""
    wiring.require_in_force()
    for system, source in wiring.sources.items():
        limit, remaining = source.budget.daily_limit, source.budget.daily_remaining
        if limit and remaining is not None and remaining < limit * RESERVE:
            return f"{remaining:,} of {limit:,} calls of the day are left in {system}, which cycles need"
    if restored_from(wiring.store):
        return "everything is read before anything is written, since the store was restored"
    if not is_in_step(wiring.store, wiring.readers):
        return "everything is matched anew, as the mappings changed or nothing was matched yet"
    with wiring.store.reading() as unit:
        if unit.judgements.in_use() != wiring.agreement_digest:
            return "every account is judged anew, as the agreement changed"
        behind = unit.records.count_unmatched()
    return f"{behind:,} records wait to be matched" if behind > MOST_BEHIND else ""
