"""Meters: what a run costs of each system's allowance."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base import Source
from connectors.callers import Caller
from syncd.sync.summary import Summary


def settle(summary: Summary, caller: Caller, sources: Mapping[str, Source]) -> None:
    """Say in a summary what was asked of each system for a caller: calls, seconds waited, repeated calls by cause."""
    for system, source in sources.items():
        spent = caller.spent(source.budget)
        summary.calls[system] = spent.calls
        if spent.waited:
            summary.waited[system] = spent.waited
        if spent.retries:
            summary.retries[system] = dict(spent.retries)
