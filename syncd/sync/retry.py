"""Retry: all of quarantine that is chosen, by cause as well, is let go of and tried by a cycle at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncd.errors import NotFound
from syncd.store import UnitOfWork
from syncd.store.fields import digest
from syncd.store.quarantine import Chosen
from syncd.sync.at_once import let_go
from syncd.sync.causes import plainly
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary


def name_of(reason: str) -> str:
    """The name of a cause, by which a run keeps it: the same for every record that it struck."""
    return digest({"cause": plainly(reason)})[:16]


def choose(unit: UnitOfWork, named: Mapping[str, Any]) -> Chosen:
    """Those of quarantine that are named by system, stream, step and cause. Raises NotFound where no cause is so
    called."""
    chosen = Chosen(named.get("system"), named.get("stream"), named.get("step"))
    if (cause := named.get("cause")) is None:
        return chosen
    reasons = {each.reason for each in unit.quarantine.why(Chosen()) if name_of(each.reason) == cause}
    if not reasons:
        words = "nothing is in quarantine for that cause any more"
        raise NotFound(words, plain=words)
    return chosen._replace(reasons=reasons)


def retry(wiring: Wiring, named: Mapping[str, Any], run: Run) -> Summary:
    """Let go of what is chosen, then run a cycle. Raises NotFound."""
    with wiring.store.writing() as unit:
        released = let_go(unit, unit.quarantine.some(choose(unit, named)))
    summary = cycle(wiring, run)
    summary.notes.insert(0, f"tried again: {released:,} from quarantine")
    return summary
