"""Runs: what was done, is done now, and waits to be done."""

from __future__ import annotations

from typing import Any

from syncd.model.runs import CauseKind
from syncd.store.at_work import plain, read_run
from syncd.web.operations import Call, Operation, Told
from syncd.web.rights import Right


class Run(Told):
    """A run, as `syncd runs N --json` shows it."""

    run: int
    verb: str
    actor: str
    state: str
    outcome: str | None
    exit_code: int | None
    causes: list[dict[str, Any]]


def read(call: Call) -> Any:
    """One run with its state of now."""
    return plain(read_run(call.house.store, call.path["number"]))


OPERATIONS = (
    Operation(
        "GET",
        "/api/runs/{number:int}",
        Right.VIEW,
        "One run: who asked, how far it is, how it ended and why",
        read,
        answer=Run,
        command="syncd runs N",
        refusals=(CauseKind.NOT_FOUND,),
    ),
)
