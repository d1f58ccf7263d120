"""Apply: a plan, or all that is pending, pushed into every system by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.base import ConnectorError
from syncd.sync.cycle import Wiring
from syncd.sync.drafts import Action
from syncd.sync.holds import in_words, look_everywhere
from syncd.sync.plan import Plan, make_plan
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.sight import require_sight
from syncd.sync.tenants import admit
from syncd.sync.valve import Valve


@dataclass
class Application:
    """What a push by hand left undone: what broke it off, by system; the premises that do not hold, by place."""

    failures: dict[str, ConnectorError] = field(default_factory=dict)
    premises: dict[str, str] = field(default_factory=dict)


def apply(wiring: Wiring, plan: Plan | None, run: Run, *, force: bool, actor: str = "cli") -> Application:
    """Push the plan, or all that is pending, into each system. A store's first plan is applied by this.

    force: a person has looked, and what the safety valve holds back may pass. Raises ConfigError where a system is not
    the store's own, Unavailable where too little was read to push anything, UnsafePlan, and ConnectorError where the
    premises of a system cannot be looked at, or the plan of now not be made.
    """
    run = run.by(wiring.clock)
    wiring.require_signed()
    admit(wiring.store, wiring.targets.values())
    require_sight(wiring.store, wiring.mappings)
    holds = look_everywhere(wiring.targets, wiring.agreement, wiring.mappings)
    now = plan or make_plan(wiring.store, wiring.targets, wiring.readers, run.clock(), holds)
    if not force:
        Valve(wiring.store, wiring.agreement, wiring.mappings).require(now)
    with wiring.store.writing() as unit:
        unit.first_plan.apply(run.clock(), actor)
    for step in now.steps:
        if step.action is Action.HOLD:
            run.counts.hold(step.system, step.object, step.key)
    pushed = {
        system: push(
            *(remote, wiring.mappings[system], wiring.store, wiring.readers, run),
            only=now.drafts(system),
            holds=holds[system],
        )
        for system, remote in wiring.targets.items()
    }
    failures = {system: pushing.failure for system, pushing in pushed.items() if pushing.failure}
    return Application(failures, dict(in_words(holds)))
