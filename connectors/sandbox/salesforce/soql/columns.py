"""What a field path means in an org: how to read it from a row, and which type it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..access import View
from ..org import Org
from ..refusal import Refusal
from ..schema import Field, SObject
from ..table import Row
from .derived import reader
from .shape import DEEPEST_PARENT
from .tree import Path, malformed

Read = Callable[[Any], Any]
_PLEASE = "Please reference your WSDL or the describe call for the appropriate names."
_CUSTOM_FIELD = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. "
_CUSTOM_PATH = (
    "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship "
    "name. "
)
_CUSTOM_OBJECT = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. "
# what the object Name shows of the record that a polymorphic field points at (Object Reference, Name)
NAME_FIELDS = (
    *("Alias", "Email", "FirstName", "Id", "IsActive", "LastName", "Name", "Phone"),
    *("ProfileId", "Title", "Type", "UserRoleId", "Username"),
)


class Column(NamedTuple):
    """A readable value of a row: `field` is None where no declared field stands behind it."""

    read: Read
    kind: str
    name: str
    field: Field | None = None
    own: bool = False  # stands in the row itself, so that an index may serve it


class Scope(NamedTuple):
    """Where names are looked up: one object as one user sees it, inside one query's text."""

    org: Org
    user: str
    view: View
    alias: str | None
    text: str

    def find(self, path: Path) -> Column:
        """Return the column of a path; raises Refusal INVALID_FIELD with its place."""
        names = self.own_names(path)
        if len(names) == 1:
            return self._column(self.view, names[0], path)
        if len(names) > DEEPEST_PARENT + 1:
            problem = "Cannot query foreign key relationships more than 5 levels away from the root SObject"
            raise malformed(self.text, path.at, problem)
        steps, view = [], self.view
        for place, name in enumerate(names[:-1]):
            reference = self.reference(view, name, path)
            steps.append(reference.name)
            if reference.polymorphic:
                return self._of_name(steps, names[place + 1 :], path)
            target = self.org.schema.objects[reference.targets[0]]
            view = self.org.access.view(self.user, target)
            if view.hidden:
                raise self._unknown(name, path)
        column = self._column(view, names[-1], path)
        return column._replace(read=_through(self.org, steps, column.read), own=False)

    def own_names(self, path: Path) -> tuple[str, ...]:
        """Return the path's names without the query's alias or object name in front."""
        first, rest = path.names[0].lower(), path.names[1:]
        if rest and first in ((self.alias or "").lower(), self.view.sobject.name.lower()):
            return rest
        return path.names

    def reference(self, view: View, name: str, path: Path) -> Field:
        """Return the reference field whose relationship has that name."""
        wanted = name.lower()
        for field in view.fields.values():
            if field.relationship and field.relationship.lower() == wanted and field.targets:
                return field
        raise self._unknown(name, path)

    def _unknown(self, name: str, path: Path) -> Refusal:
        problem = f"Didn't understand relationship '{name}' in field path. {_CUSTOM_PATH}{_PLEASE}"
        return malformed(self.text, path.at, problem, "INVALID_FIELD")

    def _column(self, view: View, name: str, path: Path) -> Column:
        field = view.find(name)
        if field is None:
            problem = f"No such column '{name}' on entity '{view.sobject.name}'. {_CUSTOM_FIELD}{_PLEASE}"
            raise malformed(self.text, path.at, problem, "INVALID_FIELD")
        read = reader(self.org, self.user, view.sobject.name, field)
        return Column(read, field.type, field.name, field, own=True)

    def _of_name(self, steps: list[str], rest: tuple[str, ...], path: Path) -> Column:
        """Return a column of the object Name, which stands for whatever a polymorphic field points at."""
        known = {name.lower(): name for name in NAME_FIELDS}
        name = known.get(rest[0].lower())
        if name is None or len(rest) > 1:
            problem = f"No such column '{rest[0]}' on entity 'Name'. {_CUSTOM_FIELD}{_PLEASE}"
            raise malformed(self.text, path.at, problem, "INVALID_FIELD")
        if name == "Type":
            return Column(_through(self.org, steps, lambda row: _object_of(self.org, row)), "string", name)
        kind = "boolean" if name == "IsActive" else "id" if name.endswith("Id") else "string"
        return Column(_through(self.org, steps, lambda row: row.get(name)), kind, name)


def open_scope(org: Org, user: str, source: str, at: int, alias: str | None, text: str) -> Scope:
    """Return the scope of the object that a query names; raises Refusal INVALID_TYPE where there is none."""
    sobject = org.schema.find(source)
    if sobject is None or org.access.view(user, sobject).hidden:
        problem = f"sObject type '{source}' is not supported. {_CUSTOM_OBJECT}{_PLEASE}"
        raise malformed(text, at, problem, "INVALID_TYPE")
    return Scope(org, user, org.access.view(user, sobject), alias, text)


def child_of(scope: Scope, source: str, at: int) -> tuple[SObject, Field]:
    """Return the object and reference field behind a relationship downwards."""
    parent = scope.view.sobject.name
    for child, reference in scope.org.schema.children(parent):
        if reference.children and reference.children.lower() == source.lower():
            return child, reference
    problem = f"Didn't understand relationship '{source}' in FROM part of query call. {_CUSTOM_PATH}{_PLEASE}"
    raise malformed(scope.text, at, problem, "INVALID_TYPE")


def _object_of(org: Org, row: Row) -> str | None:
    sobject = org.schema.of_id(row["Id"])
    return sobject.name if sobject else None


def _through(org: Org, steps: list[str], read: Read) -> Read:
    """Return a reader that follows reference fields upwards first; a missing parent reads as null."""

    def follow(row: Row) -> Any:
        parent = org.above(row, steps)
        return None if parent is None else read(parent)

    return follow


def refuse_use(scope: Scope, column: Column, at: int, ability: str, verb: str) -> None:
    """Raise Refusal where describe says that the field cannot be filtered, sorted or grouped."""
    # describe calls addresses filterable, but only DISTANCE() and GEOLOCATION() can filter by one
    if column.field is not None and (not column.field[ability] or column.kind == "address"):
        problem = f"field '{column.name}' can not be {verb} in a query call"
        raise malformed(scope.text, at, problem, "INVALID_FIELD")


__all__ = ["Column", "Read", "Refusal", "Scope", "child_of", "open_scope", "refuse_use"]
