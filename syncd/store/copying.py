"""Copying a whole store, table by table, between SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Integer, Table, func, insert, select, text

from syncd.tables.columns import metadata
from syncd.tables.growth import GROWTH

ROWS = 1_000  # copied at a time
Counted = Callable[[int], None]  # how many more rows are done


def carried() -> list[Table]:
    """The tables whose rows a backup holds, those that others refer to first."""
    return [table for table in metadata.sorted_tables if GROWTH[table.name].carried]


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each of them has."""
    return {table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0) for table in carried()}


def copy_rows(source: Connection, target: Connection, counted: Counted) -> None:
    """Put every row of one store into the other, whose tables are empty and of the same revision."""
    for table in carried():
        with closing(_pages(source, table)) as pages:
            for rows in pages:
                target.execute(insert(table), rows)
                counted(len(rows))


def count_on(target: Connection) -> None:
    """Have PostgreSQL go on counting behind the numbers that were copied."""
    if target.dialect.name != "postgresql":
        return
    for table in carried():
        column = table.autoincrement_column
        if column is None or not isinstance(column.type, Integer):
            continue
        last = target.scalar(select(func.max(column)))
        name = {"table": f'"{table.name}"', "column": column.name}
        sequence = target.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), name)
        if sequence:
            value = {"sequence": sequence, "value": last or 1, "called": last is not None}
            target.execute(text("SELECT setval(cast(:sequence AS regclass), :value, :called)"), value)


def _pages(connection: Connection, table: Table) -> Generator[list[dict[str, Any]], None, None]:
    with closing(connection.execution_options(yield_per=ROWS).execute(select(table))) as streamed:
        for rows in streamed.mappings().partitions(ROWS):
            yield [dict(row) for row in rows]
