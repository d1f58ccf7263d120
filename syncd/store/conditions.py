"""Conditions on tables whose rows are named by system, stream and remote id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table, and_

from syncd.model.references import RemoteRef
from syncd.store.statements import among, chunks


def by_stream(refs: Iterable[RemoteRef]) -> dict[tuple[str, str], list[str]]:
    """Ids by (system, stream): one indexed list each, where lists of triples would scan."""
    ids: dict[tuple[str, str], list[str]] = defaultdict(list)
    for system, stream, remote_id in refs:
        ids[system, stream].append(remote_id)
    return ids


def named(table: Table, refs: Iterable[RemoteRef]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together hold for the table's rows of these records."""
    for (system, stream), ids in by_stream(refs).items():
        for part in chunks(sorted(ids)):
            yield among(table.c.remote_id, part, (table.c.system, system), (table.c.stream, stream))


def is_named(table: Table, ref: RemoteRef) -> ColumnElement[bool]:
    """The condition for the table's row of one record."""
    return and_(table.c.system == ref.system, table.c.stream == ref.stream, table.c.remote_id == ref.id)


def same_record(table: Table, other: Table) -> ColumnElement[bool]:
    """The condition by which two tables' rows are about the same record."""
    return and_(
        table.c.system == other.c.system, table.c.stream == other.c.stream, table.c.remote_id == other.c.remote_id
    )


def ref_of(row: Any) -> RemoteRef:
    """The record that a row is about."""
    return RemoteRef(row.system, row.stream, row.remote_id)
