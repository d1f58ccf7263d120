"""`syncd push`: what is pending, into the remote systems."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base import ConnectorError
from syncd.cli.options import Force, Json
from syncd.cli.summaries import show_counts
from syncd.cli.work import work
from syncd.errors import Unavailable
from syncd.sync import push as verb
from syncd.sync.counts import Counts
from syncd.sync.cycle import Wiring
from syncd.sync.plan import Plan, make_plan, require_safe
from syncd.sync.run import Run
from syncd.sync.tenants import admit


def push(force: Force = False, as_json: Json = False) -> None:
    """Write what is pending into the remote systems; `syncd plan` shows it first.

    - `syncd push`
    """
    with work() as (wiring, run):
        failures = push_plan(wiring, None, run, force=force)
    show_pushed(run.counts, failures, as_json)


def push_plan(wiring: Wiring, plan: Plan | None, run: Run, *, force: bool) -> dict[str, ConnectorError]:
    """Push the plan, or all that is pending, into each system; returns what broke it off, by system."""
    admit(wiring.store, wiring.targets.values())
    _require_sight(wiring)
    now = plan or make_plan(wiring.store, wiring.targets, wiring.readers)
    if not force:
        with wiring.store.reading() as unit:
            standings = unit.judgements.count_standings()
        require_safe(now.opportunities, wiring.agreement, standings)
    pushed = {
        system: verb.push(remote, wiring.mappings[system], wiring.store, wiring.readers, run, only=now.drafts(system))
        for system, remote in wiring.targets.items()
    }
    return {system: pushing.failure for system, pushing in pushed.items() if pushing.failure}


def _require_sight(wiring: Wiring) -> None:
    """Raise Unavailable where what sales keeps was never read to its end: a push could make it a second time."""
    needed = [(system, stream) for system, mapping in wiring.mappings.items() for stream in mapping.needed("always")]
    with wiring.store.reading() as unit:
        unread = [f"{system}.{stream}" for system, stream in needed if not unit.streams.completed(system, stream)]
    if unread:
        raise Unavailable(f"nothing is pushed: {', '.join(unread)} was never read to its end; run `syncd pull` first")


def show_pushed(counts: Counts, failures: Mapping[str, ConnectorError], as_json: bool) -> None:
    """What was pushed; raises the first failure."""
    show_counts(counts, as_json, {system: str(error) for system, error in failures.items()})
    for error in failures.values():
        raise error
