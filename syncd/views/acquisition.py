"""The acquisition list: the audit's gaps, ranked, each with who is to close it by when, from which source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from syncd.agreement import Agreement
from syncd.planning.acquisition import Item, to_do, yields_of
from syncd.store import UnitOfWork

COLUMNS = (
    *("rank", "account id", "account", "segment", "role", "missing", "worth", "since"),
    *("source", "brought", "seated", "owner", "due", "overdue"),
)


def items(unit: UnitOfWork, agreement: Agreement) -> list[Item]:
    """The list as it was last counted."""
    last = unit.snapshots.last()
    yields = yields_of(last.counts) if last else {}
    return to_do(unit.gaps.open(), agreement, yields, unit.groups.users())


def row_of(item: Item, today: date) -> Sequence[Any]:
    """One line of it, by its columns."""
    gap = item.gap
    about = (gap.account_id, gap.account, gap.segment, gap.role, gap.missing, gap.amount, gap.since)
    source = (item.source, item.so_far.brought, item.so_far.seated)
    return item.rank, *about, *source, item.owner, item.due, "overdue" if item.due < today else None
