"""A run of another process, followed to its end: its progress as it goes on."""

from __future__ import annotations

import threading
from typing import Any

from syncd.cli.screen import say
from syncd.store import Store
from syncd.store.at_work import read_run
from syncd.store.runs import WAITING, WORKING

EVERY = 0.3  # seconds between looks


def follow(store: Store, number: int, stop: threading.Event) -> dict[str, Any]:
    """The run once it has ended, or as it is when `stop` is set or nobody works on it any more. Raises NotFound.

    Its progress is told as it goes on, a line whenever it is noted.
    """
    shown = ""
    while True:
        row = read_run(store, number)
        if row["state"] not in (WAITING, WORKING) or (row["state"] == WAITING and not store.is_held()):
            return row
        if (line := progress_of(row)) and line != shown:
            say(line)
            shown = line
        if stop.wait(EVERY):
            return row


def progress_of(row: dict[str, Any]) -> str:
    """How far a run is, in words; empty where nobody works on it, or nothing is known yet."""
    if row["state"] != WORKING or not row["phase"]:
        return ""
    total = f" of {row['total']:,}" if row["total"] is not None else ""
    return f"{row['phase']}: {row['done']:,}{total}" if row["done"] or total else str(row["phase"])
