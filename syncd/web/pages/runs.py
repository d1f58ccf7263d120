"""Runs: what is at work and how far, what was done, and of one run what it did and why it did not do the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from syncd.errors import NotFound
from syncd.model.runs import RunOutcome
from syncd.model.verbs import DECLARED
from syncd.store.runs import MOST, WORKING
from syncd.sync.door import cancel
from syncd.views.runs import run_of, runs_of
from syncd.web.api.runs import RunRequest, Word, ask_for_run
from syncd.web.operations import Call
from syncd.web.pages.page import Act, Done, Form, Page, Shown
from syncd.web.rights import Right


class WhichRuns(Shown):
    """Which runs of those that have ended."""

    verb: Word | None = Field(default=None, description="of this verb alone")
    outcome: RunOutcome | None = Field(default=None, description="that ended so")
    after: int | None = Field(default=None, ge=1, le=MOST, description="where the part of the list before this ended")


class RunToCancel(Form):
    """Which run is taken back."""

    run: int = Field(ge=1, le=MOST)


class Whole(Form):
    """A verb that works on all there is."""

    verb: Literal["cycle", "reconcile", "push", "prune"]


def list_runs(call: Call) -> Any:
    """Those at work and those that wait, then those that have ended, newest first."""
    which = call.query_as(WhichRuns)
    if which.verb and which.verb not in DECLARED:
        raise NotFound("there is no such verb", plain="there is no such verb")
    runs = runs_of(call.house.store, which.verb, which.outcome and which.outcome.value, which.after)
    return {**runs, "verbs": [*DECLARED], "outcomes": [outcome.value for outcome in RunOutcome]}


def show_run(call: Call) -> Any:
    """How far it is, or how it ended and why."""
    return run_of(call.house.store, call.path["number"])


def cancel_run(call: Call) -> Done:
    """One that waits is not begun, one at work ends behind the page in hand."""
    number = call.body_as(RunToCancel).run
    state = cancel(call.house.store, number, call.principal.actor)
    words = "is told to end, and ends behind the page in hand" if state == WORKING else f"is {state}"
    return Done(f"Run {number:,} {words}.", f"/runs/{number}")


def ask(call: Call) -> Done:
    """The daemon looks every two seconds for what waits."""
    return asked_for(call, {"verb": call.body_as(Whole).verb})


def asked_for(call: Call, request: dict[str, Any]) -> Done:
    """Leave a run for the daemon, as the API does, and lead to it."""
    number = ask_for_run(replace(call, body=RunRequest.model_validate(request))).content["run"]
    return waits(number)


def waits(number: int) -> Done:
    """A run waits for the daemon."""
    return Done(f"Run {number:,} waits for the daemon, which looks every two seconds.", f"/runs/{number}")


PAGES = (
    Page("/runs", "Runs", "runs", list_runs, place="Operations", query=WhichRuns),
    Page("/runs/{number:int}", "Run", "run", show_run),
)
ACTS = (
    Act("cancel", "/runs/cancelled", Right.OPERATE, "Take a run back", cancel_run, form=RunToCancel),
    Act("ask", "/runs/asked", Right.OPERATE, "Have the daemon do something", ask, form=Whole),
)
