"""What one stream's query asks for, and how its rows become records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from connectors.base import Raw, Record, Refused
from connectors.salesforce import soql
from connectors.salesforce.describes import Shapes, exists
from connectors.salesforce.shapes import Shape

# Asked for wherever the object has them. MasterRecordId: what a deleted record was merged into.
EXTRAS = ("Id", "IsDeleted", "MasterRecordId", "LastModifiedById")

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """One stream's query: the fields that exist, those that do not, and the relationships among them."""

    shape: Shape
    fields: tuple[str, ...]
    missing: tuple[str, ...]
    stamp: str
    relations: Tree  # relationship → its own relationships

    @property
    def fingerprint(self) -> str:
        """A short digest of what is asked for."""
        return blake2b(" ".join(self.fields).encode(), digest_size=6).hexdigest()

    def soql(self, *conditions: str | None, ordered: bool = True, limit: int | None = None) -> str:
        """Return the query with these conditions, in the order that the cursor relies on."""
        order = (self.stamp, "Id") if ordered else ()
        return soql.select(self.fields, self.shape.name, *conditions, order=order, limit=limit)

    def since(self, at: datetime | None) -> str | None:
        """Return the condition for what changed at or after `at`; None where all is wanted."""
        return f"{self.stamp} >= {soql.stamp(at)}" if at else None

    def behind(self, at: tuple[str, str] | None) -> str | None:
        """Return the condition for rows behind this stamp and Id: rows of one stamp may straddle pages."""
        if not at:
            return None
        stamp, row = soql.stamp(datetime.fromisoformat(at[0])), soql.text(at[1])
        return f"({self.stamp} > {stamp} OR ({self.stamp} = {stamp} AND Id > {row}))"

    def place(self, record: Record) -> tuple[str, str]:
        """Return where a record stands in the order."""
        return record.raw[self.stamp], record.id

    def records(self, rows: Iterable[Raw]) -> list[Record]:
        """Make records of the vendor's rows, in place, without `attributes` at any level."""
        stamp, relations, read = self.stamp, self.relations, datetime.fromisoformat
        records = []
        for row in rows:
            del row["attributes"]
            if relations:
                _strip(row, relations)
            records.append(Record(row["Id"], read(row[stamp]), row.get("IsDeleted", False), row))
        return records


def compose(shapes: Shapes, stream: str, wanted: Sequence[str]) -> Query:
    """Return the query for the wanted fields (relationship paths allowed); those that do not exist are left out."""
    shape = shapes.of(stream)
    if shape.stamp is None:
        raise Refused(f"Salesforce keeps no stamp of changes for {stream}: it cannot be read as a stream.")
    extras = [name for name in (*EXTRAS, shape.stamp) if name in shape.fields]
    asked = [path for path in dict.fromkeys(wanted) if exists(shapes, shape, path)]
    fields = tuple(dict.fromkeys((*extras, *asked)))
    missing = tuple(sorted(set(wanted) - set(asked)))
    return Query(shape, fields, missing, shape.stamp, _tree(fields))


def _tree(fields: Iterable[str]) -> Tree:
    tree: Tree = {}
    for path in fields:
        node = tree
        for name in path.split(".")[:-1]:
            node = node.setdefault(name, {})
    return tree


def _strip(row: Raw, relations: Tree) -> None:
    for name, deeper in relations.items():
        if related := row[name]:
            del related["attributes"]
            if deeper:
                _strip(related, deeper)
