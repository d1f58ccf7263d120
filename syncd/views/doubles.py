"""Likely doubles: what may be one, and waits for a decision."""

from __future__ import annotations

from typing import Any

from syncd.store import UnitOfWork


def undecided(unit: UnitOfWork) -> list[dict[str, Any]]:
    """Every pair, with what speaks for it, as JSON."""
    return [_pair(unit, row) for row in unit.doubles.undecided()]


def _pair(unit: UnitOfWork, row: Any) -> dict[str, Any]:
    sides = {side: _side(unit, row.kind, getattr(row, f"{side}_id")) for side in ("first", "second")}
    return {"kind": row.kind, **sides, "evidence": row.evidence, "since": row.since.isoformat()}


def _side(unit: UnitOfWork, kind: str, golden_id: str) -> dict[str, Any]:
    known = unit.golden.rows(kind, [golden_id]).get(golden_id, {})
    name = known.get("name") or " ".join(filter(None, (known.get("first_name"), known.get("last_name"))))
    records = [str(link.ref) for link in unit.people.links_of(kind, golden_id)]
    return {"id": golden_id, "name": name or "(no name)", "records": records}
