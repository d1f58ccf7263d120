"""The drafts of what is pending, as the store knows them: no system is asked, so a push may leave some of it."""

from __future__ import annotations

from typing import Any, Final

from syncd.store import UnitOfWork
from syncd.store.pending import read_pending
from syncd.store.wishes import PendingWish
from syncd.sync.drafts import TOUCHED, Action, Draft
from syncd.sync.names import golden_id

BASIS: Final = "as the store knows it; `syncd plan` looks into both systems besides, and may leave some of it"


def pending_drafts(
    unit: UnitOfWork, limit: int, *, system: str | None = None, object_: str | None = None, account: str | None = None
) -> dict[str, Any]:
    """How many there are and the first of them, before → after, as JSON. Raises NotFound."""
    account_id = golden_id(unit, "account", account) if account else None
    pending = read_pending(unit.connection, limit, system=system, object_=object_, account_id=account_id)
    numbers: dict[str, dict[str, int]] = {}
    for (system_, object__), number in pending.numbers.items():
        numbers.setdefault(system_, {})[object__] = number
    total = sum(pending.numbers.values())
    return {
        "basis": BASIS,
        "pending": numbers,
        "number": total,
        "drafts": [_draft(wish) for wish in pending.wishes],
        "more": total - len(pending.wishes),
    }


def _draft(wish: PendingWish) -> dict[str, Any]:
    fields = {name: value for name, value in wish.changes.items() if name not in wish.touched}
    draft = Draft(wish, Action.CHANGE if wish.remote_id else Action.CREATE, wish.remote_id, fields)
    return {
        "system": wish.system,
        "object": wish.object,
        "key": wish.key,
        "account_id": wish.account_id,
        "remote_id": wish.remote_id,
        "action": draft.action.value,
        "changes": draft.changes,
        "withheld": {name: TOUCHED for name in wish.changes if name in wish.touched},
        "why": wish.reason,
        "refused": wish.error,
        "rests_until": wish.retry_at,
    }
