"""Writing through sObject Collections: 200 rows a call, each with an answer of its own.

HTTP 200 says nothing of the rows: each `success` is read. A call without an answer is never repeated here: its rows
are uncertain, and the caller looks their keys up first. Triggers and flows of the org work on all rows of a call
together: what is too much for them is refused row by row, and passes in smaller calls.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from connectors.base import ConnectorError, Misconfigured, Payload, Receipt, Uncertain, WriteError
from connectors.salesforce import paths, soql
from connectors.salesforce.client import Client
from connectors.salesforce.describes import Shapes
from connectors.salesforce.paths import Path
from connectors.salesforce.refusals import KEY, Declined, clean, overload, raced, row_error
from connectors.salesforce.shapes import Field, Shape

BATCH = 200
# Rows of one parent go into the same call: two calls at once would wait for the same lock.
# What a record is found by where the org takes no key field on its object: there is one at most of each pair.
PAIRS: Mapping[str, tuple[str, str]] = {"OpportunityContactRole": ("OpportunityId", "ContactId")}
PARENTS = ("OpportunityId", "AccountId", "WhatId", "WhoId", "CampaignId")
IDENTITY = ("Id", "attributes")
LOCK_PAUSES = (1.0, 3.0)  # seconds before locked rows are sent again
REMEMBERED = timedelta(hours=1)  # how long an object's calls stay as small as they had to be: about a run
FEWEST_SILENT = 2  # calls in a row without an answer, after which no more is sent
SAMPLE = 3  # rows that are sent by themselves to learn whether a refused call was refused for a row's sake

JSON = orjson.OPT_NAIVE_UTC | orjson.OPT_OMIT_MICROSECONDS
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Row:
    """One payload on its way; `id` is its record where we know it, `before` the place of an earlier payload of it."""

    place: int
    payload: Payload
    id: str | None
    before: int | None = None
    body: bytes = b""
    left_out: tuple[str, ...] = ()  # what we may not write there


@dataclass(slots=True)
class Batch:
    """The state of one push: the receipts by place, and how many calls in a row stayed without an answer.

    heavy: the places of rows that were refused because a call's rows were too many for the org's own code.
    taken: a call was answered row by row, so that calls as such are not refused.
    """

    shape: Shape
    receipts: dict[int, Receipt] = field(default_factory=dict)
    heavy: set[int] = field(default_factory=set)
    silent: int = 0
    taken: bool = False

    def settle(self, row: Row, error: WriteError | None, remote_id: str | None = None) -> None:
        """Write the row's receipt; a later one takes the place of an earlier one."""
        self.receipts[row.place] = Receipt(row.payload.key, remote_id or row.id, error, row.left_out)


