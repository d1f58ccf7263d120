"""Prune: what is kept by days goes when these are over, page by page, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Table

from syncd.model import RemoteRef
from syncd.model.runs import RunOutcome
from syncd.planning.lasting import forgettable, needed_days
from syncd.store import UnitOfWork
from syncd.store.notes import FORGOTTEN_BEFORE, NoteKind
from syncd.store.pruning import Found
from syncd.sync.cycle import Wiring
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.tables.columns import metadata
from syncd.tables.core import quarantine, waiting
from syncd.tables.growth import GROWTH

PAGE = 500  # rows found, and let go of, in one transaction


def kept_days(wiring: Wiring) -> int:
    """For how many days activities are kept: as the setting says, but never shorter than the agreement looks back."""
    keep = wiring.keep
    return max(keep.activities, needed_days(wiring.agreement, keep.replayed)) if keep.activities else 0


def prune(wiring: Wiring, run: Run, *, dry: bool = False) -> Summary:
    """Let go of what is over; dry: only count it. What is stopped in the middle is gone on with by the next one."""
    run.enter("prune")
    work = _Pruning(wiring, run, dry)
    for step in (work.runs, work.dated, work.gone, work.activities, work.unplaced, work.orphans):
        if run.breaks_off():
            break
        step()
    summary = Summary(counts=run.counts)
    if run.broken_off:
        summary.outcome = RunOutcome.STOPPED
    return summary


class _Pruning:
    """One prune at work."""

    def __init__(self, wiring: Wiring, run: Run, dry: bool) -> None:
        self._wiring, self._run, self._dry = wiring, run, dry
        self._now = wiring.clock()
        days = kept_days(wiring)
        self._activities_since = self._now - timedelta(days=days) if days else None

    def runs(self) -> None:
        """Runs, and what was left for runs that are over."""
        well, badly = (self._wiring.keep.since(name, self._now) for name in ("runs", "failed_runs"))
        if well or badly:
            self._pages(
                "run",
                lambda unit, after: unit.pruning.runs(well, badly, after or 0, PAGE),
                lambda unit, numbers: unit.pruning.drop_runs(numbers),
            )

        def drop_notes(unit: UnitOfWork, notes: list[NoteKind[str]]) -> None:
            for note in notes:
                unit.notes.drop(note)

        self._pages("note", lambda unit, _: Found(unit.pruning.left_notes(), None), drop_notes)

    def dated(self) -> None:
        """Rows of every table that says by which day they go."""
        for name, growth in GROWTH.items():
            before = self._wiring.keep.since(growth.keep, self._now)
            if growth.dated and before:
                self._dated(metadata.tables[name], growth.dated, before)

    def _dated(self, table: Table, column: str, before: datetime) -> None:
        def find(unit: UnitOfWork, limit: int) -> list[Any]:
            return unit.pruning.dated(table, column, before, limit)

        self._repeated(table.name, find, lambda unit, keys: unit.pruning.drop_rows(table, keys))

    def gone(self) -> None:
        """Raw records that their system does not show any more."""
        before = self._wiring.keep.since("gone", self._now)
        if before is None:
            return
        if not self._dry:
            with self._wiring.store.writing() as unit:
                unit.pruning.note_gone(self._now)
        self._pages(
            "source_record",
            lambda unit, after: unit.pruning.gone(before, after, PAGE),
            lambda unit, refs: unit.pruning.drop_records(refs),
        )

    def activities(self) -> None:
        """What people did long ago, where nothing rests on it."""
        since = self._activities_since
        if since is None:
            if not self._dry:
                with self._wiring.store.writing() as unit:
                    unit.notes.drop(FORGOTTEN_BEFORE)
            return
        after: Any = ""
        while after is not None and not self._run.breaks_off():
            with self._wiring.store.looking_up() as unit:
                page = unit.pruning.contacts_with_old(since, after, PAGE)
                records = self._forgettable(unit, page.names, since)
            for part in _parts(records):
                if self._run.breaks_off():
                    return
                self._drop("activity", part, lambda unit, refs: unit.pruning.drop_activities(refs))
            after = page.after
        if not self._dry and not self._run.broken_off:
            with self._wiring.store.writing() as unit:
                unit.notes.keep(FORGOTTEN_BEFORE, since)

    def _forgettable(self, unit: UnitOfWork, ids: Sequence[str], since: datetime) -> list[RemoteRef]:
        """The records of these contacts' activities that may go: all that they tell may."""
        if not ids:
            return []
        activities, campaigns = unit.groups.activities_of(ids)
        today = self._wiring.today()
        over = {
            name
            for of_contact in activities.values()
            for name in forgettable(of_contact, campaigns, self._wiring.book, today, since)
        }
        over -= {name for body in unit.pruning.evidence(ids) for name in orjson.loads(body)}
        placed = set(self._streams())
        return [
            ref
            for ref, names in unit.pruning.told_by(over).items()
            if names <= over and (ref.system, ref.stream) in placed
        ]

    def _streams(self) -> Iterator[tuple[str, str]]:
        """The streams whose records are activities and nothing else."""
        for system, mapping in self._wiring.mappings.items():
            for stream, rule in mapping.streams.items():
                if rule.into == "activity":
                    yield system, stream

    def unplaced(self) -> None:
        """Records of what somebody did who is nobody of ours."""
        since = self._activities_since
        if since is None:
            return
        for system, stream in self._streams():
            self._unplaced(system, stream, since)

    def _unplaced(self, system: str, stream: str, since: datetime) -> None:
        def find(unit: UnitOfWork, after: Any) -> Found:
            return unit.pruning.unplaced(system, stream, since, after or "", PAGE)

        self._pages("source_record", find, lambda unit, refs: unit.pruning.drop_records(refs))

    def orphans(self) -> None:
        """What is kept beside records that are no more."""
        self._orphans(quarantine)
        self._orphans(waiting)

    def _orphans(self, table: Table) -> None:
        def find(unit: UnitOfWork, limit: int) -> list[Any]:
            return unit.pruning.orphans(table, limit)

        self._repeated(table.name, find, lambda unit, keys: unit.pruning.drop_rows(table, keys))

    # ---- a page at a time --------------------------------------------------------------------------------------------

    def _pages(
        self, name: str, find: Callable[[UnitOfWork, Any], Found], drop: Callable[[UnitOfWork, Any], None]
    ) -> None:
        """Look through a table, page behind page."""
        after: Any = None
        while not self._run.breaks_off():
            with self._wiring.store.looking_up() as unit:
                page = find(unit, after)
            self._drop(name, page.names, drop)
            after = page.after
            if after is None:
                return

    def _repeated(
        self,
        name: str,
        find: Callable[[UnitOfWork, int], list[Any]],
        drop: Callable[[UnitOfWork, Any], None],
    ) -> None:
        """Take what is over from the front, until there is none."""
        if self._dry:
            with self._wiring.store.looking_up() as unit:
                self._drop(name, find(unit, 1_000_000), drop)
            return
        while not self._run.breaks_off():
            with self._wiring.store.looking_up() as unit:
                keys = find(unit, PAGE)
            self._drop(name, keys, drop)
            if len(keys) < PAGE:
                return

    def _drop(self, name: str, names: Any, drop: Callable[[UnitOfWork, Any], None]) -> None:
        """Let go of a page, in a transaction of its own."""
        if not names:
            return
        if not self._dry:
            with self._wiring.store.writing() as unit:
                drop(unit, names)
        self._run.counts.pruned[str(name)] += len(names)  # a table's own name is more than text
        self._run.progress("prune", len(names))


def _parts(refs: list[RemoteRef]) -> Iterator[list[RemoteRef]]:
    for start in range(0, len(refs), PAGE):
        yield refs[start : start + PAGE]
