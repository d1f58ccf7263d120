"""`syncd push`: what is pending, into the remote systems."""

from __future__ import annotations

from syncd.cli.apply import carried_out
from syncd.cli.options import Force, Json
from syncd.sync.apply import in_summary, push_pending
from syncd.sync.first_plan import require_applied


def push(force: Force = False, as_json: Json = False) -> None:
    """Write what is pending into the remote systems; `syncd plan` shows it first. A running daemon carries it out.

    Exit code 4: nothing is pushed until the store's first plan is applied, which `syncd apply` does, or the plan of now
    changes more than the agreement allows in one run.

    - `syncd push`
    """
    carried_out(
        "push",
        lambda wiring, run: in_summary(push_pending(wiring, run, force=force), run),
        before_asking=require_applied,
        force=force,
        as_json=as_json,
    )
