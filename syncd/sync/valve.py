"""The safety valve: how many opportunities one run may create or change before a person must look.

What counts is what is sent: opportunities whose drafts create or change one. Those that rest, wait for another record,
stand already or were deleted by a person count nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from math import floor

from syncd.agreement import Agreement
from syncd.errors import UnsafePlan
from syncd.store import Store
from syncd.sync.drafts import Remote
from syncd.sync.plan import Plan, make_plan
from syncd.sync.reader import Readers


def allowed(agreement: Agreement, standings: Mapping[str, int]) -> int:
    """How many opportunities one run may create or change; standings: how many accounts are in, out, unknown."""
    terms = agreement.safety.opportunities
    return max(terms.never_below, floor(terms.percent_of_served_accounts * Decimal(standings.get("in", 0)) / 100))


def require_safe(wanted: int, agreement: Agreement, standings: Mapping[str, int]) -> None:
    """Raise UnsafePlan when so many opportunities to create or change are more than the agreement allows in one run."""
    if wanted > (most := allowed(agreement, standings)):
        raise UnsafePlan(
            f"the plan creates or changes {wanted:,} opportunities; the agreement allows {most:,} in one run "
            f"(safety.opportunities). Look at `syncd plan`, then `syncd apply --force`"
        )


def require_safe_plan(plan: Plan, store: Store, agreement: Agreement) -> None:
    """Raise UnsafePlan when a plan does more than the agreement allows."""
    with store.looking_up() as unit:
        standings = unit.judgements.count_standings()
    require_safe(plan.opportunities, agreement, standings)


def require_safe_push(remote: Remote, store: Store, readers: Readers, agreement: Agreement, now: datetime) -> None:
    """Raise UnsafePlan when a push into this system would do more than the agreement allows.

    No more than what is pending can be sent: only where that is too much, drafts are made, which asks the system.
    Raises ConnectorError where it cannot be asked.
    """
    with store.looking_up() as unit:
        pending = unit.wishes.count_pending().get(remote.system, {}).get("opportunity", 0)
        standings = unit.judgements.count_standings()
    if pending > allowed(agreement, standings):
        require_safe(make_plan(store, {remote.system: remote}, readers, now).opportunities, agreement, standings)
