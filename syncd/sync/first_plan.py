"""The first plan: a store that never pushed pushes nothing until a person has looked at what it would write."""

from __future__ import annotations

from syncd.errors import FirstPlanDue
from syncd.store import Store, UnitOfWork

WAITS = "nothing is pushed until the first plan is applied"
LOOK = FirstPlanDue.mend


def taken_up(unit: UnitOfWork) -> str:
    """What an earlier store wrote, in words; empty where there is none of it, or this store has written itself."""
    counts = unit.first_plan.count_taken_up()
    if not counts:
        return ""
    named = " and ".join(f"{number:,} {name}" for name, number in counts.items())
    return f"an earlier store wrote here: {named} carry syncd's key; they are taken up, and not made again"


def require_applied(store: Store) -> None:
    """Raise FirstPlanDue where something is pending and the first plan was not applied yet."""
    with store.reading() as unit:
        if unit.first_plan.waits():
            raise FirstPlanDue(WAITS)
