"""A batch of records on its way through match: one unit of work, and what is remembered until its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from syncd.matching import Token
from syncd.model import RemoteRef
from syncd.store import UnitOfWork
from syncd.store.links import Link
from syncd.store.records import StoredRecord


@dataclass
class Batch:
    """Records that match works on; what it did stands when the unit of work ends well."""

    unit: UnitOfWork
    records: Sequence[StoredRecord]
    now: datetime
    faults: dict[RemoteRef, str] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)  # accounts to judge again
    arrived: set[str] = field(default_factory=set)  # names that other records may wait for

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
        """Quarantine a record of this batch."""
        self.faults[record.ref] = reason

    def finish(self) -> None:
        """Wake who waited, mark accounts stale, keep faults, and take the mark off the batch's records."""
        self.unit.links.wake(self.arrived)
        self.unit.golden.mark_stale(self.stale)
        self.unit.quarantine.keep("match", self.faults)
        refs = [record.ref for record in self.records]
        self.unit.quarantine.release((ref for ref in refs if ref not in self.faults), "match")
        self.unit.records.matched(refs)
