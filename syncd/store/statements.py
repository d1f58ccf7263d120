"""How rows are written and found in bulk: one upsert, and lists of values as one parameter."""

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


def update(connection: Connection, row: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows that stand, by their primary key; all must have the same columns."""
    if rows:
        _updating(connection.dialect, row, tuple(rows[0])).run(connection, rows)


@dataclass(frozen=True)
class BulkStatement:
    """An INSERT or UPDATE as the driver takes it.

    SQLAlchemy would make a dict of parameters for each row, and count them all.
    """

    statement: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    converters: Sequence[Callable[[Any], Any] | None]  # our value → the driver's, by column

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Write the rows in one executemany; returns how many were touched."""
        return self.write(connection, zip(*map(self.pick, rows), strict=True))

    def write(self, connection: Connection, columns: Iterable[Sequence[Any]]) -> int:
        """The same, column by column."""
        values = (
            column if convert is None else map(convert, column)
            for column, convert in zip(columns, self.converters, strict=True)
        )
        return int(connection.exec_driver_sql(self.statement, list(zip(*values, strict=True))).rowcount)


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
    return _bulk_statement(dialect, table, statement, columns)


@lru_cache(maxsize=256)
def _updating(dialect: Dialect, row: type[SQLModel], columns: tuple[str, ...]) -> BulkStatement:
    table, quote, sign = table_of(row), dialect.identifier_preparer.quote, _sign(dialect)
    keys = [column.name for column in table.primary_key]
    others = [name for name in columns if name not in keys]
    changes, key = ([f"{quote(name)} = {sign}" for name in names] for names in (others, keys))
    statement = f"UPDATE {quote(table.name)} SET {', '.join(changes)} WHERE {' AND '.join(key)}"
    return _bulk_statement(dialect, table, statement, (*others, *keys))


def _insert(dialect: Dialect, table: Table, columns: Sequence[str]) -> str:
    quote = dialect.identifier_preparer.quote
    signs = ", ".join([_sign(dialect)] * len(columns))
    return f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES ({signs})"


def _bulk_statement(dialect: Dialect, table: Table, statement: str, columns: Sequence[str]) -> BulkStatement:
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*columns)
    types = (table.c[name].type.dialect_impl(dialect) for name in columns)
    # a driver takes a truth value as it is: SQLAlchemy would look at each
    return BulkStatement(
        statement, pick, [None if isinstance(of, Boolean) else of.bind_processor(dialect) for of in types]
    )


def _sign(dialect: Dialect) -> str:
    return "?" if dialect.paramstyle == "qmark" else "%s"


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


def among(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    """The column is one of the values: a single parameter, where IN would be compiled anew for every length of list."""
    return _Among(column, literal(values, Texts()))


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({values})))"


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} = ANY ({values}))"


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """Cut a list into pieces that fit one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
