"""Field-level security: which fields a user sees. A hidden field looks as if it did not exist.

As in Salesforce, a custom field that comes by the Metadata API is visible to nobody, the administrator included, until
a profile or permission set that grants it is deployed and, for a permission set, assigned to the user with a
PermissionSetAssignment record. Required custom fields (and standard ones) need no grant.
Source: Salesforce, Metadata API Developer Guide, "PermissionSet" and "Understanding Field-Level Security".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .schema import ACTIVITIES, Field, Schema, SObject
from .table import Table


@dataclass
class Grant:
    """What one permission set or profile grants: (object, field) → editable."""

    fields: dict[tuple[str, str], bool] = field(default_factory=dict)

    def add(self, sobject: str, name: str, *, editable: bool) -> None:
        """Grant reading a field, and writing it where `editable`; one of Activity stands for Task and Event."""
        for owner in ACTIVITIES if sobject == "Activity" else (sobject,):
            self.fields[owner, name] = editable


@dataclass(frozen=True)
class View:
    """One object as one user sees it."""

    sobject: SObject
    fields: Mapping[str, Field]
    lower: Mapping[str, Field]
    locked: frozenset[str]  # visible, but not to be written

    def find(self, name: str) -> Field | None:
        """Return the field of that name in any case, None where it is hidden."""
        return self.lower.get(name.lower())


class Access:
    """Answers what users see. `revision` rises with every change of a grant."""

    def __init__(self, schema: Schema, assignments: Table, hidden: Mapping[str, Iterable[str]]) -> None:
        self._schema = schema
        self._assignments = assignments
        self._hidden = {sobject: frozenset(names) for sobject, names in hidden.items()}
        self.everyone = Grant()  # custom fields that the org's profiles grant
        self.sets: dict[str, Grant] = {}  # PermissionSet id → what it grants
        self._views: dict[tuple[str, str], tuple[object, View]] = {}
        self.revision = 0

    def state(self, user: str) -> tuple[int, int, tuple[str, ...]]:
        """Return what the user's views depend on: the revisions of schema and grants, and the sets assigned."""
        assigned = tuple(
            row["PermissionSetId"]
            for record_id in self._assignments.matching("AssigneeId", user)
            if (row := self._assignments.rows[record_id])
        )
        return self._schema.revision, self.revision, assigned

    def view(self, user: str, sobject: SObject) -> View:
        """Return the object as the user sees it."""
        state = self.state(user)
        known = self._views.get((user, sobject.name))
        if known is None or known[0] != state:
            known = self._views[user, sobject.name] = (state, self._look(state[2], sobject))
        return known[1]

    def _look(self, assigned: Iterable[str], sobject: SObject) -> View:
        grants = [self.everyone, *(self.sets[name] for name in assigned if name in self.sets)]
        hidden = self._hidden.get(sobject.name, frozenset())
        visible: dict[str, Field] = {}
        locked = set()
        for name, declared in sobject.fields.items():
            granted = [grant.fields[sobject.name, name] for grant in grants if (sobject.name, name) in grant.fields]
            if name in hidden and not granted:
                continue
            if declared["custom"] and declared["nillable"] and not granted:
                continue
            visible[name] = declared
            if granted and not any(granted):
                locked.add(name)
        lower = {name.lower(): declared for name, declared in visible.items()}
        return View(sobject, visible, lower, frozenset(locked))
