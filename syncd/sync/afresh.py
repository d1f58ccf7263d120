"""Afresh: what is read of one account where a system announced something of it, in a bounded number of calls.

The records that were announced, what they point at, the account's other records in both systems, what its people did a
moment ago, and the news of what no push may be blind to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.announcing import Recalling
from connectors.base import ConnectorError, Record, Stopped
from syncd.model import RemoteRef
from syncd.store.announcements import Waiting
from syncd.sync.cycle import Wiring
from syncd.sync.pull import fetch, pull
from syncd.sync.run import Run
from syncd.sync.sight import unseen
from syncd.sync.summary import Summary

MOST: Final = 500  # records of one account; of a larger one, those alone that were announced


@dataclass
class Afresh:
    """One reading. awaited: something was announced that its system does not show yet. Raises ConnectorError."""

    wiring: Wiring
    run: Run
    summary: Summary
    awaited: bool = False

    def read(self, announced: Collection[Waiting], account_id: str | None) -> None:
        """Read what was announced, of this account where it is known."""
        refs = {one.ref for one in announced}
        self._note_gone({one.ref for one in announced if one.gone} - self._fetch(refs))
        self._fetch((self._mentioned(refs) | self._around(account_id)) - refs)
        self._recall(refs)
        self._see()

    def _fetch(self, refs: Iterable[RemoteRef]) -> set[RemoteRef]:
        """Read these afresh; returns those that are there."""
        wanted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for system, stream, remote_id in sorted(refs):
            if system in self.wiring.sources and stream in self.wiring.mappings[system].streams:
                wanted[system][stream].append(remote_id)
        there: set[RemoteRef] = set()
        for system, streams in wanted.items():
            of_it = (self.wiring.sources[system], self.wiring.mappings[system], self.wiring.store)
            there |= fetch(*of_it, self.run, streams)
        return there

    def _note_gone(self, refs: Collection[RemoteRef]) -> None:
        """What was announced to be deleted, and is shown no more, not as archived either, is gone for good."""
        if refs:
            with self.wiring.store.writing() as unit:
                unit.records.vanish(refs)

    def _mentioned(self, refs: Collection[RemoteRef]) -> set[RemoteRef]:
        """What these point at and was never read: a new person's company, or who they are in the other system."""
        with self.wiring.store.reading() as unit:
            pointed = {
                to
                for record in unit.records.named(refs)
                for to in _refs_in(self.wiring.readers.row(record.ref.system, record.ref.stream, record.raw).values())
                if to.stream != record.ref.stream and self._is_somebody(to)
            }
            return pointed - {record.ref for record in unit.records.named(pointed)}

    def _is_somebody(self, ref: RemoteRef) -> bool:
        mapping = self.wiring.mappings.get(ref.system)
        rule = mapping.streams.get(ref.stream) if mapping else None
        return rule is not None and rule.into in ("account", "contact")

    def _around(self, account_id: str | None) -> set[RemoteRef]:
        """The account's records and its people's, in every system, unless they are too many."""
        if account_id is None:
            return set()
        with self.wiring.store.reading() as unit:
            refs = {ref for ref in unit.people.records_of(account_id) if self._is_somebody(ref)}
        if len(refs) <= MOST:
            return {ref for ref in refs if self.wiring.mappings[ref.system].file is None}
        self.summary.notes.append(f"of {len(refs):,} records of the account those announced alone were read afresh")
        return set()

    def _recall(self, refs: Collection[RemoteRef]) -> None:
        """What the people announced did a moment ago, where their system tells."""
        ids: dict[str, list[str]] = defaultdict(list)
        for ref in sorted(refs):
            rule = self.wiring.mappings[ref.system].streams.get(ref.stream)
            if rule is not None and rule.into == "contact":
                ids[ref.system].append(ref.id)
        for system, theirs in ids.items():
            source = self.wiring.sources[system]
            if isinstance(source, Recalling):
                recent = source.lately(theirs)
                self.awaited |= recent.awaited
                for stream, records in recent.records.items():
                    self._save(system, stream, records)

    def _save(self, system: str, stream: str, records: Sequence[Record]) -> None:
        if stream not in self.wiring.mappings[system].streams:
            return
        with self.wiring.store.writing() as unit:
            self.run.counts.changed[system, stream] += unit.records.save_again(system, stream, records)
        self.run.counts.pulled[system, stream] += len(records)

    def _see(self) -> None:
        """What people did in the other system since the last cycle; where it cannot be read, nothing is pushed."""
        failures: dict[str, ConnectorError] = {}
        for system, mapping in self.wiring.mappings.items():
            if streams := mapping.needed("always", "shown"):
                source = self.wiring.sources[system]
                failures |= pull(source, mapping, self.wiring.store, self.run, streams=streams).failures
        for name, error in failures.items():
            if isinstance(error, Stopped):
                raise error
            self.summary.fail(name, error)
            self.awaited = True
        for name in unseen(self.wiring.store, self.wiring.mappings, failures):
            self.summary.notes.append(f"nothing is pushed: {name} could not be read to its end")
            self.summary.held_back = True


def _refs_in(values: Iterable[object]) -> Iterator[RemoteRef]:
    for value in values:
        if isinstance(value, list | tuple) and not isinstance(value, RemoteRef):
            yield from (one for one in value if isinstance(one, RemoteRef))
