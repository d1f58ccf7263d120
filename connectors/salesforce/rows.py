"""The rows of one push: each payload on its way, what was answered, and which of them may go into one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from connectors.base import Payload, Receipt, WriteError
from connectors.salesforce.shapes import Shape

# Rows of one parent go into the same call: two calls at once would wait for the same lock.
PARENTS = ("OpportunityId", "AccountId", "WhatId", "WhoId", "CampaignId")


@dataclass(slots=True)
class Row:
    """One payload on its way; `id` is its record where we know it, `before` the place of an earlier payload of it."""

    place: int
    payload: Payload
    id: str | None
    before: int | None = None
    body: bytes = b""
    left_out: tuple[str, ...] = ()  # what we may not write there

    @property
    def parent(self) -> str:
        """The record that a write of this one locks as well; empty where there is none."""
        return next((str(self.payload.fields[name]) for name in PARENTS if self.payload.fields.get(name)), "")


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

    def put_off(self, wishes: Sequence[Payload], why: str) -> None:
        """Write receipts for what was not tried."""
        for place, payload in enumerate(wishes):
            untried = Receipt(payload.key, payload.remote_id, WriteError("retry", "NOT_TRIED", why))
            self.receipts.setdefault(place, untried)

    def is_in_doubt(self, row: Row) -> bool:
        """True where an earlier write of the same record stayed without an answer: this one waits for the look-up."""
        before = self.receipts[row.before].error if row.before is not None else None
        if before is None or before.kind != "uncertain":
            return False
        self.settle(row, before)
        return True


def waves(wishes: Sequence[Payload]) -> Iterator[list[Row]]:
    """Yield the payloads so that no record occurs twice in a call: Salesforce refuses that. The last one wins."""
    made: list[list[Row]] = []
    latest: dict[str, tuple[int, int]] = {}  # its wave and place
    for place, payload in enumerate(wishes):
        identity = payload.remote_id or f"key {payload.key}"
        wave, before = latest.get(identity, (-1, None))
        latest[identity] = (wave + 1, place)
        if wave + 1 == len(made):
            made.append([])
        made[wave + 1].append(Row(place, payload, payload.remote_id, before))
    yield from made
