"""The first plan: a store that never pushed pushes nothing until a person has looked at what it would write."""

from __future__ import annotations

from syncd.errors import FirstPlanDue
from syncd.store import Store

WAITS = "nothing is pushed until the first plan is applied"
LOOK = FirstPlanDue.mend


def require_applied(store: Store) -> None:
    """Raise FirstPlanDue where something is pending and the first plan was not applied yet."""
    with store.reading() as unit:
        if unit.first_plan.waits():
            raise FirstPlanDue(WAITS)
