"""The plan: what a push would write, and having it applied. What the safety valve stops is stopped here too."""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import Field

from syncd.model.runs import CauseKind
from syncd.sync.apply import request as request_for
from syncd.sync.door import Act
from syncd.sync.drafts import Action
from syncd.sync.plan import Plan
from syncd.web.api.runs import RunAsked, leave
from syncd.web.operations import Call, Operation, Reply, Told
from syncd.web.rights import Right

LARGE = 32 * 1024 * 1024  # bytes of a plan


class StepShown(Told):
    """What will be done to which record, field by field, and why."""

    system: str
    object: str
    key: str
    action: Action
    changes: dict[str, list[Any]] = Field(description="field → [before, after]")
    withheld: dict[str, str] = Field(description="field that is wanted and not written → why")
    reason: str
    digest: str


class DrawnPlan(Told):
    """A plan, as `syncd plan --json` shows it. It is applied as it was drawn: one that was edited is refused."""

    made_at: str
    digest: str
    steps: list[StepShown]


def draw_plan(call: Call) -> Any:
    """It asks the systems, which takes from their allowances."""
    return call.house.draw(call.principal.actor).plain()


def apply_plan(call: Call) -> Reply:
    """The daemon applies the plan in the body, or that of now; what changed since it was drawn is left for the next."""
    plan = Plan.read(call.raw) if call.raw else None
    act = Act("apply", call.principal.actor, {"plan": plan.digest} if plan else {})
    return leave(call, act, partial(request_for, call.house.store, plan, force=False))


OPERATIONS = (
    Operation(
        "GET",
        "/api/plan",
        Right.OPERATE,
        "What a push would create, change and leave, field by field; writes nothing",
        draw_plan,
        answer=DrawnPlan,
        command="syncd plan",
        refusals=(CauseKind.CONFIGURATION, CauseKind.REFUSED, CauseKind.UNAVAILABLE),
        costly=True,
    ),
    Operation(
        "POST",
        "/api/apply",
        Right.ADMINISTER,
        "Carry out exactly a plan, or the plan of now",
        apply_plan,
        body=DrawnPlan,
        body_may_be_left_out=True,
        answer=RunAsked,
        status=202,
        command="syncd apply",
        headers={"Location": "where the run is to be seen"},
        asked_once=True,
        most=LARGE,
    ),
)
