"""One call that writes: on whose behalf, under which headers, and how it finds rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import ids
from .access import View
from .org import Org
from .refusal import Refusal, not_found
from .schema import SObject
from .table import Journal, Row


@dataclass
class Call:
    """On whose behalf rows are written, and under which headers."""

    org: Org
    user: str
    allow_duplicates: bool = False
    behind: bool = False  # behind the API's back: whose records they are does not matter
    journal: Journal = field(default_factory=Journal)

    def note(self, verb: str, sobject: SObject, record_id: str, written: Mapping[str, Any]) -> None:
        """Add a write to the org's list of them; it goes again when the call is rolled back."""
        entry = {"verb": verb, "object": sobject.name, "id": record_id, "user": self.user, "fields": dict(written)}
        self.org.writes.append(entry)
        self.journal.undo(self.org.writes.pop)

    def view(self, sobject: SObject) -> View:
        """Return the object as this user sees it."""
        return self.org.access.view(self.user, sobject)


def find(call: Call, sobject: SObject, record_id: str) -> Row:
    """Return the living row of that id; raises Refusal where there is none."""
    whole = ids.read(record_id)
    if whole is None or call.org.schema.of_id(whole) not in (sobject, None):
        raise Refusal("MALFORMED_ID", f"{sobject.name} ID: id value of incorrect type: {record_id}", ["Id"])
    row = call.org.table(sobject).rows.get(whole)
    if row is None:
        raise not_found()
    if row.get("IsDeleted"):
        raise Refusal("ENTITY_IS_DELETED", "entity is deleted", [], status=404)
    return row


def living(org: Org, sobject: SObject, field: str, value: Any) -> list[str]:
    """Return the ids of the rows outside the recycle bin whose field has that value."""
    table = org.table(sobject)
    return [found for found in table.matching(field, value) if not table.rows[found].get("IsDeleted")]
