"""The plan before it is applied: what would be created, changed and left, field by field; and applying exactly that."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from pydantic import Field

from syncd.errors import ConfigError, NotFound
from syncd.store.runs import MOST
from syncd.sync.apply import request
from syncd.sync.door import Act as Asked
from syncd.sync.drafts import SENT, Action
from syncd.sync.plan import Plan, Step
from syncd.sync.valve import Valve
from syncd.views.listing import MOST_COUNTED, ROWS, Listing
from syncd.web.api.runs import Word, leave
from syncd.web.house import House
from syncd.web.operations import Call
from syncd.web.pages.page import Act, Done, Form, Page, Shown
from syncd.web.pages.runs import waits
from syncd.web.rights import Right

AT: Final = "/plan"
_PAGES: Final = {"account": "accounts", "contact": "contacts", "opportunity": "opportunities"}


class WhichSteps(Shown):
    """Which steps of the plan."""

    action: Action | None = Field(default=None, description="of this action alone")
    after: int | None = Field(default=None, ge=1, le=MOST, description="how many of them come before")


class Applied(Form):
    """Which plan is applied. typed: its digest once more, where the safety valve holds it back."""

    plan: Word
    typed: Word | None = None


def show_plan(call: Call) -> Any:
    """What is pending, and the plan that the reader drew last."""
    which, house = call.query_as(WhichSteps), call.house
    with house.store.reading() as unit:
        pending, first = unit.wishes.count_pending(), unit.first_plan.waits()
    plan = house.drawings.of(call.principal.actor)
    return {
        "pending": [
            {"system": system, "object": name, "number": number}
            for system, objects in pending.items()
            for name, number in objects.items()
        ],
        "first_plan": first,
        "actions": [action.value for action in Action],
        "plan": plan and _shown(house, plan, which),
    }


def draw(call: Call) -> Done:
    """A run draws it: it asks the systems, and writes nothing."""
    actor = call.principal.actor
    plan = call.house.draw(actor)
    call.house.drawings.keep(actor, plan)
    return Done(f"The plan is drawn: {sum(map(plan.count, SENT)):,} writes. Nothing is written yet.", AT)


def apply(call: Call) -> Done:
    """The daemon carries out exactly what was looked at; what changed since is left for the next plan.

    Where the safety valve holds it back, its digest is typed: what passes so stands in the audit log.
    """
    form, store = call.body_as(Applied), call.house.store
    plan = call.house.drawings.of(call.principal.actor)
    if plan is None or plan.digest != form.plan:
        words = "this plan is not kept any more: draw it again"
        raise NotFound(words, plain=words)
    force = bool(_excess(call.house, plan))
    if force and form.typed != plan.digest:
        words = "the safety valve holds this plan back: type its digest to let it pass"
        raise ConfigError(words, plain=words)
    asked = Asked("apply", call.principal.actor, {"plan": plan.digest} | ({"force": True} if force else {}))
    return waits(leave(call, asked, partial(request, store, plan, force=force)).content["run"])


def _excess(house: House, plan: Plan) -> str:
    wiring = house.wiring
    return Valve(wiring.store, wiring.agreement, wiring.mappings).excess(plan)


def _shown(house: House, plan: Plan, which: WhichSteps) -> dict[str, Any]:
    steps = [step for step in plan.steps if which.action in (None, step.action)]
    first = which.after or 0
    goes_on = str(first + ROWS) if first + ROWS < len(steps) else None
    rows = [_row(step) for step in steps[first : first + ROWS]]
    numbers = Counter((step.system, step.object, step.action.value) for step in plan.steps)
    return {
        "made_at": plan.made_at,
        "digest": plan.digest,
        "writes": sum(map(plan.count, SENT)),
        "excess": _excess(house, plan),
        "numbers": [
            {"system": system, "object": name, "action": action, "number": number}
            for (system, name, action), number in sorted(numbers.items())
        ],
        "steps": Listing(rows, min(len(steps), MOST_COUNTED), len(steps) > MOST_COUNTED, goes_on, "", first > 0),
    }


def _row(step: Step) -> dict[str, Any]:
    page = _PAGES.get(step.object)
    return {**asdict(step), "page": f"/{page}/" if page else ""}


PAGES = (Page(AT, "Plan", "plan", show_plan, right=Right.OPERATE, place="Operations", query=WhichSteps),)
ACTS = (
    Act("draw", f"{AT}/drawn", Right.OPERATE, "Draw the plan of now; it asks the systems", draw, costly=True),
    Act("apply", f"{AT}/applied", Right.ADMINISTER, "Carry out exactly the plan", apply, form=Applied),
)
