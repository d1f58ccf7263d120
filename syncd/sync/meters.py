"""Meters: what a run costs of each system's allowance."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base import Budget, Source
from syncd.sync.summary import Summary


class Meters:
    """What each system's budget has counted since now."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._meters = {system: _Meter(source.budget) for system, source in sources.items()}

    def settle(self, summary: Summary) -> None:
        """Say in a summary what was asked of each system: calls, seconds waited, repeated calls by cause."""
        for system, meter in self._meters.items():
            summary.calls[system] = meter.calls
            if waited := meter.waited:
                summary.waited[system] = waited
            if again := meter.retries:
                summary.retries[system] = again


class _Meter:
    """What one budget has counted since now."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._calls, self._waited, self._retries = budget.calls, budget.waited, dict(budget.retries)

    @property
    def calls(self) -> int:
        return self._budget.calls - self._calls

    @property
    def waited(self) -> float:
        return self._budget.waited - self._waited

    @property
    def retries(self) -> dict[str, int]:
        again = {cause: number - self._retries.get(cause, 0) for cause, number in dict(self._budget.retries).items()}
        return {cause: number for cause, number in again.items() if number}
