"""Pruning: what the store lets go of. Each step finds a page of what is over, by index, and drops it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Table, and_, delete, func, null, or_, select, text, true, update

from syncd.model.references import RemoteRef
from syncd.model.runs import RunOutcome
from syncd.store.conditions import named, ref_of, same_record
from syncd.store.notes import ASKED_PLANS, NoteKind, Notes
from syncd.store.records import Records
from syncd.store.statements import among, chunks
from syncd.tables.core import (
    activity,
    alias,
    contact,
    milestone,
    opportunity,
    quarantine,
    released,
    run,
    source_record,
    waiting,
    wish,
)

WELL = frozenset({RunOutcome.DONE.value, RunOutcome.STOPPED.value, RunOutcome.CANCELLED.value})


class Found(NamedTuple):
    """A page of what may go. after: from where to look on; None: that was all."""

    names: Sequence[Any]
    after: Any


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is over, table by table."""

    connection: Connection

    # ---- rows that have a day ----------------------------------------------------------------------------------------

    def dated(self, table: Table, column: str, before: datetime, limit: int) -> list[tuple[Any, ...]]:
        """The keys of rows whose day is before that moment's."""
        at = table.c[column]
        bound: Any = before.date() if isinstance(at.type, Date) else before
        keys = select(*table.primary_key).where(at < bound).order_by(at).limit(limit)
        return [tuple(row) for row in self.connection.execute(keys)]

    def drop_rows(self, table: Table, keys: Iterable[tuple[Any, ...]]) -> None:
        """Delete rows by their keys."""
        columns = list(table.primary_key)
        for key in keys:
            self.connection.execute(delete(table).where(*(c == value for c, value in zip(columns, key, strict=True))))

    # ---- runs --------------------------------------------------------------------------------------------------------

    def runs(self, well: datetime | None, badly: datetime | None, after: int, limit: int) -> Found:
        """Runs that ended before that: well, or not. Of each verb and outcome the last stays: health asks for it."""
        last = select(func.max(run.c.id)).where(run.c.outcome.is_not(None)).group_by(run.c.verb, run.c.outcome)
        keep = set(self.connection.execute(last).scalars())
        columns = (run.c.id, run.c.outcome, run.c.finished_at)
        rows = self.connection.execute(select(*columns).where(run.c.id > after).order_by(run.c.id).limit(limit)).all()
        over = [
            row.id
            for row in rows
            if row.finished_at
            and row.id not in keep
            and (bound := well if row.outcome in WELL else badly)
            and row.finished_at < bound
        ]
        return Found(over, rows[-1].id if len(rows) == limit else None)

    def drop_runs(self, numbers: Sequence[int]) -> None:
        """Delete runs."""
        for part in chunks(numbers, 500):
            self.connection.execute(delete(run).where(run.c.id.in_(part)))

    def left_notes(self) -> list[NoteKind[str]]:
        """The notes of plans that were left for a run, of which no run that is open knows."""
        scopes = self.connection.execute(select(run.c.scope).where(run.c.finished_at.is_(None))).scalars().all()
        names = Notes(self.connection).read_all(ASKED_PLANS)
        return [ASKED_PLANS.of(name) for name in names if not any(name in scope for scope in scopes)]

    # ---- records that are gone ---------------------------------------------------------------------------------------

    def note_gone(self, now: datetime) -> None:
        """Begin the time of records that are gone, and end it for those that came back."""
        gone = update(source_record).where(text("deleted"), source_record.c.gone_at.is_(None))
        self.connection.execute(gone.values(gone_at=now))
        back = and_(source_record.c.gone_at.is_not(None), source_record.c.deleted.is_(False))
        self.connection.execute(update(source_record).where(back).values(gone_at=null()))

    def gone(self, before: datetime, after: RemoteRef | None, limit: int) -> Found:
        """Records that were found gone before that, but not those that a wish knows: it is told by them what became of
        its record."""
        columns = source_record.c
        over = (text("deleted"), columns.unmatched.is_(False), columns.gone_at < before)
        order = (columns.system, columns.stream, columns.remote_id)
        statement = select(*order).where(*over, _behind(after)).order_by(*order).limit(limit)
        refs = [ref_of(row) for row in self.connection.execute(statement)]
        known = self._wished(refs)
        return Found([ref for ref in refs if ref not in known], refs[-1] if len(refs) == limit else None)

    def _wished(self, refs: Sequence[RemoteRef]) -> set[RemoteRef]:
        by_id: dict[tuple[str, str], list[RemoteRef]] = {}
        for ref in refs:
            by_id.setdefault((ref.system, ref.id), []).append(ref)
        objects = self.connection.execute(select(wish.c.system, wish.c.object).distinct()).all() if refs else ()
        known: set[RemoteRef] = set()
        for system, object_ in objects:
            ids = sorted({id_ for of, id_ in by_id if of == system})
            for part in chunks(ids):
                these = among(wish.c.remote_id, part, (wish.c.system, system), (wish.c.object, object_))
                for remote_id in self.connection.execute(select(wish.c.remote_id).where(these)).scalars():
                    known.update(by_id[system, remote_id])
        return known

    def drop_records(self, refs: Sequence[RemoteRef]) -> None:
        """Delete raw records, with what is kept beside them because of them."""
        Records(self.connection).drop(refs)
        for table in (quarantine, waiting):
            for these in named(table, refs):
                self.connection.execute(delete(table).where(these))

    # ---- what hangs on records that are no more ----------------------------------------------------------------------

    def orphans(self, table: Table, limit: int) -> list[tuple[Any, ...]]:
        """Rows beside a raw record that is not there: nobody could resolve them."""
        there = select(source_record.c.remote_id).where(same_record(table, source_record)).exists()
        of_record = table.c.stream.not_like("wish:%") if table is quarantine else true()
        keys = select(*table.primary_key).where(of_record, ~there).limit(limit)
        return [tuple(row) for row in self.connection.execute(keys)]

    # ---- what people did ---------------------------------------------------------------------------------------------

    def contacts_with_old(self, before: datetime, after: str, limit: int) -> Found:
        """Contacts who did something before that, and of whom no old opportunity or release is open."""
        ids = list(
            self.connection.execute(
                select(contact.c.id).where(contact.c.id > after).order_by(contact.c.id).limit(limit)
            ).scalars()
        )
        old = select(activity.c.contact_id).where(among(activity.c.contact_id, ids), activity.c.at < before).distinct()
        those = list(self.connection.execute(old).scalars())
        busy = self._busy(those, before)
        return Found([one for one in those if one not in busy], ids[-1] if len(ids) == limit else None)

    def _busy(self, ids: Sequence[str], before: datetime) -> set[str]:
        """Whose account has an opportunity, or who has a release, that has been open for so long."""
        open_since = or_(opportunity.c.created_at.is_(None), opportunity.c.created_at < before)
        working = (
            select(contact.c.id)
            .join(opportunity, opportunity.c.account_id == contact.c.account_id)
            .where(among(contact.c.id, ids), opportunity.c.is_closed.is_(False), open_since)
        )
        handed = select(released.c.contact_id).where(
            among(released.c.contact_id, ids), released.c.outcome == "open", released.c.at < before
        )
        return {*self.connection.execute(working).scalars(), *self.connection.execute(handed).scalars()}

    def evidence(self, contact_ids: Sequence[str]) -> set[str]:
        """The evidence of what these contacts reached, under whatever id they had then, as one text each."""
        former = select(alias.c.old_id).where(among(alias.c.new_id, contact_ids))
        names = [*contact_ids, *self.connection.execute(former).scalars()]
        return {
            body
            for part in chunks(names)
            for body in self.connection.execute(
                select(milestone.c.evidence).where(among(milestone.c.contact_id, part))
            ).scalars()
        }

    def told_by(self, ids: Iterable[str]) -> dict[RemoteRef, set[str]]:
        """The records that these activities stand in, each with all activities that stand in it."""
        wanted: set[RemoteRef] = set()
        columns = (activity.c.system, activity.c.stream, activity.c.remote_id)
        for part in chunks(sorted(ids)):
            rows = self.connection.execute(select(*columns).where(among(activity.c.id, part)))
            wanted.update(map(ref_of, rows))
        records: dict[RemoteRef, set[str]] = {}
        for these in named(activity, wanted):
            for row in self.connection.execute(select(activity.c.id, *columns).where(these)):
                records.setdefault(ref_of(row), set()).add(row.id)
        return records

    def drop_activities(self, refs: Sequence[RemoteRef]) -> None:
        """Delete what these records tell, and the records."""
        for these in named(activity, refs):
            self.connection.execute(delete(activity).where(these))
        self.drop_records(refs)

    def unplaced(self, system: str, stream: str, before: datetime, after: str, limit: int) -> Found:
        """Records of what somebody did who is nobody of ours, last changed before that."""
        columns = source_record.c
        mine = (columns.system == system, columns.stream == stream, columns.remote_id > after)
        order = select(columns.remote_id, columns.modified_at, columns.unmatched, columns.deleted).where(*mine)
        rows = self.connection.execute(order.order_by(columns.remote_id).limit(limit)).all()
        old = [
            RemoteRef(system, stream, row.remote_id)
            for row in rows
            if row.modified_at and row.modified_at < before and not row.unmatched and not row.deleted
        ]
        placed: set[RemoteRef] = set()
        for these in named(activity, old):
            names = select(activity.c.system, activity.c.stream, activity.c.remote_id).where(these)
            placed.update(map(ref_of, self.connection.execute(names)))
        known = placed | self._wished([ref for ref in old if ref not in placed])
        return Found([ref for ref in old if ref not in known], rows[-1].remote_id if len(rows) == limit else None)

    # ---- at a glance -------------------------------------------------------------------------------------------------

    def rows_of(self, tables: Mapping[str, Table], oldest: Mapping[str, str]) -> dict[str, tuple[int, Any]]:
        """How many rows each table has, and its oldest day."""
        numbers = {}
        for name, table in tables.items():
            columns = [func.count()] + ([func.min(table.c[oldest[name]])] if oldest.get(name) else [])
            row = self.connection.execute(select(*columns).select_from(table)).one()
            numbers[name] = (int(row[0]), row[1] if len(row) > 1 else None)
        return numbers


def _behind(after: RemoteRef | None) -> Any:
    columns = source_record.c
    if after is None:
        return true()
    same_stream = and_(columns.system == after.system, columns.stream == after.stream, columns.remote_id > after.id)
    same_system = and_(columns.system == after.system, columns.stream > after.stream)
    return or_(same_stream, same_system, columns.system > after.system)
