"""The runs as they are now: of one that nobody has closed it is looked whether anybody works on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from syncd.store import Store
from syncd.store.runs import state_of


def read_runs(store: Store, limit: int, **chosen: Any) -> list[dict[str, Any]]:
    """The latest runs, newest first, each with its state of now. chosen: as `Runs.last` has it."""
    with store.reading() as unit:
        rows = unit.runs.last(limit, **chosen)
    held = False
    if any(map(_is_open, rows)):
        held = store.is_held()
        with store.reading() as unit:  # anew: it may have ended between the two looks
            rows = unit.runs.last(limit, **chosen)
    runs = [row | {"state": state_of(row, datetime.now(UTC), held=held)} for row in rows]
    return [row for row in runs if chosen.get("state") in (None, row["state"])]


def read_open(store: Store) -> list[dict[str, Any]]:
    """The runs that nobody has closed, those at work first, each with its state of now."""
    with store.reading() as unit:
        rows = unit.runs.not_over()
    held = False
    if any(map(_is_open, rows)):
        held = store.is_held()
        with store.reading() as unit:
            rows = unit.runs.not_over()
    return [row | {"state": state_of(row, datetime.now(UTC), held=held)} for row in rows]


def read_run(store: Store, number: int) -> dict[str, Any]:
    """One run with its state of now. Raises NotFound."""
    with store.reading() as unit:
        row = unit.runs.read(number)
    if not _is_open(row):
        return row | {"state": state_of(row, datetime.now(UTC), held=False)}
    held = store.is_held()
    with store.reading() as unit:
        row = unit.runs.read(number)
    return row | {"state": state_of(row, datetime.now(UTC), held=held)}


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A run as JSON."""
    stamps = {name: value.isoformat() for name, value in row.items() if isinstance(value, datetime)}
    return {"run": row["id"]} | {name: value for name, value in row.items() if name != "id"} | stamps


def _is_open(row: dict[str, Any]) -> bool:
    return row["outcome"] is None and row["started_at"] is not None
