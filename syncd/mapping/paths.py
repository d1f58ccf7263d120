"""Where a value stands in a raw record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Read = Callable[[Mapping[str, Any]], Any]  # raw → one value


def value_at(path: str) -> Read:
    """What stands in a raw record at a path; None for a blank."""
    steps = path.split(".")
    outer, _, inner = path.partition(".")

    def first(raw: Mapping[str, Any]) -> Any:
        value = raw.get(path)
        return value if value or value is False or value == 0 else None

    def second(raw: Mapping[str, Any]) -> Any:
        branch = raw.get(outer)
        value = branch.get(inner) if isinstance(branch, dict) else raw.get(path)  # `Nr.` of a register
        return value if value or value is False or value == 0 else None

    if len(steps) <= 2:
        return first if len(steps) == 1 else second

    def deep(raw: Any) -> Any:
        branch = raw
        for step in steps:
            branch = branch.get(step) if isinstance(branch, dict) else None
        return _blank(raw.get(path) if branch is None else branch)

    return deep


def _blank(value: Any) -> Any:
    return value if value or value is False or value == 0 else None
