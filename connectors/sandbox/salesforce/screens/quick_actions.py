"""A deployed quick action that updates its record: the fields of its layout as whoever asks may see and fill them.

Source: Salesforce, Metadata API Developer Guide, "QuickAction"; SOAP API Developer Guide, "DescribeQuickActionResult"
and "DescribeLayoutSection". An action of another type is listed and described, and not carried out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..access import View
from ..metadata.elements import children, text
from ..metadata.packages import Component
from ..org import Org
from ..refusal import Refusal
from ..schema import Field, SObject
from ..table import Row

_BEHAVIOURS = ("Edit", "Required", "Readonly")
_ITEMS = "quickActionLayout/quickActionLayoutColumns"


@dataclass(frozen=True)
class Item:
    """One field of an action's form."""

    field: Field
    behaviour: str  # Edit, Required or Readonly
    editable: bool  # by this user


@dataclass(frozen=True)
class Action:
    """A quick action as one user sees it: its form column by column, without the fields that are hidden from them."""

    name: str
    label: str
    type: str
    sobject: SObject
    view: View
    columns: tuple[tuple[Item, ...], ...]

    def items(self) -> Iterator[Item]:
        """Yield the fields of the form."""
        for column in self.columns:
            yield from column


def actions_of(org: Org, user: str, sobject: SObject) -> list[Action]:
    """Return the deployed actions of an object."""
    names = (name for kind, name in org.components if kind == "QuickAction")
    own = sorted(name for name in names if name.partition(".")[0] == sobject.name)
    return [_read(org, user, sobject, org.components["QuickAction", name]) for name in own]


def written(action: Action, record: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """Return what filling in the form writes; raises Refusal where the form could not have been filled in so.

    It opens with the record's own values, and a required field may not be left empty. How Salesforce refuses a field
    that the form does not have nobody documents; here it is refused as one that may not be written.
    """
    items = {item.field.name.lower(): item for item in action.items()}
    sent = {name: value for name, value in record.items() if name != "attributes"}
    outside = [name for name in sent if (item := items.get(name.lower())) is None or item.behaviour == "Readonly"]
    if outside:
        problem = f"Unable to create/update fields: {', '.join(outside)}. They are not on the layout of {action.name}."
        raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", problem, outside)
    by_name = {items[name.lower()].field.name: value for name, value in sent.items()}
    filled = row | by_name
    missing = [
        item.field.name
        for item in action.items()
        if item.behaviour == "Required" and filled.get(item.field.name) in (None, "")
    ]
    if missing:
        raise Refusal("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)
    return by_name


def _read(org: Org, user: str, sobject: SObject, component: Component) -> Action:
    view = org.access.view(user, sobject)
    columns = tuple(tuple(_items(view, column)) for column in children(component.element, _ITEMS))
    name, kind = component.full_name.partition(".")[2], text(component.element, "type") or ""
    return Action(name, text(component.element, "label") or name, kind, sobject, view, columns)


def _items(view: View, column: Any) -> Iterator[Item]:
    for element in children(column, "quickActionLayoutItems"):
        field = view.find(text(element, "field") or "")
        behaviour = text(element, "uiBehavior") or ""
        if field is not None and behaviour in _BEHAVIOURS:
            editable = bool(field["updateable"]) and field.name not in view.locked and behaviour != "Readonly"
            yield Item(field, behaviour, editable)
