"""Finding the records of keys: by the key field, else by what they stand between, else by their mark (see `marks`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from connectors.base import Misconfigured
from connectors.salesforce import marks, soql
from connectors.salesforce.client import Client
from connectors.salesforce.describes import Shapes
from connectors.salesforce.marks import PAIRS
from connectors.salesforce.refusals import KEY
from connectors.salesforce.rows import Batch, Row
from connectors.salesforce.shapes import Shape

ROLE = "Role"


class Finder:
    """Finds records by key, and before they are made."""

    def __init__(self, client: Client, shapes: Shapes) -> None:
        self._client = client
        self._shapes = shapes

    def find(self, table: str, keys: Sequence[str]) -> dict[str, str]:
        """Return key → Id of the records that carry one of the keys; archived activities included."""
        shape = self._shapes.of(table)
        need_key(shape)
        if marks.is_paired(shape):  # push finds them by their pair
            return {}
        ids: dict[str, str] = {}
        for key, record_id in self._marked(shape) if marks.is_marked(shape) else self._keyed(table, keys):
            ids.setdefault(key, record_id)
        # SOQL compares without case.
        return {key: ids[key] for key in {*keys} & ids.keys()}

    def look_up(self, batch: Batch, rows: Sequence[Row]) -> None:
        """Find existing records where an upsert would send what may only be set at creation, and be refused; all of
        them, where the org's key is no External ID or is not there, so that nothing can be upserted.
        """
        shape = batch.shape
        unknown = [row for row in rows if not row.id]
        if not unknown:  # what stands may be of an object that has no key of ours at all
            return
        if shape.name in PAIRS:
            self._look_up_pairs(batch, unknown)
        elif marks.is_marked(shape):
            self._look_up_marks(shape, unknown)
        else:
            sent = [row for row in unknown if not upserted(shape) or row.payload.fields.keys() & shape.create_only]
            ids = self.find(shape.name, [row.payload.key for row in sent]) if sent else {}
            for row in sent:
                row.id = ids.get(row.payload.key)

    def _keyed(self, table: str, keys: Sequence[str]) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        for some in soql.lists(sorted({*keys})):
            query = soql.select(("Id", KEY), table, f"{KEY} IN {some}", "IsDeleted = false", order=("CreatedDate",))
            pairs += [(row[KEY], row["Id"]) for row in self._client.rows(query, deleted=True)]
        return pairs

    def _marked(self, shape: Shape) -> list[tuple[str, str]]:
        return [*marks.keys_made(self._client, shape)]

    def _look_up_marks(self, shape: Shape, rows: Sequence[Row]) -> None:
        """Find records by their mark among those of the same people; who is in doubt is looked for among all."""
        ids: dict[str, str] = {}
        for condition in marks.beside(row.payload.fields for row in rows):
            for key, record_id in marks.keys_made(self._client, shape, condition):
                ids.setdefault(key, record_id)
        for row in rows:
            row.id = ids.get(row.payload.key)

    def _look_up_pairs(self, batch: Batch, rows: Sequence[Row]) -> None:
        """Find records by the two records that they stand between; what somebody else wrote there stays."""
        shape, me = batch.shape, self._client.user()[:15]
        above, beside = PAIRS[shape.name]
        parents = {str(row.payload.fields[above]) for row in rows if row.payload.fields.get(above)}
        keyed = KEY in shape.fields
        known: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for some in soql.lists(sorted(parents)):
            fields = ("Id", above, beside, "LastModifiedById", *((KEY, ROLE) if keyed else ()))
            query = soql.select(fields, shape.name, f"{above} IN {some}", "IsDeleted = false", order=("CreatedDate",))
            for record in self._client.rows(query):
                known[record[above][:15], record[beside][:15]].append(record)
        for row in rows:
            first, second = (str(row.payload.fields.get(name) or "")[:15] for name in (above, beside))
            standing_there = known[first, second]
            if standing := _same(row, standing_there) if keyed else next(iter(standing_there), None):
                row.id = standing["Id"]
                if standing["LastModifiedById"][:15] != me:
                    row.left_out = tuple(name for name in row.payload.fields if name not in (above, beside))
                    batch.settle(row, None)


def _same(row: Row, records: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The record of the same pair that a row means: by its key, else one of ours by another key, else the same role."""
    fields = row.payload.fields
    by_key = (record for record in records if record[KEY] == row.payload.key)
    ours = (record for record in records if record[KEY])
    alike = (record for record in records if record[ROLE] == fields.get(ROLE))
    return next(chain(by_key, ours, alike), None)


def need_key(shape: Shape) -> None:
    """Raise Misconfigured where records of an object could not be found again."""
    if KEY not in shape.fields and not marks.knows_ours(shape):
        raise Misconfigured(
            f"{shape.name}.{KEY} is not there for the integration user: run `syncd salesforce deploy`, "
            "which also assigns the permission set Syncd_Integration."
        )


def upserted(shape: Shape) -> bool:
    """True where records can be written by their key: it is an External ID."""
    return KEY in shape.fields and shape.fields[KEY].external
