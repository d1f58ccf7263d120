"""The plan: what a push would write, and having it applied. What the safety valve stops is stopped here too."""

from __future__ import annotations

from typing import Any

from syncd.model.runs import CauseKind
from syncd.sync.apply import request as request_for
from syncd.sync.door import Act, ask
from syncd.sync.plan import Plan
from syncd.web.operations import Call, Operation, Reply, Told
from syncd.web.rights import Right

LARGE = 32 * 1024 * 1024  # bytes of a plan


class Drawn(Told):
    """A plan, as `syncd plan --json` shows it."""

    steps: list[dict[str, Any]]


class RunAsked(Told):
    """A run that waits for the daemon."""

    run: int


def draw(call: Call) -> Any:
    """The plan of now."""
    return call.house.draw(call.principal.actor).plain()


def apply(call: Call) -> Reply:
    """Leave it for the daemon: the plan in the body, or that of now."""
    store = call.house.store
    plan = Plan.read(call.raw) if call.raw else None
    number = ask(store, Act("apply", call.principal.actor, request_for(store, plan, force=False)))
    return Reply({"run": number}, {"location": f"/api/runs/{number}"})


OPERATIONS = (
    Operation(
        "GET",
        "/api/plan",
        Right.OPERATE,
        "What a push would create, change and leave, field by field; writes nothing",
        draw,
        answer=Drawn,
        command="syncd plan",
        costly=True,
    ),
    Operation(
        "POST",
        "/api/apply",
        Right.ADMINISTER,
        "Carry out exactly a plan, or the plan of now",
        apply,
        body=Drawn,
        body_may_be_left_out=True,
        answer=RunAsked,
        status=202,
        command="syncd apply",
        refusals=(CauseKind.CONFIGURATION,),
        most=LARGE,
    ),
)
