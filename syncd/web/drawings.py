"""The plans that people drew, one each, in this process's memory: what is lost by a restart is drawn again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from syncd.sync.plan import Plan
from syncd.wall import steady

KEPT: Final = 3600  # seconds for which a plan may be looked at: it names people
_MOST: Final = 5  # plans at a time; each holds all that is pending


class Drawings:
    """The last plan of each who drew one, for an hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Plan, float]] = OrderedDict()

    def keep(self, actor: str, plan: Plan) -> None:
        """Keep the plan that somebody drew, in place of their last."""
        with self._lock:
            self._kept.pop(actor, None)
            self._kept[actor] = (plan, steady())
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def of(self, actor: str) -> Plan | None:
        """The plan that somebody drew last, while it is kept."""
        with self._lock:
            plan, at = self._kept.get(actor, (None, 0.0))
            if plan and steady() - at > KEPT:
                self._kept.pop(actor)
                plan = None
        return plan
