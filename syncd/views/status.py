"""What stands in the store at a glance, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from syncd.model.health import Health
from syncd.model.keeping import Keep
from syncd.store import Store
from syncd.store.sizes import read_sizes
from syncd.store.status import Stream, read_status
from syncd.sync.unread import KINDS, UNREAD


def glance(
    store: Store,
    health: Health,
    keep: Keep,
    now: datetime,
    today: date | None = None,
    *,
    known: Iterable[Stream] = (),
) -> dict[str, Any]:
    """Plain JSON values. known: streams that are told of even when nothing of them was read yet."""
    with store.reading() as unit:
        number = unit.activities.count_unread(KINDS, UNREAD)
    status = read_status(store, now, today, known=known)
    return {"health": health.plain(), **status, "unread": number, **read_sizes(store, keep)}
