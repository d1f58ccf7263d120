"""One transaction of match: a batch of records, and all that placing them asks of the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from syncd.matching import Candidate, Token
from syncd.store import activities, golden, links, records, yardsticks
from syncd.store.database import Database
from syncd.store.links import Linked
from syncd.store.records import Ref, Stored
from syncd.store.tombstones import any_erased, which_erased
from syncd.store.yardsticks import Acknowledged
from syncd.tables import Link


@dataclass
class Batch:
    """A batch of records that match works on; what it did stands when the block ends well."""

    database: Database
    connection: Connection
    records: Sequence[Stored]
    faults: dict[tuple[str, str, str], str] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    arrived: set[Ref] = field(default_factory=set)

    # ---- reading ----

    def links(self, refs: Iterable[Ref]) -> dict[Ref, Linked]:
        """Where the named remote records belong; unknown ones are left out."""
        return links.find(self.connection, refs)

    def goldens_by(self, kind: str, how: str, values: Iterable[str]) -> dict[str, list[str]]:
        """Golden ids by identifying value."""
        return links.goldens_by(self.connection, kind, how, values)

    def known(self, kind: str, tokens: Iterable[Token]) -> dict[Token, list[Candidate]]:
        """Candidates for each token, with what they are recognised by."""
        return links.known(self.connection, kind, tokens)

    def recognisable(self, kind: str, ids: Iterable[str]) -> dict[str, Candidate]:
        """The identifying fields and linked streams of golden records."""
        return links.recognisable(self.connection, kind, ids)

    def rows(self, kind: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Golden rows as they stand, JSON columns parsed."""
        return golden.rows(self.connection, kind, ids)

    def members(self, kind: str, ids: Iterable[str]) -> dict[str, list[Ref]]:
        """The live remote records behind each golden record."""
        return links.members(self.connection, kind, ids)

    def stored(self, refs: Iterable[Ref]) -> list[Stored]:
        """Remote records as they came."""
        return records.named(self.connection, refs)

    def contact_accounts(self, ids: Iterable[str]) -> dict[str, str | None]:
        """The account of each contact."""
        return golden.homes(self.connection, ids)

    def acknowledged(self, remote_ids: Sequence[str]) -> dict[str, Acknowledged]:
        """What our opportunity wishes know of these remote records."""
        return yardsticks.acknowledged(self.connection, remote_ids)

    def activities_of(self, contact_ids: Sequence[str]) -> list[Ref]:
        """The records of what these contacts did."""
        return activities.of(self.connection, contact_ids)

    def erased(self, refs: Sequence[Ref]) -> dict[Ref, datetime]:
        """Those of the references whose person was erased, and when."""
        if not refs or not any_erased(self.connection):
            return {}
        return which_erased(self.database, self.connection, refs)

    # ---- writing ----

    def put(self, kind: str, rows: Sequence[Mapping[str, Any]], *, keep: Sequence[str] = ()) -> None:
        """Upsert golden rows; lists and dicts become JSON."""
        golden.put(self.database, self.connection, kind, rows, keep)

    def place(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Upsert links and remember that these records have arrived."""
        self.database.upsert(self.connection, Link, rows)
        self.arrived.update(f"{row['system']}.{row['stream']}/{row['remote_id']}" for row in rows)

    def identify(self, kind: str, tokens: Mapping[str, Sequence[Token]]) -> None:
        """Replace what golden records are recognised by, and remember that it has arrived."""
        new = links.identify(self.database, self.connection, kind, tokens)
        self.arrived.update(f"{how}/{value}" for how, value in new if how != "ref")

    def acknowledge(self, known: Mapping[str, Acknowledged]) -> None:
        """Keep what opportunities look like after our write: remote id → yardstick and touched fields."""
        yardsticks.acknowledge(self.connection, known)

    def replace_activities(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put the batch's activities in place of those that its records had before; marks their accounts stale."""
        self.stale.update(activities.replace(self.database, self.connection, self.records, rows))

    def forget_activities(self, contact_id: str, system: str) -> None:
        """Delete what one system told of a contact's activities, with the raw records that are about nobody else."""
        activities.forget(self.connection, contact_id, system)

    def mark_all(self) -> None:
        """A changed user may be the rep of any account, by ownership or by territory: all are judged again."""
        golden.mark_all_stale(self.connection)

    def remove(self, kind: str, ids: Sequence[str]) -> None:
        """Take golden rows out, with what hangs on them."""
        golden.remove(self.connection, kind, ids)

    def merge(self, kind: str, loser: str, survivor: str) -> None:
        """Move everything of one golden record to another; the old id stays known as an alias."""
        golden.merge(self.database, self.connection, kind, loser, survivor)
        if kind == "account":
            self.stale.add(survivor)

    def unlink(self, refs: Sequence[Ref]) -> None:
        """Forget where these records belonged."""
        links.unlink(self.connection, refs)

    def bury(self, refs: Sequence[Ref]) -> None:
        """Mark records that were merged into another one as deleted: their system shows them no more."""
        records.bury(self.connection, refs)

    def drop(self, refs: Iterable[Ref]) -> None:
        """Delete raw records that must not be kept."""
        records.drop(self.connection, refs)

    def unmatch(self, refs: Iterable[Ref]) -> None:
        """Have these records matched again."""
        records.unmatch_named(self.connection, refs)

    def wait(self, refs: Mapping[tuple[str, str, str], Iterable[Ref]]) -> None:
        """Have the records matched again once what they refer to arrives."""
        links.wait(self.database, self.connection, refs)

    def refuse(self, record: Stored, reason: str) -> None:
        """Quarantine a record of this batch."""
        self.faults[record.system, record.stream, record.remote_id] = reason

    def finish(self) -> None:
        """Wake who waited, mark accounts stale, keep faults, and take the mark off the batch's records."""
        links.wake(self.connection, self.arrived)
        golden.mark_stale(self.connection, self.stale)
        if self.faults:
            records.quarantine_rows(self.database, self.connection, "match", self.faults)
        done = [(one.system, one.stream, one.remote_id) for one in self.records]
        records.release(self.connection, [key for key in done if key not in self.faults], "match")
        records.matched(self.connection, self.records)
