"""What the portal keeps of one list (segment): its members, and when each came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.hubspot.shelf import epoch

Json = dict[str, Any]


@dataclass(slots=True)
class List:
    """One list (segment) of records. `members`: record id → when it was added (epoch milliseconds)."""

    id: str
    name: str
    type_id: str
    processing: str  # MANUAL, SNAPSHOT or DYNAMIC
    created: int
    updated: int
    filter_branch: Json | None = None
    deleted: int | None = None
    version: int = 1
    members: dict[int, int] = field(default_factory=dict)


def read_list(row: Mapping[str, Any]) -> List:
    """Return a vendor-shaped list, with its `members`, as the portal keeps it."""
    created = epoch(row.get("createdAt") or "0") or 0
    updated = epoch(row.get("updatedAt") or "") or created
    members = {int(id): updated for id in row.get("members", ())}
    return List(
        str(row["listId"]), row["name"], row.get("objectTypeId", "0-1"), row.get("processingType", "MANUAL"),
        created, updated, row.get("filterBranch"), members=members,
    )  # fmt: skip
