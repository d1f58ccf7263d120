"""A batch of records on its way through match: one unit of work, and what is remembered until its end.

A fault costs its record: what breaks a batch is found by halving, set aside with its reason, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from syncd.matching import Token
from syncd.model import RemoteRef
from syncd.store import UnitOfWork
from syncd.store.links import Link
from syncd.store.records import StoredRecord
from syncd.sync.halving import by_halves

log = structlog.get_logger()

# Steps that a record may be set aside at: what cannot be placed now may be later, of a field the rest is read.
READ, PLACED, FIELD = "match", "place", "field"


@dataclass
class Batch:
    """Records that match works on; what it did stands when the unit of work ends well."""

    unit: UnitOfWork
    records: Sequence[StoredRecord]
    now: datetime
    faults: dict[RemoteRef, str] = field(default_factory=dict)
    unplaced: dict[RemoteRef, str] = field(default_factory=dict)
    partial: dict[RemoteRef, str] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)  # accounts to judge again
    arrived: set[str] = field(default_factory=set)  # names that other records may wait for
    watched: dict[RemoteRef, list[str]] = field(default_factory=dict)  # what wakes a record whenever it moves again

    def place(self, links: Sequence[Link]) -> None:
        """Put records to their golden ones, and remember that they have arrived."""
        self.unit.links.put(links)
        self.arrived.update(str(link.ref) for link in links)

    def identify(self, kind: str, tokens: Mapping[str, Sequence[Token]]) -> None:
        """Replace what golden records are recognised by, and remember that it has arrived."""
        self.unit.links.identify(kind, tokens)
        self.arrived.update(f"{how}/{value}" for its_own in tokens.values() for how, value in its_own if how != "ref")

    def merge(self, kind: str, loser: str, survivor: str) -> None:
        """Move everything of one golden record to another."""
        self.unit.golden.merge(kind, loser, survivor)
        if kind == "account":
            self.stale.add(survivor)

    def replace_activities(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put the batch's activities in place of those that its records had before; accounts on either side are stale.

        A row's contact says whose account it is.
        """
        self.stale.update(self.unit.activities.replace((record.ref for record in self.records), rows))
        self.mark_homes({row["contact_id"] for row in rows})

    def mark_homes(self, contact_ids: Iterable[str]) -> None:
        """The accounts of these contacts are judged again."""
        self.stale.update(home for home in self.unit.golden.homes(contact_ids).values() if home)

    def refuse(self, record: StoredRecord, reason: str) -> None:
        """Quarantine a record of this batch that cannot be read: until it changes, or is retried by hand."""
        self.faults[record.ref] = reason

    def tell(self, ref: RemoteRef, faults: Iterable[str]) -> None:
        """Note which fields of a record could not be read: it is placed without them."""
        self.partial[ref] = f"{'; '.join(faults)}; left out, the rest is read"

    def put_off(self, ref: RemoteRef, reason: str) -> None:
        """Quarantine a record that cannot be placed now: the next run tries again."""
        self.unplaced[ref] = reason

    def finish(self) -> None:
        """Wake who waited, mark accounts stale, keep faults, and take the mark off the batch's records."""
        self.unit.links.wake(self.arrived)
        self.unit.links.wait(self.watched)
        self.unit.golden.mark_stale(self.stale)
        set_aside = {FIELD: self.partial, PLACED: self.unplaced, READ: self.faults}
        refs = [record.ref for record in self.records]
        ill = {ref for faults in set_aside.values() for ref in faults}
        self.unit.quarantine.release((ref for ref in refs if ref not in ill), *set_aside)
        for step, faults in set_aside.items():
            self.unit.quarantine.release(ill - faults.keys(), step)
            self.unit.quarantine.keep(step, faults)
        self.unit.records.matched(refs)


def place(unit: UnitOfWork, records: Sequence[StoredRecord], placing: Callable[[Batch], int], now: datetime) -> int:
    """Place records, without those at which the program breaks.

    placing: places a batch's records, and returns how many golden records changed; so does this.
    """

    def place_these(these: Sequence[StoredRecord]) -> int:
        batch = Batch(unit, these, now)
        changed = placing(batch)
        batch.finish()
        return changed

    return sum(by_halves(unit.connection, records, place_these, partial(_set_aside, unit)))


def _set_aside(unit: UnitOfWork, record: StoredRecord, fault: str) -> None:
    """Quarantine a record at which the program broke: everybody else's day goes on."""
    log.error("set aside", record=str(record.ref), fault=fault)
    unit.quarantine.release([record.ref], READ, FIELD)
    unit.quarantine.keep(PLACED, {record.ref: f"it cannot be placed ({fault}); the next run tries again"})
    unit.records.matched([record.ref])


def try_again(unit: UnitOfWork) -> None:
    """Have the records matched again that could not be placed before: what stood in their way may have gone."""
    unit.records.retry(unit.quarantine.at(PLACED))
