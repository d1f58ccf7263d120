"""How a row is printed: its fields in the order of SELECT, with `attributes` at every level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..refusal import Refusal
from ..table import Row
from .columns import Column, Scope, child_of
from .tree import AllFields, Function, Item, Path, Query, TypeOf, malformed

Print = Callable[[Row], Any]
_ALL_LIMIT = 200
_ITSELF = ("TOLABEL", "FORMAT", "CONVERTCURRENCY", "CONVERTTIMEZONE")


class Nested(Protocol):
    """Compiles a subquery: given the parent's id, it returns the matching children in order, and how to print each."""

    def __call__(self, scope: Scope, query: Query, /) -> tuple[str, Callable[[Row], list[Row]], Print]:
        """Return the relationship's name, the children of a row, and how to print one."""
        ...


@dataclass
class Node:
    """One object of the result: its printed keys, and the objects below it by reference field."""

    scope: Scope
    shown_as: str | None = None  # "Name" for whatever a polymorphic reference points at; else the object itself
    keys: dict[str, Print] = field(default_factory=dict)
    parents: dict[str, tuple[str, Node]] = field(default_factory=dict)  # key → reference field, node


def compile_rows(scope: Scope, query: Query, base: str, nested: Nested) -> Print:
    """Return the printer of a query's rows. `base` is the version's path, e.g. /services/data/v59.0."""
    node = Node(scope)
    for item in query.items:
        match item:
            case AllFields():
                for name in _of_group(scope, item, query):
                    _add(scope, node, Path((name,), query.at))
            case Item():
                _add_item(scope, node, item)
            case TypeOf():
                node.keys[item.path.names[-1]] = _typeof(scope, item, base)
            case Query():
                key, children, show = nested(scope, item)
                node.keys[key] = _children(children, show)
    return _printer(node, base)


def print_row(scope: Scope, names: list[str], base: str) -> Print:
    """Return the printer of the named fields, for retrieving one record."""
    node = Node(scope)
    for name in names:
        _add(scope, node, Path(tuple(name.split(".")), 0))
    return _printer(node, base)


def _of_group(scope: Scope, item: AllFields, query: Query) -> list[str]:
    if (query.limit is None or query.limit > _ALL_LIMIT) and item.group != "STANDARD":
        problem = f"The SOQL FIELDS function must have a LIMIT of at most {_ALL_LIMIT}"
        raise malformed(scope.text, query.at, problem)
    wanted = {"ALL": (True, False), "CUSTOM": (True,), "STANDARD": (False,)}[item.group]
    return [name for name, found in scope.view.fields.items() if found["custom"] in wanted]


def _add_item(scope: Scope, node: Node, item: Item) -> None:
    operand = item.operand
    if isinstance(operand, Path):
        _add(scope, node, operand)
    elif (
        isinstance(operand, Function)
        and operand.name in _ITSELF
        and isinstance(next(iter(operand.arguments), None), Path)
    ):
        _add(scope, node, operand.arguments[0], item.alias)
    else:
        raise malformed(scope.text, operand.at, f"Function {operand.name.lower()} needs GROUP BY or is not supported")


def _add(scope: Scope, node: Node, path: Path, alias: str | None = None) -> None:
    column = scope.find(path)  # raises where any step is unknown
    names = scope.own_names(path)
    for name in names[:-1]:
        reference = node.scope.reference(node.scope.view, name, path)
        key = str(reference.relationship)
        if reference.polymorphic:
            _add_of_name(node, key, reference.name, column)
            return
        if key not in node.parents:
            target = scope.org.schema.objects[reference.targets[0]]
            below = scope._replace(view=scope.org.access.view(scope.user, target), alias=None)
            node.parents[key] = (reference.name, Node(below))
            node.keys[key] = _nothing  # keeps the place in the order
        node = node.parents[key][1]
    read_column = node.scope.find(Path((names[-1],), path.at))
    key = alias or read_column.name
    if key in node.keys:
        raise Refusal("INVALID_FIELD", f"duplicate field selected: {path}")
    node.keys[key] = read_column.read


def _add_of_name(node: Node, key: str, reference: str, column: Column) -> None:
    """Add a field of whatever a polymorphic reference points at; it is printed as object Name."""
    if key not in node.parents:
        node.parents[key] = (reference, Node(node.scope, "Name"))
        node.keys[key] = _nothing
    below = node.parents[key][1]
    below.keys[column.name] = _by_id(node.scope, column.name)


def _by_id(scope: Scope, name: str) -> Print:
    if name == "Type":
        return lambda row: sobject.name if (sobject := scope.org.schema.of_id(row["Id"])) else None
    return lambda row: row.get(name)


def _nothing(row: Row) -> None:
    return None


def _printer(node: Node, base: str) -> Print:
    """Return the function that prints a row of the node's object."""
    org, shown_as = node.scope.org, node.shown_as
    steps: list[tuple[str, Print]] = [
        (key, _parent_printer(node, key, base) if key in node.parents else read) for key, read in node.keys.items()
    ]
    kinds = {prefix: found.name for prefix, found in org.schema.prefixes.items()}
    urls = {prefix: f"{base}/sobjects/{name}/" for prefix, name in kinds.items()}

    def show(row: Row) -> dict[str, Any]:
        record_id = row["Id"]
        prefix = record_id[:3]
        shown: dict[str, Any] = {"attributes": {"type": shown_as or kinds[prefix], "url": urls[prefix] + record_id}}
        for key, read in steps:
            shown[key] = read(row)
        return shown

    return show


def _parent_printer(node: Node, key: str, base: str) -> Print:
    reference, below = node.parents[key]
    org, show = node.scope.org, _printer(below, base)

    def show_parent(row: Row) -> Any:
        parent = org.row(row.get(reference))
        return None if parent is None else show(parent)

    return show_parent


def _children(children: Callable[[Row], list[Row]], show: Print) -> Print:
    def show_children(row: Row) -> Any:
        below = children(row)
        return {"totalSize": len(below), "done": True, "records": [show(child) for child in below]} if below else None

    return show_children


def _typeof(scope: Scope, item: TypeOf, base: str) -> Print:
    reference = scope.reference(scope.view, item.path.names[-1], item.path)
    org = scope.org
    shows: Mapping[str, Print] = {
        name: print_row(scope._replace(view=org.access.view(scope.user, target)), [str(path) for path in paths], base)
        for name, paths in item.branches
        if (target := org.schema.find(name))
    }

    def show(row: Row) -> Any:
        parent = org.row(row.get(reference.name))
        if parent is None:
            return None
        target = org.schema.of_id(parent["Id"])
        name = target.name if target else ""
        if name in shows:
            return shows[name](parent)
        shown = {"attributes": {"type": name, "url": f"{base}/sobjects/{name}/{parent['Id']}"}}
        return shown | {path.names[-1]: parent.get(path.names[-1]) for path in item.otherwise}

    return show


__all__ = ["Nested", "Print", "child_of", "compile_rows", "print_row"]
