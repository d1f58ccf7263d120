"""Vendors as the daemon meets them: a call that gets no good answer, and what is left of the day's allowance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from connectors.base import Budget
from syncd.model.health import Finding, FindingKind, Grade
from syncd.sync.causes import SPENT

PATIENCE = 60.0  # seconds that a call may be on its way, with all its repeats, before it is told
SCARCE = 0.1  # share of the day's calls below which a cycle may not get through
UNANSWERED = (
    "nothing where it passes: the run in hand goes on once there is an answer; else look at the vendor's status page, "
    "the network and the proxy"
)


class _OnItsWay(NamedTuple):
    """A call as it was first met: since when, by both clocks, and what had been repeated until then."""

    since: datetime
    first_met: float
    retries: Mapping[str, int]


@dataclass
class Calls:
    """The oldest call of each system that is on its way, looked at again and again."""

    patience: float = PATIENCE
    known: dict[str, _OnItsWay] = field(default_factory=dict)

    def unanswered(self, budgets: Mapping[str, Budget], steady: float) -> Iterator[Finding]:
        """Yield each system that leaves a call without a good answer. steady: seconds of a clock that nobody sets."""
        for system, budget in budgets.items():
            since, known = budget.waiting_since, self.known.get(system)
            if since is None:
                self.known.pop(system, None)
            elif known is None or known.since != since:
                self.known[system] = _OnItsWay(since, steady, dict(budget.retries))
            elif steady - known.first_met >= self.patience:
                yield _unanswered(system, known, budget)


def _unanswered(system: str, known: _OnItsWay, budget: Budget) -> Finding:
    causes = sorted(cause for cause, number in dict(budget.retries).items() if number > known.retries.get(cause, 0))
    why = f": repeated for {', '.join(causes)}" if causes else ""
    what = f"a call gets no good answer for more than a minute{why}"
    look = "syncd runs"
    return Finding(FindingKind.UNAVAILABLE, (system,), what, UNANSWERED, Grade.WARNING, known.since, look, about=system)


def of_budgets(budgets: Mapping[str, Budget], now: datetime) -> Iterator[Finding]:
    """Yield each system whose allowance of the day is spent, or nearly."""
    for system, budget in budgets.items():
        left, whole = budget.daily_remaining, budget.daily_limit
        if left is None or not whole or left >= SCARCE * whole:
            continue
        what = (
            f"none of the day's {whole:,} calls is left"
            if not left
            else f"less than a tenth of {whole:,} calls is left"
        )
        grade = Grade.WARNING if left else Grade.FAILING
        yield Finding(FindingKind.BUDGET, (system,), what, SPENT, grade, now, "syncd doctor", about=system)


def untold(budgets: Mapping[str, Budget]) -> set[str]:
    """The systems that have not said yet, since the start, what is left."""
    return {system for system, budget in budgets.items() if budget.daily_remaining is None}
