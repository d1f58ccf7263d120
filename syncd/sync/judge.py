"""Judge: groups become judgements and wishes, by pure rules inside the transaction that claims the accounts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from syncd import rules
from syncd.rules import Rulebook
from syncd.store import Store
from syncd.sync.counts import Counts

BATCH = 200


def judge(
    store: Store,
    book: Rulebook,
    today: date,
    *,
    stop: threading.Event | None = None,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> Counts:
    """Judge every stale account, or until `stop` is set; returns counts by standing, MQLs and opportunities.

    today: the calendar day in the agreement's time zone.
    """
    counts = Counts()
    users = store.users()
    while not (stop and stop.is_set()):
        with store.stale_groups(BATCH, today, users) as claimed:
            if not claimed.groups:
                break
            judged = [rules.judge(group, book, today) for group in claimed.groups]
            claimed.take(judged)
        for one in judged:
            counts["judged"] += 1
            counts[f"standing {one.standing}"] += 1
            counts["mqls"] += sum(contact.mql == "yes" for contact in one.contacts)
        progress("judge", len(judged))
    return counts
