"""Apply: a plan, or all that is pending, pushed into every system by hand."""

from __future__ import annotations

from connectors.base import ConnectorError
from syncd.sync.cycle import Wiring
from syncd.sync.plan import Plan, make_plan
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.sight import require_sight
from syncd.sync.tenants import admit
from syncd.sync.valve import require_safe_plan


def apply(wiring: Wiring, plan: Plan | None, run: Run, *, force: bool) -> dict[str, ConnectorError]:
    """Push the plan, or all that is pending, into each system; returns what broke it off, by system.

    force: a person has looked, and what the safety valve holds back may pass. Raises ConfigError where a system is not
    the store's own, Unavailable where too little was read to push anything, UnsafePlan, and ConnectorError where the
    plan of now cannot be made.
    """
    run = run.by(wiring.clock)
    admit(wiring.store, wiring.targets.values())
    require_sight(wiring.store, wiring.mappings)
    now = plan or make_plan(wiring.store, wiring.targets, wiring.readers, run.clock())
    if not force:
        require_safe_plan(now, wiring.store, wiring.agreement)
    pushed = {
        system: push(remote, wiring.mappings[system], wiring.store, wiring.readers, run, only=now.drafts(system))
        for system, remote in wiring.targets.items()
    }
    return {system: pushing.failure for system, pushing in pushed.items() if pushing.failure}
