"""Apply: a plan, or all that is pending, pushed into every system by hand.

What a person forces past the safety valve stands in the audit log: which plan, and what the valve would have said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import orjson

from connectors.base import ConnectorError, TryLater
from syncd.errors import ConfigError, HoldLost
from syncd.model.runs import CauseKind, RunOutcome
from syncd.store import Store
from syncd.store.notes import ASKED_PLANS, NoteKind
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.drafts import Action
from syncd.sync.first_plan import require_applied, taken_up
from syncd.sync.holds import Holds, in_words, look_everywhere
from syncd.sync.plan import Plan, make_plan
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.sight import require_sight
from syncd.sync.summary import Summary
from syncd.sync.tenants import admit
from syncd.sync.valve import Valve, note_passed

_SENT = frozenset(WriteOutcome(name) for name in ("created", "changed", "refused", "retry", "uncertain"))
_UNACCEPTED = (WriteOutcome.RETRY, WriteOutcome.UNCERTAIN, WriteOutcome.REFUSED)


@dataclass
class Application:
    """What a push by hand left undone: what broke it off, by system; the premises that do not hold, by place.

    settled: how many writes of its plan nobody waits for any more: they were written, or are not wanted now.
    """

    failures: dict[str, ConnectorError | HoldLost] = field(default_factory=dict)
    premises: dict[str, str] = field(default_factory=dict)
    settled: int = 0
    held: list[dict[str, str]] = field(default_factory=list)  # the premises as JSON
    earlier: str = ""  # that an earlier store wrote here

    def in_words(self) -> str:
        """What of its plan is done already."""
        return f"{self.settled:,} writes of this plan are done already, or not wanted any more"


def apply(wiring: Wiring, plan: Plan | None, run: Run, *, force: bool) -> Application:
    """Push the plan, or all that is pending, into each system. A store's first plan is applied by this, once anything
    of it was sent: a plan without a step that goes out shows nobody what later ones will write.

    force: a person has looked, and what the safety valve holds back may pass. Raises ConfigError where a system is not
    the store's own, Unavailable where too little was read to push anything, UnsafePlan, and ConnectorError where the
    premises of a system cannot be looked at, or the plan of now not be made.
    """
    _require_ready(wiring)
    return _carry_out(wiring, plan, run.by(wiring.clock), force=force)


def push_pending(wiring: Wiring, run: Run, *, force: bool) -> Application:
    """Push all that is pending, where the store is past its first plan; raises UnsafePlan where it is not, and else
    what `apply` raises."""
    _require_ready(wiring)
    require_applied(wiring.store)
    return _carry_out(wiring, None, run.by(wiring.clock), force=force)


def _require_ready(wiring: Wiring) -> None:
    wiring.require_in_force()
    admit(wiring.store, wiring.targets.values())
    require_sight(wiring.store, wiring.mappings)


def _carry_out(wiring: Wiring, asked: Plan | None, run: Run, *, force: bool) -> Application:
    run.enter("push")
    holds = look_everywhere(wiring.targets, wiring.agreement, wiring.mappings, run)
    now = make_plan(wiring.store, wiring.targets, wiring.readers, run, holds)
    plan = asked or now
    valve = Valve(wiring.store, wiring.agreement, wiring.mappings)
    if force:
        note_passed(wiring.store, run.actor, "apply", plan, valve.excess(plan.still(now)))
    else:
        valve.require(plan.still(now))
    for step in plan.steps:
        if step.action is Action.HOLD:
            run.counts.end(step.system, step.object, step.key, WriteOutcome.HELD)
    with wiring.store.reading() as unit:
        earlier = taken_up(unit)
    failures = _push_each(wiring, plan, run, holds)
    if any(run.counts.of(outcome) for outcome in _SENT):
        with wiring.store.writing() as unit:
            unit.first_plan.apply(run.clock(), run.actor)
    held = [premise for system, of in holds.items() for premise in of.plain(system)]
    return Application(failures, dict(in_words(holds)), plan.settled(now), held, earlier)


def _push_each(
    wiring: Wiring, plan: Plan, run: Run, holds: Mapping[str, Holds]
) -> dict[str, ConnectorError | HoldLost]:
    """Push into each system; returns what broke it off, by system. A hold that was lost ends it for all of them."""
    failures: dict[str, ConnectorError | HoldLost] = {}
    for system, remote in wiring.targets.items():
        of_it = (remote, wiring.mappings[system], wiring.store, wiring.readers, run)
        try:
            pushing = push(*of_it, only=plan.drafts(system), holds=holds[system])
        except HoldLost as error:
            return failures | {system: error}
        if pushing.failure:
            failures[system] = pushing.failure
    return failures


def in_summary(application: Application, run: Run) -> Summary:
    """What a push by hand did and left undone."""
    summary = Summary(counts=run.counts)
    for name, error in application.failures.items():
        summary.fail(f"{name} push", error)
    for where, what in application.premises.items():
        summary.note_failure(where, what, CauseKind.PREMISE)
    summary.premises += application.held
    if application.earlier:
        summary.notes.append(application.earlier)
    if application.settled:
        summary.notes.append(application.in_words())
    if run.is_cut_short(summary.failures):
        summary.outcome = RunOutcome.STOPPED
    elif summary.failures or any(run.counts.of(outcome) for outcome in _UNACCEPTED):
        summary.outcome = RunOutcome.INCOMPLETE
    return summary


def request(store: Store, plan: Plan | None, *, force: bool) -> dict[str, Any]:
    """The scope of an apply that the daemon is asked for, which finds the plan in a note: its own line stays short.

    Each has a note of its own: one plan that is asked for twice is carried out twice.
    """
    forced = {"force": True} if force else {}
    if plan is None:
        return forced
    name = f"{plan.digest}-{token_hex(4)}"
    with store.writing() as unit:
        unit.notes.keep(ASKED_PLANS.of(name), orjson.dumps(plan.plain()).decode())
    return {"plan": name} | forced


def apply_asked(wiring: Wiring, scope: Mapping[str, Any], run: Run) -> Summary:
    """Carry out such an apply.

    The note with its plan, which holds names and addresses, goes however it ends, unless it goes on after a stop.
    """
    note = ASKED_PLANS.of(scope["plan"]) if scope.get("plan") else None
    goes_on = False
    try:
        plan = _asked_plan(wiring.store, note) if note else None
        summary = in_summary(apply(wiring, plan, run, force=bool(scope.get("force"))), run)
        goes_on = summary.outcome is RunOutcome.STOPPED
        return summary
    except TryLater:
        goes_on = run.stopped
        raise
    finally:
        if note and (run.cancelled or not goes_on):
            with wiring.store.writing() as unit:
                unit.notes.drop(note)


def _asked_plan(store: Store, note: NoteKind[str]) -> Plan:
    with store.reading() as unit:
        text = unit.notes.read(note)
    if text is None:
        raise ConfigError("the plan that was asked for is not kept any more; make a new one with `syncd plan --json`")
    return Plan.read(text.encode())
