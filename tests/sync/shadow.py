"""A second, plain account of what was reached: fed with the facts after every batch that is judged.

It knows nothing of rounds, keys or sources: whom a judgement ever called an MQL, which opportunities one ever opened or
adopted, how each closed one ended; and what every milestone looked like when it was first seen.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from syncd.model.milestones import Stage
from syncd.store import Store


@dataclass
class Shadow:
    """What was reached in one store, as its judgements and opportunities told of it."""

    store: Store
    mqls: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)  # our keys, and ids of what was adopted
    outcomes: dict[str, str] = field(default_factory=dict)  # opportunity → how it ended last
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)  # milestones as they were first seen
    lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, what: str, _: int) -> None:
        """Hear of progress: after a batch was judged, see what stands."""
        if what == "judge":
            with self.lock:
                self._look()

    def _look(self) -> None:
        with self.store.database.reading() as connection:
            bodies = connection.execute(
                text("SELECT body FROM judgement WHERE mqls > 0 OR opportunities > 0")
            ).scalars()
            for judgement in map(json.loads, bodies):
                self.mqls |= {one["contact_id"] for one in judgement["contacts"] if one["mql"] == "yes"}
                calls = [call for call in judgement["calls"] if call["qualified"]]
                self.opened |= {call["key"] for call in calls if call["decision"] in ("open", "adopt")}
            closed = "SELECT o.id, o.is_won FROM opportunity o JOIN account a ON a.id = o.account_id WHERE o.is_closed"
            for opportunity_id, is_won in connection.execute(text(f"{closed} AND NOT a.stale")):
                self.outcomes[opportunity_id] = "won" if is_won else "lost"
            for row in connection.execute(text("SELECT * FROM milestone")).mappings():
                assert self.rows.setdefault(row["key"], dict(row)) == dict(row), "a milestone was changed"

    def holds(self) -> None:
        """Hold what is kept against what was told."""
        self.look("judge", 0)
        with self.store.reading() as unit:
            kept = list(unit.milestones.stream())
            rows = unit.connection.execute(text("SELECT old_id, new_id FROM alias WHERE kind = 'contact'"))
            renamed = {row.old_id: row.new_id for row in rows}
        assert self.rows.keys() == {milestone.key for milestone in kept}, "a milestone is gone"
        mqls = [milestone for milestone in kept if milestone.stage is Stage.MQL and milestone.round]
        assert {milestone.contact_id for milestone in mqls} == {renamed.get(name, name) for name in self.mqls}
        assert max(Counter(milestone.key.split("/", 1)[1] for milestone in mqls).values(), default=1) == 1
        qualified = [milestone for milestone in kept if milestone.stage is Stage.SQO]
        names = Counter(milestone.opportunity_key or milestone.opportunity_id for milestone in qualified)
        assert self.opened <= names.keys()
        assert max(names.values(), default=1) == 1
        ended = {
            str(one.opportunity_id): str(one.stage)
            for one in sorted(kept, key=lambda one: one.round)
            if one.stage in ("won", "lost")
        }
        assert ended == self.outcomes
