"""Accounts as a list: how each stands, and how far it is."""

from __future__ import annotations

from typing import Any

from syncd.errors import NotFound
from syncd.model import Standing
from syncd.store import UnitOfWork
from syncd.store.directory import SORTS, Wanted
from syncd.views.listing import MOST_COUNTED, ROWS, Listing, require_column


def accounts_of(unit: UnitOfWork, wanted: Wanted, sort: str | None = None, after: str | None = None) -> dict[str, Any]:
    """A part of the accounts that are wanted, with what one may narrow them by. Raises ConfigError and NotFound."""
    segments, owners = unit.directory.segments(), unit.directory.those_who_own()
    for name, value, known in (
        ("segment", wanted.segment, segments),
        ("owner", wanted.owner, [golden_id for golden_id, _ in owners]),
    ):
        if value and value not in known:
            raise NotFound(f"no {name} {value!r} has an account", plain=f"no such {name} has an account")
    by, backwards = require_column(sort or "name", SORTS)
    rows = unit.directory.accounts(wanted, by=by, backwards=backwards, after=after, most=ROWS + 1)
    number = unit.directory.count(wanted, MOST_COUNTED + 1)
    goes_on = rows[ROWS - 1]["id"] if len(rows) > ROWS else None
    capped = number > MOST_COUNTED
    return {
        "accounts": Listing(rows[:ROWS], min(number, MOST_COUNTED), capped, goes_on, sort or "name", bool(after)),
        "standings": [standing.value for standing in Standing],
        "segments": segments,
        "owners": [{"id": golden_id, "name": name} for golden_id, name in owners],
    }
