"""Values that an administrator added to picklists of ours: they stay, in the order that the org has.

A value that a deployment does not name becomes inactive: Salesforce, Metadata API Developer Guide, "ValueSet".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from connectors.salesforce import markup
from connectors.salesforce.components import NAMESPACE, Component, Name

M = f"{{{NAMESPACE}}}"
VALUES = f"{M}valueSet/{M}valueSetDefinition"


def with_theirs(parts: Iterable[Component], standing: Mapping[Name, Mapping[str, bytes]]) -> list[Component]:
    """Return the components, those picklists that stand in the org with the values that it added."""
    return [_with_theirs(part, standing[part.name]) if part.name in standing else part for part in parts]


def _with_theirs(part: Component, standing: Mapping[str, bytes]) -> Component:
    if part.name.kind != "CustomField" or VALUES.rpartition("}")[2].encode() not in part.content:
        return part
    root = part.element()
    ours, theirs = root.find(VALUES), markup.read(standing[part.file]).find(VALUES)
    if ours is None or theirs is None:
        return part
    wanted, there = _by_name(ours), _by_name(theirs)
    if there.keys() <= wanted.keys():
        return part
    for value in wanted.values():
        ours.remove(value)
    ours.extend(wanted.get(name, value) for name, value in there.items())
    ours.extend(value for name, value in wanted.items() if name not in there)
    return part.rewritten(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _by_name(definition: Any) -> dict[str, Any]:
    return {value.findtext(f"{M}fullName"): value for value in definition.iterfind(f"{M}value")}
