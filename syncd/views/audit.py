"""The audit as it was last counted: whom we have where somebody decides, who is missing, and how the counts moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Final

from syncd.agreement import Agreement
from syncd.agreement.segments import terms_for
from syncd.errors import NotFound
from syncd.planning.audit import needed
from syncd.planning.drift import drift
from syncd.planning.headcount import OF_ROLES, UNREAD
from syncd.store import UnitOfWork

WINDOW: Final = timedelta(days=28)  # of the drift
OF_SEGMENTS: Final = ("accounts", "excluded", "whole", "people", "reachable", "left", "stale")


def audit_of(unit: UnitOfWork, agreement: Agreement, today: date, segment: str | None = None) -> dict[str, Any]:
    """The counts of the last day that was counted, by segment, and what moved since. Raises NotFound."""
    names = segments_of(agreement)
    require_segment(segment, names)
    last, moved = unit.snapshots.last(), drift(unit.snapshots.stream(today - WINDOW))
    chosen = [segment] if segment else names
    counts = last.counts if last else {}
    moves = [asdict(move) for move in moved.moves] if moved else []
    return {
        "counted_on": last.day if last else None,
        "segments": [_segment(name, counts, agreement) for name in chosen] if last else [],
        "choices": names,
        "drift": moved
        and {
            "first": moved.first,
            "last": moved.last,
            "agreements": moved.agreements,
            "moves": [move for move in moves if not segment or move["what"].startswith(f"{segment} / ")],
        },
    }


def segments_of(agreement: Agreement) -> list[str]:
    """The segments of the served market, by name."""
    return [own.name for own in agreement.served_market.segments]


def require_segment(segment: str | None, names: list[str]) -> None:
    """Raise NotFound where the agreement has no segment of that name."""
    if segment is not None and segment not in names:
        raise NotFound(f"no segment {segment!r}", plain="the agreement has no such segment")


def _segment(name: str, counts: Mapping[str, int], agreement: Agreement) -> dict[str, Any]:
    own = terms_for(agreement, name)
    functions, levels = [*own.functions, UNREAD], [*own.levels, UNREAD]
    roles = [
        {"role": role, **{what: counts.get(f"{name} / {role} / {what}", 0) for what in OF_ROLES}}
        for role in needed(own)
    ]
    people = [[counts.get(f"{name} / {function} {level} / have") for level in levels] for function in functions]
    rows = [n for n, row in enumerate(people) if any(row)]
    columns = [n for n in range(len(levels)) if any(row[n] for row in people)]
    return {
        "segment": name,
        **{what: counts.get(f"{name} / {what}", 0) for what in OF_SEGMENTS},
        "missing": sum(role["missing"] for role in roles),
        "roles": roles,
        "functions": [functions[n] for n in rows],
        "levels": [levels[n] for n in columns],
        "have": [[people[row][column] for column in columns] for row in rows],
    }
