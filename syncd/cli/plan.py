"""`syncd plan`: what a push would write, before it is written."""

from __future__ import annotations

from typing import Any

from syncd.cli.installation import wired
from syncd.cli.options import Json
from syncd.cli.screen import shortened, show_json, show_line
from syncd.cli.table import show_table
from syncd.sync.plan import Plan, make_plan


def plan(as_json: Json = False) -> None:
    """Show what a push would create, change and skip, field by field; writes nothing.

    - `syncd plan`

    - `syncd plan --json > plan.json`, read it, then `syncd apply plan.json`
    """
    with wired() as wiring:
        drafted = make_plan(wiring.store, wiring.targets)
    if as_json:
        show_json(drafted.plain())
    else:
        _show(drafted)


def _show(plan: Plan) -> None:
    rows = [
        (
            step.action,
            f"{step.system} {step.object}",
            step.key,
            ", ".join(f"{name}: {_was(was)}{_brief(now)}" for name, (was, now) in step.changes.items()),
            shortened(step.reason, 120),
        )
        for step in plan.steps
    ]
    show_table("plan", ("action", "object", "key", "before → after", "why"), rows, empty="nothing is pending")
    show_line(f"{plan.count('create'):,} to create, {plan.count('update'):,} to change, {plan.count('skip'):,} skipped")


def _was(value: Any) -> str:
    return "" if value is None else f"{_brief(value)} → "


def _brief(value: Any) -> str:
    return shortened(" ".join(str(value).split()), 60)
