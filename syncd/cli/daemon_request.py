"""What a command does where the daemon has the store: it leaves its run there, follows it, and ends as it ends."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from syncd.cli.actor import actor
from syncd.cli.following import follow
from syncd.cli.screen import say
from syncd.cli.summaries import end_as, show_run
from syncd.errors import Unavailable
from syncd.model.runs import RunOutcome
from syncd.signals import stop_on_signals
from syncd.store import Store
from syncd.store.runs import WAITING
from syncd.sync.door import Act, ask


def leave(store: Store, verb: str, scope: Mapping[str, Any], as_json: bool) -> None:
    """The same for a command that was not at work itself."""
    stop = threading.Event()
    stop_on_signals(stop)
    ask_daemon(store, verb, scope, stop, as_json)


def ask_daemon(store: Store, verb: str, scope: Mapping[str, Any], stop: threading.Event, as_json: bool) -> None:
    """Leave a run for the daemon, show what it did, and end with its exit code. Raises Unavailable where that ends."""
    number = ask(store, Act(verb, actor(), scope))
    say(f"the running daemon takes run {number}; waiting for its end (Ctrl-C leaves it running)")
    row = follow(store, number, stop)
    if row["state"] in (WAITING, RunOutcome.BROKEN_OFF):
        raise Unavailable(f"the daemon ended before run {number} was done; its next start carries it out")
    if row["outcome"] is None:
        return  # Ctrl-C
    show_run(row, as_json)
    end_as(row)
