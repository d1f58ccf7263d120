"""Where a path of fields leads: up through relationships, and down through those of children, as report types go.

Report types and pages call a lookup by its relationship (`Owner`, `Account`), queries by its field (`OwnerId`).
"""

from __future__ import annotations

from collections.abc import Callable

from ..schema import ACTIVITIES, Field, Schema
from ..soql.columns import NAME_FIELDS

# Report types show a contact role with its contact's own fields, such as Name and Title.
_BESIDE = {"OpportunityContactRole": "Contact"}
FindField = Callable[[str, str], Field | None]


def last_field(schema: Schema, path: str, find: FindField) -> tuple[str, Field] | None:
    """Return the object and field at the end of `Object.step.Field`; None where a step leads nowhere."""
    *steps, name = path.split(".")
    if not steps:
        return None
    above, last = (steps[:-1], steps[-1]) if len(steps) > 1 else (steps, "")
    reference = _reference(schema, owner_of(schema, above, find), last, find) if last else None
    if reference is not None and reference.polymorphic:  # what it points at shows the fields of the object Name
        return (str(owner_of(schema, above, find)), reference) if name in NAME_FIELDS else None
    owner = owner_of(schema, steps, find)
    behind = find(_BESIDE[owner], name) if owner in _BESIDE else None
    field = find(owner, name) or _reference(schema, owner, name, find) or behind if owner else None
    return (owner, field) if owner and field else None


def owner_of(schema: Schema, steps: list[str], find: FindField) -> str | None:
    """Return the object to which steps lead, from the object that the first one names."""
    first, *rest = steps
    known = schema.find(ACTIVITIES[0] if first == "Activity" else first)
    owner = first if first == "Activity" or known is None else known.name
    if known is None and find(first, "Id") is None and not first.endswith("__c"):
        return None
    for step in rest:
        reference = _reference(schema, owner, step, find)
        child = next((child.name for child, field in schema.children(owner) if field.children == step), None)
        above = (
            "User"
            if reference and "User" in reference.targets
            else next(iter(reference.targets if reference else ()), None)
        )
        target = above or child or ("Activity" if step == "Activities" else None)  # tasks and events together
        if target is None:
            return None
        owner = target
    return owner


def _reference(schema: Schema, owner: str | None, relationship: str, find: FindField) -> Field | None:
    """Return the lookup of that relationship; custom ones are found by their field, which may be coming."""
    if owner is None:
        return None
    if relationship.endswith("__r"):
        return find(owner, f"{relationship.removesuffix('__r')}__c")
    known = schema.find(ACTIVITIES[0] if owner == "Activity" else owner)
    fields = known.fields.values() if known else ()
    return next((field for field in fields if field.relationship == relationship), None)
