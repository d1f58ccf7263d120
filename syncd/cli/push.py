"""`syncd push`: what is pending, into the remote systems."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from syncd.cli.installation import wired
from syncd.cli.meter import Meter
from syncd.cli.options import Force, Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.summaries import count_lines
from syncd.errors import Unavailable
from syncd.signals import stop_on_signals
from syncd.sync import push as verb
from syncd.sync.cycle import NEEDED, Wiring
from syncd.sync.plan import Plan, make_plan, require_safe
from syncd.sync.tenants import admit


def push(force: Force = False, as_json: Json = False) -> None:
    """Write what is pending into the remote systems; `syncd plan` shows it first.

    - `syncd push`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        shown = push_plan(wiring, None, force, stop, meter)
    show_pushed(shown, as_json)


def push_plan(
    wiring: Wiring, plan: Plan | None, force: bool, stop: threading.Event, meter: Meter
) -> dict[str, dict[str, Any]]:
    """Push the plan, or all that is pending, into each system; returns counts and failure by system."""
    shown: dict[str, dict[str, Any]] = {}
    now = plan or make_plan(wiring.store, wiring.targets)
    admit(wiring.store, wiring.targets.values())
    _require_sight(wiring)
    if not force:
        require_safe(now.opportunities, wiring.agreement, wiring.store.standings())
    for system, remote in wiring.targets.items():
        done = verb.push(
            remote,
            wiring.mappings[system],
            wiring.store,
            wiring.readers,
            only=now.wanted(system),
            stop=stop,
            progress=meter,
        )
        shown[system] = {"counts": done.counts.plain(), "failure": done.failure}
    return shown


def _require_sight(wiring: Wiring) -> None:
    """Raise Unavailable where what sales keeps was never read to its end: a push could make it a second time."""
    unread = [f"{system}.{stream}" for system, streams in NEEDED.items() for stream in streams]
    unread = [name for name in unread if not wiring.store.completed(*name.split("."))]
    if unread:
        raise Unavailable(f"nothing is pushed: {', '.join(unread)} was never read to its end; run `syncd pull` first")


def show_pushed(shown: Mapping[str, Mapping[str, Any]], as_json: bool) -> None:
    """What was pushed into each system; raises the first failure."""
    if as_json:
        show_json(shown)
    for system, part in () if as_json else shown.items():
        show_line(f"{system}: {'; '.join(count_lines(part['counts'])) or 'nothing to do'}")
    for part in shown.values():
        if part["failure"]:
            raise part["failure"]
