"""How rows are written and found in bulk: one statement a batch, and lists of values as one parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Boolean, ColumnElement, Connection, Table, Text, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from syncd.tables.core import table_of

CHUNK = 1_000  # values in one list of a statement


@dataclass(frozen=True)
class OnConflict:
    """What an upsert does with a row that stands already: it takes the new values, except as said here."""

    keep: tuple[str, ...] = ()  # columns that stay as they are
    put: tuple[tuple[str, str], ...] = ()  # column → an SQL expression in the place of the new value
    when: str = ""  # an SQL condition; a row that does not fulfil it stays as it is


NEW_VALUES = OnConflict()


def upsert(
    connection: Connection, row: type[SQLModel], rows: Sequence[Mapping[str, Any]], on_conflict: OnConflict = NEW_VALUES
) -> int:
    """Insert the rows or update those whose primary key stands already; returns how many were touched.

    All rows must have the same columns.
    """
    return _upserting(connection.dialect, row, tuple(rows[0]), on_conflict).run(connection, rows) if rows else 0


def upsert_columns(
    connection: Connection,
    row: type[SQLModel],
    columns: Mapping[str, Sequence[Any]],
    on_conflict: OnConflict = NEW_VALUES,
) -> int:
    """Upsert rows whose values come column by column, all as many."""
    return _upserting(connection.dialect, row, tuple(columns), on_conflict).write(connection, columns.values())


def insert(connection: Connection, row: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns, none of which stands already."""
    if rows:
        _inserting(connection.dialect, row, tuple(rows[0])).run(connection, rows)


def insert_columns(connection: Connection, row: type[SQLModel], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows, none of which stands already, whose values come column by column, all as many."""
    _inserting(connection.dialect, row, tuple(columns)).write(connection, columns.values())


def update(connection: Connection, row: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows that stand, by their primary key; all must have the same columns."""
    if rows:
        _updating(connection.dialect, row, tuple(rows[0])).run(connection, rows)


@dataclass(frozen=True)
class BulkStatement:
    """An INSERT or UPDATE as the driver takes it.

    SQLAlchemy would make a dict of parameters for each row, and count them all. arrays: the columns go as one list
    each, in a single statement (PostgreSQL); else row by row. key: places of the columns of which no two rows may have
    the same values there; the last of such rows counts.
    """

    statement: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    converters: Sequence[Callable[[Any], Any] | None]  # our value → the driver's, by column
    arrays: bool = False
    key: tuple[int, ...] = ()

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Write the rows; returns how many were touched."""
        return self.write(connection, zip(*map(self.pick, rows), strict=True))

    def write(self, connection: Connection, columns: Iterable[Sequence[Any]]) -> int:
        """The same, column by column."""
        values = [
            column if convert is None else list(map(convert, column))
            for column, convert in zip(columns, self.converters, strict=True)
        ]
        if not self.arrays:
            return int(connection.exec_driver_sql(self.statement, list(zip(*values, strict=True))).rowcount)
        whole = tuple(map(list, self._once(values)))
        return int(connection.exec_driver_sql(self.statement, whole).rowcount)

    def _once(self, columns: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """The columns without rows that a later one of the same key replaces."""
        if not self.key:
            return columns
        last = {key: place for place, key in enumerate(zip(*(columns[place] for place in self.key), strict=True))}
        if len(last) == len(columns[0]):
            return columns
        return [[column[place] for place in last.values()] for column in columns]


@lru_cache(maxsize=256)
def _inserting(dialect: Dialect, row: type[SQLModel], columns: tuple[str, ...]) -> BulkStatement:
    table = table_of(row)
    return _bulk_statement(dialect, table, _insert(dialect, table, columns), columns)


@lru_cache(maxsize=256)
def _upserting(
    dialect: Dialect, row: type[SQLModel], columns: tuple[str, ...], on_conflict: OnConflict
) -> BulkStatement:
    table, quote = table_of(row), dialect.identifier_preparer.quote
    keys = [column.name for column in table.primary_key]
    taken = {name: f"excluded.{quote(name)}" for name in columns if name not in (*keys, *on_conflict.keep)}
    changes = ", ".join(f"{quote(name)} = {value}" for name, value in {**taken, **dict(on_conflict.put)}.items())
    change = f"UPDATE SET {changes}" if changes else "NOTHING"
    condition = f" WHERE {on_conflict.when}" if on_conflict.when else ""
    target = ", ".join(map(quote, keys))
    statement = f"{_insert(dialect, table, columns)} ON CONFLICT ({target}) DO {change}{condition}"
    return _bulk_statement(dialect, table, statement, columns, keys)


@lru_cache(maxsize=256)
def _updating(dialect: Dialect, row: type[SQLModel], columns: tuple[str, ...]) -> BulkStatement:
    table, quote = table_of(row), dialect.identifier_preparer.quote
    keys = [column.name for column in table.primary_key]
    others = [name for name in columns if name not in keys]
    if _takes_arrays(dialect):
        changes = ", ".join(f"{quote(name)} = given.{quote(name)}" for name in others)
        same = " AND ".join(f"{quote(table.name)}.{quote(name)} = given.{quote(name)}" for name in keys)
        source = _arrays(dialect, table, (*others, *keys))
        statement = f"UPDATE {quote(table.name)} SET {changes} FROM {source} WHERE {same}"
    else:
        changes, same = (
            joint.join(f"{quote(name)} = ?" for name in names) for names, joint in ((others, ", "), (keys, " AND "))
        )
        statement = f"UPDATE {quote(table.name)} SET {changes} WHERE {same}"
    return _bulk_statement(dialect, table, statement, (*others, *keys), keys)


def _insert(dialect: Dialect, table: Table, columns: Sequence[str]) -> str:
    quote = dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    if _takes_arrays(dialect):
        return f"INSERT INTO {quote(table.name)} ({names}) SELECT {names} FROM {_arrays(dialect, table, columns)}"
    return f"INSERT INTO {quote(table.name)} ({names}) VALUES ({', '.join('?' * len(columns))})"


def _takes_arrays(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


def _arrays(dialect: Dialect, table: Table, columns: Sequence[str]) -> str:
    """The columns of a batch as a table: one list each, of the column's own type."""
    quote = dialect.identifier_preparer.quote
    lists = ", ".join(f"%b::{table.c[name].type.compile(dialect)}[]" for name in columns)
    return f"unnest({lists}) AS given ({', '.join(map(quote, columns))})"


def _bulk_statement(
    dialect: Dialect, table: Table, statement: str, columns: Sequence[str], keys: Sequence[str] = ()
) -> BulkStatement:
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*columns)
    types = (table.c[name].type.dialect_impl(dialect) for name in columns)
    # a driver takes a truth value as it is: SQLAlchemy would look at each
    converters = [None if isinstance(of, Boolean) else of.bind_processor(dialect) for of in types]
    key = tuple(columns.index(name) for name in keys)
    return BulkStatement(statement, pick, converters, _takes_arrays(dialect), key)


