"""The acquisition list: the audit's gaps, ranked, each with who is to close it by when, from which source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def gaps_as_json(
    unit: UnitOfWork, agreement: Agreement, today: date, limit: int, segment: str | None = None
) -> dict[str, Any]:
    """The first gaps of the list, how many there are, and the counts of the day on which they were counted."""
    last = unit.snapshots.last()
    listed = [item for item in items(unit, agreement) if segment in (None, item.gap.segment)]
    return {
        "counted_on": last.day.isoformat() if last else None,
        "counts": _counts(last.counts, agreement) if last else {},
        "number": len(listed),
        "missing": sum(item.gap.missing for item in listed),
        "gaps": [dict(zip(COLUMNS, row_of(item, today), strict=True)) for item in listed[:limit]],
        "more": max(len(listed) - limit, 0),
    }


def _counts(counts: Mapping[str, int], agreement: Agreement) -> dict[str, int]:
    """Those of the whole, of segments and of roles; how functions, levels and fields stand is the audit's own."""
    roles = {rule.role for rule in agreement.roles}
    parts = {name: name.split(" / ") for name in counts}
    return {name: counts[name] for name, words in parts.items() if len(words) == 2 or words[-2] in roles}
