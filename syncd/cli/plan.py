"""`syncd plan`: what a push would write, before it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncd.cli.options import Json
from syncd.cli.screen import cell, show_json, show_line
from syncd.cli.table import show_table
from syncd.cli.work import here
from syncd.errors import AgreementError, UnsafePlan, shortened
from syncd.sync.cycle import Wiring
from syncd.sync.drafts import Action
from syncd.sync.first_plan import LOOK, WAITS, taken_up
from syncd.sync.holds import done_without, in_words
from syncd.sync.plan import Plan, Step
from syncd.sync.valve import Valve
from syncd.sync.verbs import Drawing

SHOWN = 60  # characters of a value in the table
CONTEXT = 16  # of those, before the difference


def plan(as_json: Json = False) -> None:
    """Show what a push would create, change and leave, field by field; writes nothing.

    - `syncd plan`

    - `syncd plan --json > plan.json`, read it, then `syncd apply plan.json`
    """
    with here() as installation:
        wiring, drawing = installation.wiring, Drawing(installation.wiring)
        installation.carry_out("plan", drawing)
        drafted = drawing.plan
        stops = list(_stops(wiring, drafted))
    if as_json:
        show_json(drafted.plain())
        return
    _show(drafted)
    for where, what in in_words(drawing.holds):
        show_line(f"{where}: {what}")
    for what in done_without(drawing.holds):
        show_line(f"note: {what}")
    for why in stops:
        show_line(why)


def _stops(wiring: Wiring, plan: Plan) -> Iterator[str]:
    """What keeps a cycle from carrying the plan out by itself."""
    try:
        wiring.require_in_force()
    except AgreementError as error:
        yield str(error)
    with wiring.store.reading() as unit:
        if earlier := taken_up(unit):
            yield earlier
        if unit.first_plan.waits():
            yield f"first plan: {WAITS}: {LOOK}"
    try:
        Valve(wiring.store, wiring.agreement, wiring.mappings).require(plan)
    except UnsafePlan as error:
        yield f"safety valve: {error}"


def _show(plan: Plan) -> None:
    rows = [
        (step.action, f"{step.system} {step.object}", step.key, "; ".join(_fields(step)), shortened(step.reason, 120))
        for step in plan.steps
    ]
    show_table("plan", ("action", "object", "key", "before → after", "why"), rows, empty="nothing is pending")
    created, changed, held = (plan.count(action) for action in (Action.CREATE, Action.CHANGE, Action.HOLD))
    waits = f"{held:,} wait for a premise, " if held else ""
    left = len(plan.steps) - created - changed - held
    show_line(f"{created:,} to create, {changed:,} to change, {waits}{left:,} left as they are")


def _fields(step: Step) -> Iterator[str]:
    """What is written, and what is wanted and not written."""
    yield from (f"{name}: {_difference(before, after)}" for name, (before, after) in step.changes.items())
    yield from (f"{name}: {why}" for name, why in step.withheld.items())


def _difference(before: Any, after: Any) -> str:
    """What stands there and what will, from shortly before the place where they begin to differ."""
    if before is None:
        return shortened(cell(after), SHOWN)
    old, new = cell(before), cell(after)
    same = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = old.rfind(" ", 0, max(same - CONTEXT, 0)) + 1 if max(len(old), len(new)) > SHOWN else 0
    lead = "…" if start else ""
    return f"{lead}{shortened(old[start:], SHOWN)} → {lead}{shortened(new[start:], SHOWN)}"
