"""Verbs: what each does with what was named, the same for the command line, the daemon and the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from syncd.errors import ConfigError, Interrupted
from syncd.model.runs import RunOutcome
from syncd.sync.apply import apply_asked, in_summary, push_pending
from syncd.sync.backup import do_backup
from syncd.sync.by_hand import do_erase, do_link, do_unlink
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.door import Act, Door
from syncd.sync.follow import follow
from syncd.sync.holds import Holds, look_everywhere
from syncd.sync.judge import judge, judge_in_memory
from syncd.sync.match import match
from syncd.sync.names import chosen_streams
from syncd.sync.plan import Plan, make_plan
from syncd.sync.prune import prune
from syncd.sync.pull import pull
from syncd.sync.release import release
from syncd.sync.resync import Scope, resync
from syncd.sync.retry import retry
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.tenants import admit

Scoped = Mapping[str, Any]  # what was named, as a run keeps it
Carrying = Callable[[Wiring, Scoped, Run], Summary]


def do_cycle(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Pull, match, judge, release, push."""
    return cycle(wiring, run, force=bool(scope.get("force")))


def do_reconcile(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """The same on all that there is: what was deleted without a trace is found."""
    return cycle(wiring, run, mode="full", force=bool(scope.get("force")))


def do_resync(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Read again what was named, and run a cycle."""
    return resync(wiring, Scope.read(scope), run)


def do_retry(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Let what was named of quarantine be tried again, and run a cycle on it."""
    return retry(wiring, scope, run)


def do_follow(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Read afresh what a system announced, of one account, and run the verbs for that account."""
    return follow(wiring, scope, run)


def do_push(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Write what is pending."""
    return in_summary(push_pending(wiring, run, force=bool(scope.get("force"))), run)


def do_pull(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Pull what is new of the streams that were named, or of all."""
    run.enter("pull")
    summary = Summary(counts=run.counts)
    chosen = chosen_streams(wiring, scope.get("system"), scope.get("stream"))
    admit(wiring.store, [wiring.sources[name] for name in chosen])
    for name, streams in chosen.items():
        shortfall = pull(wiring.sources[name], wiring.mappings[name], wiring.store, run, streams=streams)
        for where, error in shortfall.failures.items():
            summary.fail(where, error)
    return _ended(summary, run)


def do_match(wiring: Wiring, _: Scoped, run: Run) -> Summary:
    """Match what was pulled."""
    run.enter("match")
    match(wiring.store, wiring.readers, run)
    return _ended(Summary(counts=run.counts), run)


def do_judge(wiring: Wiring, _: Scoped, run: Run) -> Summary:
    """Judge what is stale, and hand over whom the week has places for; by an unsigned agreement keep nothing of it."""
    run.enter("judge")
    if wiring.agreement.unsigned:
        judge_in_memory(wiring.store, wiring.book, wiring.today(), run)
    else:
        wiring.use_agreement()
        judge(wiring.store, wiring.book, wiring.today(), run)
        release(wiring.store, wiring.book, wiring.today(), run)
    return _ended(Summary(counts=run.counts), run)


def do_prune(wiring: Wiring, _: Scoped, run: Run) -> Summary:
    """Let go of what is kept by days, where these are over."""
    return prune(wiring, run)


class Drawing:
    """The plan of now, which a run draws: it asks the systems and writes nothing. holds: what waits for a premise."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._plan: Plan | None = None
        self.holds: dict[str, Holds] = {}

    def __call__(self, run: Run) -> Summary:
        """Draw it."""
        run.enter("plan")
        wiring = self._wiring
        self.holds = look_everywhere(wiring.targets, wiring.agreement, wiring.mappings, run)
        self._plan = make_plan(wiring.store, wiring.targets, wiring.readers, run.by(wiring.clock), self.holds)
        return _ended(Summary(counts=run.counts), run)

    @property
    def plan(self) -> Plan:
        """The plan. Raises Interrupted where the run was stopped before it was drawn."""
        if self._plan is None:
            raise Interrupted
        return self._plan


def draw(door: Door, wiring: Wiring, actor: str) -> Plan:
    """The plan of now, for who asks beside the daemon's work: a run like any other. Raises Interrupted where somebody
    took it back, or the process ends."""
    drawing = Drawing(wiring)
    door.carry_out(Act("plan", actor), drawing)
    return drawing.plan


VERBS: Mapping[str, Carrying] = {
    "cycle": do_cycle,
    "reconcile": do_reconcile,
    "resync": do_resync,
    "retry": do_retry,
    "follow": do_follow,
    "apply": apply_asked,
    "push": do_push,
    "pull": do_pull,
    "match": do_match,
    "judge": do_judge,
    "prune": do_prune,
    "backup": do_backup,
    "erase": do_erase,
    "link": do_link,
    "unlink": do_unlink,
}


def act_of(verb: str) -> Carrying:
    """What a verb does. Raises ConfigError for one that this syncd does not know."""
    if verb not in VERBS:
        raise ConfigError(f"this syncd cannot {verb}; it can {', '.join(VERBS)}")
    return VERBS[verb]


def _ended(summary: Summary, run: Run) -> Summary:
    if run.is_cut_short(summary.failures):
        summary.outcome = RunOutcome.STOPPED
    elif summary.failures:
        summary.outcome = RunOutcome.INCOMPLETE
    return summary
