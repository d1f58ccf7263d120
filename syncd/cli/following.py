"""A run of another process, followed to its end: its progress as it goes on."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from syncd.cli.screen import say
from syncd.store import Store
from syncd.store.runs import WAITING, WORKING, state_of

EVERY = 0.3  # seconds between looks


def follow(store: Store, number: int, stop: threading.Event) -> dict[str, Any]:
    """The run once it has ended, or as it is when `stop` is set or nobody works on it any more. Raises NotFound.

    Its progress is told as it goes on, a line whenever it is noted.
    """
    shown = ""
    while True:
        row = look_at(store, number)
        if row["state"] not in (WAITING, WORKING) or (row["state"] == WAITING and not store.is_held()):
            return row
        if (line := progress_of(row)) and line != shown:
            say(line)
            shown = line
        if stop.wait(EVERY):
            return row


def look_at(store: Store, number: int) -> dict[str, Any]:
    """A run with its state of now. Raises NotFound."""
    with store.reading() as unit:
        row = unit.runs.read(number)
    is_open = row["outcome"] is None and row["started_at"] is not None
    row["state"] = state_of(row, datetime.now(UTC), held=is_open and store.is_held())
    if row["state"] == WORKING:
        return row
    with store.reading() as unit:  # it may have ended between the two looks
        again = unit.runs.read(number)
    return row if again["outcome"] is None else again | {"state": str(again["outcome"])}


def progress_of(row: dict[str, Any]) -> str:
    """How far a run is, in words; empty where nothing is known yet."""
    if not row["phase"]:
        return ""
    total = f" of {row['total']:,}" if row["total"] is not None else ""
    return f"{row['phase']}: {row['done']:,}{total}" if row["done"] or total else str(row["phase"])
