"""Writing: payloads become rows, those of records that stand are found, and all are sent.

What our user may not write is left out, and told by the receipt.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from connectors.base import ConnectorError, Payload, Receipt, WriteError
from connectors.salesforce import marks, paths
from connectors.salesforce.client import Client
from connectors.salesforce.describes import Shapes
from connectors.salesforce.finding import Finder, need_key, upserted
from connectors.salesforce.refusals import KEY
from connectors.salesforce.rows import Batch, Row, waves
from connectors.salesforce.sending import Sender
from connectors.salesforce.shapes import OrgField, Shape

IDENTITY = ("Id", "attributes")
JSON = orjson.OPT_NAIVE_UTC | orjson.OPT_OMIT_MICROSECONDS
log = logging.getLogger(__name__)


class Writer:
    """Pushes payloads and finds keys. `left_out`: per object, the fields that we may not write."""

    def __init__(self, client: Client, shapes: Shapes) -> None:
        self.left_out: dict[str, frozenset[str]] = {}
        self._shapes = shapes
        self._finder = Finder(client, shapes)
        self._sender = Sender(client)

    def find(self, table: str, keys: Sequence[str]) -> dict[str, str]:
        """Return key → Id of the records that carry one of the keys; archived activities included."""
        return self._finder.find(table, keys)

    def push(self, table: str, wishes: Sequence[Payload]) -> list[Receipt]:
        """Write the payloads; one receipt each, in their order. Raises a ConnectorError where no row was tried."""
        batch = Batch(self._shapes.of(table))
        if any(payload.remote_id is None for payload in wishes):
            need_key(batch.shape)
        try:
            for rows in waves(wishes):
                self._write(batch, rows)
        except ConnectorError as error:
            if not batch.receipts:
                raise
            batch.put_off(wishes, str(error))
        return [batch.receipts[place] for place in range(len(wishes))]

    def _write(self, batch: Batch, rows: Sequence[Row]) -> None:
        """Write rows of which no two are the same record: updates by Id, the others by key."""
        rows = [row for row in rows if not batch.is_in_doubt(row)]
        self._finder.look_up(batch, rows)
        rows = [row for row in rows if row.place not in batch.receipts and self._serialise(batch, row)]
        rows.sort(key=lambda row: row.parent)
        for path, some in (
            (paths.UPDATE, [row for row in rows if row.id]),
            (paths.UPSERT if upserted(batch.shape) else paths.CREATE, [row for row in rows if not row.id]),
        ):
            self._sender.send(batch, path, some)

    def _serialise(self, batch: Batch, row: Row) -> bool:
        values = _known(batch.shape, row)
        placed = {_place(batch.shape, name, value): value for name, value in values.items()}
        fields = {name: value for name, value in placed.items() if self._may(batch.shape, name, row.id)}
        # What may be set at creation alone is as it should be in a record that stands.
        row.left_out = tuple(
            name
            for name, value in values.items()
            if (place := _place(batch.shape, name, value)) not in fields
            and place not in (*batch.shape.create_only, *IDENTITY)
        )
        identity = {"Id": row.id} if row.id else {KEY: row.payload.key} if KEY in batch.shape.fields else {}
        try:
            row.body = orjson.dumps(
                {"attributes": {"type": batch.shape.name}, **fields, **identity}, default=_number, option=JSON
            )
        except TypeError:
            batch.settle(row, WriteError("refused", "UNWRITABLE_VALUE", "a value cannot be written as JSON"))
            return False
        return True

    def _may(self, shape: Shape, name: str, known: str | None) -> bool:
        """True where we may write the field of a known record, or of one that may have to be made."""
        if name in IDENTITY:
            return False
        field = shape.fields.get(name) or shape.relations.get(name)
        if field and (field.updateable if known else field.createable):
            return True
        if not (field and field.createable):  # create-only is as it should be
            self._leave_out(shape, name, field)
        return False

    def _leave_out(self, shape: Shape, name: str, field: OrgField | None) -> None:
        known = self.left_out.get(shape.name, frozenset())
        if name not in known:
            self.left_out[shape.name] = known | {name}
            log.warning("%s.%s is left out: %s", shape.name, name, "read-only" if field else "not there for us")


def _known(shape: Shape, row: Row) -> Mapping[str, Any]:
    """Return the row's fields, on an object without a key field with what its records are known by there."""
    if not marks.knows_ours(shape):
        return row.payload.fields
    fields = {name: value for name, value in row.payload.fields.items() if name != KEY}
    name = marks.MARKED.get(shape.name)
    if name is None or (row.id and name not in fields):
        return fields
    return {**fields, name: marks.marked(str(fields.get(name) or ""), row.payload.key, shape.fields[name].length)}


def _place(shape: Shape, name: str, value: Any) -> str:
    """Return the field that takes the value: with state and country picklists US goes to BillingCountryCode."""
    code = shape.code(name)
    return code.name if code and value in code.values else name


def _number(value: object) -> float | int:
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"A value of type {type(value).__name__} cannot be written.")