class Writer:
    """Pushes payloads and finds keys. `left_out`: per object, the fields that we may not write."""

    def __init__(self, client: Client, shapes: Shapes) -> None:
        self.left_out: dict[str, frozenset[str]] = {}
        self._client = client
        self._shapes = shapes
        self._sizes: dict[str, tuple[int, datetime]] = {}  # per object, how many rows a call may have, and since when

    def find(self, table: str, keys: Sequence[str]) -> dict[str, str]:
        """Return key → Id of the records that carry one of the keys; archived activities included."""
        shape = self._shapes.of(table)
        self._need_key(shape)
        if KEY not in shape.fields:  # push finds them by their pair
            return {}
        wanted = set(keys)
        ids: dict[str, str] = {}
        for some in soql.lists(sorted(wanted)):
            query = soql.select(("Id", KEY), table, f"{KEY} IN {some}", "IsDeleted = false", order=("CreatedDate",))
            for row in self._client.rows(query, deleted=True):
                ids.setdefault(row[KEY], row["Id"])
        # SOQL compares without case.
        return {key: ids[key] for key in wanted & ids.keys()}

    def push(self, table: str, wishes: Sequence[Payload]) -> list[Receipt]:
        """Write the payloads; one receipt each, in their order. Raises a ConnectorError where no row was tried."""
        batch = Batch(self._shapes.of(table))
        if any(payload.remote_id is None for payload in wishes):
            self._need_key(batch.shape)
        try:
            for rows in _waves(wishes):
                self._write(batch, rows)
        except ConnectorError as error:
            if not batch.receipts:
                raise
            self._put_off(batch, wishes, str(error))
        return [batch.receipts[place] for place in range(len(wishes))]

    def _write(self, batch: Batch, rows: Sequence[Row]) -> None:
        """Write rows of which no two are the same record: updates by Id, the others by key."""
        rows = [row for row in rows if not _in_doubt(batch, row)]
        self._look_up(batch.shape, rows)
        rows = [row for row in rows if self._serialise(batch, row)]
        rows.sort(key=lambda row: _parent(row.payload))
        for path, some in (
            (paths.UPDATE, [row for row in rows if row.id]),
            (paths.UPSERT if _upserted(batch.shape) else paths.CREATE, [row for row in rows if not row.id]),
        ):
            self._send_all(batch, path, some)

    def _look_up(self, shape: Shape, rows: Sequence[Row]) -> None:
        """Find existing records where an upsert would send what may only be set at creation, and be refused; all of
        them, where the org's key is no External ID or is not there, so that nothing can be upserted.
        """
        upserted = _upserted(shape)
        unknown = [row for row in rows if not row.id]
        if not unknown:  # what stands may be of an object that has no key of ours at all
            return
        if KEY not in shape.fields:
            self._look_up_pairs(shape, unknown)
        elif unknown := [row for row in unknown if not upserted or row.payload.fields.keys() & shape.create_only]:
            ids = self.find(shape.name, [row.payload.key for row in unknown])
            for row in unknown:
                row.id = ids.get(row.payload.key)

    def _look_up_pairs(self, shape: Shape, rows: Sequence[Row]) -> None:
        """Find records by the two records that they stand between."""
        above, beside = PAIRS[shape.name]
        parents = {str(row.payload.fields[above]) for row in rows if row.payload.fields.get(above)}
        ids: dict[tuple[str, str], str] = {}
        for some in soql.lists(sorted(parents)):
            fields, order = ("Id", above, beside), ("CreatedDate",)
            query = soql.select(fields, shape.name, f"{above} IN {some}", "IsDeleted = false", order=order)
            for record in self._client.rows(query):
                ids.setdefault((record[above][:15], record[beside][:15]), record["Id"])
        for row in rows:
            pair = tuple(str(row.payload.fields.get(name) or "")[:15] for name in (above, beside))
            row.id = ids.get((pair[0], pair[1]))

    def _serialise(self, batch: Batch, row: Row) -> bool:
        placed = {_place(batch.shape, name, value): value for name, value in row.payload.fields.items()}
        fields = {name: value for name, value in placed.items() if self._may(batch.shape, name, row.id)}
        # What may be set at creation alone is as it should be in a record that stands.
        row.left_out = tuple(
            name
            for name in row.payload.fields
            if (place := _place(batch.shape, name, row.payload.fields[name])) not in fields
            and place not in (*batch.shape.create_only, *IDENTITY)
        )
        identity = {"Id": row.id} if row.id else {KEY: row.payload.key} if KEY in batch.shape.fields else {}
        try:
            row.body = orjson.dumps(
                {"attributes": {"type": batch.shape.name}, **fields, **identity}, default=_number, option=JSON
            )
        except TypeError as error:
            batch.settle(row, WriteError("refused", "UNWRITABLE_VALUE", str(error)))
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

    def _leave_out(self, shape: Shape, name: str, field: Field | None) -> None:
        known = self.left_out.get(shape.name, frozenset())
        if name not in known:
            self.left_out[shape.name] = known | {name}
            log.warning("%s.%s is left out: %s", shape.name, name, "read-only" if field else "not there for us")

    def _send_all(self, batch: Batch, path: Path, rows: Sequence[Row]) -> None:
        """Send rows in calls that the org's own code can bear: those that were too much for it again, in halves."""
        waiting = list(rows)
        while waiting:
            size = self._size(batch.shape.name)
            part, waiting = waiting[:size], waiting[size:]
            batch.heavy.clear()
            self._send_until_unlocked(batch, path, part)
            if batch.heavy and len(part) > 1:
                self._sizes[batch.shape.name] = max(1, len(part) // 2), self._client.clock()
                self._client.meter.retried("too many rows")
                waiting = [row for row in part if row.place in batch.heavy] + waiting

    def _size(self, table: str) -> int:
        """How many rows of this object go into one call."""
        size, since = self._sizes.get(table, (BATCH, None))
        return size if since and self._client.clock() - since < REMEMBERED else BATCH

    def _send_until_unlocked(self, batch: Batch, path: Path, rows: Sequence[Row]) -> None:
        rows = self._send(batch, path, rows)
        for pause in LOCK_PAUSES:
            if not rows:
                return
            self._client.meter.retried("row lock")
            self._client.sleep(pause)
            rows = self._send(batch, path, rows)

    def _send(self, batch: Batch, path: Path, rows: Sequence[Row]) -> list[Row]:
        """Send one call and settle its rows; return those that another writer was in the way of."""
        body = b'{"allOrNone":false,"records":[%s]}' % b",".join(row.body for row in rows)
        try:
            answers = self._client.call(path, body=body, object=batch.shape.name, key=KEY)
            if not isinstance(answers, list) or len(answers) != len(rows):
                raise Uncertain("Salesforce answers with another number of rows than were sent.")
        except Uncertain as error:
            self._uncertain(batch, rows, error)
            return []
        except Declined as refusal:
            return self._halve(batch, path, rows, refusal)
        batch.silent, batch.taken = 0, True
        return [row for row, answer in zip(rows, answers, strict=True) if _settle(batch, row, answer)]

    def _halve(self, batch: Batch, path: Path, rows: Sequence[Row], refusal: Declined) -> list[Row]:
        """Find the row that spoils the whole call: a value that Salesforce cannot even parse refuses all 200.

        Raises the refusal where it is no row's: a proxy's, or one that meets every row alike.
        """
        if not refusal.of_rows:
            raise refusal
        if len(rows) == 1:
            message = clean(str(refusal), rows[0].payload, batch.shape)
            batch.settle(rows[0], WriteError("refused", refusal.code, message))
            return []
        locked: list[Row] = []
        if not batch.taken and len(rows) > SAMPLE:
            sample = (rows[0], rows[len(rows) // 2], rows[-1])
            locked = self._try_out(batch, path, sample, refusal)
            rows = [row for row in rows if row not in sample]
        middle = len(rows) // 2
        for half in (rows[:middle], rows[middle:]):
            locked += self._send(batch, path, half) if half else []
        return locked

    def _try_out(self, batch: Batch, path: Path, sample: Sequence[Row], refusal: Declined) -> list[Row]:
        """Send rows by themselves. Where each is refused alike it is the call's fault: none of them is to blame."""
        locked = [again for row in sample for again in self._send(batch, path, [row])]
        errors = [batch.receipts[row.place].error for row in sample if row.place in batch.receipts]
        if not batch.taken and [error.code for error in errors if error] == [refusal.code] * len(sample):
            for row in sample:
                del batch.receipts[row.place]
            raise refusal
        return locked

    def _uncertain(self, batch: Batch, rows: Sequence[Row], error: Uncertain) -> None:
        for row in rows:
            batch.settle(row, WriteError("uncertain", "NO_ANSWER", str(error)))
        batch.silent += 1
        if batch.silent >= FEWEST_SILENT:
            raise error

    def _put_off(self, batch: Batch, wishes: Sequence[Payload], why: str) -> None:
        for place, payload in enumerate(wishes):
            untried = Receipt(payload.key, payload.remote_id, WriteError("retry", "NOT_TRIED", why))
            batch.receipts.setdefault(place, untried)

    def _need_key(self, shape: Shape) -> None:
        if KEY not in shape.fields and shape.name not in PAIRS:
            raise Misconfigured(
                f"{shape.name}.{KEY} is not there for the integration user: run `syncd salesforce deploy`, "
                "which also assigns the permission set Syncd_Integration."
            )


def _upserted(shape: Shape) -> bool:
    """True where records can be written by their key: it is an External ID."""
    return KEY in shape.fields and shape.fields[KEY].external


def _waves(wishes: Sequence[Payload]) -> Iterator[list[Row]]:
    """Yield the payloads so that no record occurs twice in a call: Salesforce refuses that. The last one wins."""
    waves: list[list[Row]] = []
    latest: dict[str, tuple[int, int]] = {}  # its wave and place
    for place, payload in enumerate(wishes):
        identity = payload.remote_id or f"key {payload.key}"
        wave, before = latest.get(identity, (-1, None))
        latest[identity] = (wave + 1, place)
        if wave + 1 == len(waves):
            waves.append([])
        waves[wave + 1].append(Row(place, payload, payload.remote_id, before))
    yield from waves


def _in_doubt(batch: Batch, row: Row) -> bool:
    """True where an earlier write of the same record stayed without an answer: this one waits for the look-up too."""
    before = batch.receipts[row.before].error if row.before is not None else None
    if before is None or before.kind != "uncertain":
        return False
    batch.settle(row, before)
    return True


def _settle(batch: Batch, row: Row, answer: Mapping[str, Any]) -> bool:
    """Write the row's receipt; True where another writer was in the way and it may be sent again at once."""
    if answer.get("success"):
        batch.settle(row, None, answer.get("id"))
        return False
    errors = answer.get("errors") or [{}]
    error = row_error(errors[0], row.payload, row.id, batch.shape)
    batch.settle(row, error)
    if any(map(overload, errors)):
        batch.heavy.add(row.place)
    return error.code == "UNABLE_TO_LOCK_ROW" or raced(error.code, error.message)


def _place(shape: Shape, name: str, value: Any) -> str:
    """Return the field that takes the value: with state and country picklists US goes to BillingCountryCode."""
    code = shape.code(name)
    return code.name if code and value in code.values else name


def _parent(payload: Payload) -> str:
    return next((str(payload.fields[name]) for name in PARENTS if payload.fields.get(name)), "")


def _number(value: object) -> float | int:
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"A value of type {type(value).__name__} cannot be written.")
