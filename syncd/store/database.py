"""The database under the store: SQLite (WAL) or PostgreSQL, one way to read, one way to write."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from syncd.errors import ConfigError, OnlyRead, Unavailable
from syncd.store.said import code_of, words_of

_IN_MEMORY = ":memory:"


_OF_A_SERVER = frozenset({"host", "user", "password", "sslpassword"})


class Database:
    """An engine with the pragmas and transactions that syncd needs. Threads may share it.

    read_only: the database itself refuses every statement that would write, whatever is asked of it.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        try:
            parsed = make_url(url)
        except Exception as error:
            raise ConfigError("SYNCD_DATABASE_URL is no database URL; e.g. sqlite:///syncd.db") from error
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif parsed.get_backend_name() != "sqlite":
            raise ConfigError(f"SYNCD_DATABASE_URL: {parsed.get_backend_name()} is not supported; SQLite or PostgreSQL")
        elif (parsed.database or _IN_MEMORY) == _IN_MEMORY or parsed.query.get("mode") == "memory":
            raise ConfigError("SYNCD_DATABASE_URL names no file: a store must last; e.g. sqlite:///syncd.db")
        elif parsed.username or parsed.password or parsed.host or _OF_A_SERVER & parsed.query.keys():
            raise ConfigError("SYNCD_DATABASE_URL: an SQLite file has no host, user or password; sqlite:///syncd.db")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.read_only = read_only
        self.engine: Engine
        self.batches: Engine  # what many records are read and written through
        if self.is_sqlite:
            self.engine = self.batches = create_engine(_for_reading(parsed) if read_only else parsed)
        else:
            patience = _patience(parsed)
            self.engine = create_engine(parsed, pool_pre_ping=True, connect_args=patience)
            # a plan that is kept for a session may have been made when the tables were empty
            unkept: dict[str, Any] = {**patience, "prepare_threshold": None}
            self.batches = create_engine(parsed, pool_pre_ping=True, connect_args=unkept)
        self._writing = threading.RLock()  # SQLite has one writer: waiting here is cheaper than its busy loop
        if self.is_sqlite:
            if not read_only:
                event.listen(self.engine, "do_connect", _make_private)
            event.listen(self.engine, "connect", _prepare_to_read if read_only else _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            return
        event.listen(self.batches, "connect", _look_up)
        for engine in (self.engine, self.batches) if read_only else ():
            event.listen(engine, "connect", _only_read)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state."""
        with translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def looking_up(self) -> Iterator[Connection]:
        """The same for many records by their names, whatever the database's statistics say."""
        with translated(), self.batches.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it stands, or nothing. Raises OnlyRead where the store was opened for reading."""
        if self.read_only:
            raise OnlyRead
        if not self.is_sqlite:
            with translated(), self.batches.begin() as connection:
                yield connection
            return
        with (
            self._writing,
            translated(),
            self.engine.connect().execution_options(syncd_writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def ping(self) -> None:
        """Ask the database for one; raises Unavailable unless it answers."""
        with self.reading() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        self.batches.dispose()


def _make_private(_: Any, __: Any, arguments: Sequence[Any], ___: Any) -> None:
    """Make a file that is new for its owner alone: people's records stand in it. SQLite's other files take its mode."""
    path = str(arguments[0])
    with suppress(OSError):  # what cannot be made is SQLite's to say
        if not path.startswith("file:"):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


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


def _for_reading(url: URL) -> URL:
    """A file that SQLite opens for reading: https://www.sqlite.org/uri.html"""
    path = quote(str(url.database).removeprefix("file:"))
    return url.set(database=f"file:{path}").update_query_dict({"mode": "ro", "uri": "true"})


def _prepare_to_read(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in ("query_only=ON", "busy_timeout=30000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _only_read(connection: Any, _: Any) -> None:
    connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("syncd_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# A batch names its records, and every name has an index. Where statistics are missing or out of date (a table that was
# filled a moment ago, a store that was restored), the planner takes the list for half the table, and scans and hashes
# all of it for each batch: time grows with the square. So it may not, and comparing is dear: it can only look up.
# What these settings make of a plan's cost must not have every statement compiled (jit).
# https://www.postgresql.org/docs/current/runtime-config-query.html
_BY_NAME = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "cpu_operator_cost": "0.25",
    "jit": "off",
}


def _look_up(connection: Any, _: Any) -> None:
    connection.execute("; ".join(f"SET {name} = {value}" for name, value in _BY_NAME.items()))
    connection.commit()


# A server that vanished without a word is given up after a minute; libpq itself would wait for hours.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_PATIENCE = {
    "connect_timeout": 10,  # seconds, as the next two
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}


def _patience(url: URL) -> dict[str, int]:
    """How long PostgreSQL is waited for, where the URL does not say it."""
    return {name: value for name, value in _PATIENCE.items() if name not in url.query}


@contextmanager
def translated() -> Iterator[None]:
    """Say that the database cannot be used now as Unavailable, and that we may not use it as ConfigError."""
    try:
        yield
    except DBAPIError as error:
        if (forbidden := forbidden_by(error)) is not None:
            raise forbidden from error
        if not isinstance(error, OperationalError):
            raise
        raise Unavailable(
            f"the database cannot be used now: {words_of(error)}; start it, or mend SYNCD_DATABASE_URL; run it again"
        ) from error


# Rights that lack, a server or a transaction for reading only: postgresql.org/docs/current/errcodes-appendix.html,
# sqlite.org/rescode.html.
_NO_RIGHT, _READ_ONLY = frozenset(("42501",)), frozenset(("25006", "SQLITE_READONLY"))


def forbidden_by(error: DBAPIError) -> ConfigError | None:
    """What a person must mend where the database refuses for want of rights; None for any other reason."""
    code = code_of(error)[:15]
    if code in _NO_RIGHT:
        mend = (
            "let the owner of the tables GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public and USAGE "
            "ON ALL SEQUENCES IN SCHEMA public to the user of SYNCD_DATABASE_URL; `syncd migrate` needs the owner"
        )
    elif code in _READ_ONLY:
        mend = "name a database, or a server, in SYNCD_DATABASE_URL that may be written"
    else:
        return None
    return ConfigError(f"SYNCD_DATABASE_URL: the database does not let syncd do this: {words_of(error)}; {mend}")
