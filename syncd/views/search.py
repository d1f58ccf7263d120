"""Searching: accounts, people and opportunities by ids, names, addresses, domains, keys, or the beginning of one."""

from __future__ import annotations

from typing import Any, Final

from syncd.store import UnitOfWork
from syncd.views.listing import Listing

HITS: Final = 20  # of each kind; whoever sees more says more of the name


def search(unit: UnitOfWork, words: str) -> dict[str, Any]:
    """What answers to these words, or begins with them; of each kind so many. number counts what is shown."""
    asked = " ".join(words.split())
    parts: dict[str, Listing] = {}
    for kind in ("account", "contact"):
        ids = [*unit.people.find(kind, asked), *unit.directory.beginning(kind, asked, HITS + 1)]
        rows = unit.directory.called(kind, list(dict.fromkeys(ids))[: HITS + 1])
        parts[f"{kind}s"] = Listing(rows[:HITS], min(len(rows), HITS), len(rows) > HITS)
    exact = [golden_id for golden_id, _ in unit.opportunities.find(asked)]
    named = unit.directory.opportunities(exact, asked, HITS + 1)
    parts["opportunities"] = Listing(named[:HITS], min(len(named), HITS), len(named) > HITS)
    return parts
