"""What a custom report type offers: its tables joined to rows, and its columns as whoever asks may read them.

A row of a report holds one record of each table; where a join is an outer one, a parent without children is a row with
nothing below. Rows are records that the user may read. Source: Salesforce, Metadata API Developer Guide, "ReportType";
Salesforce Help, "Set Up Object Relationships for Custom Report Types". Columns that lead through a lookup's fields are
not served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .. import sharing
from ..metadata.elements import children, text
from ..metadata.packages import Component
from ..metadata.steps import last_field, owner_of
from ..org import Org
from ..refusal import Refusal
from ..schema import ACTIVITIES, Field
from ..soql.derived import reader
from ..table import Row

Joined = Mapping[str, Row | None]  # table, as the report type calls it → record
ROLE, PERSON = "OpportunityContactRole", "Contact"  # a role shows its contact's own fields


@dataclass(frozen=True)
class ReportColumn:
    """One column of a report type for one user: of its table's object, or of the record that `through` leads to."""

    name: str  # Opportunity$Amount
    table: str
    sobject: str
    field: Field
    through: str | None
    read: Callable[[Joined], Any]

    @property
    def path(self) -> str:
        """The field's path within its table's own object."""
        return f"{PERSON}.{self.field.name}" if self.through else self.field.name


class ReportType:
    """A deployed custom report type as one user sees it."""

    def __init__(self, org: Org, user: str, component: Component) -> None:
        self.name = component.full_name
        self.label = text(component.element, "label") or component.full_name
        self._org = org
        self._user = user
        self._element = component.element
        self.base = text(component.element, "baseObject") or ""

    def columns(self) -> Iterator[tuple[str, ReportColumn]]:
        """Yield the columns that the user sees, by their sections' labels."""
        for section in children(self._element, "sections"):
            for held in children(section, "columns"):
                column = self.find(f"{text(held, 'table')}${text(held, 'field')}")
                if column is not None:
                    yield text(section, "masterLabel") or "", column

    def column(self, name: str) -> ReportColumn:
        """Return a column by its name; raises Refusal where the type has none, or hides it from the user."""
        column = self.find(name)
        if column is None:
            raise Refusal("INVALID_FIELD", f"The column {name} is not in the report type, or you may not see it.")
        return column

    def find(self, name: str) -> ReportColumn | None:
        """Return a column by its name, None where there is none for this user."""
        table, _, field_name = name.partition("$")
        owner = owner_of(self._org.schema, table.split("."), self._field) if table else None
        resolved = last_field(self._org.schema, f"{table}.{field_name}", self._field) if owner else None
        if owner is None or resolved is None or "." in field_name:
            return None
        field = resolved[1]
        own = self._field(owner, field.name) is not None
        sobject = PERSON if owner == ROLE and not own else _first(owner)
        if self._org.access.view(self._user, self._org.schema.objects[sobject]).find(field.name) is None:
            return None
        through = f"{PERSON}Id" if sobject == PERSON and owner == ROLE else None
        return ReportColumn(name, table, _first(owner), field, through, self._reader(table, sobject, field, through))

    def rows(self, scope: str) -> Iterator[Joined]:
        """Yield the joined rows; scope: organization, or user for the records that the user owns."""
        sobject = self._org.schema.objects[self.base]
        if self._org.access.view(self._user, sobject).hidden:
            return
        for row in self._org.table(sobject).live():
            if (scope != "user" or row.get("OwnerId") == self._user) and self._may_read(row):
                yield from self._joined({self.base: row}, self.base, row, self._element)

    def _joined(self, above: Joined, table: str, row: Row | None, element: Any) -> Iterator[Joined]:
        joins = children(element, "join")
        if not joins:
            yield above
        for join in joins:
            below = f"{table}.{text(join, 'relationship')}"
            records: list[Row | None] = [*self._children(table, row, text(join, "relationship") or "")]
            if not records and text(join, "outerJoin") == "true":
                records.append(None)
            for record in records:
                yield from self._joined({**above, below: record}, below, record, join)

    def _children(self, table: str, row: Row | None, relationship: str) -> Iterator[Row]:
        owner = owner_of(self._org.schema, table.split("."), self._field)
        if row is None or owner is None:
            return
        for child, reference in self._org.schema.children(owner):
            activities = relationship == "Activities" and child.name in ACTIVITIES and reference["custom"] is False
            if (reference.children == relationship or activities) and not self._hidden(child.name):
                held = self._org.table(child)
                for record_id in held.matching(reference.name, row["Id"]):
                    record = held.rows[record_id]
                    if not record.get("IsDeleted") and self._may_read(record):
                        yield record

    def _hidden(self, sobject: str) -> bool:
        return self._org.access.view(self._user, self._org.schema.objects[sobject]).hidden

    def _may_read(self, row: Row) -> bool:
        return sharing.may_read(self._org, self._user, row)

    def _field(self, sobject: str, name: str) -> Field | None:
        owner = self._org.schema.find(_first(sobject))
        return owner.find(name) if owner else None

    def _reader(self, table: str, sobject: str, field: Field, through: str | None) -> Callable[[Joined], Any]:
        read, org = reader(self._org, self._user, sobject, field), self._org

        def look(joined: Joined) -> Any:
            row = joined.get(table)
            record = org.row(row.get(through)) if row is not None and through else row
            return None if record is None else read(record)

        return look


def _first(sobject: str) -> str:
    """Return the object whose fields stand for Activity's."""
    return ACTIVITIES[0] if sobject == "Activity" else sobject