class Texts(TypeDecorator[Sequence[str]]):
    """A list of texts as one parameter: JSON on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Name the type that the database has for it."""
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """Hand the list over in the database's own form."""
        return list(value or ()) if dialect.name == "postgresql" else orjson.dumps(list(value or ())).decode()


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> _Among:
        return self  # it is a condition as it stands: SQLAlchemy would add `= 1`, and no index would serve it


def among(
    column: ColumnElement[str], values: Sequence[str], *fixed: tuple[ColumnElement[str], str]
) -> ColumnElement[bool]:
    """The column is one of the values, and each of the fixed ones is its value.

    The list is a single parameter, where IN would be compiled anew for every length of it. fixed: what stands before
    the column in its index. Said apart, PostgreSQL may look up these alone, and read all of a stream for each batch.
    """
    others = [part for other, value in fixed for part in (other, literal(value, Text()))]
    return _Among(column, literal(values, Texts()), *others)


def _compiled(element: _Among, compiler: SQLCompiler, options: dict[str, Any]) -> tuple[str, str, list[str], list[str]]:
    """The column, the list, the fixed columns and their values, as SQL."""
    column, values, *others = (compiler.process(clause, **options) for clause in element.clauses)
    return column, values, others[::2], others[1::2]


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values, names, constants = _compiled(element, compiler, options)
    fixed = [f"{name} = {constant}" for name, constant in zip(names, constants, strict=True)]
    return f"({' AND '.join([f'{column} IN (SELECT value FROM json_each({values}))', *fixed])})"


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    """A join with the list's values, each once: the index is looked into for each."""
    column, values, names, constants = _compiled(element, compiler, options)
    row = f"({', '.join([*names, column])})" if names else column
    return f"({row} IN (SELECT {', '.join([*constants, f'unnest({values})'])}))"


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """Cut a list into pieces that fit one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
