"""The database under the store: SQLite (WAL) or PostgreSQL, one way to read, one way to write, one way to upsert."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Boolean, ColumnElement, Connection, Engine, Table, Text, create_engine, event, literal, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from syncd.errors import ConfigError, Unavailable

CHUNK = 1_000  # values in one list of a statement


class Database:
    """An engine with the pragmas and transactions that syncd needs. Threads may share it."""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except Exception as error:
            raise ConfigError("SYNCD_DATABASE_URL is no database URL; e.g. sqlite:///syncd.db") from error
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif parsed.get_backend_name() != "sqlite":
            raise ConfigError(f"SYNCD_DATABASE_URL: {parsed.get_backend_name()} is not supported; SQLite or PostgreSQL")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_pre_ping": True}
        self.engine: Engine = create_engine(parsed, **options)
        self._writing = threading.RLock()  # SQLite has one writer: waiting here is cheaper than its busy loop
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state."""
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it stands, or nothing."""
        if not self.is_sqlite:
            with _translated(), self.engine.begin() as connection:
                yield connection
            return
        with (
            self._writing,
            _translated(),
            self.engine.connect().execution_options(syncd_writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def upsert(
        self,
        connection: Connection,
        row: type[SQLModel],
        rows: Sequence[Mapping[str, Any]],
        *,
        keep: Sequence[str] = (),
    ) -> None:
        """Insert the rows or update those whose primary key stands already; columns in `keep` are left as they are.

        All rows must have the same columns.
        """
        if rows:
            _written(self.engine.dialect, row, tuple(rows[0]), tuple(keep)).run(connection, rows)

    def insert(self, connection: Connection, row: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows of the same columns, none of which stands already."""
        if rows:
            _written(self.engine.dialect, row, tuple(rows[0]), None).run(connection, rows)

    def update(self, connection: Connection, row: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Change rows that stand, by their primary key; all must have the same columns."""
        if rows:
            _changed(self.engine.dialect, row, tuple(rows[0])).run(connection, rows)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


@dataclass(frozen=True)
class Writing:
    """An INSERT or UPDATE as the driver takes it.

    SQLAlchemy would make a dict of parameters for each row, and count them all.
    """

    statement: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    converters: Sequence[Callable[[Any], Any] | None]  # our value → the driver's, by column

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the rows in one executemany."""
        columns = zip(*map(self.pick, rows), strict=True)
        values = (
            column if convert is None else map(convert, column)
            for column, convert in zip(columns, self.converters, strict=True)
        )
        connection.exec_driver_sql(self.statement, list(zip(*values, strict=True)))


@lru_cache(maxsize=256)
def _written(dialect: Dialect, row: type[SQLModel], columns: tuple[str, ...], keep: tuple[str, ...] | None) -> Writing:
    """The INSERT of these columns; unless `keep` is None, a row that stands already is updated but for `keep`."""
    table, quote, sign = table_of(row), dialect.identifier_preparer.quote, _sign(dialect)
    names, signs = ", ".join(map(quote, columns)), ", ".join([sign] * len(columns))
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({signs})"
    if keep is not None:
        keys = [column.name for column in table.primary_key]
        changed = [quote(name) for name in columns if name not in keys and name not in keep]
        change = f"UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in changed)}" if changed else "NOTHING"
        statement += f" ON CONFLICT ({', '.join(map(quote, keys))}) DO {change}"
    return _writing(dialect, table, statement, columns)


@lru_cache(maxsize=256)
def _changed(dialect: Dialect, row: type[SQLModel], columns: tuple[str, ...]) -> Writing:
    """The UPDATE of these columns, of which the primary key's say which row."""
    table, quote, sign = table_of(row), dialect.identifier_preparer.quote, _sign(dialect)
    keys = [column.name for column in table.primary_key]
    others = [name for name in columns if name not in keys]
    change, these = ([f"{quote(name)} = {sign}" for name in names] for names in (others, keys))
    statement = f"UPDATE {quote(table.name)} SET {', '.join(change)} WHERE {' AND '.join(these)}"
    return _writing(dialect, table, statement, (*others, *keys))


def _writing(dialect: Dialect, table: Table, statement: str, columns: Sequence[str]) -> Writing:
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*columns)
    types = (table.c[name].type.dialect_impl(dialect) for name in columns)
    return Writing(statement, pick, [of.bind_processor(dialect) for of in types])


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


def table_of(row: type[SQLModel]) -> Table:
    """The SQLAlchemy table of a SQLModel class."""
    return row.__table__  # type: ignore[attr-defined,no-any-return]


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """Cut a list into pieces that fit one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "wal_autocheckpoint=8000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("syncd_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Unavailable(f"the database cannot be used now: {_first_line(error)}; run it again later") from error


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0] if error.orig else type(error).__name__


def ping(database: Database) -> None:
    """Ask the database for one; raises Unavailable."""
    with database.reading() as connection:
        connection.execute(text("SELECT 1"))
