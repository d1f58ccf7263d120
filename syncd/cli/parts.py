"""How the parts of a waterfall or of a lag are called."""

from __future__ import annotations

from collections.abc import Iterable

from syncd.planning.names import RepNames
from syncd.store import UnitOfWork


def part_names(unit: UnitOfWork, by: str | None, parts: Iterable[str]) -> dict[str, str]:
    """Golden id → name where the parts are reps or campaigns; what has none bears its own words."""
    if by == "rep":
        users = unit.groups.users()
        names = RepNames(users)
        return {part: names[part] for part in parts if part in users}
    if by == "campaign":
        rows = unit.golden.rows("campaign", [*parts])
        return {golden_id: row["name"] for golden_id, row in rows.items() if row["name"]}
    return {}
