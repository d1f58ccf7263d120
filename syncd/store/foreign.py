"""A backup is a file that others may have written: its rows are taken over, and nothing else of it.

A trigger would write what it likes with the store's next line, a view is a query that need not end. So no view is
read, no trigger fires, and the store is a new one, made as every other, into which the rows are put.
https://www.sqlite.org/security.html (untrusted database files)
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from syncd.errors import ConfigError
from syncd.store.copying import carried

# As SQLite itself writes down what stands in a file. It goes by these words, whatever is said of the kind beside them.
_OURS: Final = {
    "table": re.compile(r"CREATE TABLE\s"),
    "index": re.compile(r"CREATE (UNIQUE )?INDEX\s"),
    "trigger": re.compile(r"CREATE TRIGGER\s"),
}
_FUNCTIONS = "PRAGMA trusted_schema=OFF"  # none with effects is called by what stands in the file


def distrust(connection: sqlite3.Connection) -> None:
    """Raise ValueError unless a file holds tables, their indexes and triggers alone, each under its own name."""
    connection.execute(_FUNCTIONS)
    for kind, sql in connection.execute("SELECT type, sql FROM sqlite_master").fetchall():
        if sql is None and kind == "index":  # SQLite's own, of a key
            continue
        if kind not in _OURS or not isinstance(sql, str) or not _OURS[kind].match(sql):
            raise ValueError(kind)


def disarm(file: Path) -> None:
    """Take every trigger out of a file: those that belong there are made anew with the store."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        distrust(connection)
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {_quoted(name)}")


def take_rows(file: Path, into: Path) -> None:
    """Put the rows of a file into an empty store of the same revision. Raises ConfigError where they do not fit."""
    with closing(sqlite3.connect(into, isolation_level=None, uri=True)) as store:
        for pragma in ("trusted_schema=OFF", "journal_mode=DELETE", "synchronous=OFF", "foreign_keys=OFF"):
            store.execute(f"PRAGMA {pragma}")
        store.execute("ATTACH ? AS given", (f"file:{quote(str(file.absolute()))}?mode=ro",))
        store.execute("BEGIN")
        try:
            for table in carried():
                name, columns = _quoted(table.name), [_quoted(column.name) for column in table.columns]
                values = ", ".join(f"o.{column}" for column in columns)  # a bare "name" that is not there is a text
                taken = f"SELECT {values} FROM given.{name} AS o ORDER BY o.rowid"
                store.execute(f"INSERT INTO main.{name} ({', '.join(columns)}) {taken}")
        except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
            raise ConfigError(f"the backup's rows are not a store's ({type(error).__name__}); take another") from error
        store.execute("COMMIT")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
