"""Sending through sObject Collections: 200 rows a call, each with an answer of its own.

HTTP 200 says nothing of the rows: each `success` is read. A call without an answer is never repeated here: its rows
are uncertain, and the caller looks their keys up first. Triggers and flows of the org work on all rows of a call
together: what is too much for them is refused row by row, and passes in smaller calls.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.base import FEWEST_SILENT, Uncertain, WriteError
from connectors.salesforce.client import Client
from connectors.salesforce.paths import Path
from connectors.salesforce.refusals import KEY, Declined, clean, overload, raced, row_error
from connectors.salesforce.rows import Batch, Row

BATCH = 200
LOCK_PAUSES = (1.0, 3.0)  # seconds before locked rows are sent again
REMEMBERED = timedelta(hours=1)  # how long an object's calls stay as small as they had to be: about a run
SAMPLE = 3  # rows that are sent by themselves to learn whether a refused call was refused for a row's sake


class Sender:
    """Sends rows, and settles each by its answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._sizes: dict[str, tuple[int, datetime]] = {}  # per object, how many rows a call may have, and since when

    def send(self, batch: Batch, path: Path, rows: Sequence[Row]) -> None:
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
        rows = self._call(batch, path, rows)
        for pause in LOCK_PAUSES:
            if not rows:
                return
            self._client.meter.retried("row lock")
            self._client.sleep(pause)
            rows = self._call(batch, path, rows)

    def _call(self, batch: Batch, path: Path, rows: Sequence[Row]) -> list[Row]:
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
            locked += self._call(batch, path, half) if half else []
        return locked

    def _try_out(self, batch: Batch, path: Path, sample: Sequence[Row], refusal: Declined) -> list[Row]:
        """Send rows by themselves. Where each is refused alike it is the call's fault: none of them is to blame."""
        locked = [again for row in sample for again in self._call(batch, path, [row])]
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
