"""What a command does where the daemon has the store: it leaves a request, and waits for the answer."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from syncd.cli.screen import say, show_json, show_line
from syncd.errors import AlreadyRunning, Unavailable, UnsafePlan
from syncd.model.runs import RunOutcome
from syncd.store import Store


def ask_daemon(store: Store, verb: str, options: Mapping[str, Any], stop: threading.Event, as_json: bool) -> None:
    """Leave a request and show its answer. Raises UnsafePlan or Unavailable where it did not end well."""
    with store.writing() as unit:
        number = unit.requests.ask("cli", verb, options)
    say(f"the running daemon takes request {number}; waiting for its answer (Ctrl-C leaves it running)")
    while (outcome := _outcome(store, number)) is None:
        if stop.wait(0.5):
            return
        _require_daemon(store, number)
    if as_json:
        show_json({"request": number, "outcome": outcome})
    else:
        show_line(f"request {number}: {outcome}")
    if outcome == RunOutcome.UNSAFE:
        raise UnsafePlan(f"request {number}: {outcome}; look at `syncd plan`")
    if outcome not in (RunOutcome.DONE, RunOutcome.STOPPED):
        raise Unavailable(f"request {number}: {outcome}")


def _outcome(store: Store, number: int) -> str | None:
    with store.reading() as unit:
        return unit.requests.outcome(number)


def _require_daemon(store: Store, number: int) -> None:
    try:
        with store.alone():
            gone = _outcome(store, number) is None
    except AlreadyRunning:
        return
    if gone:
        raise Unavailable(f"the daemon ended before request {number} was done; its next start carries it out")
