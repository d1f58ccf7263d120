"""Runs as a page shows them: what is at work, what has ended, and of one run what it did and what it did not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from syncd.store import Store
from syncd.store.at_work import plain, read_open, read_run
from syncd.store.quarantine import Chosen
from syncd.store.runs import WAITING, WORKING, state_of
from syncd.sync.retry import name_of
from syncd.views.listing import MOST_COUNTED, ROWS, Listing


def runs_of(store: Store, verb: str | None, outcome: str | None, before: int | None) -> dict[str, Any]:
    """Those that nobody has closed, and one part of those that have ended, newest first. before: see `Runs.last`."""
    at_work = read_open(store)
    with store.reading() as unit:
        rows = unit.runs.over(ROWS + 1, verb=verb, outcome=outcome, before=before)
        number = unit.runs.count_over(MOST_COUNTED + 1, verb=verb, outcome=outcome)
    part = [row | {"state": state_of(row, datetime.now(UTC), held=False)} for row in rows[:ROWS]]
    goes_on = str(part[-1]["id"]) if len(rows) > ROWS else None
    ended = Listing(
        [_line(row) for row in part], min(number, MOST_COUNTED), number > MOST_COUNTED, goes_on, "", before is not None
    )
    return {"at_work": [_line(row) for row in at_work], "ended": ended}


def run_of(store: Store, number: int) -> dict[str, Any]:
    """One run, with what it did as rows. Raises NotFound."""
    row = read_run(store, number)
    counts = row["counts"].get("counts", {})
    with store.reading() as unit:
        standing = {name_of(each.reason) for each in unit.quarantine.why(Chosen())} if row["causes"] else set()
    return {
        **_line(row),
        "title": f"Run {row['id']}: {row['verb']}",
        "causes": [{**cause, "address": _address(cause, standing)} for cause in row["causes"]],
        "phases": [{"phase": name, "seconds": spent} for name, spent in row["counts"].get("seconds", {}).items()],
        "streams": [{"stream": name, **steps} for name, steps in counts.get("streams", {}).items()],
        "writes": [*_writes(counts.get("writes", {}))],
    }


def _address(cause: Mapping[str, Any], standing: Collection[str]) -> str:
    """Where the records of a cause are shown; empty where none of them is in quarantine now."""
    name = name_of(cause["what"])
    return f"/quarantine?cause={name}" if name in standing else ""


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    """A run, with what a page says of it: what was named, whether it goes on, and how long it took."""
    begun, ended = row["started_at"], row["finished_at"]
    named = (f"--{name}" if value is True else f"{name} {value}" for name, value in row["scope"].items() if value)
    return {
        **plain(row),
        "named": ", ".join(named),
        "goes_on": row["state"] in (WAITING, WORKING),
        "seconds": (ended - begun).total_seconds() if begun and ended else None,
        "written": row["counts"].get("written"),
    }


def _writes(writes: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Iterator[dict[str, Any]]:
    """What became of what was to be written, a row for each way in which it ended."""
    for system, objects in writes.items():
        for name, outcomes in objects.items():
            for outcome, number in outcomes.items():
                if number:
                    yield {"system": system, "object": name, "outcome": outcome, "number": number}
